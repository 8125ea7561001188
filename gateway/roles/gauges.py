"""The sender's gauges: what it holds, what waits, and what could be sent now.

They are read off when `/metrics` is asked for, and cost nothing in between.
"""

from dataclasses import dataclass

from gateway.adapters.kafka.source import CommandSource
from gateway.core.circuit import State
from gateway.core.record import TopicPartition
from gateway.egress.activity import Wait
from gateway.egress.clock import Clock
from gateway.egress.consumer import Consumer
from gateway.egress.dispatcher import Dispatcher
from gateway.egress.lanes import Lanes
from gateway.egress.progress import Progress
from gateway.ops.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Gauges:
    """Reads the parts of one sender."""

    dispatcher: Dispatcher
    lanes: Lanes
    source: CommandSource
    consumer: Consumer
    progress: Progress
    clock: Clock

    def refresh(self, metrics: Metrics, topic: str) -> None:
        """Bring the gauges up to date; `topic` is the outbound one, as configured."""
        self._refresh_lag(metrics, topic)
        self._refresh_bots(metrics)
        waiting = self.dispatcher.count_waiting()
        for reason in Wait:
            metrics.waiting.labels(reason).set(waiting.get(reason, 0))
        for partition, count in self.dispatcher.deferred.items():
            metrics.deferred.labels(*map(str, partition)).set(count)
        for partition, size in self.progress.map_bytes.items():
            metrics.progress_map.labels(*map(str, partition)).set(size)

    def _refresh_bots(self, metrics: Metrics) -> None:
        for bot, lane in self.lanes:
            for state in State:
                is_so = lane.circuit.state is state
                metrics.circuit_state.labels(bot, state).set(is_so)
            metrics.halted.labels(bot).set(not lane.halt.is_closed)
            metrics.without_credit.labels(bot).set(lane.is_without_credit)
            metrics.braked.labels(bot).set(lane.brake.is_engaged)
            metrics.rate_limit.labels(bot).set(lane.rate)
            metrics.permits.labels(bot).set(lane.permits)
            metrics.in_flight.labels(bot).set(lane.under_way)

    def _refresh_lag(self, metrics: Metrics, topic: str) -> None:
        """Count what could be sent now: unread, or waiting for nothing but a turn.

        What waits on purpose (parked, held, backing off, a bot held back) is left out:
        it should neither page anybody nor add replicas.
        """
        positions = self.dispatcher.positions()
        lag = dict.fromkeys(positions, 0)
        for partition, end in self.source.ends(positions).items():
            lag[partition] = max(end - positions[partition], 0)
        oldest = self.clock.wall()
        for command in self.dispatcher.sendable(self.lanes.may_send):
            record = command.record
            lag[TopicPartition(record.topic, record.partition)] += 1
            oldest = min(oldest, record.timestamp / 1000)
        for partition, count in lag.items():
            metrics.lag.labels(*map(str, partition)).set(count)
        age = self.clock.wall() - oldest
        metrics.oldest_age.labels(topic).set(max(age, 0.0))
        metrics.paused.labels(topic).set(len(self.consumer.paused))
