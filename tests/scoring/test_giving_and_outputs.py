"""Points given by officers, and the three outputs of a contract from frozen input."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from inspections.models import Hazard
from inspections.services import hazard_find_unmended, hazard_recheck, rectification_submit
from scoring.models import Appraisal, PointCycle, PointEntry, PointEvent, RuleClause, ThresholdEvent
from scoring.services import Given, hazard_follow, outputs, outputs_start, points_give
from scoring.tasks import recount_of_agency
from tenancy.actors import system_for
from tenancy.models import Agency, Membership
from tests import county as counties
from workflow.models import Job, JobPart, WorkTask
from workflow.services import job_part_run, job_retry

pytestmark = pytest.mark.django_db


def give(county, pairs, **more):
    with acting_as(county.officer):
        given = [Given(RuleClause.objects.get(code=code), h) for h, code in pairs]
        values = {
            "signature": counties.picture(kind="PNG"), "representative_name": "张立新",
            "second_officer": Membership.objects.get(pk=county.second_officer.membership_id),
        } | more  # fmt: skip
        return points_give(
            actor=county.officer, enterprise=county.enterprises[0], contract=county.contract,
            given=given, **values,
        )  # fmt: skip


def cycle(county):
    with acting_as(county.admin):
        return PointCycle.objects.get()


def test_points_count_once_signed_and_the_enterprise_sees_its_sheet(county):
    first, second = counties.issued(county, hazards=2)
    give(county, [(first, "15.5"), (second, "15.2")])
    assert (cycle(county).total, cycle(county).colour) == (Decimal(2), "green")
    with acting_as(county.principal):
        assert PointEntry.objects.count() == 2
        assert Document.objects.filter(kind="points_sheet").count() == 1
    with acting_as(county.lead):
        assert PointEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"signature": b"", "representative_name": ""}, "refusal_reason"),
        ({"signature": b"", "refusal_reason": "外出"}, "witness_name"),
        ({"representative_name": ""}, "representative_name"),
    ],
)
def test_without_signature_or_recorded_refusal_nothing_is_given(county, wrong, field):
    [hazard] = counties.issued(county)
    with pytest.raises(DomainError) as caught:
        give(county, [(hazard, "15.5")], **wrong)
    assert caught.value.field == field
    with acting_as(county.admin):
        assert PointEntry.objects.count() == 0


def test_one_officer_alone_gives_nothing(county):
    [hazard] = counties.issued(county)
    with acting_as(county.officer):
        alone = Membership.objects.get(pk=county.officer.membership_id)
    with pytest.raises(DomainError, match="同一人"):
        give(county, [(hazard, "15.5")], second_officer=alone)


def test_a_hazard_is_given_once(county):
    [hazard] = counties.issued(county)
    give(county, [(hazard, "15.5")])
    with pytest.raises(DomainError, match="已记过分"):
        give(county, [(hazard, "15.5")])


def test_a_clause_for_major_hazards_needs_one(county):
    [hazard] = counties.issued(county)
    with pytest.raises(DomainError, match="重大隐患"):
        give(county, [(hazard, "15.7")])


def test_timely_rectification_halves_the_points(county, tasks_are_kept):
    [hazard] = counties.issued(county)
    give(county, [(hazard, "2.1")])
    assert cycle(county).total == Decimal(2)
    with acting_as(county.principal):
        fresh = Hazard.objects.get(pk=hazard.pk)
        rectification_submit(
            actor=county.principal, hazard=fresh, text="已补", responsible_person="张立新",
            done_on=fresh.found_on, photos=[counties.picture()],
        )  # fmt: skip
    with acting_as(county.inspector):
        fresh = Hazard.objects.get(pk=hazard.pk)
        hazard_recheck(actor=county.inspector, hazard=fresh, result="passed")
    with acting_as(county.admin):
        assert hazard_follow(actor=county.admin, hazard_id=hazard.pk) == 1
        assert hazard_follow(actor=county.admin, hazard_id=hazard.pk) == 0  # told again
    assert cycle(county).total == Decimal(1)


def run_recount(county):
    recount_of_agency.push_request(headers={"anfu_agency": county.zone.pk})
    try:
        return recount_of_agency(county.zone.pk)
    finally:
        recount_of_agency.pop_request()


def mended(county, hazard):
    """Mended by the enterprise and found so by the provider; nobody tells the points of it."""
    with acting_as(county.principal):
        fresh = Hazard.objects.get(pk=hazard.pk)
        rectification_submit(
            actor=county.principal, hazard=fresh, text="已补", responsible_person="张立新",
            done_on=fresh.found_on, photos=[counties.picture()],
        )  # fmt: skip
    with acting_as(county.inspector):
        fresh = Hazard.objects.get(pk=hazard.pk)
        hazard_recheck(actor=county.inspector, hazard=fresh, result="passed")


def test_a_night_makes_good_what_the_queue_lost_of_the_points(county, tasks_are_kept):
    [hazard] = counties.issued(county)
    give(county, [(hazard, "2.1")])
    mended(county, hazard)
    assert cycle(county).total == Decimal(2)  # nobody was told
    assert run_recount(county) == 1
    assert cycle(county).total == Decimal(1)
    with acting_as(county.admin):
        PointCycle.objects.update(total=Decimal(9))
    assert run_recount(county) == 1  # a stored total is no more than what the events come to
    assert cycle(county).total == Decimal(1)
    assert run_recount(county) == 0


def test_reaching_twelve_is_noted_once_and_withdrawn_when_points_fall(county, tasks_are_kept):
    found = counties.issued(county, hazards=6)
    codes = ["9.3", "2.1", "4.1", "10.2", "8.1", "7.1"]
    give(county, list(zip(found, codes, strict=True)))
    with acting_as(county.admin):
        event = ThresholdEvent.objects.get()
        assert (event.kind, event.state, event.total) == ("reached_12", "drafted", Decimal(16))
    for hazard in found[1:]:
        mended(county, hazard)
    run_recount(county)
    with acting_as(county.admin):
        event.refresh_from_db()
    assert (cycle(county).total, event.state) == (Decimal(11), "cancelled")


def run_all(county):
    with acting_as(county.admin):
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
    system = system_for(agency)
    with acting_as(system, atomic=False):  # as PartTask does: a failure is written down
        while (
            part := JobPart.objects.filter(state="pending", job__state="running")
            .order_by("step", "key")
            .first()
        ):
            job_part_run(part.pk)


def start(county):
    with acting_as(county.officer):
        return outputs_start(actor=county.officer, contract=county.contract)


def test_the_three_outputs_come_from_one_frozen_input(county):
    found = counties.issued(county, hazards=3)
    give(county, [(found[0], "15.5")])
    job = start(county)
    run_all(county)
    with acting_as(county.admin):
        done = Job.objects.get(pk=job.pk)
        assert (done.state, len(done.input_sha256)) == ("done", 64)
        papers = Document.objects.filter(issue_key__startswith=str(job.pk))
        kinds = sorted((d.kind, d.format) for d in papers)
        assert kinds == [
            ("appraisal", "pdf"), ("ledger", "pdf"), ("ledger", "xlsx"),
            ("points_summary", "pdf"), ("points_summary", "xlsx"),
        ]  # fmt: skip
        sheet = papers.get(kind="ledger", format="xlsx")
        book = CalamineWorkbook.from_filelike(io.BytesIO(sheet.file.read()))
        numbers = [row[1] for row in book.get_sheet_by_index(0).to_python()]
        assert [n for n in numbers if str(n).startswith("B130371-")] == [h.number for h in found]
        appraisal = Appraisal.objects.get()
        assert appraisal.score <= 100
        left_out = [r["code"] for r in appraisal.results if r["score"] is None]
        # No forms and no spot check yet; nothing is due, rechecked or major.
        assert left_out == ["B4", "C3", "C4", "D1", "F1"]


def test_a_change_after_the_freeze_changes_nothing(county):
    counties.issued(county, hazards=2)
    job = start(county)
    with acting_as(county.admin):
        freeze = job.parts.get()
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
    with acting_as(system_for(agency)):
        job_part_run(freeze.pk)
        Hazard.objects.update(place="改过的地方")
    run_all(county)
    with acting_as(county.admin):
        sheet = Document.objects.get(issue_key=f"{job.pk}:ledger_xlsx")
        book = CalamineWorkbook.from_filelike(io.BytesIO(sheet.file.read()))
        assert "改过的地方" not in str(book.get_sheet_by_index(0).to_python())


def test_two_clicks_are_one_job_and_a_part_sent_twice_is_done_once(county):
    counties.issued(county)
    job = start(county)
    assert start(county).pk == job.pk
    run_all(county)
    with acting_as(county.admin):
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
        before = Document.objects.count()
    with acting_as(system_for(agency)):
        for part in job.parts.all():
            job_part_run(part.pk)
        assert Document.objects.count() == before


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_makes_one(county, monkeypatch):

    counties.issued(county)
    job = start(county)
    original = outputs.document_store
    calls = []

    class Killed(BaseException):
        """What SIGKILL is to Python: nobody catches it."""

    def store_then_die(**order):
        document = original(**order)
        calls.append(document)
        if len(calls) == 1:
            raise Killed
        return document

    monkeypatch.setattr(outputs, "document_store", store_then_die)
    with pytest.raises(Killed):
        run_all(county)
    with acting_as(county.admin):
        assert not Document.objects.filter(
            issue_key__startswith=str(job.pk), format="xlsx"
        ).exists()
    run_all(county)
    with acting_as(county.admin):
        assert Job.objects.get(pk=job.pk).state == "done"
        assert Document.objects.filter(issue_key__startswith=str(job.pk)).count() == 5


def test_a_part_that_fails_three_times_becomes_a_task_and_can_be_offered_again(county, monkeypatch):

    counties.issued(county)
    job = start(county)
    monkeypatch.setattr(outputs, "summary_sheet", lambda *args: 1 / 0)
    for _ in range(4):
        try:
            run_all(county)
        except ZeroDivisionError:
            continue
    with acting_as(county.admin):
        assert Job.objects.get(pk=job.pk).state == "failed"
        assert WorkTask.objects.get(kind="job_failed").done_at is None
    monkeypatch.undo()
    with acting_as(county.officer):
        job_retry(actor=county.officer, job=job)
    run_all(county)
    with acting_as(county.admin):
        assert Job.objects.get(pk=job.pk).state == "done"
        assert WorkTask.objects.get(kind="job_failed").done_at is not None


def test_a_hazard_found_unmended_twice_after_its_deadline_is_two_events_and_one_surcharge(
    county, tasks_are_kept
):
    [hazard] = counties.issued(county)
    give(county, [(hazard, "2.1")])
    for days in (60, 60):
        county.later(days=days)
        with acting_as(county.inspector):
            fresh = Hazard.objects.get(pk=hazard.pk)
            hazard_find_unmended(
                actor=county.inspector, hazard=fresh, reason="没有动", is_refused=False,
                new_due_on=fresh.due_on + timedelta(days=days + 20),
            )  # fmt: skip
    run_recount(county)
    with acting_as(county.admin):
        assert PointEvent.objects.filter(kind="overdue").count() == 2
    assert cycle(county).total == Decimal(4)
    assert run_recount(county) == 0
