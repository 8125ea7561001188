"""Every setting: its name, type, default, unit, and one sentence.

A setting's name is its group's prefix and its own name in capitals: `HTTP_PORT` is
`Settings.http.port`.  All values are frozen, and nothing here looks at the environment:
`environment.py` reads it and reports what is wrong.  The README's table is generated
from here.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from gateway.kinds import (
    Addresses,
    BotName,
    Count,
    OptionalTopic,
    Port,
    PublicUrl,
    Seconds,
    Topic,
)

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class SettingsGroup(BaseModel):
    """Settings whose names begin alike."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    prefix: ClassVar[str]
    empty_is_unset: ClassVar[bool] = True

    @classmethod
    def is_given(cls, text: str | None) -> bool:
        """Tell whether a text is a value: in most groups an empty one is none."""
        return text is not None and not (cls.empty_is_unset and text == "")


class KafkaSettings(SettingsGroup):
    """The Kafka cluster and the consumer group."""

    prefix = "KAFKA_"

    bootstrap_servers: Addresses
    """Addresses to begin with: host:port, several with commas."""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = (
        "PLAINTEXT"
    )
    """How to talk to the brokers."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    """How to log in when the protocol is SASL_*."""
    sasl_username: str | None = None
    """Who logs in."""
    sasl_password: SecretStr | None = None
    """Its password."""
    sasl_password_file: Path | None = None
    """File that holds it."""
    ssl_cafile: Path | None = None
    """PEM file of the authorities that may sign the brokers' certificates."""
    ssl_certfile: Path | None = None
    """PEM file of our own certificate, where brokers ask for one."""
    ssl_keyfile: Path | None = None
    """PEM file of its key."""
    consumer_group: str = "viber-gateway"
    """The group whose members share the outbound topic's partitions."""
    group_instance_id: str | None = None
    """Static membership (KIP-345): a name that this replica keeps over restarts."""
    client_id: str = "viber-gateway"
    """What brokers call us in their logs and quotas."""
    compression: Literal["none", "gzip", "snappy", "lz4", "zstd"] = "none"
    """Of what we write."""
    session_timeout_seconds: Seconds = 45
    """After this long without a heartbeat the group gives our partitions away."""
    auto_offset_reset: Literal["earliest", "latest"] = "earliest"
    """Where a group without committed offsets begins."""

    @model_validator(mode="after")
    def _log_in_with_a_name(self) -> Self:
        password = self.sasl_password or self.sasl_password_file
        if self.security_protocol.startswith("SASL") and not (
            self.sasl_username and password
        ):
            raise ValueError(
                "KAFKA_SECURITY_PROTOCOL is SASL_*: KAFKA_SASL_USERNAME and "
                "KAFKA_SASL_PASSWORD (or KAFKA_SASL_PASSWORD_FILE) are needed"
            )
        return self


class TopicSettings(SettingsGroup):
    """The topics; a name may hold `{bot}`: then every bot has its own."""

    prefix = "TOPIC_"
    empty_is_unset = False

    inbound: Topic = "viber.inbound"
    """Events: what Viber's callbacks say. Key: the user's id."""
    outbound: Topic = "viber.outbound"
    """Commands: what bots want done. Key: the receiver, recommended."""
    results: OptionalTopic = "viber.results"
    """Results of commands; empty: none are written."""
    dead_letters: Topic = "viber.dlq"
    """Records that cannot go on, with the reason in headers."""
    replies: Topic = "viber.replies"
    """Bots' answers to conversation_started, for welcome mode 'reply'."""
    progress: Topic = "viber.progress"
    """Compacted: maps of finished offsets too large for commit metadata."""

    @model_validator(mode="after")
    def _keep_commands_apart(self) -> Self:
        """Check that nothing we write can be read back as a command."""
        for field in ("inbound", "results", "dead_letters", "progress"):
            if getattr(self, field) == self.outbound:
                raise ValueError(
                    f"TOPIC_OUTBOUND and TOPIC_{field.upper()} are both "
                    f"'{self.outbound}': commands need a topic of their own"
                )
        return self


class HttpSettings(SettingsGroup):
    """The public port, where Viber's callbacks arrive."""

    prefix = "HTTP_"

    host: str = "0.0.0.0"  # noqa: S104  the public port is public
    """Address to listen on."""
    port: Port = 8080
    """Port to listen on; 0 takes a free one."""
    max_body_bytes: Count = 262_144
    """Largest body of a callback; larger ones get 413."""
    body_timeout_seconds: Seconds = 5
    """A body must be complete within this time; else 408."""
    publish_timeout_seconds: Seconds = 4
    """Kafka must acknowledge within this time; else 503."""
    deadline_seconds: Seconds = 4.5
    """From the first byte to the answer; the other times are shares of it."""
    max_in_flight: Count = 1000
    """Callbacks being served at once; further ones get 503 at once."""
    max_connections: Count = 10_000
    """Open connections; further ones get 503."""
    header_timeout_seconds: Seconds = 5
    """A request's headers must be complete within this time."""
    drain_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 5
    """After SIGTERM callbacks are served this long: load balancers still send."""


class ManagementSettings(SettingsGroup):
    """The port for probes, metrics and documents; never exposed publicly."""

    prefix = "MANAGEMENT_"

    host: str = "0.0.0.0"  # noqa: S104  probes come from outside the pod
    """Address to listen on."""
    port: Port = 9090
    """Port to listen on; 0 takes a free one."""


class ViberSettings(SettingsGroup):
    """Viber's API and the bots."""

    prefix = "VIBER_"

    api_url: str = "https://chatapi.viber.com/pa"
    """Base of the REST API, with /pa."""
    allow_http: bool = False
    """Allow http:// towards hosts other than this one: the token travels in clear."""
    auth_token: SecretStr | None = None
    """Token of the one bot."""
    auth_token_file: Path | None = None
    """File that holds it; read again when it changes."""
    bot: BotName = "main"
    """Name of the one bot, for paths, headers and metrics."""
    sender_name: Annotated[str, Field(max_length=28)] | None = None
    """Filled in as sender.name where a message has none."""
    sender_avatar: str | None = None
    """Filled in as sender.avatar where a message has none."""
    bots_file: Path | None = None
    """TOML file of many bots, in place of VIBER_AUTH_TOKEN and VIBER_BOT."""
    webhook_url: PublicUrl | None = None
    """Public base URL; a bot's webhook is that + /webhooks/{bot}."""
    request_timeout_seconds: Seconds = 10
    """One call of the API, from connecting to the end of the answer."""

    def webhook_of(self, bot: str) -> str | None:
        """Where Viber should send a bot's callbacks; None: nobody has said."""
        base = self.webhook_url
        return f"{base.rstrip('/')}/webhooks/{bot}" if base else None

    @model_validator(mode="after")
    def _keep_tokens_out_of_clear_text(self) -> Self:
        url = urlsplit(self.api_url)
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise ValueError("VIBER_API_URL must be an http(s) URL that ends in /pa")
        if (
            url.scheme == "http"
            and url.hostname not in LOOPBACK_HOSTS
            and not self.allow_http
        ):
            raise ValueError(
                "VIBER_API_URL is http://: the token would travel in clear; "
                "use https://, or set VIBER_ALLOW_HTTP=true"
            )
        return self


class SenderSettings(SettingsGroup):
    """How commands become calls of Viber's API."""

    prefix = "SENDER_"

    max_in_flight: Count = 64
    """HTTP calls under way at once, over all bots."""
    max_buffered: Count = 10_000
    """Commands held in memory; the partitions that fill it are paused."""
    max_attempts: Count = 8
    """Attempts per command that may fail before it becomes a dead letter."""
    backoff_initial_seconds: Seconds = 0.5
    """Wait before the second attempt; doubles from there, with jitter."""
    backoff_max_seconds: Seconds = 60
    """Longest wait between attempts."""
    max_age_seconds: Seconds = 86_400
    """A command older than this is not sent: result 'expired'."""
    circuit_failures: Count = 5
    """Failures to reach Viber in a row that open a bot's circuit."""
    dlq_max_ratio: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Share of dead letters among the last 200 that stops a bot; 1: off."""
    dlq_max_consecutive: Annotated[int, Field(ge=0)] = 100
    """Dead letters in a row that stop a bot; 0: off."""
    rate_limit_per_second: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 50
    """Calls per second of each bot, over all replicas."""
    commit_interval_seconds: Seconds = 1
    """Offsets are committed at least this often while commands end."""
    commit_every: Count = 100
    """Offsets are committed after so many ended commands, too."""
    drain_timeout_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 20
    """At the end, calls under way have this long to finish."""

    @model_validator(mode="after")
    def _open_the_circuit_before_giving_up(self) -> Self:
        if self.circuit_failures >= self.max_attempts:
            raise ValueError(
                f"SENDER_CIRCUIT_FAILURES ({self.circuit_failures}) must be below "
                f"SENDER_MAX_ATTEMPTS ({self.max_attempts}): else an outage of Viber "
                "uses up a command's attempts before the circuit opens"
            )
        return self


class LogSettings(SettingsGroup):
    """What is written to standard error."""

    prefix = "LOG_"

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """From which severity on."""
    format: Literal["json", "console"] = "json"
    """JSON lines for machines, console for people."""
    user_ids: bool = False
    """Write user ids as they are; otherwise hashed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of them, by group; a group's name is its prefix."""

    kafka: KafkaSettings
    topic: TopicSettings
    http: HttpSettings
    management: ManagementSettings
    viber: ViberSettings
    sender: SenderSettings
    log: LogSettings
