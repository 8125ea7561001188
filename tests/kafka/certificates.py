"""Certificates for TLS tests, made by openssl: one CA, one server, one client.

`ca.pem` signs `server.pem` (key and certificate), and `client.crt` with
`client.key` (CN=client).  They are good for 30 days and for loopback only.
"""

from pathlib import Path
from typing import Final

from tests.kafka.jars import execute
from tests.kafka.wire import HOST

_NEW: Final = (
    *("openssl", "req", "-x509", "-nodes", "-days", "30"),
    *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
)


def make_certificates(folder: Path) -> None:
    """Make a folder with the CA and both pairs."""
    folder.mkdir()
    subject = ("-subj", "/CN=kafka-cluster-ca")
    execute([*_NEW, *subject, "-keyout", "ca.key", "-out", "ca.pem"], folder)
    for name in ("server", "client"):
        _sign(name, folder)
    pair = [(folder / f"server.{end}").read_text() for end in ("key", "crt")]
    (folder / "server.pem").write_text("".join(pair))


def _sign(name: str, folder: Path) -> None:
    names = ("-addext", f"subjectAltName=DNS:localhost,IP:{HOST}")
    issuer = ("-CA", "ca.pem", "-CAkey", "ca.key")
    leaf = ("-addext", "basicConstraints=CA:FALSE")
    files = ("-keyout", f"{name}.key", "-out", f"{name}.crt")
    execute([*_NEW, "-subj", f"/CN={name}", *names, *issuer, *leaf, *files], folder)
