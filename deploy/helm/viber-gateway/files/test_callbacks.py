"""The public port takes Viber's check of a webhook and turns away a wrong signature.

Run by `helm test`, with the bots' webhooks.  Nothing of this reaches Kafka.
"""

import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

CHECK = (
    b'{"event": "webhook", "timestamp": 1457764197627, "message_token": 241256543215}'
)


def answer(url: str, headers: dict[str, str]) -> int:
    """Post the check and return the answer's status."""
    try:
        with urlopen(Request(url, CHECK, headers), timeout=10) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code


def main(urls: list[str]) -> int:
    """Return the exit code: 1 when an answer is not the one that must come."""
    failed = 0
    for url in urls:
        for said, headers, expected in (
            ("unsigned", {}, 200),
            ("wrongly signed", {"X-Viber-Content-Signature": "0" * 64}, 403),
        ):
            status = answer(url, headers)
            print(url, said, status, "ok" if status == expected else f"not {expected}")
            failed |= status != expected
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
