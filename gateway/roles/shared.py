"""What both roles share: settings, time, Kafka, and what operators see."""

from dataclasses import dataclass

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.publisher import Publisher
from gateway.egress.clock import Clock
from gateway.ops.health import Health
from gateway.ops.metrics import Metrics
from gateway.ops.observe import Observer
from gateway.ops.tracing import Tracing
from gateway.roster import Roster
from gateway.settings import Settings


@dataclass(frozen=True, slots=True)
class Shared:
    """One of each, for the whole process."""

    settings: Settings
    bots: Roster
    clock: Clock
    metrics: Metrics
    observer: Observer
    health: Health
    clients: KafkaClients
    publisher: Publisher
    tracing: Tracing
