"""Takes the bytes of announced files, piece by piece, and checks them on arrival."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import transaction

from common.errors import DomainError, StorageFull
from evidence.models import Photo
from evidence.services import attachment_add, photo_add
from evidence.storage import store
from inspections.field.announced import HAZARD, RECHECK
from inspections.models import FieldFile, FieldOperation, Hazard
from tenancy import clock
from tenancy.access import visible_or_404
from tenancy.actors import Actor
from tenancy.models import TenantModel

MAX_CHUNK = 1024 * 1024
State = FieldFile.State
PURPOSES = {
    "before": Photo.Purpose.BEFORE,
    "recheck": Photo.Purpose.RECHECK,
    "site": Photo.Purpose.SITE,
    "signature": Photo.Purpose.SIGNATURE,
}


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a piece: the file as it stands, and whether the piece was the next one."""

    file: FieldFile
    is_next: bool


def file_for(actor: Actor, pk: object) -> FieldFile:
    """Return a file that the actor's own phone announced."""
    rows = FieldFile.objects.filter(operation__member_id=actor.membership_id)
    return visible_or_404(rows, pk)


def files_of(actor: Actor, visit_id: UUID) -> list[FieldFile]:
    """Return the files that the actor's own phone announced for a visit."""
    rows = FieldFile.objects.filter(visit_id=visit_id, operation__member_id=actor.membership_id)
    return list(rows.order_by("pk"))


@transaction.atomic
def file_put(*, actor: Actor, pk: object, offset: int, chunk: bytes) -> Put:
    """Take the bytes from `offset` on; with the last ones the whole is checked and kept.

    A piece that is not the next one changes nothing. StorageFull where there is no room.
    """
    known = file_for(actor, pk)
    file = FieldFile.objects.select_for_update(of=("self",), no_key=True).get(pk=known.pk)
    if file.state != State.EXPECTED:
        return Put(file, is_next=True)
    if offset != file.received or not chunk:
        return Put(file, is_next=False)
    if offset + len(chunk) > file.size:
        return Put(_start_over(file, "收到的字节比声明的多，请重新上传"), is_next=True)
    if offset + len(chunk) < file.size:
        return Put(_keep_piece(file, chunk), is_next=True)
    return Put(_finish(actor, file, chunk), is_next=True)


def _keep_piece(file: FieldFile, chunk: bytes) -> FieldFile:
    name = f"incoming/{file.pk}/{file.received}-{hashlib.sha256(chunk).hexdigest()[:16]}"
    store(name, chunk)
    file.chunks = [*file.chunks, name]
    file.received += len(chunk)
    file.save(update_fields=["chunks", "received"])
    return file


def _finish(actor: Actor, file: FieldFile, last: bytes) -> FieldFile:
    content = b"".join([*map(_read, file.chunks), last])
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return _start_over(file, "收到的内容与手机上的哈希不同，传输中损坏，请重新上传")
    now = clock.now(file.owner_agency_id)
    try:
        with transaction.atomic():
            _store(actor, file, content, now)
        file.state, file.message = State.STORED, ""
    except StorageFull:
        raise  # nothing is wrong with the file
    except DomainError as error:
        file.state, file.message = State.REFUSED, error.message
    file.received, file.stored_at = len(content), now
    _drop_pieces(file)
    file.save()
    return file


def _read(name: str) -> bytes:
    with default_storage.open(name, "rb") as piece:
        content: bytes = piece.read()
    return content


def _start_over(file: FieldFile, words: str) -> FieldFile:
    _drop_pieces(file)
    file.received, file.message = 0, words
    file.save(update_fields=["received", "message", "chunks"])
    return file


def _drop_pieces(file: FieldFile) -> None:
    """The pieces go once the transaction that no longer needs them has ended well."""
    names, file.chunks = list(file.chunks), []
    if names:
        transaction.on_commit(lambda: _delete(names))


def _delete(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _store(actor: Actor, file: FieldFile, content: bytes, now: datetime) -> None:
    subject, about = _subject(file), file.about
    taken_at = datetime.fromisoformat(about["taken_at"]) if about["taken_at"] else None
    if taken_at is not None:
        corrected = min(taken_at + (file.operation.happened_at - file.operation.made_at), now)
    else:
        corrected = file.operation.happened_at
    if file.purpose == "voice":
        file.attachment = attachment_add(
            actor=actor, subject=subject, filename=f"语音-{corrected:%Y%m%d-%H%M%S}",
            content=content, taken_at=corrected, enterprise_org_id=None,
        )  # fmt: skip
        return
    file.photo = photo_add(
        actor=actor,
        subject=subject,
        purpose=PURPOSES[file.purpose],
        content=content,
        issued_at=_issued_at(file, now),
        taken_at=corrected,
        phone_taken_at=taken_at,
        drawing=about["drawing"],
        **_place(about),
    )


def _place(about: dict[str, Any]) -> dict[str, Any]:
    if about["latitude"] is None:
        return {}
    return {
        "latitude": Decimal(about["latitude"]),
        "longitude": Decimal(about["longitude"]),
        "accuracy": about["accuracy"],
    }


def _subject(file: FieldFile) -> TenantModel:
    """Return what the file belongs to, though the row itself may still be on its way.

    What belongs to an operation that does not stand hangs on that operation.
    """
    if file.operation.state == FieldOperation.State.REFUSED:
        return file.operation
    model = apps.get_model(file.subject_type)
    subject: TenantModel = model(pk=UUID(file.subject_id), **file.tenant)
    return subject


def _issued_at(file: FieldFile, now: datetime) -> datetime | None:
    """A photo that comes late is seen by the enterprise at once if what it belongs to is."""
    if file.subject_type == RECHECK:
        return now
    if file.subject_type == HAZARD:
        issued = Hazard.objects.filter(pk=file.subject_id, issued_at__isnull=False)
        return now if issued.exists() else None
    return None
