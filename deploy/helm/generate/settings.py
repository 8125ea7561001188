"""The gateway's settings as members of `settings`, by their own names.

Those that the chart makes from other values are left out, so that nothing is set
twice, and so are those that mean nothing where every bot stands in `bots`.
"""

import re
from typing import Any

from gateway.environment import known_names

# Made in templates/_environment.tpl and _kafka.tpl.
MADE = re.compile(
    r"TOPIC_.*|HTTP_PORT|MANAGEMENT_PORT"
    r"|VIBER_(API_URL|BOTS_FILE|WEBHOOK_URL)"
    r"|KAFKA_(BOOTSTRAP_SERVERS|SECURITY_PROTOCOL|SASL_MECHANISM|SASL_USERNAME"
    r"|SASL_PASSWORD_FILE|SSL_CAFILE|SSL_CERTFILE|SSL_KEYFILE|CLIENT_ID"
    r"|CONSUMER_GROUP|AUTO_OFFSET_RESET)"
)
# What cannot be set, and why.
LEFT_OUT = {
    "KAFKA_SASL_PASSWORD": "a secret is a file",
    "KAFKA_GROUP_INSTANCE_ID": "pods of a Deployment have no lasting names",
    "VIBER_AUTH_TOKEN": "a secret is a file",
    "VIBER_AUTH_TOKEN_FILE": "bots has the tokens",
    "VIBER_BOT": "bots has the names",
    "VIBER_SENDER_NAME": "bots has it",
    "VIBER_SENDER_AVATAR": "bots has it",
}
# What others define and the gateway honours.
FOREIGN = r"^(OTEL_[A-Z0-9_]+|HTTPS_PROXY|NO_PROXY)$"


def settings_schema() -> dict[str, Any]:
    """Build the members of `settings`."""
    names = [
        name
        for name in known_names()
        if not MADE.fullmatch(name) and name not in LEFT_OUT
    ]
    return {
        "additionalProperties": False,
        "patternProperties": {FOREIGN: {"type": "string"}},
        "properties": {name: _member(name) for name in sorted(names)},
    }


def _member(name: str) -> dict[str, Any]:
    """Describe one setting as pydantic does, without what only it needs."""
    group, field = known_names()[name]
    described = group.model_json_schema()["properties"][field]
    kept = {key: value for key, value in described.items() if key != "title"}
    kinds = [kind for kind in kept.pop("anyOf", []) if kind["type"] != "null"]
    return kept | (kinds[0] if kinds else {})
