"""Logs: one line per change of state, on standard error.

Never a token, never a message's text or a user's name.  User ids are hashed unless
`LOG_USER_IDS` says otherwise: `user` fields pass through `hash_user`.
"""

import hashlib
import logging
import sys

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from gateway.settings import LogSettings

USER_FIELD = "user"

# Libraries that report each step, or each failed connection several times a second:
# we report the change of state.  What anybody may write into a trace's headers is no
# news at all.
QUIETER = {
    "aiokafka": logging.CRITICAL,
    "uvicorn": logging.ERROR,
    "opentelemetry.trace": logging.ERROR,
}


def configure(settings: LogSettings) -> None:
    """Send our own lines and the libraries' through one formatter."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if not settings.user_ids:
        shared.append(hash_user)
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(settings.level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.INFO, logging.getLevelName(settings.level)))
    logging.getLogger("gateway").setLevel(settings.level)
    for name, level in QUIETER.items():
        logging.getLogger(name).setLevel(max(root.level, level))


def hash_user(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put a short hash in the place of a user's id: lines can still be matched."""
    if USER_FIELD in event:
        digest = hashlib.sha256(str(event[USER_FIELD]).encode()).hexdigest()
        event[USER_FIELD] = f"sha256:{digest[:16]}"
    return event
