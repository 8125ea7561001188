"""How Viber signs a callback.

Lower-case hex of HMAC-SHA256 over the raw body, keyed by the bot's token.  The
same value travels in the header and in the query parameter ``sig``.
"""

import hashlib
import hmac

HEADER = "X-Viber-Content-Signature"
QUERY = "sig"


def sign(token: str, body: bytes) -> str:
    """Return the signature of a body."""
    return hmac.new(token.encode(), body, hashlib.sha256).hexdigest()
