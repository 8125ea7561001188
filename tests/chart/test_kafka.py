"""How pods log in to Kafka, and what Strimzi is asked to make."""

from typing import Any

import pytest
import yaml

from gateway.bots import Bot
from gateway.cli.needed_topics import NEEDS, needed_topics
from gateway.cli.topics import plan
from gateway.environment import read_settings
from tests.chart.rendering import CHART, Helm, Object, Objects, tree
from tests.chart.test_pods import gateway

FOLDER = "/etc/viber-gateway/kafka"


def login(objects: Objects, role: str) -> dict[str, str]:
    """Return what a role's container is told about Kafka, and where from."""
    env = gateway(objects, role).get("env", [])
    return {
        variable["name"]: variable.get("value")
        or "{name}/{key}".format(**variable["valueFrom"]["secretKeyRef"])
        for variable in env
        if variable["name"].startswith("KAFKA_")
    }


def files(objects: Objects, role: str) -> dict[str, str]:
    """Return the files below the mount for Kafka: path, and Secret and key."""
    pod = objects.one("Deployment", role)["spec"]["template"]["spec"]
    return {
        item["path"]: f"{source['secret']['name']}/{item['key']}"
        for volume in pod["volumes"]
        if volume["name"] == "kafka"
        for source in volume["projected"]["sources"]
        for item in source["secret"]["items"]
    }


def sasl(**more: Any) -> dict[str, Any]:
    """Write values of a login with a password."""
    login = {"existingSecret": "s", "username": "u", **more}
    kafka = {"securityProtocol": "SASL_SSL", "sasl": login}
    return {"kafka": {"bootstrapServers": "k:9093", **kafka}}


def test_without_security_nothing_is_mounted(helm: Helm) -> None:
    """PLAINTEXT needs no file and no name."""
    objects = helm.render("minimal")

    assert login(objects, "sender") == {}
    assert files(objects, "sender") == {}
    assert "KAFKA_SASL_MECHANISM" not in objects.one("ConfigMap", "gateway")["data"]


def test_a_password_is_a_file(helm: Helm) -> None:
    """Its user stands in the values, its Secret's key may be any."""
    objects = helm.render("minimal", sasl(passwordKey="pw", mechanism="PLAIN"))

    assert login(objects, "sender") == {
        "KAFKA_SASL_USERNAME": "u",
        "KAFKA_SASL_PASSWORD_FILE": f"{FOLDER}/password",
    }
    assert files(objects, "sender") == {"password": "s/pw"}
    data = objects.one("ConfigMap", "gateway")["data"]
    assert data["KAFKA_SASL_MECHANISM"] == "PLAIN"


def test_the_users_name_may_come_from_the_secret(helm: Helm) -> None:
    """Some operators write both into one Secret; a name is no secret."""
    objects = helm.render("minimal", sasl(usernameKey="user"))

    assert login(objects, "sender")["KAFKA_SASL_USERNAME"] == "s/user"


def test_certificates_are_files_on_both_sides(helm: Helm) -> None:
    """The brokers' authorities, our certificate and its key."""
    objects = helm.render("many-bots")

    assert login(objects, "receiver") == {
        "KAFKA_SSL_CAFILE": f"{FOLDER}/ca.crt",
        "KAFKA_SSL_CERTFILE": f"{FOLDER}/user.crt",
        "KAFKA_SSL_KEYFILE": f"{FOLDER}/user.key",
    }
    assert files(objects, "receiver") == {
        "ca.crt": "kafka-ca/ca.crt",
        "user.crt": "kafka-gateway/tls.crt",
        "user.key": "kafka-gateway/tls.key",
    }


def test_a_well_known_authority_needs_no_secret(helm: Helm) -> None:
    """Without caSecret the image's own authorities count."""
    objects = helm.render("minimal", sasl())

    assert files(objects, "sender") == {"password": "s/password"}


def test_strimzis_users_are_logged_in_as(helm: Helm) -> None:
    """Each role has a user of its own, and the cluster's authority."""
    objects = helm.render("strimzi")

    for role in ("receiver", "sender"):
        user = f"gw-viber-gateway-{role}"
        assert login(objects, role)["KAFKA_SASL_USERNAME"] == user
        assert files(objects, role) == {
            "ca.crt": "messaging-cluster-ca-cert/ca.crt",
            "password": f"{user}/password",
        }
        assert objects.one("KafkaUser", role)["metadata"]["name"] == user


def test_strimzis_certificates_are_logged_in_with(helm: Helm) -> None:
    """With authentication tls the user's Secret has a certificate."""
    values = {
        "kafka": {"securityProtocol": "SSL"},
        "strimzi": {"users": {"authentication": "tls"}},
    }
    objects = helm.render("strimzi", values)

    assert files(objects, "sender") == {
        "ca.crt": "messaging-cluster-ca-cert/ca.crt",
        "user.crt": "gw-viber-gateway-sender/user.crt",
        "user.key": "gw-viber-gateway-sender/user.key",
    }
    assert objects.one("KafkaUser", "sender")["spec"]["authentication"] == {
        "type": "tls"
    }


def test_strimzi_may_make_topics_only(helm: Helm) -> None:
    """Users that are there already are logged in as the values say."""
    values = {**sasl(), "strimzi": {"users": {"create": False}}}
    objects = helm.render("strimzi", values)

    assert not objects.of("KafkaUser")
    assert objects.of("KafkaTopic")
    assert login(objects, "sender")["KAFKA_SASL_USERNAME"] == "u"


@pytest.mark.parametrize("case", ["strimzi", "full"])
def test_topics_are_made_as_the_command_line_makes_them(helm: Helm, case: str) -> None:
    """Partitions, replication, clean-up and retention are those of `topics create`."""
    objects = helm.render(case)
    values = yaml.safe_load((CHART / "ci" / f"{case}-values.yaml").read_text())
    partitions = values["kafka"].get("partitions", 12)
    settings, _ = read_settings({"KAFKA_BOOTSTRAP_SERVERS": "k:9092"})
    bots = [Bot(name, "t") for name in values["bots"]]

    made = {o["spec"]["topicName"]: o["spec"] for o in objects.of("KafkaTopic")}
    planned = [
        plan(topic, partitions, 3, None) for topic in needed_topics(settings, bots)
    ]

    assert made.keys() == {topic.name for topic in planned}
    for topic in planned:
        spec = made[topic.name]
        assert spec["partitions"] == topic.partitions
        assert spec["replicas"] == topic.replication
        assert {k: str(v) for k, v in spec["config"].items()} == topic.config


def test_every_bot_may_have_topics_of_its_own(helm: Helm) -> None:
    """`{bot}` in a name makes one topic for each bot; an empty name makes none."""
    topics = {"outbound": "Viber_{bot}.out", "results": ""}
    bots = {name: {"tokenSecret": {"name": "s"}} for name in ("a", "b")}
    values = {"kafka": {"topics": topics}, "bots": {**bots}}
    objects = helm.render("strimzi", values)
    named = {
        o["spec"]["topicName"]: o["metadata"]["name"] for o in objects.of("KafkaTopic")
    }

    assert named["Viber_a.out"] == "viber-a.out"
    assert {name for name in named if name.endswith(".out")} == {
        "Viber_a.out",
        "Viber_b.out",
        "Viber_shop.out",
    }
    assert "viber.results" not in named


def test_topics_outlive_the_release_unless_told_otherwise(helm: Helm) -> None:
    """Deleting a release deletes no records."""
    kept = helm.render("strimzi").of("KafkaTopic")
    let_go = helm.render("strimzi", tree("strimzi.topics.keep", value=False))

    policy = {"helm.sh/resource-policy": "keep"}
    assert all(o["metadata"]["annotations"] == policy for o in kept)
    assert all("annotations" not in o["metadata"] for o in let_go.of("KafkaTopic"))


def test_strimzis_objects_go_where_its_operators_look(helm: Helm) -> None:
    """They are in Kafka's namespace, and name their cluster."""
    objects = helm.render("full").of("KafkaTopic", "KafkaUser")

    assert {o["metadata"]["namespace"] for o in objects} == {"kafka"}
    labels = [o["metadata"]["labels"]["strimzi.io/cluster"] for o in objects]
    assert set(labels) == {"messaging"}


SEEING = {"Describe", "DescribeConfigs"}


def rights(user: Object) -> dict[str, set[str]]:
    """Return what a user may do, by the resource's name, besides seeing it."""
    return {
        acl["resource"].get("name", "cluster"): set(acl["operations"]) - SEEING
        for acl in user["spec"]["authorization"]["acls"]
    }


def test_each_role_may_do_what_it_does_and_no_more(helm: Helm) -> None:
    """The receiver cannot read commands, nor the sender write events."""
    objects = helm.render("strimzi")

    assert rights(objects.one("KafkaUser", "receiver")) == {
        "viber.inbound": {"Write"},
        "viber.dlq": {"Write"},
        "viber.replies": {"Read"},
        "cluster": {"IdempotentWrite"},
    }
    assert rights(objects.one("KafkaUser", "sender")) == {
        "viber.inbound": {"Read"},  # only while a user's commands are parked
        "viber.outbound": {"Read"},
        "viber.results": {"Write"},
        "viber.dlq": {"Write"},
        "viber.progress": {"Read", "Write"},
        "viber.replies": set(),  # to be seen by `topics check`
        "gw-viber-gateway": {"Read"},
        "cluster": {"IdempotentWrite"},
    }


def test_the_sender_sees_how_every_topic_is_configured(helm: Helm) -> None:
    """Else `helm test` would say of each topic that it may not be looked at."""
    objects = helm.render("strimzi")

    def seeing(role: str) -> list[set[str]]:
        acls = objects.one("KafkaUser", role)["spec"]["authorization"]["acls"]
        topics = [acl for acl in acls if acl["resource"]["type"] == "topic"]
        return [set(acl["operations"]) & SEEING for acl in topics]

    assert seeing("sender") == [SEEING] * 6
    assert seeing("receiver") == [{"Describe"}] * 3


def test_both_roles_in_one_may_do_all_of_it(helm: Helm) -> None:
    """In mode combined one user has the union, which is what the gateway needs."""
    objects = helm.render("strimzi", {"mode": "combined"})
    given = rights(objects.one("KafkaUser", "combined"))
    names = {"dead_letters": "dlq"}

    for need in NEEDS:
        asked = {"Read": need.reads, "Write": need.writes}
        topic = f"viber.{names.get(need.setting, need.setting)}"
        assert {right for right, is_asked in asked.items() if is_asked} <= given[topic]
