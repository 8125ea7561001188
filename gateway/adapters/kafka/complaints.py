"""What the client library last complained of.

aiokafka 0.14 raises the same "Unable to bootstrap" for a wrong password, a wrong
certificate, a closed port and an unknown name; only its log tells them apart.  So its
errors are kept here, for whoever reports that Kafka is away, instead of being written
several times a second.
"""

import logging

LIBRARY = "aiokafka"


class Complaints(logging.Handler):
    """Keeps the library's last error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.last = ""
        logger = logging.getLogger(LIBRARY)
        logger.addHandler(self)
        logger.setLevel(logging.ERROR)
        logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record's text."""
        self.last = record.getMessage()

    def explain(self, error: Exception) -> str:
        """Say what went wrong: in the library's words where it had some, else ours."""
        return self.last or f"{type(error).__name__}: {error}"
