"""Installed, upgraded, rolled back and removed on a real Kubernetes."""

import pytest

from tests.chart.cluster.kubectl import Cluster
from tests.chart.cluster.neighbours import Neighbours
from tests.chart.cluster.release import NAME, RECEIVER, SENDER, Release
from tests.chart.cluster.traffic import Traffic
from tests.chart.cluster.world import TOKENS, token_secret
from tests.chart.rendering import Helm, HelmError
from tests.e2e.support.commands import message
from tests.e2e.support.waiting import wait_for

pytestmark = pytest.mark.cluster

WRONG_PASSWORD = {"kafka": {"sasl": {"existingSecret": "kafka-wrong"}}}
KINDS = "deployment,service,configmap,job,pod,networkpolicy,poddisruptionbudget"


def converse(around: Neighbours) -> None:
    """Let a new user write to the echo bot, and wait for its answer."""
    viber = around.viber("echo")
    (user,) = viber.add_users(1)
    viber.write(user, "hello")
    wait_for("an answer", lambda: viber.texts(user), lambda said: said == ["hello"], 60)


@pytest.mark.usefixtures("around")
def test_it_is_installed_tested_and_removed(each_helm: Helm, cluster: Cluster) -> None:
    """With both versions of Helm, from nothing to nothing."""
    release = Release(each_helm, cluster)
    release.uninstall()

    release.install()
    said = release.test()
    release.uninstall()

    assert said.count("Succeeded") == 3
    label = "app.kubernetes.io/instance=gw,app.kubernetes.io/component!=test"
    wait_for(
        "nothing is left",
        lambda: cluster.run("get", KINDS, "-l", label, "-o", "name"),
        lambda left: left == "",
        90,
    )


@pytest.mark.usefixtures("release")
def test_a_user_writes_and_gets_the_answer(around: Neighbours) -> None:
    """The hook has told Viber the webhooks, so the first user is heard."""
    converse(around)


def test_a_rolling_upgrade_and_a_rollback_lose_nothing(
    each_release: Release, cluster: Cluster, around: Neighbours
) -> None:
    """Every pod is replaced twice, and no callback fails and no command goes astray."""
    traffic = Traffic(around)
    before = cluster.ready("receiver") | cluster.ready("sender")

    with traffic.flowing():
        traffic.wait_for_commands(20)
        each_release.install({"settings": {"LOG_LEVEL": "DEBUG"}})
        upgraded = cluster.ready("receiver") | cluster.ready("sender")
        each_release.rollback()
        traffic.wait_for_commands(20)

    assert not before & upgraded
    balance = traffic.balance()
    assert balance.commands > 100
    assert balance.callbacks > 100
    assert not balance.failed_callbacks
    assert balance.lost_callbacks == 0
    assert not balance.lost_commands
    assert not balance.repeated_commands
    assert not balance.late_commands


def test_a_bad_upgrade_never_replaces_pods_that_work(
    each_release: Release, cluster: Cluster, around: Neighbours
) -> None:
    """With a wrong password new pods do not start, and the old ones go on."""
    before = cluster.ready("receiver") | cluster.ready("sender")

    with pytest.raises(HelmError):
        each_release.install(WRONG_PASSWORD, "--timeout", "20s")

    assert before <= cluster.ready("receiver") | cluster.ready("sender")
    converse(around)
    each_release.rollback()
    wait_for(
        "only the old ones are left",
        lambda: {*cluster.pods("receiver"), *cluster.pods("sender")},
        lambda left: left == before,
        90,
    )


@pytest.mark.usefixtures("release")
def test_the_sender_scales_up_and_down_under_load(
    cluster: Cluster, around: Neighbours
) -> None:
    """From one to three and back: partitions move, and order holds."""
    traffic = Traffic(around)

    with traffic.flowing():
        for replicas in (3, 1):
            cluster.run("scale", f"deployment/{SENDER}", f"--replicas={replicas}")
            cluster.wait_until_rolled_out(SENDER)
            traffic.wait_for_commands(50)

    balance = traffic.balance()
    assert balance.commands > 100
    assert not balance.lost_commands
    assert not balance.repeated_commands
    assert not balance.late_commands


@pytest.mark.usefixtures("release")
def test_killed_pods_lose_nothing(cluster: Cluster, around: Neighbours) -> None:
    """A receiver and the sender end without a word: what is repeated is in order."""
    traffic = Traffic(around)

    with traffic.flowing():
        traffic.wait_for_commands(20)
        for component in ("receiver", "sender"):
            victim = min(cluster.ready(component))
            cluster.run("delete", "pod", victim, "--grace-period=0", "--force")
        for deployment in (RECEIVER, SENDER):
            cluster.wait_until_rolled_out(deployment)
        traffic.wait_for_commands(20)

    balance = traffic.balance()
    assert balance.callbacks > 50
    assert balance.lost_callbacks == 0
    assert not balance.lost_commands
    assert not balance.late_commands


@pytest.mark.usefixtures("release")
def test_a_new_token_is_taken_up_without_a_restart(
    cluster: Cluster, around: Neighbours
) -> None:
    """Once the kubelet shows the changed Secret, callbacks and commands use it."""
    before = {**cluster.pods("receiver"), **cluster.pods("sender")}
    topics = around.topics("clerk")
    renewed = around.with_new_token("clerk")
    cluster.apply([token_secret({**TOKENS, "clerk": renewed.token})])
    (user,) = renewed.add_users(1)

    def is_heard() -> bool:
        """Viber signs the check of a webhook with the new token."""
        try:
            renewed.set_webhook(f"http://{NAME}/webhooks/clerk")
        except AssertionError:
            return False
        return True

    wait_for("the new token counts", is_heard, seconds=180)
    topics.write([message(topics.outbound, "clerk", user, "by the new token")])
    wait_for("a message by the new token", lambda: renewed.texts(user), seconds=180)

    assert {
        **cluster.pods("receiver"),
        **cluster.pods("sender"),
    }.keys() == before.keys()
