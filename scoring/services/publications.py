"""appraisals_publish · appraisals_archive: results before everybody, for their days."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from agencies.models import Publication
from agencies.services import publication_make
from common.errors import DomainError
from documents.frozen import freeze
from documents.services import Issuer, document_issue
from scoring.appraisals.documents import PublicityDocument, PublicityLine
from scoring.appraisals.reading import rules_of, scheme_mark
from scoring.models import Appraisal
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency, Organization
from tenancy.selectors import work_calendar
from workflow.services import transition

OBJECTIONS = "公示期内可以向考评机关书面提出意见，写明单位或者姓名、联系方式和具体理由"


def ranked(appraisals: Sequence[Appraisal]) -> list[tuple[int, Appraisal]]:
    """Return (rank, evaluation), best first; the same score has the same rank, a veto the last."""
    order = sorted(appraisals, key=lambda a: (a.grade == "D", -a.score, a.contract.number))
    ranks: list[tuple[int, Appraisal]] = []
    for place, row in enumerate(order, start=1):
        last = ranks[-1] if ranks else None
        same = last is not None and (last[1].grade == "D", last[1].score) == (
            row.grade == "D",
            row.score,
        )
        ranks.append((last[0] if same and last is not None else place, row))
    return ranks


@transaction.atomic
def appraisals_publish(*, actor: Actor, agency: Agency, year: int) -> Publication:
    """Publish every decided evaluation of a year in one notice, for its days (domain.md 3.5).

    What stands published already is in the notice too, so that a ranking is whole.
    """
    rows = _locked(agency, year, (Appraisal.State.DECIDED, Appraisal.State.PUBLISHED))
    fresh = [row for row in rows if row.state == Appraisal.State.DECIDED]
    if not fresh:
        raise DomainError("没有已决定、待公示的考评结果")
    today = clock.today(agency.pk)
    days = max(rules_of(row.scheme).parameters.publicity_workdays for row in rows)
    until = work_calendar(agency.pk).add(today, days).date
    content = _content(agency, year, rows, (today, until))
    made = publication_make(
        actor=actor, kind=Publication.Kind.APPRAISAL, subject=fresh[0], body=freeze(content),
        title=f"{agency.org.name}{year}年度社会化服务绩效考评结果公示", until_on=until,
    )  # fmt: skip
    for row in fresh:
        transition(actor=actor, row=row, name="publish", published_on=today, publicity_until=until)
    document_issue(
        actor=actor, kind="appraisal_publicity", subject=fresh[0], provider_org_id=None,
        content=replace(
            content, address=settings.SITE_URL + reverse("portal:publication", args=[made.code])
        ),
        title=made.title, issuer=Issuer(agency.pk, agency.short_name),
        issue_key=f"appraisal_publicity:{made.code}",
    )  # fmt: skip
    return made


def _locked(agency: Agency, year: int, states: Sequence[str]) -> list[Appraisal]:
    rows = Appraisal.objects.select_for_update(of=("self",), no_key=True).filter(
        owner_agency=agency, year=year, purpose=Appraisal.Purpose.FINAL, state__in=states
    )
    return list(rows.select_related("contract__provider_org", "scheme").order_by("pk"))


def _content(
    agency: Agency, year: int, rows: Sequence[Appraisal], days: tuple[date, date]
) -> PublicityDocument:
    lines = tuple(
        PublicityLine(
            rank=rank,
            provider_name=row.contract.provider_org.name if row.contract.provider_org else "",
            provider_code=_code(row.contract.provider_org),
            contract_number=row.contract.number,
            contract_title=row.contract.title,
            score=row.score,
            grade=row.grade,
            veto_reason=row.veto_reason,
            note=f"更正（第{row.version}版）" if row.version > 1 else "",
        )
        for rank, row in ranked(rows)
    )
    return PublicityDocument(
        training=agency.org.is_training,
        agency_name=agency.org.name,
        year=year,
        schemes=tuple(sorted({scheme_mark(rules_of(row.scheme)).words for row in rows})),
        lines=lines,
        published_on=days[0],
        until_on=days[1],
        objection_place=OBJECTIONS,
    )


def _code(provider_org: Organization | None) -> str:
    return (provider_org.credit_code or "") if provider_org else ""


@transaction.atomic
def appraisals_archive(*, actor: Actor, agency: Agency, year: int) -> int:
    """Archive what has been published for its days; return how many."""
    today, at = clock.today(agency.pk), clock.now(agency.pk)
    over = [
        row
        for row in _locked(agency, year, (Appraisal.State.PUBLISHED,))
        if row.publicity_until and row.publicity_until < today
    ]
    if not over:
        raise DomainError("没有公示期已满的考评结果")
    for row in over:
        transition(actor=actor, row=row, name="archive", archived_at=at)
    return len(over)
