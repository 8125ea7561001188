"""What the release finds around it: Kafka, Viber played by the simulator, an echo bot.

All in the release's namespace, as restricted as the release itself.  The gateway logs
in to Kafka with a password; the bot and this machine do without.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.e2e.support import otlp

Object = dict[str, Any]

IMAGE: Final = os.environ.get("TEST_IMAGE", "viber-gateway:dev")
DEV_IMAGE: Final = os.environ.get("TEST_DEV_IMAGE", "viber-gateway-dev:dev")
KAFKA_IMAGE: Final = os.environ.get("TEST_KAFKA_IMAGE", "apache/kafka:4.4.0")

# Invented.  The echo bot is `echo`, the tests are `shop`, `clerk` gets another one.
TOKENS: Final = {
    "echo": "0fixture0token00-0fixture0token01-0fixture0token02",
    "clerk": "2fixture0token00-2fixture0token01-2fixture0token02",
    "shop": "1fixture0token00-1fixture0token01-1fixture0token02",
}
TOKEN_SECRET: Final = "viber-tokens"
TOPICS: Final = {
    "inbound": "viber.{bot}.inbound",
    "outbound": "viber.{bot}.outbound",
    "results": "viber.{bot}.results",
    "deadLetters": "viber.{bot}.dlq",
    "replies": "viber.replies",
    "progress": "viber.progress",
}
PARTITIONS: Final = 6
USER: Final = "gateway"
PASSWORD: Final = "an invented password"

_LOGIN: Final = (
    "org.apache.kafka.common.security.plain.PlainLoginModule required"
    f' user_{USER}="{PASSWORD}";'
)


def world(kafka_port: int) -> list[Object]:
    """Write the objects; Kafka tells this machine to call it at this local port."""
    return [
        _secret("kafka-gateway", {"password": PASSWORD}),
        _secret("kafka-wrong", {"password": "another"}),
        token_secret(TOKENS),
        *_server("kafka", {"sasl": 9092, "plain": 9095}, _kafka(kafka_port)),
        *_server("simulator", {"http": 8081}, _simulator()),
        _deployment("echo-bot", _echo_bot()),
    ]


def collector() -> list[Object]:
    """Write the objects of a collector of traces."""
    program = Path(otlp.__file__).read_text()
    container = {
        "image": IMAGE,
        "command": ["python", "-c", program],
        "readinessProbe": {"tcpSocket": {"port": 4318}, "periodSeconds": 1},
    }
    return _server("collector", {"otlp": 4318}, container)


def token_secret(tokens: Mapping[str, str]) -> Object:
    """Write the Secret of the bots' tokens."""
    return _secret(TOKEN_SECRET, tokens)


def _secret(name: str, content: Mapping[str, str]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "stringData": dict(content),
    }


def _kafka(port: int) -> Object:
    listeners = {"SASL": 9092, "PLAIN": 9095, "OUTSIDE": 9094, "CONTROLLER": 9093}
    protocols = dict.fromkeys(listeners, "PLAINTEXT") | {"SASL": "SASL_PLAINTEXT"}
    settings = {
        "NODE_ID": "1",
        "PROCESS_ROLES": "broker,controller",
        "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "LISTENERS": ",".join(f"{name}://:{at}" for name, at in listeners.items()),
        "ADVERTISED_LISTENERS": "SASL://kafka:9092,PLAIN://kafka:9095"
        f",OUTSIDE://127.0.0.1:{port}",
        "LISTENER_SECURITY_PROTOCOL_MAP": ",".join(
            f"{name}:{protocol}" for name, protocol in protocols.items()
        ),
        "INTER_BROKER_LISTENER_NAME": "PLAIN",
        "SASL_ENABLED_MECHANISMS": "PLAIN",
        "LISTENER_NAME_SASL_PLAIN_SASL_JAAS_CONFIG": _LOGIN,
        "LOG_DIRS": "/tmp/kafka-logs",  # noqa: S108  in the pod
        "AUTO_CREATE_TOPICS_ENABLE": "false",
        "OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    }
    return {
        "image": KAFKA_IMAGE,
        "env": [{"name": f"KAFKA_{n}", "value": v} for n, v in settings.items()],
        "readinessProbe": {"tcpSocket": {"port": 9095}, "periodSeconds": 1},
    }


def _simulator() -> Object:
    return {
        "image": IMAGE,
        "command": ["viber-simulator"],
        "args": [
            "--host=0.0.0.0",
            "--allow-http",
            "--time-scale=0.01",  # a callback is repeated after 0.1, 0.6, 3 s ...
            "--log-limit=1000000",
            *(f"--bot={bot}={token}" for bot, token in TOKENS.items()),
        ],
        "readinessProbe": {"tcpSocket": {"port": 8081}, "periodSeconds": 1},
    }


def _echo_bot() -> Object:
    return {
        "image": DEV_IMAGE,
        "command": ["python", "-m", "bots.python.echo_bot"],
        "env": [
            {"name": "KAFKA_BOOTSTRAP_SERVERS", "value": "kafka:9095"},
            {"name": "TOPIC_INBOUND", "value": TOPICS["inbound"].format(bot="echo")},
            {"name": "TOPIC_OUTBOUND", "value": TOPICS["outbound"].format(bot="echo")},
            {"name": "TOPIC_RESULTS", "value": TOPICS["results"].format(bot="echo")},
        ],
    }


def _server(name: str, ports: dict[str, int], container: Object) -> list[Object]:
    named = [{"name": port, "port": number} for port, number in ports.items()]
    service = {"selector": {"app": name}, "ports": named}
    metadata = {"name": name}
    return [
        _deployment(name, container),
        {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": service},
    ]


def _deployment(name: str, container: Object) -> Object:
    labels = {"app": name}
    pod = {
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 1,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 1000,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [{"name": name, **container, "securityContext": _locked_down()}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": labels},
            "strategy": {"type": "Recreate"},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def _locked_down() -> Object:
    return {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
