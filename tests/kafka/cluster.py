"""A throw-away Apache Kafka cluster (KRaft) on the loopback address, without Docker.

    python -m tests.kafka.cluster install
    python -m tests.kafka.cluster run --brokers 3 --port 19092 --sasl --tls

    with KafkaCluster(ClusterShape(brokers=3)) as kafka:
        connect(kafka.bootstrap_servers)
        kafka.kill_broker(2)

Needs Java 17, Maven for the first use, and openssl for TLS.
Each broker is a KRaft controller too and is numbered from 1: of three, one may be away.
Rule: the brokers die with this process, even after its kill -9.
"""

import argparse
import contextlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Self

from tests.kafka import jars
from tests.kafka.certificates import make_certificates
from tests.kafka.guard import Guard
from tests.kafka.jars import KafkaClusterError
from tests.kafka.properties import (
    ClusterShape,
    Protocol,
    broker_properties,
    data_folder,
)
from tests.kafka.wire import HOST, alive_brokers, free_ports, is_listening

_START_TIMEOUT_SECONDS: Final = 60.0


def install() -> Path:
    """Return the folder with the jars and their archive, made on first use."""
    if jars.fetch():
        # A broker runs for a moment and leaves its loaded classes: each later
        # start takes about half the time.
        archive = f"-XX:ArchiveClassesAtExit={jars.class_archive()}"
        with KafkaCluster(jvm_flags=(archive,)) as kafka:
            kafka.stop_broker(1)
    return jars.home()


class KafkaCluster:
    """One to many brokers in child processes that never outlive this one.

    Attributes:
        directory: `broker-N.log`, the data, and `tls` with the certificates.
        processes: The brokers that run, by number.
    """

    def __init__(
        self, shape: ClusterShape | None = None, jvm_flags: Sequence[str] = ()
    ) -> None:
        install()
        self.shape = shape or ClusterShape()
        self._ports = _choose_ports(self.shape)
        self.directory = Path(tempfile.mkdtemp(prefix="kafka-cluster-"))
        self.processes: dict[int, subprocess.Popen[bytes]] = {}
        self._jvm_flags = jvm_flags
        disks = [self._data(broker) for broker in self._ports if self.shape.disk_mb]
        self._guard = Guard(disks, self.shape.disk_mb)

    @property
    def bootstrap_servers(self) -> str:
        """Addresses of the plain listeners."""
        return self.servers("PLAINTEXT")

    @property
    def tls_directory(self) -> Path:
        """Folder of ca.pem, client.crt and client.key."""
        return self.directory / "tls"

    def servers(self, protocol: Protocol) -> str:
        """Addresses of one kind of listener."""
        return ",".join(f"{HOST}:{ports[protocol]}" for ports in self._ports.values())

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            self.start()
            undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Format the storage, start the brokers, wait until they all know each other.

        Raises:
            KafkaClusterError: A broker ended or is late; its last log lines are told.
        """
        if self.shape.tls:
            make_certificates(self.tls_directory)
        self._format_storage()
        for broker in self._ports:
            self._launch(broker)
        for broker in self._ports:
            self._wait_until_ready(broker, set(self._ports))

    def close(self) -> None:
        """Kill what still runs and remove all data."""
        self._guard.kill()
        for process in self.processes.values():
            process.wait()
        self.processes.clear()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start_broker(self, broker: int) -> None:
        """Start a stopped or killed broker on its old port and data.

        Waits until it answers, not until its replicas are in sync again.
        """
        if broker in self.processes:
            raise KafkaClusterError(f"broker {broker} is already running")
        self._launch(broker)
        self._wait_until_ready(broker, {broker})

    def stop_broker(self, broker: int, timeout: float = 30.0) -> None:
        """Shut a broker down in order (SIGTERM): it hands its leaderships over."""
        self.processes[broker].terminate()
        self.processes[broker].wait(timeout)
        del self.processes[broker]

    def kill_broker(self, broker: int) -> None:
        """Kill a broker (SIGKILL)."""
        process = self.processes.pop(broker)
        process.kill()
        process.wait()

    def pause_broker(self, broker: int) -> None:
        """Freeze a broker (SIGSTOP): its connections stay and nothing answers."""
        self.processes[broker].send_signal(signal.SIGSTOP)

    def resume_broker(self, broker: int) -> None:
        """Let a paused broker go on."""
        self.processes[broker].send_signal(signal.SIGCONT)

    def alive(self, witness: int) -> set[int]:
        """Tell which brokers are alive, as one of them says."""
        return alive_brokers(self._ports[witness]["PLAINTEXT"])

    def fill_disks(self, *brokers: int, timeout: float = 60.0) -> None:
        """Fill the disks of brokers; each of them then halts by itself.

        Where they have none of their own, no file may grow any more: that error
        (EFBIG) takes the way of a full disk's (ENOSPC).
        """
        for broker in brokers:
            if self.shape.disk_mb:
                self._guard.fill(self._data(broker))
            else:
                _let_no_file_grow(self.processes[broker].pid)
        for broker in brokers:
            self.processes.pop(broker).wait(timeout)

    def mend(self) -> None:
        """Make room on disks, resume what is paused and start what is gone.

        Waits until all are there.
        """
        for broker in self._ports:
            self._guard.make_room(self._data(broker))
            if broker in self.processes:
                self.resume_broker(broker)
            else:
                self._launch(broker)
        for broker in self._ports:
            self._wait_until_ready(broker, set(self._ports))

    def _data(self, broker: int) -> Path:
        return data_folder(self.directory, broker)

    def _properties_file(self, broker: int) -> Path:
        return self.directory / f"broker-{broker}.properties"

    def _log_file(self, broker: int) -> Path:
        return self.directory / f"broker-{broker}.log"

    def _format_storage(self) -> None:
        with ThreadPoolExecutor() as pool:
            list(pool.map(self._format, self._ports))

    def _format(self, broker: int) -> None:
        file = self._properties_file(broker)
        properties = broker_properties(
            self.shape, broker, self._ports, self.directory
        ).items()
        file.write_text("".join(f"{key}={value}\n" for key, value in properties))
        users = self.shape.users.items() if self.shape.sasl else ()
        accounts = [
            f"--add-scram=SCRAM-SHA-512=[name={user},password={password}]"
            for user, password in users
        ]
        cluster = ["format", "--cluster-id", self._cluster_id()]
        arguments = [*cluster, *accounts, "--config", str(file)]
        command = jars.java_command(jars.STORAGE_TOOL, arguments)
        jars.execute(self._guard.on_disks(command))

    def _cluster_id(self) -> str:
        """Return Kafka's form of a UUID; one directory, one cluster, one id."""
        folder = uuid.uuid5(uuid.NAMESPACE_URL, self.directory.as_uri())
        return urlsafe_b64encode(folder.bytes).decode().rstrip("=").replace("-", "A")

    def _launch(self, broker: int) -> None:
        arguments = [str(self._properties_file(broker))]
        command = jars.java_command(jars.BROKER, arguments, self._jvm_flags)
        with self._log_file(broker).open("ab") as log:
            self.processes[broker] = subprocess.Popen(
                self._guard.on_disks(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=self._guard.pid,
            )

    def _wait_until_ready(self, broker: int, known: set[int]) -> None:
        """Wait until the broker itself says that the known brokers are alive."""
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        while not known <= alive_brokers(self._ports[broker]["PLAINTEXT"]):
            exit_code = self.processes[broker].poll()
            if exit_code is not None:
                raise self._failure(broker, f"ended with exit code {exit_code}")
            if time.monotonic() > deadline:
                raise self._failure(broker, "is not ready in time")
            time.sleep(0.02)

    def _failure(self, broker: int, what: str) -> KafkaClusterError:
        log = self._log_file(broker).read_text(errors="replace").splitlines()
        return KafkaClusterError("\n".join([f"broker {broker} {what}", *log[-40:]]))


def _let_no_file_grow(pid: int) -> None:
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, most))


def _choose_ports(shape: ClusterShape) -> dict[int, dict[str, int]]:
    free = free_ports()
    names = ("CONTROLLER", *shape.protocols)
    ports = {
        broker: {name: next(free) for name in names}
        for broker in range(1, shape.brokers + 1)
    }
    if shape.port:
        for broker, own in ports.items():
            own["PLAINTEXT"] = port = shape.port + broker - 1
            if is_listening(f"{HOST}:{port}"):
                raise KafkaClusterError(f"port {port} is taken by something else")
    return ports


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.kafka.cluster",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("install", help="fetch the jars and print their folder")
    run = commands.add_parser("run", help="run a cluster until SIGINT or SIGTERM")
    run.add_argument("--brokers", type=int, default=1)
    run.add_argument("--port", type=int, help="plain port of the first broker")
    for flag in ("--sasl", "--tls", "--acl"):
        run.add_argument(flag, action="store_true")
    return parser.parse_args()


def _run_until_told(shape: ClusterShape) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with contextlib.suppress(KeyboardInterrupt), KafkaCluster(shape) as kafka:
        for protocol in shape.protocols:
            sys.stdout.write(f"{protocol}={kafka.servers(protocol)}\n")
        sys.stdout.flush()
        signal.pause()


def main() -> None:
    """Run the command line."""
    options = vars(_arguments())
    try:
        if options.pop("command") == "install":
            sys.stdout.write(f"{install()}\n")
        else:
            _run_until_told(ClusterShape(**options))
    except (KafkaClusterError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
