"""year_start · year_archive: every contract of an agency evaluated at the year's end, by workers."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import QuerySet

from agencies.models import ServiceContract
from common.errors import DomainError
from common.scope import current
from documents.models import Document
from documents.printing import LIMIT, print_start
from documents.services import document_render
from documents.xlsx import Column, write_table
from scoring.models import Appraisal, AppraisalObjection
from scoring.services.appraisals import appraisals_freeze, issue_sheet
from scoring.services.publications import appraisals_archive
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from workflow.models import Job, JobPart
from workflow.services import Part, job_add_parts, job_start

KIND = "appraisal_year"
FREEZE = "freeze"


def contracts_of_year(agency_id: int, year: int) -> QuerySet[ServiceContract]:
    """Return the contracts of an agency that ran in a year (D2: every year's end)."""
    rows = ServiceContract.objects.filter(
        owner_agency=agency_id, starts_on__year__lte=year, ends_on__year__gte=year,
        provider_org__isnull=False,
    )  # fmt: skip
    return rows.exclude(state=ServiceContract.State.DRAFT).select_related("provider_org")


def not_begun(agency_id: int, year: int) -> QuerySet[ServiceContract]:
    """Return those of them whose final evaluation has not been begun."""
    begun = Appraisal.objects.filter(
        owner_agency=agency_id, year=year, purpose=Appraisal.Purpose.FINAL
    ).exclude(state=Appraisal.State.SUPERSEDED)
    return contracts_of_year(agency_id, year).exclude(pk__in=begun.values("contract_id"))


def job_of_year(agency_id: int, year: int) -> Job | None:
    """Return the job that began a year's evaluations, the newest where there were several."""
    rows = Job.objects.filter(
        kind=KIND, subject_type="tenancy.agency", subject_id=str(agency_id), frozen__year=year
    )
    return rows.order_by("-created_at").first()


@transaction.atomic
def year_start(
    *,
    actor: Actor,
    agency: Agency,
    year: int,
    contracts: Sequence[ServiceContract] = (),
) -> Job:
    """Begin the final evaluation of all contracts of a year, or of some; one job at a time."""
    rows = not_begun(agency.pk, year)
    if contracts:
        rows = rows.filter(pk__in=[one.pk for one in contracts])
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise DomainError(f"{year}年度没有还未开始考评的合同")
    return job_start(
        actor=actor, kind=KIND, title=f"{year}年度绩效考评", subject=agency,
        parts=[Part(FREEZE, f"冻结{len(ids)}份合同的数据")],
        frozen={"year": year, "contracts": ids}, input_sha256="",
    )  # fmt: skip


def run_part(job: Job, part: JobPart) -> Mapping[str, Any]:
    """Freeze all in one snapshot, then make each contract's sheet."""
    return _freeze(job) if part.key == FREEZE else _sheet(part)


def _actor() -> Actor:
    actor = current.get()
    assert isinstance(actor, Actor)  # a worker acts as the agency's system
    return actor


def _freeze(job: Job) -> Mapping[str, Any]:
    rows = ServiceContract.objects.filter(pk__in=job.frozen["contracts"])
    made = appraisals_freeze(
        actor=_actor(), contracts=list(rows.select_related("provider_org").order_by("pk")),
        year=job.frozen["year"], at=clock.now(job.owner_agency_id), job_id=job.pk,
    )  # fmt: skip
    parts = [Part(f"sheet_{row.pk}", f"{row.contract.title[:60]}考评表", 1) for row in made]
    job_add_parts(job=job, parts=parts)
    return {"appraisals": [row.pk for row in made]}


def _sheet(part: JobPart) -> Mapping[str, Any]:
    row = Appraisal.objects.select_related("contract__provider_org", "scheme").get(
        pk=int(part.key.removeprefix("sheet_"))
    )
    document = issue_sheet(_actor(), row)
    return {"document": str(document_render(str(document.pk)).pk)}


def finals(agency_id: int, year: int) -> QuerySet[Appraisal]:
    """Return the final evaluations of a year that stand."""
    rows = Appraisal.objects.filter(
        owner_agency=agency_id, year=year, purpose=Appraisal.Purpose.FINAL
    ).exclude(state=Appraisal.State.SUPERSEDED)
    return rows.select_related("contract__provider_org").order_by("-score", "contract__number")


def last_years(agency_id: int, year: int) -> dict[int, Decimal]:
    """Return {provider: mean score of the year before}."""
    sums: dict[int, list[Decimal]] = {}
    for provider, score in finals(agency_id, year - 1).values_list("provider_org_id", "score"):
        sums.setdefault(int(provider or 0), []).append(score)
    return {provider: sum(some, Decimal(0)) / len(some) for provider, some in sums.items()}


def compare_sheet(out: BinaryIO, agency: Agency, year: int) -> int:
    """Write every contract's figures side by side, with the provider's of the year before."""
    rows, before = list(finals(agency.pk, year)), last_years(agency.pk, year)
    codes = list(dict.fromkeys(line["code"] for row in rows for line in row.results))
    columns = [
        Column("服务机构", 30), Column("合同编号", 16), Column("合同", 34),
        *(Column(code, 8, "number") for code in codes),
        Column("购买主体", 10, "number"), Column("服务对象", 10, "number"),
        Column("第三方", 10, "number"), Column("综合得分", 10, "number"), Column("等次", 6),
        Column("状态", 10), Column("上年得分", 10, "number"),
    ]  # fmt: skip
    return write_table(
        out, title=f"{agency.org.name}{year}年度绩效考评比较表", columns=columns,
        rows=(_cells(row, codes, before.get(int(row.provider_org_id or 0))) for row in rows),
        created=clock.now(agency.pk), training=agency.org.is_training,
        head=["空格表示该指标没有适用情形或者没有该方评价，不计入"],
    )  # fmt: skip


def _cells(row: Appraisal, codes: Sequence[str], last: Decimal | None) -> list[Any]:
    scores = {line["code"]: line["score"] for line in row.results}
    return [
        row.contract.provider_org.name if row.contract.provider_org else "",
        row.contract.number, row.contract.title,
        *(Decimal(scores[code]) if scores.get(code) else None for code in codes),
        row.buyer_score, row.served_score, row.third_score, row.score, row.grade,
        row.get_state_display(), last,
    ]  # fmt: skip


@transaction.atomic
def year_archive(*, actor: Actor, agency: Agency, year: int) -> list[Job]:
    """Archive what was published for its days, and put all papers of the year into one file.

    More papers than one file takes come in several, in the same order.
    """
    appraisals_archive(actor=actor, agency=agency, year=year)
    rows = finals(agency.pk, year).filter(state=Appraisal.State.ARCHIVED)
    ids = [paper.pk for paper in papers_of(list(rows))]
    return [
        print_start(actor=actor, ids=ids[start : start + LIMIT])
        for start in range(0, len(ids), LIMIT)
    ]


def papers_of(rows: Sequence[Appraisal]) -> list[Document]:
    """Return the papers of evaluations, contract by contract in the order of issue."""
    keys = [str(row.pk) for row in rows]
    said = AppraisalObjection.objects.filter(appraisal__in=rows).values_list("pk", "appraisal_id")
    whose = {**{("scoring.appraisal", key): key for key in keys},
             **{("scoring.appraisalobjection", str(pk)): str(of) for pk, of in said}}  # fmt: skip
    found = Document.objects.filter(
        subject_type__in={kind for kind, _ in whose}, subject_id__in=[pk for _, pk in whose],
        format=Document.Format.PDF, state=Document.State.ISSUED,
    ).defer("content")  # fmt: skip
    return sorted(
        found, key=lambda d: (keys.index(whose[d.subject_type, d.subject_id]), d.issued_at)
    )
