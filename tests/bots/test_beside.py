"""A bot of `bots`, started as its README says, beside the one of `make run`."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.bots.test_conformance import BOTS
from tests.contract.toolchain import BUILD_SECONDS, built
from tests.e2e.support.dev import Dev
from tests.e2e.support.waiting import wait_for

pytestmark = pytest.mark.timeout(BUILD_SECONDS + 120)


def test_both_answer_over_the_embedded_kafka(tmp_path: Path) -> None:
    """Each has a group of its own; a shared one would end the Kafka of both."""
    (javascript,) = [bot for bot in BOTS if str(bot) == "node"]
    folder = built(javascript)
    dev = Dev(tmp_path / "dev")
    try:
        said = "\n".join(dev.introduction())
        servers = re.findall(r"KAFKA_BOOTSTRAP_SERVERS=(\S+)", said)
        kafka = {"KAFKA_BOOTSTRAP_SERVERS": servers[0], "IDEMPOTENT": "false"}
        bot = subprocess.Popen(javascript.run, cwd=folder, env=os.environ | kafka)
        try:
            dev.talk("both of you")
            wait_for("both answers", lambda: dev.answers() == ["both of you"] * 2)
        finally:
            bot.terminate()
            bot.wait()
    finally:
        dev.close()
