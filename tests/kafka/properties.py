"""What a cluster is like, and the broker properties that make it so.

Pure: a shape and the ports in, `server.properties` of one broker out.
https://kafka.apache.org/documentation/#brokerconfigs
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from tests.kafka.wire import HOST

Protocol = Literal["PLAINTEXT", "SASL_PLAINTEXT", "SSL", "SASL_SSL"]
Ports = Mapping[int, Mapping[str, int]]  # broker -> listener -> port

_MODULES: Final = "org.apache.kafka.common.security"

# Tests are impatient: no wait for more members, time-outs from one second, a
# dead broker noticed after three.
PACE: Final[Mapping[str, object]] = {
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    "broker.heartbeat.interval.ms": 500,
    "broker.session.timeout.ms": 3000,
    "log.cleaner.dedupe.buffer.size": 4_194_304,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterShape:
    """What is asked of a cluster.

    The plain listener is always there, and with `acl` it is a super user's.
    `port` is the plain port of the first broker, the next take the next ports.
    `disk_mb` gives each broker a disk of that size, which can be filled.
    `sasl` makes `users` known to PLAIN and SCRAM-SHA-512.
    `settings` are broker properties that come last.
    """

    brokers: int = 1
    port: int | None = None
    disk_mb: int = 0
    sasl: bool = False
    tls: bool = False
    client_certificate_required: bool = False
    acl: bool = False
    users: Mapping[str, str] = field(default_factory=lambda: {"alice": "alice-secret"})
    settings: Mapping[str, object] = field(default_factory=dict)

    @property
    def protocols(self) -> tuple[Protocol, ...]:
        """The kinds of listener that every broker has."""
        wanted: dict[Protocol, bool] = {
            "PLAINTEXT": True,
            "SASL_PLAINTEXT": self.sasl,
            "SSL": self.tls,
            "SASL_SSL": self.sasl and self.tls,
        }
        return tuple(protocol for protocol, is_wanted in wanted.items() if is_wanted)


def broker_properties(
    shape: ClusterShape, broker: int, ports: Ports, directory: Path
) -> dict[str, object]:
    """Return the properties of one broker that keeps its data under `directory`."""
    return {
        "node.id": broker,
        "log.dirs": data_folder(directory, broker),
        **_quorum(ports),
        **_listeners(shape, ports[broker]),
        **PACE,
        **_replication(shape),
        **(_sasl(shape) if shape.sasl else {}),
        **(_tls(shape, directory / "tls") if shape.tls else {}),
        **(_ACL if shape.acl else {}),
        **shape.settings,
    }


def data_folder(directory: Path, broker: int) -> Path:
    """Return where a broker keeps its data."""
    return directory / f"broker-{broker}"


def _quorum(ports: Ports) -> dict[str, object]:
    """Make every broker a controller too."""
    voters = (f"{broker}@{HOST}:{own['CONTROLLER']}" for broker, own in ports.items())
    return {
        "process.roles": "broker,controller",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": ",".join(voters),
    }


def _listeners(shape: ClusterShape, ports: Mapping[str, int]) -> dict[str, object]:
    listeners = (f"{name}://{HOST}:{port}" for name, port in ports.items())
    protocols = ["CONTROLLER:PLAINTEXT", *(f"{p}:{p}" for p in shape.protocols)]
    return {
        "listeners": ",".join(listeners),
        "listener.security.protocol.map": ",".join(protocols),
        "inter.broker.listener.name": "PLAINTEXT",
    }


def _replication(shape: ClusterShape) -> dict[str, object]:
    replicas = min(3, shape.brokers)
    in_sync = max(1, replicas - 1)
    return {
        "default.replication.factor": replicas,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": replicas,
        "offsets.topic.num.partitions": replicas,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.num.partitions": replicas,
        "transaction.state.log.min.isr": in_sync,
    }


def _sasl(shape: ClusterShape) -> dict[str, object]:
    accounts = "".join(
        f' user_{user}="{password}"' for user, password in shape.users.items()
    )
    modules = {
        "plain": f"{_MODULES}.plain.PlainLoginModule required{accounts};",
        "scram-sha-512": f"{_MODULES}.scram.ScramLoginModule required;",
    }
    listeners = [p.lower() for p in shape.protocols if p.startswith("SASL")]
    logins = {
        f"listener.name.{listener}.{mechanism}.sasl.jaas.config": module
        for listener in listeners
        for mechanism, module in modules.items()
    }
    return {"sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512", **logins}


def _tls(shape: ClusterShape, certificates: Path) -> dict[str, object]:
    return {
        "ssl.keystore.type": "PEM",
        "ssl.truststore.type": "PEM",
        "ssl.keystore.location": certificates / "server.pem",
        "ssl.truststore.location": certificates / "ca.pem",
        "ssl.client.auth": "required" if shape.client_certificate_required else "none",
    }


_ACL: Final[Mapping[str, object]] = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
}
