"""region_summary_start, and what its workers do: the points of a town or district, by town."""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from common.scope import current
from documents.frozen import content_sha256, freeze, thaw
from documents.models import Document
from documents.services import Issuer, document_issue, document_render, document_store
from documents.xlsx import Column, write_table
from enterprises.models import Enterprise
from inspections.models import SpotCheck
from scoring.effects import SamePeriod, same_period
from scoring.letters import RegionLine, RegionSummaryDocument
from scoring.models import PointSheet
from scoring.papers.regions import region_summary
from scoring.region_summary import Summary, summary_of
from scoring.selectors import books_for, effect_months
from scoring.services.tryouts import years_of
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.selectors import region_names
from workflow.models import Job, JobPart
from workflow.services import Part, job_start

KIND = "points_region"
TITLE = "安全生产监督检查记分汇总"


@transaction.atomic
def region_summary_start(*, actor: Actor, agency: Agency, year: int) -> Job:
    """Start the summary of an agency's region for a year; two clicks, one job."""
    codes = sorted(
        set(
            Enterprise.objects.filter(
                region_code__gte=actor.region_lo, region_code__lt=actor.region_hi
            ).values_list("region_code", flat=True)
        )
    )
    names = region_names({*codes, agency.region_code})
    return job_start(
        actor=actor, kind=KIND, title=f"{agency.region_name}{year}年度记分汇总", subject=agency,
        parts=[
            *(Part(code, names.get(code, code)) for code in codes),
            Part("pdf", "汇总PDF", 1),
            Part("xlsx", "汇总电子表格", 1),
        ],
        frozen={
            "year": year, "made_at": clock.now(agency.pk).isoformat(),
            "effects": freeze(_effects(agency, year)),
        },
        input_sha256=content_sha256({"year": year}),
    )  # fmt: skip


def _effects(agency: Agency, year: int) -> SamePeriod | None:
    return same_period(*(effect_months(agency.pk, one).values() for one in (year, year - 1)))


def summary_content(job: Job) -> RegionSummaryDocument | None:
    """Return what a summary says, once all its towns are added up."""
    if job.parts.filter(step=0).exclude(state=JobPart.State.DONE).exists():
        return None
    return _content(job)


def run_part(job: Job, part: JobPart) -> Mapping[str, Any]:
    """Add up one town, or make the papers of all."""
    makers = {"pdf": _pdf, "xlsx": _xlsx}
    return makers.get(part.key, _town)(job, part)


def _town(job: Job, part: JobPart) -> Mapping[str, Any]:
    year = job.frozen["year"]
    now, then = (_summary(one, part.key, part.title) for one in (year, year - 1))
    checks = SpotCheck.objects.filter(
        region_code=part.key, state=SpotCheck.State.COMPARED, visit__arrived_at__year=year
    )
    return {"now": freeze(now), "then": freeze(then), "spot_checks": checks.count()}


def _summary(year: int, code: str, town: str) -> Summary:
    firms = Enterprise.objects.open().filter(region_code=code).count()
    return summary_of(years_of(year, code, town), firms, _sheets(year, code))


def _sheets(year: int, code: str) -> Iterator[dict[str, Any]]:
    rows = PointSheet.objects.filter(cycle__year=year, region_code=code)
    rows = rows.exclude(state=PointSheet.State.DRAFT).annotate(given=Sum("entries__base"))
    for state, given in rows.values_list("state", "given"):
        yield {"given": given or Decimal(0), "is_refused": state == PointSheet.State.REFUSED}


def _content(job: Job) -> RegionSummaryDocument:
    agency = _agency(job)
    parts = list(job.parts.filter(step=0).order_by("key"))
    effects = job.frozen.get("effects")
    sums = [*(part.result for part in parts), effects]
    text = json.dumps(sums, sort_keys=True, ensure_ascii=False)
    book = books_for(agency.region_code).first()
    clauses = list(book.clauses.all()) if book else []
    return region_summary(
        agency=agency, year=job.frozen["year"], book=book,
        towns={
            part.title: (
                thaw(Summary, part.result["now"]), thaw(Summary, part.result["then"]),
                part.result["spot_checks"],
            )
            for part in parts
        },
        effects=thaw(SamePeriod, effects) if effects else None,
        texts={clause.code: clause.text for clause in clauses},
        items={str(clause.item): clause.item_name for clause in clauses},
        made_at=_made_at(job), input_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip


def _agency(job: Job) -> Agency:
    return Agency.objects.select_related("org").get(pk=int(job.subject_id))


def _made_at(job: Job) -> datetime:
    return datetime.fromisoformat(job.frozen["made_at"])


def _order(job: Job, part: JobPart, content: RegionSummaryDocument) -> dict[str, Any]:
    agency = _agency(job)
    return {
        "actor": current.get(),
        "kind": KIND,
        "subject": job,
        "content": content,
        "title": f"{agency.region_name}{content.year}年度{TITLE}",
        "issuer": Issuer(agency.pk, agency.short_name),
        "issue_key": f"{job.pk}:{part.key}",
        "at": content.made_at,
    }


def _pdf(job: Job, part: JobPart) -> Mapping[str, Any]:
    document = document_issue(**_order(job, part, _content(job)))
    return {"document": str(document_render(str(document.pk)).pk)}


def _xlsx(job: Job, part: JobPart) -> Mapping[str, Any]:
    content, out = _content(job), io.BytesIO()
    region_sheet(out, content)
    stored = document_store(
        file=out.getvalue(), pages=None, format=Document.Format.XLSX, **_order(job, part, content)
    )
    return {"document": str(stored.pk)}


COLUMNS = (
    Column("镇街", 20), Column("企业", 9, "integer"), Column("已检查", 9, "integer"),
    Column("覆盖率", 9), Column("记分（条）", 10, "integer"), Column("记分合计", 10, "number"),
    Column("累计合计", 10, "number"), Column("平均", 8), Column("中位数", 8),
    Column("绿", 7, "integer"), Column("黄", 7, "integer"), Column("橙", 7, "integer"),
    Column("红", 7, "integer"), Column("满12分", 8, "integer"), Column("满18分", 8, "integer"),
    Column("按期整改率", 11), Column("拒签", 7, "integer"), Column("每次检查记分（95%区间）", 24),
    Column("宽严", 8), Column("抽查", 7, "integer"), Column("上年平均", 9),
)  # fmt: skip


def region_sheet(out: io.BytesIO, content: RegionSummaryDocument) -> int:
    """Write a district's summary as a sheet; return the number of towns."""
    return write_table(
        out,
        title=f"{content.region_name}{content.year}年度{TITLE}",
        columns=list(COLUMNS),
        rows=map(_cells, content.lines),
        totals=_cells(content.total),
        created=content.made_at,
        head=[
            f"监管机构：{content.agency_name}　规则：{content.rule_book.words}",
            f"数据哈希（SHA-256）：{content.input_sha256}",
            *_effect_words(content),
        ],
        training=content.training,
    )


def _effect_words(content: RegionSummaryDocument) -> list[str]:
    if content.effects is None:
        return []
    said = [
        f"{label} {now}，上年同期 {then}，{change}"
        for label, now, then, change in content.effects.lines
    ]
    return [f"{content.effects.period}成效：{'；'.join(said)}"]


def _cells(line: RegionLine) -> tuple[Any, ...]:
    return (
        line.name, line.enterprises, line.inspected, line.coverage, line.entries, line.gross,
        line.net, line.mean, line.median, *line.colours, line.at_12, line.at_18, line.timely_rate,
        line.refusals, line.per_sheet, line.strictness, line.spot_checks, line.last_year,
    )  # fmt: skip
