"""The receiver: callbacks from the public port to the inbound topic."""

from gateway.ingress.app import PublicApp
from gateway.ingress.intake import Intake, Topics
from gateway.ingress.webhook import Limits, Webhook
from gateway.ops.server import Server, bind
from gateway.roles.shared import Shared


def public_app(shared: Shared) -> PublicApp:
    """Build the public port's app."""
    http, topic = shared.settings.http, shared.settings.topic
    intake = Intake(
        shared.publisher.publish,
        Topics(topic.inbound, topic.dead_letters),
        http.publish_timeout_seconds,
        shared.clock.wall,
    )
    limits = Limits(
        http.max_body_bytes,
        http.body_timeout_seconds,
        http.deadline_seconds,
        http.max_in_flight,
    )
    observe = shared.observer.callback_answered
    return PublicApp(Webhook(shared.bots, intake, limits, observe))


class ReceiverRole:
    """Serves callbacks.

    Raises:
        SettingsError: The port is taken.
    """

    def __init__(self, shared: Shared, app: PublicApp) -> None:
        http = shared.settings.http
        self._clock = shared.clock
        self._drain_seconds = http.drain_seconds
        listener = bind("HTTP_PORT", http.host, http.port)
        self._server = Server(app, "public", listener, http.max_connections)
        shared.health.add_check("buffer", lambda: not shared.publisher.is_full)

    async def run(self) -> None:
        """Serve until `stop`."""
        await self._server.listen()

    async def stop(self) -> None:
        """Serve on for a moment, since load balancers still send; then end `run`."""
        await self._clock.sleep(self._drain_seconds)
        self._server.stop()
