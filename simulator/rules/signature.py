"""How Viber signs a callback.

Lower-case hex of HMAC-SHA256 over the raw body, keyed by the bot's token.  The
same value travels in the header and in the query parameter ``sig``.
"""

import hashlib
import hmac

HEADER = "X-Viber-Content-Signature"
QUERY = "sig"
PLAIN_HEADERS = {"Content-Type": "application/json", "User-Agent": "viber-simulator"}


def sign(token: str, body: bytes) -> str:
    """Return the signature of a body."""
    return hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


def signed_headers(signature: str | None) -> dict[str, str]:
    """Return the headers of a callback, which a fault may leave unsigned."""
    return PLAIN_HEADERS | ({} if signature is None else {HEADER: signature})
