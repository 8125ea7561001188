"""Values that contradict each other are refused, in words that help."""

import re

import pytest

from gateway import service
from gateway.ops import server
from gateway.settings import HttpSettings, SenderSettings
from tests.chart.rendering import Helm, HelmError, tree

KAFKA = {"kafka": {"bootstrapServers": "k:9092", "securityProtocol": "PLAINTEXT"}}
SASL = {"kafka": {"securityProtocol": "SASL_SSL"}}
INGRESS = {"ingress": {"enabled": True, "hosts": ["a.example.com"]}}

# The set of values to begin with, what stands above it, what is said.
FAULTS = {
    "no Kafka": (
        "minimal",
        tree("kafka.bootstrapServers", ""),
        "bootstrapServers: is r",
    ),
    "no bot": ("", KAFKA, "bots: name at least one"),
    "no token": (
        "",
        {**KAFKA, "bots": {"b": {}}},
        r"bots\.b\.tokenSecret\.name: is req",
    ),
    "no password": ("minimal", SASL, r"kafka\.sasl\.existingSecret: is required"),
    "no user": ("minimal", SASL, r"kafka\.sasl\.username: is required"),
    "a token made beside a Secret": (
        "minimal",
        {"secrets": {"create": True, "tokens": {"shop": "t"}}},
        r"bots\.shop\.tokenSecret: not together with secrets\.create",
    ),
    "a token to be made of nothing": (
        "",
        {**KAFKA, "secrets": {"create": True}, "bots": {"b": {}}},
        r"secrets\.tokens\.b: is required",
    ),
    "Strimzi without its cluster": (
        "strimzi",
        tree("strimzi.cluster", ""),
        r"strimzi\.cluster: is required",
    ),
    "Strimzi's passwords without SASL": (
        "strimzi",
        tree("kafka.securityProtocol", "SSL"),
        "scram-sha-512 needs kafka.securityProtocol SASL_SSL or SASL_PLAINTEXT",
    ),
    "Strimzi's certificates with SASL": (
        "strimzi",
        tree("strimzi.users.authentication", "tls"),
        "tls needs kafka.securityProtocol SSL, not SASL_SSL",
    ),
    "Strimzi's passwords by another mechanism": (
        "strimzi",
        tree("kafka.sasl.mechanism", "PLAIN"),
        r"kafka\.sasl\.mechanism: must be SCRAM-SHA-512",
    ),
    "no role": (
        "minimal",
        {"receiver": {"enabled": False}, "sender": {"enabled": False}},
        "nothing is left",
    ),
    "a variable twice": (
        "minimal",
        tree("sender.extraEnv", [{"name": "A", "value": "1"}, {"name": "A"}]),
        r"sender\.extraEnv: A is there twice",
    ),
    "a variable of the chart's": (
        "combined",
        tree("defaults.extraEnv", [{"name": "KAFKA_SASL_USERNAME", "value": "me"}]),
        r"combined\.extraEnv: KAFKA_SASL_USERNAME is there twice",
    ),
    "a volume of the chart's": (
        "minimal",
        tree("defaults.extraVolumes", [{"name": "bots", "emptyDir": {}}]),
        r"receiver\.extraVolumes: the name bots is taken",
    ),
    "more pods at least than at most": (
        "strimzi",
        tree("sender.autoscaling.minReplicas", 7),
        r"sender\.autoscaling\.minReplicas: 7 is more than there may be, 6",
    ),
    "more pods at least than partitions": (
        "strimzi",
        {**tree("kafka.partitions", 2), **tree("sender.autoscaling.minReplicas", 3)},
        r"sender\.autoscaling\.minReplicas: 3 is more than there may be, 2",
    ),
    "a lag from nowhere": (
        "minimal",
        tree("sender.autoscaling.type", "keda"),
        r"prometheus\.serverAddress: is required",
    ),
    "an Ingress for nobody": (
        "minimal",
        tree("ingress.enabled", value=True),
        "ingress.h",
    ),
    "a route from nowhere": (
        "minimal",
        tree("httpRoute.enabled", value=True),
        r"httpRoute\.parentRefs: name at least one Gateway",
    ),
    "a certificate of nobody": (
        "minimal",
        {**INGRESS, **tree("certificate.create", value=True)},
        r"certificate\.issuerRef\.name: is required",
    ),
    "a certificate for nothing": (
        "minimal",
        {"certificate": {"create": True, "issuerRef": {"name": "ours"}}},
        r"certificate\.dnsNames: is required",
    ),
    "a webhook without a URL": (
        "minimal",
        tree("webhookRegistration.mode", "hook"),
        r"viber\.webhookUrl: is required to register webhooks",
    ),
    "a webhook of a stranger": (
        "many-bots",
        tree("webhookRegistration.bot", "stranger"),
        r"webhookRegistration\.bot: stranger is not among bots",
    ),
    "a Job that ends while it waits": (
        "combined",
        tree("webhookRegistration.activeDeadlineSeconds", 300),
        "must be more than waitSeconds",
    ),
    "traces set up twice": (
        "full",
        tree("settings.OTEL_TRACES_SAMPLER", "always_on"),
        r"settings\.OTEL_TRACES_SAMPLER: not together with tracing\.endpoint",
    ),
    "both monitors": (
        "strimzi",
        tree("metrics.serviceMonitor.enabled", value=True),
        r"metrics\.serviceMonitor\.enabled: not together with podMonitor",
    ),
    "an alert that is none": (
        "minimal",
        tree("metrics.prometheusRule.disabled", ["ViberSleepy"]),
        "there is no alert ViberSleepy",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_contradiction_is_refused(helm: Helm, name: str) -> None:
    """Helm fails, and says which value is wrong and what it must be."""
    case, values, said = FAULTS[name]

    with pytest.raises(HelmError, match=said):
        helm.template(case, values)


def test_all_faults_are_told_at_once(each_helm: Helm) -> None:
    """Nobody mends one only to learn of the next."""
    values = {"kafka": {"securityProtocol": "PLAINTEXT"}, "ingress": {"enabled": True}}

    with pytest.raises(HelmError) as refused:
        each_helm.template("", values)

    said = str(refused.value)
    assert [
        word for word in ("bots:", "ingress.hosts:", "Servers:") if word in said
    ] == [
        "bots:",
        "ingress.hosts:",
        "Servers:",
    ]


@pytest.mark.parametrize(
    ("case", "role", "phases"),
    [
        ("minimal", "receiver", ("drain", "finish", "last")),
        ("minimal", "sender", ("sends", "commit", "last")),
        ("combined", "combined", ("drain", "finish", "sends", "commit", "last")),
    ],
)
def test_the_grace_period_covers_every_phase_of_stopping(
    helm: Helm, case: str, role: str, phases: tuple[str, ...]
) -> None:
    """The chart counts as gateway/service.py does, with 5 s to spare."""
    budgets = {
        "drain": HttpSettings.model_fields["drain_seconds"].default,
        "finish": server.FINISH_SECONDS,
        "sends": SenderSettings.model_fields["drain_timeout_seconds"].default,
        "commit": service.COMMIT_SECONDS,
        "last": service.LAST_SECONDS,
    }
    least = int(sum(budgets[phase] for phase in phases)) + 5
    grace = f"{role}.terminationGracePeriodSeconds"

    with pytest.raises(
        HelmError, match=f"{re.escape(grace)}: {least - 1} is too short"
    ):
        helm.template(case, tree(grace, least - 1))
    assert helm.template(case, tree(grace, least))


def test_longer_phases_want_a_longer_grace_period(helm: Helm) -> None:
    """What preStop takes counts, and so do the settings that make stopping longer."""
    too_much = [
        tree("receiver.lifecycle", {"preStop": {"sleep": {"seconds": 21}}}),
        tree("settings.HTTP_DRAIN_SECONDS", 26),
        tree("settings.SENDER_DRAIN_TIMEOUT_SECONDS", 41),
    ]

    for values in too_much:
        with pytest.raises(HelmError, match="is too short"):
            helm.template("minimal", values)
