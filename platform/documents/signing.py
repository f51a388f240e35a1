"""Signatures of papers: PAdES B-B, appended, without a network or a timestamp service; of other
files: CMS, beside them.

The only module that imports pyHanko, and never before it is needed. The signing time is what the
signer says: it proves nothing, and nothing is decided on it.
"""

import asyncio
import io
import logging
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.utils import timezone

from documents.keys import SigningKey

FIELD = "Signature1"
DIGEST = "sha256"
T = TypeVar("T")
MARKS = (b"/ByteRange", b"/ETSI.CAdES.detached")  # uncompressed in every file signed here

# What pyHanko logs about a bad file it also returns or raises.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class SigningError(ValueError):
    """A file cannot be signed."""


@dataclass(frozen=True)
class SignatureReport:
    """What a file's signature is worth.

    `is_intact`: the signed bytes are unchanged. `covers_whole_file`: nothing was appended after
    them. `is_trusted`: intact, and the certificate is one of the root's. No one of them is enough:
    ask `is_good`. `signer` is the certificate's organisation; where a file is
    too damaged to tell, it is empty and `serial` and `signed_at` (the claimed time) are None.
    """

    is_intact: bool = False
    is_trusted: bool = False
    is_revoked: bool = False
    covers_whole_file: bool = False
    signer: str = ""
    serial: int | None = None
    signed_at: datetime | None = None

    @property
    def is_good(self) -> bool:
        """Say whether the whole file is as signed, by one of ours that is not revoked."""
        return self.is_trusted and self.covers_whole_file and not self.is_revoked


def sign(pdf: bytes, *, key: SigningKey, at: datetime, reason: str, name: str) -> bytes:
    """Return `pdf` with an invisible signature appended; SigningError where it cannot bear one."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError as PyHankoSigningError

    stream = io.BytesIO(pdf)
    try:
        _append(stream, key, timezone.localtime(at), reason, name)
    except (PdfError, PyHankoSigningError) as error:
        raise SigningError(str(error)) from error
    signed = stream.getvalue()
    if not signed.startswith(pdf):
        raise SigningError("signing has changed the file instead of adding to it")
    return signed


def sign_detached(content: bytes, *, key: SigningKey) -> bytes:
    """Return a signature (CMS, DER) of any bytes, to be kept beside them; it bears the certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.serialization import pkcs7

    certificate = x509.load_pem_x509_certificate(key.certificate)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(certificate, key.private, hashes.SHA256())
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    return builder.sign(serialization.Encoding.DER, options)


def verify(
    pdf: bytes, *, root: bytes, revoked: frozenset[int] = frozenset()
) -> SignatureReport | None:
    """Report on the first signature of a file; None where there is none.

    `root` is the root certificate (PEM), `revoked` the serials from `keys.revoked_serials`.
    """
    from asn1crypto import pem, x509

    anchor = x509.Certificate.load(pem.unarmor(root)[2])
    try:
        return _verified(pdf, anchor, revoked)
    except Exception:  # a damaged file breaks its parser anywhere, in any way
        return SignatureReport()


def _append(stream: io.BytesIO, key: SigningKey, at: datetime, reason: str, name: str) -> None:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
    from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner

    about = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        reason=reason,
        name=name,
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=False,
    )
    signer = PdfSigner(about, _signer(key))
    session = signer.init_signing_session(IncrementalPdfFileWriter(stream))
    session.system_time = at
    paper = session.prepare_tbs_document(validation_info=None, bytes_reserved=_room(key))
    prepared, _ = paper.digest_tbs_document(in_place=True)
    attributes = PdfCMSSignedAttributes(signing_time=at)
    _run(paper.perform_signature(prepared.document_digest, attributes))


@lru_cache(maxsize=256)
def _signer(key: SigningKey) -> Any:
    """Return what signs with an opened key; pyHanko's own opens it anew each time, in 0.1 s."""
    from asn1crypto import pem, x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from pyhanko.sign.signers.pdf_cms import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class Opened(Signer):
        async def async_sign_raw(
            self, data: bytes, digest_algorithm: str, dry_run: bool = False
        ) -> bytes:
            return key.private.sign(data, PKCS1v15(), hashes.SHA256())

    certificate, root = (
        x509.Certificate.load(pem.unarmor(each)[2]) for each in (key.certificate, key.root)
    )
    store = SimpleCertificateStore()
    store.register(root)
    return Opened(signing_cert=certificate, cert_registry=store)


@lru_cache(maxsize=256)
def _room(key: SigningKey) -> int:
    """Return the hexadecimal digits a signature takes: exactly, so no unsigned filling is left."""
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

    sample = _signer(key).async_sign(
        bytes(32), DIGEST, use_pades=True, signed_attr_settings=PdfCMSSignedAttributes()
    )
    return 2 * len(_run(sample).dump())


def _verified(pdf: bytes, anchor: Any, revoked: frozenset[int]) -> SignatureReport | None:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    if not found:
        return SignatureReport() if any(mark in pdf for mark in MARKS) else None
    signature = found[0]
    certificate, signed_at = signature.signer_cert, signature.self_reported_timestamp
    context = _context(anchor, certificate, signed_at)
    status = _run(async_validate_pdf_signature(signature, context, skip_diff=True))
    subject = certificate.subject.native
    is_intact = status.intact and status.valid
    return SignatureReport(
        is_intact=is_intact,
        is_trusted=is_intact and status.trusted,
        is_revoked=certificate.serial_number in revoked,
        covers_whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        signer=subject.get("organization_name") or subject.get("common_name", ""),
        serial=certificate.serial_number,
        signed_at=signed_at,
    )


def _context(anchor: Any, certificate: Any, signed_at: datetime | None) -> Any:
    """Return the rules of trust: this root alone, at a moment when the certificate was valid.

    A paper outlives its certificate, and the claimed time could be any: so that time is moved into
    the certificate's validity. A key that must not be trusted is revoked, whatever the time.
    """
    from pyhanko_certvalidator.context import ValidationContext

    moment = max(signed_at or certificate.not_valid_before, certificate.not_valid_before)
    return ValidationContext(
        trust_roots=[anchor],
        allow_fetching=False,
        moment=min(moment, certificate.not_valid_after),
    )


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Finish a coroutine, also in a thread whose event loop is running (Playwright's tests)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
