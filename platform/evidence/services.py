"""photo_add · photos_issue · photos_of · attachment_add · attachments_of"""

import hashlib
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from common.errors import DomainError
from evidence.models import (
    Attachment,
    Photo,
    attachment_path,
    original_path,
    reading_path,
    small_path,
)
from evidence.pictures import MAX_BYTES, read_picture, small_copy
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import TenantModel


@transaction.atomic
def photo_add(
    *,
    actor: Actor,
    subject: TenantModel,
    purpose: str,
    content: bytes,
    issued_at: datetime | None = None,
    taken_at: datetime | None = None,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
) -> Photo:
    """Keep the original bytes and a copy for reading; the same picture again is the same row.

    What the camera wrote (EXIF) goes before what the caller says of time and place. Raises
    DomainError (field `photos`) for what is no picture, too large or more than one picture.
    """
    picture = read_picture(content)
    photo = Photo(
        **subject.tenant,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        purpose=purpose,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content_type=picture.content_type,
        width=picture.width,
        height=picture.height,
        taken_at=picture.taken_at or taken_at,
        latitude=picture.latitude if picture.latitude is not None else latitude,
        longitude=picture.longitude if picture.longitude is not None else longitude,
        uploaded_by_id=actor.membership_id,
        arrived_at=clock.now(subject.owner_agency_id),
        issued_at=issued_at,
    )
    same = Photo.objects.filter(
        subject_type=photo.subject_type,
        subject_id=photo.subject_id,
        purpose=purpose,
        sha256=photo.sha256,
    ).first()
    if same:
        return same
    photo.original.name = _store(original_path(photo, ""), content)
    photo.reading.name = _store(reading_path(photo, ""), picture.reading)
    photo.save(force_insert=True)
    return photo


def _store(path: str, content: bytes) -> str:
    """Write bytes under a path made from their hash; what is there already is the same bytes."""
    if default_storage.exists(path):
        return path
    stored = default_storage.save(path, ContentFile(content))
    if stored != path:  # somebody else was quicker with the same bytes
        default_storage.delete(stored)
    return path


def photos_issue(*, subjects: Sequence[TenantModel], at: datetime) -> int:
    """Let the enterprise see the photos of these rows, all of one kind; return how many."""
    if not subjects:
        return 0
    return Photo.objects.filter(
        subject_type=subjects[0]._meta.label_lower,
        subject_id__in=[str(s.pk) for s in subjects],
        issued_at=None,
    ).update(issued_at=at)


SMALL = 320  # pixels: 200 dpi on the 39 mm that a photo takes on a paper


def small_of(photo: Photo) -> bytes:
    """Return the copy of a photo for papers; made once, then kept beside the others."""
    path = small_path(photo)
    if not default_storage.exists(path):
        with photo.reading.open("rb") as file:
            _store(path, small_copy(file.read(), SMALL))
    with default_storage.open(path, "rb") as file:
        content: bytes = file.read()
    return content


def photos_of(kind: str, ids: Iterable[object]) -> dict[str, list[Photo]]:
    """Return {subject id: photos} for rows of one kind (`app.model`), in one statement."""
    found: dict[str, list[Photo]] = defaultdict(list)
    rows = Photo.objects.filter(subject_type=kind, subject_id__in=[str(pk) for pk in ids])
    for photo in rows.order_by("id"):
        found[photo.subject_id].append(photo)
    return found


def picture_from(upload: object, *, field: str = "photos") -> bytes:
    """Return the bytes of an uploaded file, refusing by its size before it is read."""
    size = getattr(upload, "size", 0) or 0
    if size > MAX_BYTES:
        raise DomainError(
            f"照片 {size / 1024 / 1024:.1f} MB，超过 20 MB，请压缩或重拍", field=field
        )
    return upload.read()  # type: ignore[attr-defined, no-any-return]


# What an office keeps its papers in, by how the file begins. Old Word and Excel share one head.
MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
ZIPPED = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    ),
}


def content_type_of(content: bytes) -> str:
    """Return the type of an attachment, known by its bytes; DomainError for what is not accepted."""
    for magic, kind in MAGIC:
        if content.startswith(magic):
            return kind
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = set(archive.namelist())
        except zipfile.BadZipFile:
            names = set()
        for name, kind in ZIPPED.items():
            if name in names:
                return kind
        raise DomainError("压缩文件请解压后再传", field="files")
    try:
        return read_picture(content).content_type
    except DomainError:
        raise DomainError("只收 PDF、Word、Excel、PPT 文件和照片", field="files") from None


@transaction.atomic
def attachment_add(
    *, actor: Actor, subject: TenantModel, filename: str, content: bytes
) -> Attachment:
    """Keep a file with what it proves; the same bytes again are the same row."""
    if len(content) > MAX_BYTES:
        size = len(content) / 1024 / 1024
        raise DomainError(f"{filename} 有 {size:.1f} MB，超过 20 MB", field="files")
    attachment = Attachment(
        **subject.tenant,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        filename=filename.replace("/", "_").replace("\\", "_")[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content_type=content_type_of(content),
        uploaded_by_id=actor.membership_id,
        uploaded_by_name=actor.display,
        arrived_at=clock.now(subject.owner_agency_id),
    )
    same = Attachment.objects.filter(
        subject_type=attachment.subject_type,
        subject_id=attachment.subject_id,
        sha256=attachment.sha256,
    ).first()
    if same:
        return same
    attachment.file.name = _store(attachment_path(attachment, ""), content)
    attachment.save(force_insert=True)
    return attachment


def attachments_of(kind: str, ids: Iterable[object]) -> dict[str, list[Attachment]]:
    """Return {subject id: attachments} for rows of one kind (`app.model`), in one statement."""
    found: dict[str, list[Attachment]] = defaultdict(list)
    rows = Attachment.objects.filter(subject_type=kind, subject_id__in=[str(pk) for pk in ids])
    for attachment in rows.order_by("id"):
        found[attachment.subject_id].append(attachment)
    return found
