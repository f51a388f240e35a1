"""Scenes of an evaluation: records by the hundred, and the steps until somebody may object."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from common.ids import uuid7
from common.scope import acting_as
from evidence.models import Photo
from inspections.models import (
    Answer,
    ChecklistItem,
    Hazard,
    SpotCheck,
    SpotCheckDraw,
    SpotCheckPair,
    Visit,
    VisitMember,
)
from scoring.appraisals.rules import Measure
from scoring.models import Appraisal, Questionnaire, SelfEvaluation, ThirdPartyReview
from scoring.services import (
    appraisal_decide,
    appraisal_draft,
    forms_close,
    questionnaire_file,
    scoring_begin,
    self_evaluation_file,
    third_party_file,
)
from scoring.services.appraisals import appraisal_interim
from scoring.services.parties import third_party_token
from scoring.services.years import FREEZE, KIND, year_start
from tenancy.actors import SYSTEM, system_for
from tenancy.models import Agency
from tests import county as counties
from tests.county import County
from workflow.models import JobPart
from workflow.services import job_part_run

HOUR = timedelta(hours=1)


def of(numerator: int, denominator: int) -> Measure:
    """So many of so many."""
    return Measure(Decimal(numerator), Decimal(denominator))


def visits(county: County, *, whole: int, bare: int) -> list[Visit]:
    """Signed visits of the first enterprise; the bare ones lack the process-control record."""
    served, at = county.assignment, counties.NOW
    with acting_as(SYSTEM):
        rows = Visit.objects.bulk_create(
            Visit(
                **served.tenant, assignment=served, enterprise_id=served.enterprise_id,
                state="signed", started_by_id=county.inspector.member, arrived_at=at,
                left_at=at + HOUR, process_note="查阅资料" if n < whole else "",
                representative_name="张立新", signed_at=at + HOUR,
                latitude=Decimal("39.9"), longitude=Decimal("119.5"),
            )
            for n in range(whole + bare)
        )  # fmt: skip
        item = ChecklistItem.objects.order_by("pk").first()
        Answer.objects.bulk_create(
            Answer(**served.tenant, visit=row, item=item, result="ok") for row in rows
        )
        Photo.objects.bulk_create(
            Photo(
                **served.tenant, subject_type="inspections.visit", subject_id=str(row.pk),
                purpose="site", sha256="0" * 64, size=1, width=1, height=1, arrived_at=at,
            )
            for row in rows
        )  # fmt: skip
        VisitMember.objects.bulk_create(
            VisitMember(
                **served.tenant, visit=row, membership_id=person.member, name=person.user_name
            )
            for row in rows
            for person in (county.inspector, county.lead)
        )
    return rows


def hazards(county: County, *, closed: int, open_: int, submitted: int = 0) -> list[Hazard]:
    """Hazards of one visit that the provider found, all due by now."""
    [visit] = visits(county, whole=1, bare=0)
    states = ["closed"] * closed + ["issued"] * open_ + ["submitted"] * submitted
    at = counties.NOW
    with acting_as(SYSTEM):
        return Hazard.objects.bulk_create(
            Hazard(
                **visit.tenant, id=uuid7(), number=f"N-{visit.pk.hex[-6:]}-{n:03}", visit=visit,
                assignment_id=visit.assignment_id, enterprise_id=visit.enterprise_id, place="车间",
                found_on=at.date(), found_at=at, found_by_name="王工", description="未接地",
                category="现场管理", basis="安全生产法", measure="接地", due_on=at.date(),
                due_reason="默认", issued_at=at, state=state,
                submitted_at=at if state != "issued" else None,
                rectified_on=at.date() if state != "issued" else None,
                rechecked_on=at.date() if state == "closed" else None,
                closed_at=at if state == "closed" else None,
            )
            for n, state in enumerate(states)
        )  # fmt: skip


def spot_check(county: County, *, found: int, missed: int) -> SpotCheck:
    """A blind spot check, compared: what both found, and what the provider had missed."""
    rows, at = hazards(county, closed=found + missed, open_=0), counties.NOW
    whose = {**county.assignment.tenant, "enterprise_org_id": None}
    with acting_as(SYSTEM):
        draw = SpotCheckDraw.objects.create(
            **whose, batch=county.batch, code="evaluated", commitment="0" * 64, committed_at=at,
            committed_by_name="王", ratio=Decimal("0.2"), minimum=10,
        )  # fmt: skip
        check = SpotCheck.objects.create(
            **whose, draw=draw, assignment=county.assignment, why="抽中", state="compared",
            found_both=found, missed=missed, overstated=0, compared_at=at,
        )  # fmt: skip
        Hazard.objects.filter(pk__in=[row.pk for row in rows[found:]]).update(source="spot_check")
        SpotCheckPair.objects.bulk_create(
            SpotCheckPair(
                **whose, spot_check=check, officers_hazard=row,
                providers_hazard=row if n < found else None,
                verdict="both" if n < found else "missed",
            )
            for n, row in enumerate(rows)
        )  # fmt: skip
    return check


def interim(county: County) -> Appraisal:
    """What the contract would come to now."""
    return appraisal_interim(contract=county.contract, job_id=uuid7(), at=counties.NOW)


def freeze(county: County) -> None:
    """Do what the workers would, but for the sheet's file."""
    with acting_as(SYSTEM):
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
    with acting_as(system_for(agency), atomic=False):
        job_part_run(JobPart.objects.get(state="pending", job__kind=KIND, key=FREEZE).pk)


def begun(county: County) -> Appraisal:
    """The final evaluation of the county's contract, frozen."""
    with acting_as(county.officer):
        year_start(actor=county.officer, agency=Agency.objects.get(pk=county.zone.pk), year=2026)
    freeze(county)
    with acting_as(county.officer):
        return Appraisal.objects.select_related("contract").get(purpose="final")


def self_evaluate(county: County) -> SelfEvaluation:
    """The provider gives itself everything."""
    with acting_as(county.lead):
        asked = SelfEvaluation.objects.get()
        full = {one["code"]: {"score": one["weight"], "words": ""} for one in asked.indicators}
        return self_evaluation_file(
            actor=county.lead, evaluation=asked, answers=full, summary="已履约"
        )


def asking(county: County) -> Appraisal:
    """One enterprise was accepted, and the three parties are asked."""
    counties.accepted(county)
    row = begun(county)
    self_evaluate(county)
    with acting_as(county.officer):
        return scoring_begin(actor=county.officer, appraisal=row)


def answer(county: County, answers: Sequence[int]) -> Questionnaire:
    """The principal files the form."""
    with acting_as(county.principal):
        form = Questionnaire.objects.get(filed_at=None)
        return questionnaire_file(actor=county.principal, form=form, answers=answers)


def third_party(county: County, score: str) -> ThirdPartyReview:
    """The third body files by its link."""
    with acting_as(SYSTEM):
        review = ThirdPartyReview.objects.get()
    return third_party_file(
        token=third_party_token(review), score=Decimal(score), opinion="可以", person_name="李"
    )


def drafted(county: County, row: Appraisal) -> Appraisal:
    """Everything is closed, and the provider has its notice."""
    with acting_as(county.officer):
        row = forms_close(actor=county.officer, appraisal=row, reason="已约定")
        return appraisal_draft(actor=county.officer, appraisal=row)


def decided(county: County) -> Appraisal:
    """Decided, nothing was objected to; the one enterprise gave 90."""
    row = asking(county)
    answer(county, [9] * 10)
    row = drafted(county, row)
    county.later(days=14)
    with acting_as(county.admin):
        return appraisal_decide(actor=county.admin, appraisal=row)
