"""Custody of the keys that sign papers: a root of the installation, certificates of organisations.

`SIGNING_KEYS_DIR` holds `root.key`, `root.pem`, `root.crl`, `revoked.json` and for each
organisation `org-<id>/0001.key` and `.pem`, counted on; the highest number signs, the others stay
so that old papers verify. A certificate is written after its key, and each file in one step, so
what is there is whole.

Private keys are encrypted with `SIGNING_PASSPHRASE`. Where that is empty a passphrase is made once
and kept in the file `passphrase` beside them, which is fit for one machine only: production sets
it from the outside. `root.key` may be taken off the machine once the organisations have their
certificates; then only issuing, renewing and the revocation list fail, and say so.

The certificates prove that a paper came from this installation unchanged. They are no electronic
seal in the sense of the law, and no name in them claims so.
"""

import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone

ROOT_NAME = "安服文书核验根证书"
SIGNER_SUFFIX = " 文书签章"
KEY_BITS = 3072
ROOT_LIFE = timedelta(days=20 * 365 + 5)
SIGNER_LIFE = timedelta(days=2 * 365)
BACKDATED = timedelta(days=1)  # a paper's date may lie before its signing, clocks differ
RENEWED_BEFORE = timedelta(days=30)
LONGEST_CN, LONGEST_O = 64, 64  # X.520; cryptography counts the first in bytes


class KeysError(RuntimeError):
    """A key cannot be made, opened or found; the message is for the person who runs the server."""


@dataclass(frozen=True)
class SigningKey:
    """An opened key with its certificate and the root's, both PEM."""

    org_id: int
    serial: int
    valid_from: datetime
    valid_to: datetime
    certificate: bytes
    root: bytes
    private: RSAPrivateKey = field(repr=False, compare=False)


@dataclass(frozen=True)
class CertificateRecord:
    """What an organisation's list of certificates shows; retired is each but the newest."""

    serial: int
    subject: str
    valid_from: datetime
    valid_to: datetime
    is_retired: bool
    is_revoked: bool


def root_certificate() -> bytes:
    """Return the root certificate (PEM), made on first use."""
    path = _folder() / "root.pem"
    if not path.exists():
        with _locked():
            if not path.exists():
                _make_root()
    return path.read_bytes()


def signing_key(*, org_id: int, org_name: str, at: datetime) -> SigningKey:
    """Return the organisation's key for a paper dated `at`, made or renewed where that is due.

    KeysError where `at` lies after the end of the certificate. A date before its beginning is
    taken: what was signed late, or again after a rotation, keeps the date of its issue.
    """
    root_certificate()
    key = _current(org_id)
    if key is None:
        with _locked():
            key = _current(org_id) or _issue(org_id, org_name)
    if at > key.valid_to:
        raise KeysError(f"文书日期晚于签章证书的有效期（至 {key.valid_to:%Y-%m-%d}）")
    return key


def key_rotate(*, org_id: int, org_name: str) -> SigningKey:
    """Make a new key, which signs from now on; also what to do when an organisation is renamed."""
    root_certificate()
    with _locked():
        return _issue(org_id, org_name)


def key_revoke(*, org_id: int, serial: int, reason: str) -> None:
    """Put a certificate on the revocation list; the first date and reason stay.

    Without the root's key it is entered in `revoked.json` all the same, and KeysError says that
    `root.crl` is still to be made: by the same call, once the key is there.
    """
    if serial not in {record.serial for record in certificates(org_id)}:
        raise KeysError(f"机构 {org_id} 没有序列号为 {serial} 的签章证书")
    with _locked():
        entry = {"org_id": org_id, "at": timezone.now().isoformat(), "reason": reason}
        entries = {str(serial): entry} | _revoked()
        _write("revoked.json", json.dumps(entries, ensure_ascii=False, indent=1).encode())
        _write("root.crl", _revocation_list(entries))


def revoked_serials() -> frozenset[int]:
    """Return the serial numbers of all revoked certificates, for `signing.verify`."""
    return frozenset(int(serial) for serial in _revoked())


def certificates(org_id: int) -> list[CertificateRecord]:
    """Return all certificates an organisation ever had, oldest first."""
    revoked = revoked_serials()
    paths = _issued(org_id)
    records = []
    for path in paths:
        found = x509.load_pem_x509_certificate(path.read_bytes())
        records.append(
            CertificateRecord(
                serial=found.serial_number,
                subject=found.subject.rfc4514_string(),
                valid_from=found.not_valid_before_utc,
                valid_to=found.not_valid_after_utc,
                is_retired=path != paths[-1],
                is_revoked=found.serial_number in revoked,
            )
        )
    return records


def _folder() -> Path:
    return Path(settings.SIGNING_KEYS_DIR)


@contextmanager
def _locked() -> Iterator[None]:
    """Hold the folder, made if need be, against other threads and processes; not reentrant."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(name: str, content: bytes) -> None:
    """Put a file (0600) in its place in one step."""
    path = _folder() / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def _issued(org_id: int) -> list[Path]:
    return sorted((_folder() / f"org-{org_id}").glob("*.pem"))


def _revoked() -> dict[str, dict[str, Any]]:
    path = _folder() / "revoked.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def _passphrase() -> bytes:
    if settings.SIGNING_PASSPHRASE:
        return settings.SIGNING_PASSPHRASE.encode()
    try:
        return (_folder() / "passphrase").read_bytes()
    except FileNotFoundError as error:
        raise KeysError("没有签章私钥的口令：请设置 SIGNING_PASSPHRASE") from error


def _current(org_id: int) -> SigningKey | None:
    """Return the newest key unless it is revoked or about to end.

    While the root's key is away nothing can be renewed, so the key then serves to its last day.
    """
    paths = _issued(org_id)
    if not paths:
        return None
    key = _load(org_id, paths[-1], _passphrase())
    reserve = RENEWED_BEFORE if (_folder() / "root.key").exists() else timedelta(0)
    is_ending = key.valid_to - timezone.now() < reserve
    return None if is_ending or key.serial in revoked_serials() else key


@lru_cache(maxsize=256)
def _load(org_id: int, path: Path, passphrase: bytes) -> SigningKey:
    """Open a key; that takes 0.1 s, and a file once written never changes."""
    pem = path.read_bytes()
    found = x509.load_pem_x509_certificate(pem)
    private = _unlock(path.with_suffix(".key"), passphrase)
    if private.public_key() != found.public_key():
        raise KeysError(f"{path.name} 与同名的签章私钥不是一对")
    return SigningKey(
        org_id=org_id,
        serial=found.serial_number,
        valid_from=found.not_valid_before_utc,
        valid_to=found.not_valid_after_utc,
        certificate=pem,
        root=(path.parent.parent / "root.pem").read_bytes(),
        private=private,
    )


def _unlock(path: Path, passphrase: bytes) -> RSAPrivateKey:
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), passphrase)
    except FileNotFoundError as error:
        raise KeysError(f"找不到签章私钥 {path.name}") from error
    except (TypeError, ValueError) as error:
        raise KeysError(f"签章私钥 {path.name} 打不开：口令不对，或文件已损坏") from error
    if not isinstance(private, RSAPrivateKey):
        raise KeysError(f"签章私钥 {path.name} 不是 RSA 私钥")
    return private


def _root() -> tuple[x509.Certificate, RSAPrivateKey]:
    path = _folder() / "root.key"
    if not path.exists():
        raise KeysError("根私钥不在本机，不能签发证书或更新吊销名单：请先放回 root.key")
    pem = path.with_suffix(".pem").read_bytes()
    return x509.load_pem_x509_certificate(pem), _unlock(path, _passphrase())


def _make_root() -> None:
    folder = _folder()
    if next(folder.glob("org-*"), None):
        raise KeysError("根证书 root.pem 丢失，而机构证书已经签发：请恢复原文件，不能另造")
    if not settings.SIGNING_PASSPHRASE and not (folder / "passphrase").exists():
        _write("passphrase", secrets.token_urlsafe(32).encode())
    private = generate_private_key(65537, KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ROOT_NAME)])
    usage = _usage(key_cert_sign=True, crl_sign=True)
    draft = _draft(name, private, issuer=name, life=ROOT_LIFE).add_extension(usage, critical=True)
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    _store("root", private, draft.sign(private, hashes.SHA256()))


def _issue(org_id: int, org_name: str) -> SigningKey:
    root, root_private = _root()
    private = generate_private_key(65537, KEY_BITS)
    usage = _usage(digital_signature=True, content_commitment=True)
    certificate = (
        _draft(_subject(org_id, org_name), private, issuer=root.subject, life=SIGNER_LIFE)
        .add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_authority(root_private), critical=False)
        .sign(root_private, hashes.SHA256())
    )
    stem = f"org-{org_id}/{len(_issued(org_id)) + 1:04}"
    _store(stem, private, certificate)
    return _load(org_id, _folder() / f"{stem}.pem", _passphrase())


def _subject(org_id: int, org_name: str) -> x509.Name:
    room = LONGEST_CN - len(SIGNER_SUFFIX.encode())
    short = org_name.encode()[:room].decode(errors="ignore")
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, org_name[:LONGEST_O]),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, str(org_id)),
            x509.NameAttribute(NameOID.COMMON_NAME, short + SIGNER_SUFFIX),
        ]
    )


def _draft(
    subject: x509.Name, private: RSAPrivateKey, *, issuer: x509.Name, life: timedelta
) -> x509.CertificateBuilder:
    now, public = timezone.now(), private.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(**granted: bool) -> x509.KeyUsage:
    kinds = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "key_cert_sign crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{kind: granted.get(kind, False) for kind in kinds.split()})


def _authority(root_private: RSAPrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(root_private.public_key())


def _store(stem: str, private: RSAPrivateKey, certificate: x509.Certificate) -> None:
    key = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(_passphrase()),
    )
    _write(f"{stem}.key", key)
    _write(f"{stem}.pem", certificate.public_bytes(serialization.Encoding.PEM))


def _revocation_list(entries: dict[str, dict[str, Any]]) -> bytes:
    """Return the list (PEM), good to the end of the root: nothing here renews it by the clock."""
    root, private = _root()
    now = timezone.now()
    draft = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.subject)
        .last_update(now)
        .next_update(root.not_valid_after_utc)
        .add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
        .add_extension(_authority(private), critical=False)
    )
    for serial, entry in entries.items():
        revoked = x509.RevokedCertificateBuilder().serial_number(int(serial))
        at = datetime.fromisoformat(entry["at"])
        draft = draft.add_revoked_certificate(revoked.revocation_date(at).build())
    return draft.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def fingerprint(certificate: bytes) -> str:
    """Return a certificate's SHA-256 fingerprint in pairs, as certificate viewers show it."""
    digest = x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256())
    return ":".join(f"{byte:02X}" for byte in digest)
