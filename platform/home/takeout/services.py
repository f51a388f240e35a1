"""archive_start · archive_make · archive_download · archive_remove · archives_expire · archives_owed"""

import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from home.models import DataArchive
from home.takeout.describing import datapackage, manifest, readme
from home.takeout.files import files_bytes
from home.takeout.writing import CHUNK, Pack, Written, write_files, write_sheets
from inspections.access import blind_to
from notifications.services import notify
from tenancy.actors import SYSTEM, Actor
from tenancy.tasks import member_actor

State = DataArchive.State
KEPT = timedelta(days=7)  # [proposal]: long enough to fetch it, no second store of everything
LEASE = timedelta(minutes=10)
MOST_TRIES = 3
MOST_READY = 3  # archives of one organisation that lie ready at once [proposal]
MOST_BYTES = 20 * 2**30  # of files in one archive [proposal]
TOLD_EVERY = 100  # files
BLIND = "你参加的抽查还没有签署记录，签署前看不到服务机构的发现，签署后才能导出全部数据"


@transaction.atomic
def archive_start(
    *, actor: Actor, with_files: bool, is_whole: bool = False, reason: str = ""
) -> DataArchive:
    """Ask for an archive of everything that is the organisation's own; one at a time.

    `is_whole`: phones in full, for an agency only, which keeps them; with a reason.
    """
    _refuse_blind(actor)
    if is_whole and not (actor.is_agency and actor.may("personal_show")):
        raise DomainError("只有监管机构可以导出完整号码", field="is_whole")
    if is_whole and not reason.strip():
        raise DomainError("导出完整号码要写明理由", field="reason")
    own = DataArchive.objects.filter(org_id=actor.org)
    if own.filter(state__in=DataArchive.UNDER_WAY).exists():
        raise DomainError("已有一份正在制作，做好后再申请")
    if own.filter(state=State.READY).count() >= MOST_READY:
        raise DomainError(f"已有 {MOST_READY} 份可以下载，请先删除不用的")
    if with_files and (size := files_bytes(actor)) > MOST_BYTES:
        raise DomainError(
            f"文件共 {size / 2**30:,.0f} GB，超过 {MOST_BYTES // 2**30} GB；请先只导出表格，文件联系平台运维人员拷贝",
            field="with_files",
        )
    row = DataArchive(
        org_id=actor.org, with_files=with_files, is_whole=is_whole,
        reason=reason.strip()[:200] if is_whole else "", started_by_id=actor.member,
        started_by_name=actor.display[:120], started_at=timezone.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise DomainError("已有一份正在制作，做好后再申请") from None
    _record(actor, row, "start", {"with_files": with_files, "is_whole": is_whole})
    return row


def _refuse_blind(actor: Actor) -> None:
    if blind_to(actor).exists():
        raise DomainError(BLIND)


def _record(actor: Actor, row: DataArchive, act: str, data: dict[str, Any] | None = None) -> None:
    chain = row.org_id if actor.is_agency else None
    record(actor=actor, act=f"takeout.{act}", subject=row, agency_id=chain, data=data)


def archive_make(archive_id: UUID) -> None:
    """Make one archive; safe to call any number of times, and after a kill in the middle."""
    row = _claim(archive_id)
    if row is None:
        return
    try:
        actor = member_actor(row.started_by_id)
        with TemporaryFile() as out:
            made = _build(row, actor, out)
            made |= _stored(row, out)
        _finish(row, actor, made)
    except Exception as error:
        _fail(row, error)
        raise


def _claim(archive_id: UUID) -> DataArchive | None:
    """Take it on lease; None if it is done, given up, or in another's hands."""
    now = timezone.now()
    with acting_as(SYSTEM):
        rows = DataArchive.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        row = rows.select_related("org").filter(pk=archive_id).first()
        if row is None or not row.is_under_way or (row.leased_until or now) > now:
            return None
        row.state, row.leased_until = State.MAKING, now + LEASE
        row.attempts, row.done, row.total = row.attempts + 1, 0, None
        row.save(update_fields=["state", "leased_until", "attempts", "done", "total"])
        return row


def _build(row: DataArchive, actor: Actor, out: BinaryIO) -> dict[str, Any]:
    """Write the archive into a file: the sheets as of one moment, then the files they name."""
    with _one_moment(actor):
        _refuse_blind(actor)
        row.as_of = timezone.now()
        pack = Pack(out, row.as_of)
        sheets, taken = write_sheets(pack, actor, whole=row.is_whole, with_files=row.with_files)
    _tell(row, 0, len(taken))
    with acting_as(actor, atomic=False):
        missing = write_files(pack, taken, lambda done: _told(row, done, len(taken)))
    _describe(pack, row, actor, sheets, missing, files=len(taken) - len(missing))
    pack.close()
    return {
        "as_of": row.as_of, "rows": sum(sheet.rows for sheet in sheets), "missing": len(missing),
        "total": len(taken), "done": len(taken),
    }  # fmt: skip


@contextmanager
def _one_moment(actor: Actor) -> Iterator[None]:
    """Open a transaction in which the whole database stands still."""
    is_outermost = not connection.in_atomic_block
    with acting_as(actor, atomic=False), transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _describe(
    pack: Pack, row: DataArchive, actor: Actor, sheets: list[Written],
    missing: list[tuple[str, str]], *, files: int,
) -> None:  # fmt: skip
    pack.add("datapackage.json", datapackage(row, sheets))
    pack.add("说明.txt", readme(row, actor, sheets, missing, files))
    pack.add("manifest.json", manifest(row, pack.entries, sheets, missing))


def _told(row: DataArchive, done: int, total: int) -> None:
    if done % TOLD_EVERY == 0 or done == total:
        _tell(row, done, total)


def _tell(row: DataArchive, done: int, total: int) -> None:
    """Say how far it is, and keep others off for longer."""
    with acting_as(SYSTEM):
        DataArchive.objects.filter(pk=row.pk, state=State.MAKING).update(
            done=done, total=total, leased_until=timezone.now() + LEASE
        )


def _stored(row: DataArchive, out: BinaryIO) -> dict[str, Any]:
    """Put the finished file into the storage, and return its path, size and hash."""
    out.seek(0)
    hashed = hashlib.sha256()
    while piece := out.read(CHUNK):
        hashed.update(piece)
    size = out.tell()
    out.seek(0)
    path = f"takeout/{row.pk}.zip"
    default_storage.delete(path)  # of a try that was killed before it was written down
    path = default_storage.save(path, File(out))
    return {"path": path, "size": size, "sha256": hashed.hexdigest()}


def _finish(row: DataArchive, actor: Actor, made: dict[str, Any]) -> None:
    """Offer it for download; one that was given up meanwhile goes at once."""
    now = timezone.now()
    with acting_as(SYSTEM):
        updated = DataArchive.objects.filter(pk=row.pk, state=State.MAKING).update(
            **made,
            state=State.READY,
            made_at=now,
            expires_at=now + KEPT,
            leased_until=None,
            error="",
        )
        if not updated:
            default_storage.delete(made["path"])
            return
        data = {"sha256": made["sha256"], "size": made["size"], "rows": made["rows"]}
        _record(actor, row, "make", data)
        _notify(row, f"全部数据已导出，可以下载，保留到 {timezone.localdate(now + KEPT)}", now)


def _notify(row: DataArchive, title: str, at: datetime) -> None:
    notify(
        org_id=row.org_id, membership_id=row.started_by_id, kind="takeout", title=title,
        url=reverse("home:takeout", args=[row.pk]), at=at,
    )  # fmt: skip


def _fail(row: DataArchive, error: Exception) -> None:
    """Keep what went wrong: what cannot get better fails at once, the rest is tried again."""
    is_final = isinstance(error, DomainError | PermissionError) or row.attempts >= MOST_TRIES
    now = timezone.now()
    with acting_as(SYSTEM):
        state = State.FAILED if is_final else State.WAITING
        rows = DataArchive.objects.filter(pk=row.pk, state=State.MAKING)
        if rows.update(state=state, error=_why(error), leased_until=None) and is_final:
            _notify(row, f"全部数据没有导出成功：{_why(error)}"[:200], now)


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "存储空间不足，请联系平台运维人员"
    if isinstance(error, DomainError | PermissionError):
        return str(error)[:300]
    return f"程序出错（{type(error).__name__}），请联系平台运维人员"


@transaction.atomic
def archive_download(*, actor: Actor, archive: DataArchive) -> DataArchive:
    """Write down that somebody took it; only who asked for it, while it is there."""
    _refuse_blind(actor)
    if archive.state != State.READY:
        raise DomainError(f"这份数据{archive.get_state_display()}，不能下载")
    if archive.started_by_id != actor.membership_id:
        raise DomainError("只有申请人本人可以下载；需要的话请自己申请一份")
    _record(actor, archive, "download", {"sha256": archive.sha256})
    return archive


@transaction.atomic
def archive_remove(*, actor: Actor, archive: DataArchive) -> None:
    """Remove its file, or give up one that is still being made."""
    locked = DataArchive.objects.select_for_update(of=("self",), no_key=True).get(pk=archive.pk)
    if locked.state in (State.REMOVED, State.EXPIRED):
        raise DomainError("这份数据已经删除")
    _empty([locked], State.REMOVED)
    _record(actor, locked, "remove")


def archives_expire() -> int:
    """Remove the files whose days are over; run as nobody, every night."""
    with acting_as(SYSTEM):
        rows = DataArchive.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        over = list(rows.filter(state=State.READY, expires_at__lte=timezone.now()))
        _empty(over, State.EXPIRED)
        return len(over)


def _empty(rows: list[DataArchive], state: str) -> None:
    """Take the files away once it is committed that they are gone."""
    paths = [row.path for row in rows if row.path]
    ids = [row.pk for row in rows]
    DataArchive.objects.filter(pk__in=ids).update(state=state, path="", leased_until=None)

    def delete() -> None:
        for path in paths:
            default_storage.delete(path)

    transaction.on_commit(delete)


def archives_owed() -> list[UUID]:
    """Return those that nobody works on, e.g. after a kill or an emptied queue."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    with acting_as(SYSTEM):
        rows = DataArchive.objects.filter(free, state__in=DataArchive.UNDER_WAY)
        return list(rows.order_by("pk").values_list("pk", flat=True))
