"""The structure of a message token.

``token = ((unix_ms - 292057776128) << 22) | low``, read off live tokens of 2016
to 2023.  Viber documents none of it: a client must treat the token as opaque.
The low bits look like a counter near 2.5 million.
"""

from dataclasses import dataclass

EPOCH_MS = 292_057_776_128
LOW_BITS = 22
LOW_MASK = (1 << LOW_BITS) - 1
FIRST_LOW = 2_500_000


def token_at(unix_ms: int, low: int) -> int:
    """Return the token of a moment; only the last 22 bits of ``low`` count."""
    return ((unix_ms - EPOCH_MS) << LOW_BITS) | (low & LOW_MASK)


def time_of(token: int) -> int:
    """Return the Unix time in ms that a token carries."""
    return (token >> LOW_BITS) + EPOCH_MS


@dataclass(slots=True)
class TokenMint:
    """Makes tokens that never repeat and never run backwards."""

    low: int = FIRST_LOW
    last: int = 0

    def mint(self, unix_ms: int) -> int:
        """Return a new token of this moment, larger than all before it."""
        self.low += 1
        token = token_at(unix_ms, self.low)
        if token <= self.last:
            token = self.last + 1
        self.last = token
        return token
