"""What values may be besides their type, as tables for the schema.

A row's key is a value's whole path, or the last key of all values called so.
"""

from typing import Any, Final

from gateway.kinds import BOT_NAME

Schema = dict[str, Any]

_NAME: Final = {"type": "string", "minLength": 1}
_TEXTS: Final = {"items": {"type": "string"}}
_LABELS: Final = {"additionalProperties": {"type": "string"}}
_SECONDS: Final = {"pattern": "^[0-9]+(ms|s|m)$"}
_ATTEMPTS: Final = {"minimum": 1}
_RATIO: Final = {"minimum": 0, "maximum": 1}
_PORT: Final = {"minimum": 1, "maximum": 65535}
_SECRET_KEY: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {"name": _NAME, "key": _NAME},
}
_EVENTS: Final = (
    "delivered",
    "seen",
    "failed",
    "subscribed",
    "unsubscribed",
    "conversation_started",
)
_WELCOME: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["mode"],
    "properties": {
        "mode": {"enum": ["off", "static", "reply"]},
        "message": {"type": "object"},
        "timeoutSeconds": {"type": "number", "exclusiveMinimum": 0, "maximum": 4},
    },
}
# As gateway/bots.py has it.
_BOT: Final = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "tokenSecret": _SECRET_KEY,
        "previousTokenSecret": _SECRET_KEY,
        "rateLimitPerSecond": {"type": "number", "exclusiveMinimum": 0},
        "sender": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string", "maxLength": 28},
                "avatar": {"type": "string"},
            },
        },
        "eventTypes": {"type": "array", "items": {"enum": list(_EVENTS)}},
        "welcome": _WELCOME,
    },
}
_PROTOCOLS: Final = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
_POLICIES: Final = ("SingleStack", "PreferDualStack", "RequireDualStack")

# Placed into the schema as they are: nothing in values.yaml stands for them.
EXTRA: Final[dict[str, Schema]] = {
    "enabled": {
        "type": "boolean",
        "description": "Room for a parent chart's condition; this chart ignores it.",
    }
}

LIMITS: Final[dict[str, Schema]] = {
    "annotations": _LABELS,
    "labels": _LABELS,
    "alertLabels": _LABELS,
    "commonAnnotations": _LABELS,
    "commonLabels": _LABELS,
    "podAnnotations": _LABELS,
    "podLabels": _LABELS,
    "nodeSelector": _LABELS,
    "secretAnnotations": _LABELS,
    "serviceAccount.annotations": _LABELS,
    "secrets.tokens": _LABELS,
    "metrics.annotations": {},
    "imagePullSecrets": _TEXTS,
    "pullSecrets": _TEXTS,
    "extraArgs": _TEXTS,
    "hosts": _TEXTS,
    "hostnames": _TEXTS,
    "dnsNames": _TEXTS,
    "disabled": _TEXTS,
    "interval": _SECONDS,
    "scrapeTimeout": _SECONDS,
    "periodSeconds": _ATTEMPTS,
    "failureThreshold": _ATTEMPTS,
    "timeoutSeconds": _ATTEMPTS,
    "minReplicas": _ATTEMPTS,
    "maxReplicas": _ATTEMPTS,
    "threshold": _ATTEMPTS,
    "pollingInterval": _ATTEMPTS,
    "waitSeconds": _ATTEMPTS,
    "activeDeadlineSeconds": _ATTEMPTS,
    "replicas": _ATTEMPTS,
    "port": _PORT,
    "lagSource": {"enum": ["app", "kafka-exporter"]},
    "callbackErrorRatio": _RATIO,
    "deadLetterRatio": _RATIO,
    "apiErrorRatio": _RATIO,
    "tracing.endpoint": {"pattern": "^(https?://.+)?$"},
    "tracing.ratio": _RATIO,
    "mode": {"enum": ["split", "combined"]},
    "image.digest": {"pattern": "^(sha256:[0-9a-f]{64})?$"},
    "image.repository": {"minLength": 1},
    "pullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]},
    "bots": {
        "propertyNames": {"pattern": BOT_NAME},
        "additionalProperties": _BOT,
    },
    "viber.apiUrl": {"pattern": "^https?://"},
    "viber.webhookUrl": {"pattern": "^(https?://.+)?$"},
    "kafka.securityProtocol": {"enum": list(_PROTOCOLS)},
    "kafka.autoOffsetReset": {"enum": ["earliest", "latest"]},
    "kafka.partitions": _ATTEMPTS,
    "kafka.sasl.mechanism": {"enum": ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]},
    "networkPolicy.kafka.ports": {"items": {"type": "integer", **_PORT}},
    "topologySpreadConstraints": {
        "type": ["string", "array"],
        "oneOf": [{"const": "default"}, {"type": "array"}],
    },
    "maxUnavailable": {"type": ["integer", "string"]},
    "unhealthyPodEvictionPolicy": {"enum": ["AlwaysAllow", "IfHealthyBudget"]},
    "receiver.autoscaling.type": {"enum": ["none", "hpa"]},
    "sender.autoscaling.type": {"enum": ["none", "keda"]},
    "targetCPUUtilizationPercentage": _ATTEMPTS,
    "trigger": {"enum": ["prometheus", "kafka"]},
    "service.type": {"enum": ["ClusterIP", "NodePort", "LoadBalancer"]},
    "ipFamilyPolicy": {"enum": ["", *_POLICIES]},
    "webhookRegistration.mode": {"enum": ["none", "hook", "cronjob"]},
    "webhookRegistration.bot": {"pattern": "^[a-z0-9-]{0,40}$"},
    "strimzi.apiVersion": {"pattern": "^kafka.strimzi.io/"},
    "authentication": {"enum": ["scram-sha-512", "tls"]},
    "extraObjects": {"items": {"type": ["string", "object"]}},
}
