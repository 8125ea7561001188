"""How to reach Kafka: the settings as the client library wants them."""

from collections.abc import Mapping
from pathlib import Path
from ssl import VERIFY_X509_STRICT, SSLContext
from typing import Any

from aiokafka.helpers import create_ssl_context

from gateway.core.errors import SettingsError
from gateway.plain_words import why_unreadable
from gateway.settings import KafkaSettings


def client_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return the options that producer, consumer and admin client share.

    Raises:
        SettingsError: A certificate, key or password file cannot be read.
    """
    return {
        "bootstrap_servers": settings.bootstrap_servers,
        "client_id": settings.client_id,
        "security_protocol": settings.security_protocol,
        "ssl_context": _ssl_context(settings),
        "sasl_mechanism": settings.sasl_mechanism,
        "sasl_plain_username": settings.sasl_username,
        "sasl_plain_password": _password(settings),
    }


def _ssl_context(settings: KafkaSettings) -> SSLContext | None:
    if not settings.security_protocol.endswith("SSL"):
        return None
    files = {
        "cafile": settings.ssl_cafile,
        "certfile": settings.ssl_certfile,
        "keyfile": settings.ssl_keyfile,
    }
    given = {name: path for name, path in files.items() if path}
    _check_readable(given)
    try:
        context = create_ssl_context(**{name: str(p) for name, p in given.items()})
    except OSError as error:
        names = ", ".join(map(_setting, given))
        why = getattr(error, "reason", None) or str(error)
        words = why.replace("_", " ").lower()
        raise SettingsError([f"{names}: not what TLS can use: {words}"]) from error
    # Since 3.13 Python asks for all of RFC 5280, and refuses what Strimzi makes (no
    # authority key identifier, strimzi-kafka-operator issue 11375).  Chain, names and
    # dates are checked without it, as by Kafka's other clients.
    context.verify_flags &= ~VERIFY_X509_STRICT
    return context


def _check_readable(files: Mapping[str, Path]) -> None:
    faults = []
    for name, path in files.items():
        try:
            path.read_bytes()
        except OSError as error:
            faults.append(f"{_setting(name)}: {path}: {why_unreadable(error)}")
    if faults:
        raise SettingsError(faults)


def _setting(name: str) -> str:
    return f"KAFKA_SSL_{name.upper()}"


def _password(settings: KafkaSettings) -> str | None:
    if settings.sasl_password is not None:
        return settings.sasl_password.get_secret_value()
    if settings.sasl_password_file is None:
        return None
    path = settings.sasl_password_file
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        fault = f"KAFKA_SASL_PASSWORD_FILE: {path}: {why_unreadable(error)}"
        raise SettingsError([fault]) from error
