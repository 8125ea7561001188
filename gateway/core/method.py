"""The calls of Viber's REST API that a command may ask for.

`set_webhook` is none of them: it belongs to operators.
Source: developers.viber.com, "REST Bot API"; `post` is from the "Channels Post API".
"""

from enum import StrEnum


class Method(StrEnum):
    """A method's name, as it stands in the API's path and in a command's type."""

    SEND_MESSAGE = "send_message"
    BROADCAST_MESSAGE = "broadcast_message"
    POST = "post"
    GET_ACCOUNT_INFO = "get_account_info"
    GET_USER_DETAILS = "get_user_details"
    GET_ONLINE = "get_online"


# Their answers are what was asked for; the others' say what became of a message.
QUERIES = frozenset(
    {Method.GET_ACCOUNT_INFO, Method.GET_USER_DETAILS, Method.GET_ONLINE}
)
