"""Viber's status codes and their texts, and a refused request as a value.

https://developers.viber.com/docs/api/rest-bot-api/#error-codes; the texts are the
ones met live where they differ from the table.  999 stands outside the table.
"""

from dataclasses import dataclass
from enum import IntEnum


class Status(IntEnum):
    """The ``status`` member of an answer."""

    OK = 0
    INVALID_URL = 1
    INVALID_AUTH_TOKEN = 2
    BAD_DATA = 3
    MISSING_DATA = 4
    RECEIVER_NOT_REGISTERED = 5
    RECEIVER_NOT_SUBSCRIBED = 6
    ACCOUNT_BLOCKED = 7
    ACCOUNT_NOT_FOUND = 8
    ACCOUNT_SUSPENDED = 9
    WEBHOOK_NOT_SET = 10
    NO_SUITABLE_DEVICE = 11
    TOO_MANY_REQUESTS = 12
    API_VERSION_NOT_SUPPORTED = 13
    INCOMPATIBLE_WITH_VERSION = 14
    NOT_AUTHORIZED = 15
    INCHAT_REPLY_NOT_ALLOWED = 16
    NOT_INLINE = 17
    NO_PUBLIC_CHAT = 18
    CANNOT_SEND_BROADCAST = 19
    BROADCAST_NOT_ALLOWED = 20
    UNSUPPORTED_COUNTRY = 21
    PAYMENT_UNSUPPORTED = 22
    FREE_MESSAGES_EXCEEDED = 23
    NO_BALANCE = 24
    BAD_RECEIVER = 999


TEXTS = {
    Status.OK: "ok",
    Status.INVALID_URL: "invalidUrl",
    Status.INVALID_AUTH_TOKEN: "invalidAuthToken",
    Status.BAD_DATA: "badData",
    Status.MISSING_DATA: "missingData",
    Status.RECEIVER_NOT_REGISTERED: "receiverNotRegistered",
    Status.RECEIVER_NOT_SUBSCRIBED: "notSubscribed",
    Status.ACCOUNT_BLOCKED: "publicAccountBlocked",
    Status.ACCOUNT_NOT_FOUND: "publicAccountNotFound",
    Status.ACCOUNT_SUSPENDED: "publicAccountSuspended",
    Status.WEBHOOK_NOT_SET: "webhookNotSet",
    Status.NO_SUITABLE_DEVICE: "receiverNoSuitableDevice",
    Status.TOO_MANY_REQUESTS: "tooManyRequests",
    Status.API_VERSION_NOT_SUPPORTED: "apiVersionNotSupported",
    Status.INCOMPATIBLE_WITH_VERSION: "incompatibleWithVersion",
    Status.NOT_AUTHORIZED: "publicAccountNotAuthorized",
    Status.INCHAT_REPLY_NOT_ALLOWED: "inchatReplyMessageNotAllowed",
    Status.NOT_INLINE: "publicAccountIsNotInline",
    Status.NO_PUBLIC_CHAT: "noPublicChat",
    Status.CANNOT_SEND_BROADCAST: "cannotSendBroadcast",
    Status.BROADCAST_NOT_ALLOWED: "broadcastNotAllowed",
    Status.UNSUPPORTED_COUNTRY: "unsupportedCountry",
    Status.PAYMENT_UNSUPPORTED: "paymentUnsupported",
    Status.FREE_MESSAGES_EXCEEDED: "freeMessagesExceeded",
    Status.NO_BALANCE: "noBalance",
    Status.BAD_RECEIVER: "Bad receiver ID",
}
UNAUTHENTICATED = "missing_auth_token"
TOO_MANY_WITHOUT_REPLY = (
    "maximum messages from Public Account to Viber user without reply exceeded."
)
# In a broadcast's failed_list the texts of 5 and 6 are others (seen live).
FAILED_LIST_TEXTS = {
    Status.RECEIVER_NOT_REGISTERED: "Not found",
    Status.RECEIVER_NOT_SUBSCRIBED: "Not subscribed",
}


def text_of(status: int) -> str:
    """Return the text of a status; an unlisted one is Viber's general error."""
    try:
        return TEXTS[Status(status)]
    except ValueError:
        return "general error"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why Viber does not do what was asked.

    ``text`` goes on the wire; ``why`` says more and stays in the log.
    """

    status: Status
    text: str
    why: str = ""


def refuse(status: Status, why: str = "", text: str = "") -> Refusal:
    """Return a refusal with the usual text of its status, unless told another."""
    return Refusal(status, text or TEXTS[status], why)
