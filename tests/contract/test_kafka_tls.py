"""Which certificates of Kafka are trusted: a handshake in memory, with real ones."""

import ssl
from pathlib import Path

import pytest

from gateway.adapters.kafka.connection import client_options
from gateway.settings import KafkaSettings
from tests.kafka.certificates import make_certificates


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kafka's certificates; its authority tells no key usage, as many private ones."""
    folder = tmp_path_factory.mktemp("tls") / "kafka"
    make_certificates(folder)
    return folder


def shake_hands(certificates: Path, authority: Path, name: str) -> None:
    """Connect the gateway's client to a server of this name, until both agree.

    Raises:
        ssl.SSLError: One does not trust the other.
    """
    settings = KafkaSettings(
        bootstrap_servers=name, security_protocol="SSL", ssl_cafile=authority
    )
    client_context = client_options(settings)["ssl_context"]
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(certificates / "server.pem")
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(back, there, server_hostname=name)
    server = server_context.wrap_bio(there, back, server_side=True)
    waiting = [client, server]
    while waiting:
        waiting = [side for side in waiting if not agrees(side)]


def agrees(side: ssl.SSLObject) -> bool:
    """Go one step; tell whether it was the last."""
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


def test_a_private_authority_is_trusted(certificates: Path) -> None:
    """On every Python, also where its certificates are not all that RFC 5280 asks."""
    shake_hands(certificates, certificates / "ca.pem", "localhost")


def test_another_authority_is_not_trusted(certificates: Path, tmp_path: Path) -> None:
    """Whoever has a certificate from elsewhere is not our Kafka."""
    make_certificates(tmp_path / "other")

    with pytest.raises(ssl.SSLCertVerificationError, match="issuer"):
        shake_hands(certificates, tmp_path / "other" / "ca.pem", "localhost")


def test_another_name_is_not_trusted(certificates: Path) -> None:
    """Nor is a server of the same authority under another name."""
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        shake_hands(certificates, certificates / "ca.pem", "kafka.example")
