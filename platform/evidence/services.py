"""photo_add · photos_issue · photos_of · small_of · viewing_of · attachment_add · attachments_of"""

import hashlib
import io
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from types import EllipsisType
from typing import Any, TypeVar

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from audit.services import record
from common.errors import DomainError, StorageFull
from evidence.drawings import drawing_checked
from evidence.hidden import what_else
from evidence.marks import mark_words, marked_copy, notice_picture
from evidence.models import (
    Attachment,
    Photo,
    Scan,
    attachment_path,
    marked_path,
    original_path,
    reading_path,
    small_path,
)
from evidence.pictures import (
    MAX_BYTES,
    Picture,
    metres,
    picture_type,
    read_picture,
    small_copy,
)
from evidence.scanning import first_state
from evidence.sounds import sound_type
from evidence.storage import store, stored
from evidence.tasks import scan_file
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import TenantModel

R = TypeVar("R", Photo, Attachment)


@transaction.atomic
def photo_add(
    *,
    actor: Actor,
    subject: TenantModel,
    purpose: str,
    content: bytes,
    issued_at: datetime | None = None,
    taken_at: datetime | None = None,
    phone_taken_at: datetime | None = None,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    accuracy: float | None = None,
    drawing: Sequence[Mapping[str, Any]] = (),
) -> Photo:
    """Keep the original bytes and a copy for reading; the same picture again is the same row.

    What the camera wrote (EXIF) goes before what the caller says of time and place. Raises
    DomainError: field `photos` for what is no picture, too large, more than one picture or
    something else besides; field `drawing`; StorageFull.
    """
    shapes = drawing_checked(drawing)
    key = _key(subject, content) | {"purpose": purpose}
    if same := Photo.objects.filter(**key).first():
        return same
    picture = read_picture(content)
    photo = Photo(
        **subject.tenant,
        **key,
        **_taken(picture, taken_at, phone_taken_at),
        **_placed(picture, latitude, longitude, accuracy),
        **_seen(picture, purpose),
        size=len(content),
        drawing=shapes,
        uploaded_by_id=actor.membership_id,
        arrived_at=clock.now(subject.owner_agency_id),
        issued_at=issued_at,
        scan=first_state(),
    )
    photo.original.name = store(original_path(photo, ""), content)
    photo.reading.name = store(reading_path(photo, ""), picture.reading)
    return _keep(actor, photo, key)


def _key(subject: TenantModel, content: bytes) -> dict[str, str]:
    return {
        "subject_type": subject._meta.label_lower,
        "subject_id": str(subject.pk),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _seen(picture: Picture, purpose: str) -> dict[str, Any]:
    return {
        "content_type": picture.content_type,
        "width": picture.width,
        "height": picture.height,
        # Signatures are alike without anybody having copied.
        "phash": "" if purpose == Photo.Purpose.SIGNATURE else picture.phash,
    }


def _taken(
    picture: Picture, taken_at: datetime | None, phone_taken_at: datetime | None
) -> dict[str, datetime | None]:
    """Return both times. EXIF is by the phone's clock: it is put right as the phone's own time was."""
    if picture.taken_at is None or taken_at is None or phone_taken_at is None:
        return {"taken_at": picture.taken_at or taken_at, "phone_taken_at": phone_taken_at}
    wrong_by = taken_at - phone_taken_at
    return {"taken_at": picture.taken_at + wrong_by, "phone_taken_at": picture.taken_at}


def _placed(
    picture: Picture, latitude: Decimal | None, longitude: Decimal | None, accuracy: float | None
) -> dict[str, Any]:
    if picture.latitude is not None:
        latitude, longitude, accuracy = picture.latitude, picture.longitude, picture.accuracy
    return {"latitude": latitude, "longitude": longitude, "accuracy": metres(accuracy)}


def _keep(actor: Actor, row: R, key: Mapping[str, str]) -> R:
    """Save a new row, vouch for its bytes in an act and have it scanned; of two at once one stays."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if first := type(row)._default_manager.filter(**key).first():
            return first
        raise
    record(
        actor=actor,
        act=f"{row._meta.model_name}.add",
        subject=row,
        data={"file": row.source.name, "sha256": row.sha256, "size": row.size},
        at=row.arrived_at,
    )
    if row.scan == Scan.WAITING:
        scan_file.send(row.owner_agency_id, row._meta.model_name, str(row.pk))
    return row


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
NOT_SHOWN = {Scan.WAITING: "照片待病毒扫描", Scan.INFECTED: "照片有病毒，已隔离"}


def small_of(photo: Photo, side: int = SMALL) -> bytes:
    """Return the copy of a photo for papers; made once, then kept beside the others.

    Of an unscanned or infected photo the paper shows why it is not there; its hash still stands.
    """
    if photo.scan in NOT_SHOWN:
        return held_picture(photo)
    return _made_once(small_path(photo, side), lambda: small_copy(_reading(photo), side))


def _reading(photo: Photo) -> bytes:
    return stored(str(photo.reading.name))


def _made_once(path: str, make: Callable[[], bytes]) -> bytes:
    """Return what lies under a path; what is not there yet is made, and kept if there is room."""
    if default_storage.exists(path):
        return stored(path)
    content = make()
    with suppress(StorageFull):
        store(path, content)
    return content


def held_picture(photo: Photo) -> bytes:
    """Return the picture that stands where a photo may not be shown."""
    return notice_picture(NOT_SHOWN[Scan(photo.scan)])


def viewing_of(photo: Photo) -> bytes:
    """Return the copy for the screen: drawing, time and place on it; made once. Signatures stay bare."""
    if photo.purpose == Photo.Purpose.SIGNATURE:
        return _reading(photo)
    words = mark_words(
        taken_at=photo.taken_at,
        phone_taken_at=photo.phone_taken_at,
        latitude=photo.latitude,
        longitude=photo.longitude,
        accuracy=photo.accuracy,
        arrived_at=photo.arrived_at,
    )
    return _made_once(
        marked_path(photo),
        lambda: marked_copy(_reading(photo), words=words, drawing=photo.drawing),
    )


def photos_of(
    kind: str, ids: Iterable[object], *, actor: Actor | None = None
) -> dict[str, list[Photo]]:
    """Return {subject id: photos} for rows of one kind (`app.model`), in one statement.

    With `actor` those that he may know of: pages. Without, all: papers, which print by `small_of`.
    """
    found: dict[str, list[Photo]] = defaultdict(list)
    rows = Photo.objects.filter(subject_type=kind, subject_id__in=[str(pk) for pk in ids])
    if actor is not None:
        rows = rows.shown_to(actor)
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
    if sound := sound_type(content):
        if what := what_else(content):
            raise DomainError(f"录音里夹带了{what}，不能作为证据", field="files")
        return sound
    try:
        return picture_type(content)
    except DomainError:
        raise DomainError("只收 PDF、Word、Excel、PPT 文件、照片和录音", field="files") from None


@transaction.atomic
def attachment_add(
    *,
    actor: Actor,
    subject: TenantModel,
    filename: str,
    content: bytes,
    taken_at: datetime | None = None,
    enterprise_org_id: int | None | EllipsisType = ...,
    provider_org_id: int | None | EllipsisType = ...,
) -> Attachment:
    """Keep a file with what it proves; the same bytes again are the same row.

    It concerns the subject's enterprise and provider unless `enterprise_org_id` or
    `provider_org_id` says otherwise: None keeps it from them. Raises DomainError (field `files`)
    for what is not accepted; StorageFull.
    """
    if len(content) > MAX_BYTES:
        size = len(content) / 1024 / 1024
        raise DomainError(f"{filename} 有 {size:.1f} MB，超过 20 MB", field="files")
    key = _key(subject, content)
    if same := Attachment.objects.filter(**key).first():
        return same
    whose = subject.tenant
    if enterprise_org_id is not ...:
        whose["enterprise_org_id"] = enterprise_org_id
    if provider_org_id is not ...:
        whose["provider_org_id"] = provider_org_id
    attachment = Attachment(
        **whose,
        **key,
        filename=filename.replace("/", "_").replace("\\", "_")[-200:],
        size=len(content),
        content_type=content_type_of(content),
        uploaded_by_id=actor.membership_id,
        uploaded_by_name=actor.display,
        taken_at=taken_at,
        arrived_at=clock.now(subject.owner_agency_id),
        scan=first_state(),
    )
    attachment.file.name = store(attachment_path(attachment, ""), content)
    return _keep(actor, attachment, key)


def attachments_of(
    kind: str, ids: Iterable[object], *, actor: Actor | None = None
) -> dict[str, list[Attachment]]:
    """Return {subject id: attachments} for rows of one kind (`app.model`), in one statement.

    With `actor` those that he may know of: pages.
    """
    found: dict[str, list[Attachment]] = defaultdict(list)
    rows = Attachment.objects.filter(subject_type=kind, subject_id__in=[str(pk) for pk in ids])
    if actor is not None:
        rows = rows.shown_to(actor)
    for attachment in rows.order_by("id"):
        found[attachment.subject_id].append(attachment)
    return found
