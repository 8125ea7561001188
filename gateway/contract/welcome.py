"""The welcome message, which greets a user who opens the chat.

It stands in the bots file, or a bot writes it to the replies topic when an event asks
for it (`ce_replyto`).  Viber takes one per opened chat, in the answer to its callback.
"""

from gateway.contract.messages import message
from gateway.contract.schema import nullable, record, text
from gateway.core.reply import CORRELATION_HEADERS

MESSAGE = message("Greets a user who opens the chat: a message without a receiver.", {})
HEADERS = record(
    "Headers of a reply: the correlation id under either name. The first reply counts.",
    {name: text("That of the event.", 1) for name in CORRELATION_HEADERS},
) | {"anyOf": [{"required": [name]} for name in CORRELATION_HEADERS]}
KEY = nullable(text("The correlation id."))
