"""What a message costs a bot, and what it is told about it.

Inside a session (24 hours from the user's message) messages are free.  Outside, the
month's free messages go first; then a billable bot pays from its balance and another
one is refused.  Values: developers.viber.com, "Billing status".
"""

from simulator.accounts import Grants
from simulator.rules.statuses import Refusal, Status, refuse

IN_SESSION = (1, 2)  # non-billable, billable; as in the next
FREE = (3, 4)
BILLED = 5


def charge(grants: Grants, *, in_session: bool) -> Refusal | int:
    """Book one message; return its ``billing_status``, or why it is refused."""
    if in_session:
        return IN_SESSION[grants.billable]
    if grants.free_messages is None:
        return FREE[grants.billable]
    if grants.free_messages > 0:
        grants.free_messages -= 1
        return FREE[grants.billable]
    if not grants.billable:
        return refuse(Status.FREE_MESSAGES_EXCEEDED)
    return _pay(grants)


def _pay(grants: Grants) -> Refusal | int:
    if grants.balance == 0:
        return refuse(Status.NO_BALANCE)
    if grants.balance is not None:
        grants.balance -= 1
    return BILLED
