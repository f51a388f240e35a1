"""A certificate of one's own, so that a phone on the same network may try the field app.

Camera, place and service worker need HTTPS anywhere but on localhost, and a browser keeps no app of
a site whose certificate it does not trust. So there is an authority that the phone can install: it
may vouch for this machine's addresses alone, and its key is thrown away once it has done so.
"""

import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from stack.places import var_dir

VALID = timedelta(days=365)
LOOPBACK = ("127.0.0.1", "::1")
AUTHORITY = "authority.crt"
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


def folder() -> Path:
    """Return where they lie."""
    return var_dir() / "https"


def certificate(host: str) -> tuple[Path, Path]:
    """Return (certificate, key) for localhost and `host`, made anew when it no longer serves."""
    cert, key = folder() / "certificate.pem", folder() / "key.pem"
    whole = all(path.exists() for path in (cert, key, folder() / AUTHORITY))
    if not (whole and _serves(cert, host)):
        folder().mkdir(parents=True, exist_ok=True)
        _make(cert, key, host)
    return cert, key


def _serves(path: Path, host: str) -> bool:
    found = x509.load_pem_x509_certificate(path.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = {str(ip) for ip in names.get_values_for_type(x509.IPAddress)}
    return host in addresses and found.not_valid_after_utc > datetime.now(UTC) + timedelta(days=1)


def _make(cert: Path, key: Path, host: str) -> None:
    addresses = [ipaddress.ip_address(a) for a in dict.fromkeys((*LOOPBACK, host))]
    authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    top, name = _named("anfu: authority of this machine"), _named("anfu on this machine")
    networks = [x509.IPAddress(ipaddress.ip_network(a)) for a in addresses]
    bounds = x509.NameConstraints([x509.DNSName("localhost"), *networks], None)
    vouching = _certificate(
        top, top, authority.public_key(), authority,
        (x509.BasicConstraints(ca=True, path_length=0), True), (bounds, True),
    )  # fmt: skip
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), *(x509.IPAddress(a) for a in addresses)]
    )
    signed = _certificate(
        name, top, own.public_key(), authority,
        (x509.BasicConstraints(ca=False, path_length=None), True), (names, False),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
    )  # fmt: skip
    key.touch(mode=0o600)
    key.write_bytes(
        own.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    cert.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder() / AUTHORITY).write_bytes(vouching.public_bytes(serialization.Encoding.DER))


def _named(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    by: ec.EllipticCurvePrivateKey,
    *extensions: tuple[x509.ExtensionType, bool],
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
    )
    for extension, is_critical in extensions:
        made = made.add_extension(extension, critical=is_critical)
    return made.sign(by, hashes.SHA256())
