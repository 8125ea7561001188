"""Examples of welcome messages, and of the headers of a reply."""

from gateway.contract.examples.example import ABSENT, Example, Refuser
from gateway.contract.examples.messages import CONTENTS, USER
from gateway.contract.examples.mistakes import SOME, mistakes

MESSAGE = "welcome/message"
TEXT = Example(MESSAGE, "text", {"type": "text", "text": "Hello! Write to us."})
HEADERS = Example(
    "welcome/headers",
    "reply",
    {"ce_correlationid": "5f2b9c1e-0d4f7a1b6c2e4f8a9b3d5e7f1a2c4b6d"},
)
EXAMPLES = [
    TEXT,
    Example(MESSAGE, "keyboard", CONTENTS["keyboard"]),
    Example(MESSAGE, "keyboard_alone", CONTENTS["keyboard_alone"]),
    *mistakes(MESSAGE, {}, *SOME),
    TEXT.with_mistake(
        "nothing", "type", ABSENT, Refuser.GATEWAY, "no type, no keyboard"
    ),
    TEXT.with_mistake("receiver", "receiver", USER, Refuser.NOBODY, "it names nobody"),
    HEADERS,
    HEADERS.with_mistake(
        "without_correlation",
        "ce_correlationid",
        ABSENT,
        Refuser.GATEWAY,
        "whose reply",
    ),
]
