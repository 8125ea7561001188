"""Apache Kafka's jars: fetched once from Maven, then run with any Java from 17 on.

They stay in $KAFKA_CLUSTER_CACHE (default: ~/.cache/kafka-cluster), beside an
archive of loaded classes that halves a start.  Rule: the folder of a version
appears at once and whole, so that two runs may fetch at the same time.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

KAFKA_VERSION: Final = "4.4.0"
BROKER: Final = "kafka.Kafka"
STORAGE_TOOL: Final = "kafka.tools.StorageTool"

_JVM_FLAGS: Final = (
    "-Xms64m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xlog:disable",
)
_POM: Final = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>kafka-cluster</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>{KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>2.25.5</version>
    </dependency>
  </dependencies>
</project>
"""
_LOG4J: Final = """\
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{HH:mm:ss.SSS} %p %m (%c{1})%n
rootLogger.level=INFO
rootLogger.appenderRef.out.ref=out
"""


class KafkaClusterError(RuntimeError):
    """The cluster cannot be installed, or a broker does not come up."""


def home() -> Path:
    """Return the folder of the jars, there or not."""
    chosen = os.environ.get("KAFKA_CLUSTER_CACHE")
    cache = Path(chosen) if chosen else Path.home() / ".cache" / "kafka-cluster"
    return cache / f"kafka-{KAFKA_VERSION}"


def what_is_missing() -> str:
    """Say what this machine lacks for Kafka on Java; empty when it lacks nothing."""
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        return "no java"
    if not (home().is_dir() or shutil.which("mvn")):
        return "no mvn to fetch Apache Kafka with"
    return ""


def fetch() -> bool:
    """Fetch the jars unless they are there; true when this call has fetched them.

    Raises:
        KafkaClusterError: Maven failed; its last words are in the message.
    """
    if home().is_dir():
        return False
    cache = home().parent
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="staging-", dir=cache) as staging:
        fresh = Path(staging, "home")
        _copy_jars(fresh)
        with contextlib.suppress(OSError):  # another process was faster
            fresh.rename(home())
    return True


def _copy_jars(folder: Path) -> None:
    folder.mkdir()
    pom = folder / "pom.xml"
    pom.write_text(_POM)
    (folder / "log4j2.properties").write_text(_LOG4J)
    goal = ("dependency:copy-dependencies", "-DincludeScope=runtime")
    target = f"-DoutputDirectory={folder / 'jars'}"
    execute(["mvn", "-q", "-B", "-ntp", "-f", str(pom), *goal, target])


def class_archive() -> Path:
    """Return the archive of loaded classes, there or not."""
    return home() / "classes.jsa"


def java_command(
    main: str, arguments: Sequence[str], flags: Sequence[str] = ()
) -> list[str]:
    """Return the command that runs one of Kafka's main classes."""
    java_home = os.environ.get("JAVA_HOME")
    java = str(Path(java_home, "bin", "java")) if java_home else "java"
    log4j = f"-Dlog4j2.configurationFile={home() / 'log4j2.properties'}"
    archive = class_archive()
    shared = [f"-XX:SharedArchiveFile={archive}"] if archive.exists() else []
    # The archive counts only for the very same class path: the order is fixed.
    class_path = ":".join(map(str, sorted((home() / "jars").glob("*.jar"))))
    options = [*_JVM_FLAGS, log4j, *flags, *shared, "-cp", class_path]
    return [java, *options, main, *arguments]


def execute(command: Sequence[str], cwd: Path | None = None) -> None:
    """Run a command to its end, quietly.

    Raises:
        KafkaClusterError: It cannot be run or failed; its output is in the message.
    """
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise KafkaClusterError(f"{command[0]} cannot be run: {error}") from error
    if done.returncode:
        output = (done.stdout + done.stderr)[-4000:]
        message = f"{command[0]} ended with {done.returncode}:\n{output}"
        raise KafkaClusterError(message)
