"""outside_export_start · run_part: a file for an outside system, as a job in parts"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import date, timedelta
from tempfile import TemporaryFile
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from agencies.models import ServiceBatch
from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from inspections.models import OutsideExport
from inspections.outside.files import table_rows, values_of, write_csv, write_sheet
from inspections.outside.mapping import NOTICE, TABLES, systems
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.tasks import member_actor
from workflow.models import Job, JobPart
from workflow.services import Part, job_start

KIND = "outside_export"
PACK = "pack"
OVERLAP = timedelta(minutes=10)  # what was being written when the last one was made
ZIP_DATE = (2020, 1, 1, 0, 0, 0)


@transaction.atomic
def outside_export_start(
    *, actor: Actor, system: str, batch: ServiceBatch | None = None, is_incremental: bool = False,
    since_on: date | None = None, until_on: date | None = None,
) -> Job:  # fmt: skip
    """Begin to make a file of enterprises, hazards and rectifications for one system.

    A provider says of which batch; one of the same that is being made is returned instead.
    """
    if actor.is_provider and batch is None:
        raise DomainError("请选择批次", field="batch")
    if since_on and until_on and since_on > until_on:
        raise DomainError("截止日期早于开始日期", field="until_on")
    agency = batch.owner_agency if batch else Agency.objects.get(pk=actor.org)
    if job := _under_way(actor, system, batch):
        return job
    changed_from = _last_until(actor, system, batch) if is_incremental else None
    now = timezone.now()
    export = OutsideExport(
        owner_agency=agency, region_code=agency.region_code,
        provider_org_id=actor.org if actor.is_provider else None, org_id=actor.org, system=system,
        version=systems()[system].version, batch=batch, since_on=since_on, until_on=until_on,
        changed_from=changed_from, changed_until=now, started_by_id=actor.member,
        started_by_name=actor.display[:120], started_at=now,
    )  # fmt: skip
    if not any(table_rows(table, export, actor).exists() for table in TABLES):
        raise DomainError("没有符合条件的数据，不需要导出")
    export.save()
    return _begin(actor, export)


def _begin(actor: Actor, export: OutsideExport) -> Job:
    name = systems()[export.system].name
    parts = [*(Part(key, title) for key, title in TABLES.items()), Part(PACK, "打包", step=1)]
    return job_start(
        actor=actor, kind=KIND, title=f"导出到{name}", subject=export, parts=parts, frozen={},
        input_sha256="",
    )  # fmt: skip


def _of(actor: Actor, system: str, batch: ServiceBatch | None) -> Any:
    return OutsideExport.objects.filter(org_id=actor.org, system=system, batch=batch)


def _under_way(actor: Actor, system: str, batch: ServiceBatch | None) -> Job | None:
    unmade = _of(actor, system, batch).filter(made_at=None).values_list("pk", flat=True)
    subjects = [str(pk) for pk in unmade]
    return Job.objects.filter(kind=KIND, subject_id__in=subjects, state=Job.State.RUNNING).first()


def _last_until(actor: Actor, system: str, batch: ServiceBatch | None) -> Any:
    """Return from when on changes count: the end of the last export that left nothing out."""
    whole = _of(actor, system, batch).filter(since_on=None, until_on=None).exclude(made_at=None)
    last = whole.order_by("-changed_until").first()
    if last is None:
        raise DomainError("还没有导出过全部数据，请先导出一次全部", field="is_incremental")
    return last.changed_until - OVERLAP


def run_part(job: Job, part: JobPart) -> Mapping[str, Any]:
    """Write one table, seen as its starter sees it; the last part puts all into one file."""
    export = OutsideExport.objects.select_for_update(of=("self",), no_key=True).get(
        pk=job.subject_id
    )
    if part.key == PACK:
        return _pack(job, export)
    actor = member_actor(job.started_by_id)
    with acting_as(actor), TemporaryFile() as out:
        system = systems()[export.system]
        rows = table_rows(part.key, export, actor)
        text, count = write_csv(system, part.key, values_of(part.key, rows))
        write_sheet(
            out, system, part.key, values_of(part.key, rows), export, training=actor.is_training
        )
        out.seek(0)
        _keep(_path(job, f"{part.key}.csv"), ContentFile(text))
        _keep(_path(job, f"{part.key}.xlsx"), File(out))
    return {"rows": count}


def _path(job: Job, name: str) -> str:
    return f"jobs/{job.pk}/{name}"


def _keep(path: str, content: Any) -> str:
    if default_storage.exists(path):
        default_storage.delete(path)
    return default_storage.save(path, content)


def _pack(job: Job, export: OutsideExport) -> Mapping[str, Any]:
    rows = dict(job.parts.exclude(key=PACK).values_list("key", "result__rows"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for table, title in TABLES.items():
            for ending in ("csv", "xlsx"):
                with default_storage.open(_path(job, f"{table}.{ending}"), "rb") as file:
                    _add(archive, f"{title}.{ending}", file.read())
        _add(archive, "说明.txt", _words(export, rows).encode("utf-8-sig"))
    content = out.getvalue()
    export.rows, export.sha256 = rows, hashlib.sha256(content).hexdigest()
    export.made_at = timezone.now()
    export.save(update_fields=["rows", "sha256", "made_at"])
    saved = _keep(_path(job, "export.zip"), ContentFile(content))
    record(
        actor=member_actor(job.started_by_id), act="outsideexport.make", subject=export,
        summary=systems()[export.system].name, data={"rows": rows, "sha256": export.sha256},
    )  # fmt: skip
    name = f"{systems()[export.system].name}-{timezone.localdate(export.started_at)}.zip"
    return {"download": saved, "filename": name}


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, ZIP_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def _words(export: OutsideExport, rows: Mapping[str, int]) -> str:
    counts = "，".join(f"{TABLES[table]} {count} 行" for table, count in rows.items())
    return (
        f"{systems()[export.system].name}\r\n{NOTICE}\r\n列的版本：{export.version}\r\n"
        f"范围：{scope_words(export)}\r\n{counts}\r\n"
        f"导出：{export.started_by_name}，{timezone.localtime(export.started_at):%Y-%m-%d %H:%M}\r\n"
    )


def scope_words(export: OutsideExport) -> str:
    """Say of what an export is."""
    words = [export.batch.name if export.batch else "全部企业"]
    if export.changed_from:
        words.append(f"{timezone.localtime(export.changed_from):%Y-%m-%d %H:%M} 以来的变动")
    if export.since_on or export.until_on:
        words.append(f"{export.since_on or '最早'} 至 {export.until_on or '今天'}")
    return "，".join(words)
