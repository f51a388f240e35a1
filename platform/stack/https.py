"""A certificate of one's own, so that a phone on the same network may try the field app.

Camera, place and service worker need HTTPS anywhere but on localhost. The phone warns once, since
nobody vouches for the certificate; whoever tries it accepts that for his own machine.
"""

import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from stack.places import var_dir

VALID = timedelta(days=365)
LOOPBACK = ("127.0.0.1", "::1")
FAR = ("192.0.2.1", 9)  # a documentation address: nothing is sent, the system only picks the way


def address() -> str:
    """Return the address that other machines on the network reach this one at."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(FAR)
        except OSError:
            return LOOPBACK[0]
        found: str = probe.getsockname()[0]
        return found


def certificate(host: str) -> tuple[Path, Path]:
    """Return (certificate, key) for localhost and `host`, made anew when it no longer serves."""
    folder = var_dir() / "https"
    cert, key = folder / "certificate.pem", folder / "key.pem"
    if not (cert.exists() and key.exists() and _serves(cert, host)):
        folder.mkdir(parents=True, exist_ok=True)
        _make(cert, key, host)
    return cert, key


def _serves(path: Path, host: str) -> bool:
    found = x509.load_pem_x509_certificate(path.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = {str(ip) for ip in names.get_values_for_type(x509.IPAddress)}
    return host in addresses and found.not_valid_after_utc > datetime.now(UTC) + timedelta(days=1)


def _make(cert: Path, key: Path, host: str) -> None:
    private, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "anfu on this machine")])
    addresses = [x509.IPAddress(ipaddress.ip_address(a)) for a in dict.fromkeys((*LOOPBACK, host))]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), *addresses]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    key.touch(mode=0o600)
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    cert.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
