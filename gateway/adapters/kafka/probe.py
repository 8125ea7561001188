"""Tries to reach one broker, and tells apart what went wrong.

aiokafka says "Unable to bootstrap" to everything; its own connection, which this uses,
raises what it met.  A listener that speaks something else closes the connection or
answers in its own protocol, which is read as a length of what follows: a TLS alert
begins with 0x15 0x03, HTTP with "HTTP".
"""

import asyncio
import errno
import socket
import ssl
from asyncio import IncompleteReadError
from enum import StrEnum
from typing import Any, NamedTuple

from aiokafka.conn import AIOKafkaConnection, collect_hosts
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from gateway.adapters.kafka.connection import client_options
from gateway.settings import KafkaSettings

ANSWER_MS = 5000
CLOSED_SECONDS = 0.5
TLS_ALERT = b"\x15\x03"
HTTP = b"HTTP"

# X509_V_ERR_* of OpenSSL's x509_vfy.h.
_EXPIRED = frozenset({9, 10})
_OTHER_NAME = frozenset({62, 64})


class Trouble(StrEnum):
    """Why a broker is not reached."""

    NAME = "name"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    SILENT = "silent"
    AUTHORITY = "authority"
    OTHER_NAME = "other_name"
    EXPIRED = "expired"
    OUR_CERTIFICATE = "our_certificate"
    TLS = "tls"
    SPEAKS_TLS = "speaks_tls"
    SPEAKS_NO_TLS = "speaks_no_tls"
    SPEAKS_HTTP = "speaks_http"
    PASSWORD = "password"  # noqa: S105  a word
    MECHANISM = "mechanism"
    NO_LOGIN = "no_login"
    LOGIN_WANTED = "login_wanted"
    OTHER = "other"


class Address(NamedTuple):
    """Where a broker listens."""

    host: str
    port: int

    def __str__(self) -> str:
        """Write it as in the settings."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Failure(NamedTuple):
    """A broker was not reached; the detail is one line for people."""

    trouble: Trouble
    detail: str


def bootstrap_addresses(settings: KafkaSettings) -> list[Address]:
    """Read KAFKA_BOOTSTRAP_SERVERS."""
    hosts = collect_hosts(settings.bootstrap_servers, randomize=False)
    return [Address(host, port) for host, port, _ in hosts]


async def probe(settings: KafkaSettings, address: Address) -> set[Address] | Failure:
    """Connect, log in, and ask for the brokers: their addresses as clients get them.

    Raises:
        SettingsError: A certificate, key or password file cannot be read.
    """
    options = client_options(settings)
    del options["bootstrap_servers"]
    connection = AIOKafkaConnection(*address, **options, request_timeout_ms=ANSWER_MS)
    try:
        await connection.connect()
        answer = (await connection.send(MetadataRequest([]))).to_object()
    except (OSError, KafkaError) as error:
        return _failure(error, uses_tls=options["ssl_context"] is not None)
    finally:
        # Where there was no connection, nobody tells that it has ended.
        await asyncio.wait({connection.close()}, timeout=CLOSED_SECONDS)
    return {Address(broker["host"], broker["port"]) for broker in answer["brokers"]}


def _failure(error: Exception, *, uses_tls: bool) -> Failure:
    cause = error.__cause__ or error
    detail = str(cause) or type(cause).__name__
    if isinstance(cause, IncompleteReadError):
        return Failure(_misunderstanding(cause), str(error))
    if isinstance(cause, ssl.SSLError):
        return Failure(_tls_trouble(cause), detail)
    if isinstance(cause, ConnectionResetError) and uses_tls:
        return Failure(Trouble.SPEAKS_NO_TLS, detail)
    found = (trouble for kind, trouble in _BY_TYPE if isinstance(cause, kind))
    return Failure(next(found, _by_number(cause)), detail)


def _misunderstanding(cause: IncompleteReadError) -> Trouble:
    """Tell what the listener speaks, from the length that its answer was taken for."""
    said = (cause.expected or 0).to_bytes(4, "big")
    if said.startswith(TLS_ALERT):
        return Trouble.SPEAKS_TLS
    return Trouble.SPEAKS_HTTP if said == HTTP else Trouble.LOGIN_WANTED


def _tls_trouble(cause: ssl.SSLError) -> Trouble:
    if isinstance(cause, ssl.SSLCertVerificationError):
        if cause.verify_code in _OTHER_NAME:
            return Trouble.OTHER_NAME
        return Trouble.EXPIRED if cause.verify_code in _EXPIRED else Trouble.AUTHORITY
    said = cause.reason or ""
    return Trouble.OUR_CERTIFICATE if "ALERT" in said else Trouble.TLS


def _by_number(cause: BaseException) -> Trouble:
    """Tell what several addresses of one name, tried in turn, have in common."""
    text = str(cause)
    found = (trouble for number, trouble in _BY_NUMBER if f"[Errno {number}]" in text)
    return next(found, Trouble.OTHER)


_BY_TYPE: tuple[tuple[type[Any], Trouble], ...] = (
    (socket.gaierror, Trouble.NAME),
    (TimeoutError, Trouble.SILENT),
    (SaslAuthenticationFailed, Trouble.PASSWORD),
    (UnsupportedSaslMechanismError, Trouble.MECHANISM),
    (IllegalSaslStateError, Trouble.NO_LOGIN),
)
_BY_NUMBER = (
    (errno.ECONNREFUSED, Trouble.REFUSED),
    (errno.ENETUNREACH, Trouble.UNREACHABLE),
    (errno.EHOSTUNREACH, Trouble.UNREACHABLE),
)
