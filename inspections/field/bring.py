"""The last resort: what a phone could not send, brought in as a file (docs/field.md)."""

import json
import zipfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from common.errors import DomainError
from common.text import is_storable
from common.uploads import entry_bytes
from inspections.field.files import MAX_CHUNK, file_put
from inspections.field.log import advance, hold, lock_visit, receive
from inspections.field.sent import MAX_FILE_BYTES, MAX_OPERATIONS, Operation, Sending
from inspections.models import FieldFile, FieldOperation
from tenancy.actors import Actor, actor_for
from tenancy.enums import Role
from tenancy.models import Membership

MAX_JSON = 50 * 1024 * 1024
MAY_BRING = (Role.PROVIDER_ADMIN, Role.PROJECT_LEAD, Role.AGENCY_LEADER)
NOT_OURS = "这不是现场应用导出的文件，请选择手机上“导出未上传的记录”得到的压缩包"


@dataclass(frozen=True, slots=True)
class Brought:
    """How many records and files came in, and how many records do not stand."""

    operations: int
    refused: int
    files: int


def bring_in(*, actor: Actor, file: IO[bytes]) -> Brought:
    """Do with an exported file what sync would have done; the same file again changes nothing.

    What a former colleague's phone had left is brought in by a lead, or by himself in another role,
    and held as refused. DomainError for what is no such file, and for another person's.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            operations, sent_at = _operations(archive)
            former = _former(actor, operations)
            if former is None:
                states = _receive(actor, sent_at, operations)
            else:
                states = [
                    r.state for r in hold(actor=actor, sent_at=sent_at, operations=operations)
                ]
            stored = _files(former or actor, archive, operations, replays=former is None)
    except (zipfile.BadZipFile, zlib.error, KeyError, RecursionError, TypeError, ValueError):
        raise DomainError(NOT_OURS, field="file") from None
    except PermissionDenied:
        raise DomainError("这是别人的记录，请本人登录后导入", field="file") from None
    refused = sum(state == FieldOperation.State.REFUSED for state in states)
    return Brought(len(operations), refused, stored)


def _operations(archive: zipfile.ZipFile) -> tuple[list[Operation], datetime]:
    if archive.getinfo("operations.json").file_size > MAX_JSON:
        raise ValueError("too long")
    content: Any = json.loads(entry_bytes(archive, "operations.json"))
    if not is_storable(content):
        raise ValueError("nothing that a phone writes")
    raw = content["operations"]
    found: list[Operation] = []
    for start in range(0, len(raw), MAX_OPERATIONS):
        part = raw[start : start + MAX_OPERATIONS]
        sending = Sending(data={**content, "operations": part})
        if not sending.is_valid():
            raise ValueError("not as agreed")
        checked = sending.validated_data["operations"]
        found += [
            Operation(**{**envelope, "body": sent["body"]})
            for envelope, sent in zip(checked, part, strict=True)
        ]
    return found, _sent_at(content)


def _sent_at(content: dict[str, Any]) -> datetime:
    """Return when the phone wrote the file, by its clock."""
    sending = Sending(data={**content, "operations": []})
    sending.is_valid(raise_exception=True)
    sent_at: datetime = sending.validated_data["sent_at"]
    return sent_at


def _receive(actor: Actor, sent_at: datetime, operations: list[Operation]) -> list[str]:
    return [r.state for r in receive(actor=actor, sent_at=sent_at, operations=operations)]


def _former(actor: Actor, operations: list[Operation]) -> Actor | None:
    """Return whose phone it was, where he acts for the actor's organisation no longer."""
    whose = {operation.member for operation in operations}
    if len(whose) != 1 or actor.membership_id in whose:
        return None
    with transaction.atomic():
        rows = Membership.objects.filter(pk__in=whose, org_id=actor.org)
        gone = rows.exclude(pk__in=Membership.objects.in_force().values("pk"))
        if actor.role not in MAY_BRING:
            gone = gone.filter(user_id=actor.user_id or 0)
        found = gone.select_related("user", "org__agency").first()
    return actor_for(found) if found is not None else None


def _files(
    actor: Actor, archive: zipfile.ZipFile, operations: list[Operation], *, replays: bool
) -> int:
    """Put in every file that the archive has and the server lacks; return how many it has now."""
    names = set(archive.namelist())
    ids = [operation.id for operation in operations]
    expected = FieldFile.objects.filter(operation__in=ids, state=FieldFile.State.EXPECTED)
    with transaction.atomic():
        missing = list(expected.values_list("pk", "visit_id", "received", "size"))
    for pk, _, received, size in missing:
        if f"files/{pk}" in names and size <= MAX_FILE_BYTES:
            _put(actor, archive, pk, received)
    for visit_id in {visit_id for _, visit_id, _, _ in missing if replays}:
        with transaction.atomic():
            lock_visit(visit_id)
            advance(actor=actor, visit_id=visit_id)
    with transaction.atomic():
        stored = FieldFile.objects.filter(operation__in=ids, state=FieldFile.State.STORED)
        return stored.count()


def _put(actor: Actor, archive: zipfile.ZipFile, pk: object, received: int) -> None:
    with archive.open(f"files/{pk}") as file:
        file.read(received)
        offset = received
        while chunk := file.read(MAX_CHUNK):
            if not file_put(actor=actor, pk=pk, offset=offset, chunk=chunk).is_next:
                return
            offset += len(chunk)
