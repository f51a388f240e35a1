"""12 and 18 points: once each, held while they may be spoken against, corrected when they were wrong."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from notifications.models import Notification
from scoring.models import Consequence, PointCycle, ThresholdEvent
from scoring.services import (
    appeal_make,
    appeal_waive,
    consequence_done,
    consequence_lift,
    entry_recheck,
    entry_revoke,
    event_send,
    thresholds_send_due,
    training_record,
)
from tests.scoring import township as townships
from tests.scoring.township import V8A
from workflow.models import WorkTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return townships.build()


def send_due(town):
    with acting_as(town.system):
        return thresholds_send_due(actor=town.system, agency_id=town.agency.pk)


def kinds(town):
    with acting_as(town.admin):
        return sorted(Consequence.objects.values_list("kind", flat=True))


def papers(town, kind):
    with acting_as(town.admin):
        return Document.objects.filter(kind=kind).count()


def revoke(town, code):
    with acting_as(town.admin):
        entry_revoke(actor=town.admin, entry=town.entry(code), reason="认定有误")


def test_v13_points_lapse_with_the_year_and_never_add_up_over_it(town):
    town.at(datetime(2026, 12, 31, 2, 0, tzinfo=UTC))
    town.give(*V8A)
    town.at(datetime(2027, 1, 1, 2, 0, tzinfo=UTC))
    town.give("2.2")
    assert (town.cycle(2026).total, town.cycle(2027).total) == (Decimal("11.5"), Decimal(1))
    with acting_as(town.admin):
        assert not ThresholdEvent.objects.exists()


def test_v15_an_entry_revoked_before_the_report_cancels_the_event(town):
    town.give(*V8A, "3.2")
    assert town.event().state == "drafted"
    revoke(town, "3.2")
    assert (town.cycle().total, town.event().state) == (Decimal("11.5"), "cancelled")
    town.later(days=30)
    assert send_due(town) == 0
    assert (kinds(town), papers(town, "points_report")) == ([], 0)


def test_v15_an_entry_revoked_after_the_report_leaves_it_and_sends_a_correction(town):
    town.give(*V8A, "3.2")
    town.later(days=30)
    assert send_due(town) == 1
    revoke(town, "3.2")
    assert (town.cycle().total, town.event().state) == (Decimal("11.5"), "corrected")
    assert (papers(town, "points_report"), papers(town, "points_correction")) == (1, 1)
    with acting_as(town.admin):
        letter = Document.objects.get(kind="points_correction").content
    assert "第3.2款" in letter["reason"]
    assert letter["standing"]["net"] == "11.5"
    assert letter["report_number"]


def test_points_that_are_only_reduced_after_a_report_do_not_make_it_wrong(town):
    town.give(*V8A, "3.2")
    town.later(days=30)
    send_due(town)
    with acting_as(town.officer):
        training_record(
            actor=town.officer, enterprise=town.firm, person_name="张立新", trainer_name="王老师",
            held_on=date(2026, 4, 1), hours=Decimal(4), score=95,
        )  # fmt: skip
    assert (town.cycle().total, town.event().state) == (Decimal(11), "sent")
    assert papers(town, "points_correction") == 0


def test_what_was_corrected_and_is_reached_again_is_reported_again(town):
    town.give(*V8A, "3.2")
    town.later(days=30)
    send_due(town)
    revoke(town, "3.2")
    with acting_as(town.admin):
        grade = Consequence.objects.get(kind="grade")
        consequence_lift(actor=town.admin, consequence=grade, reason="记分已更正")
    town.give("2.2")
    assert town.event().state == "drafted"
    town.later(days=30)
    assert send_due(town) == 1
    with acting_as(town.admin):
        grade.refresh_from_db()
        assert grade.lifted_at is None
        assert ThresholdEvent.objects.count() == 1
        assert Consequence.objects.count() == 5
    assert papers(town, "points_report") == 2


def test_a_report_waits_until_nobody_can_speak_against_its_points(town):
    town.give(*V8A, "3.2")
    with acting_as(town.admin), pytest.raises(DomainError, match="陈述申辩期至2026-03-09"):
        event_send(actor=town.admin, event=town.event())
    assert send_due(town) == 0
    town.later(days=7)  # five working days on: the last one to speak
    assert send_due(town) == 0
    town.later(days=1)
    assert send_due(town) == 1
    assert send_due(town) == 0


def test_an_enterprise_without_objection_lets_the_report_go_at_once(town):
    sheet = town.give(*V8A, "3.2")
    with acting_as(town.principal):
        appeal_waive(actor=town.principal, sheet=sheet)
    with acting_as(town.admin):
        event_send(actor=town.admin, event=town.event())
    assert town.event().state == "sent"


def test_an_open_appeal_holds_the_report_however_long_it_takes(town):
    sheet = town.give(*V8A, "3.2")
    with acting_as(town.principal):
        appeal_make(
            actor=town.principal, sheet=sheet, entries=[town.entry("3.2").pk], reason="已有规程"
        )
    town.later(days=30)
    assert send_due(town) == 0
    with acting_as(town.admin), pytest.raises(DomainError, match="还没有答复"):
        event_send(actor=town.admin, event=town.event())


def test_twelve_leads_to_five_measures_and_eighteen_to_a_veto(town):
    town.give("14.3", "15.4", "8.4", "9.2", "9.3")
    town.later(days=30)
    assert send_due(town) == 2
    assert kinds(town) == ["credit", "grade", "inspection", "key", "training", "veto"]
    with acting_as(town.admin):
        veto = Consequence.objects.get(kind="veto")
        key = Consequence.objects.get(kind="key")
        training = Consequence.objects.get(kind="training")
        assert (veto.until_on, key.from_on) == (date(2027, 12, 31), date(2027, 1, 1))
        assert (training.due_on, training.scope) == (date(2026, 5, 1), "张立新")
        tasks = WorkTask.objects.filter(done_at=None).values_list("kind", flat=True)
        assert sorted(tasks) == ["points_inspection", "points_referral", "points_training"]
        told = Notification.objects.filter(kind="points.threshold", org_id=town.agency.pk)
        assert told.count() == 2
    with acting_as(town.principal):
        assert Document.objects.filter(kind="points_veto").count() == 1
        assert ThresholdEvent.objects.count() == 2


def test_the_compulsory_training_is_done_when_it_is_passed(town):
    town.give(*V8A, "3.2")
    town.later(days=30)
    send_due(town)
    with acting_as(town.officer):
        training_record(
            actor=town.officer, enterprise=town.firm, person_name="张立新", trainer_name="王老师",
            held_on=date(2026, 4, 1), hours=Decimal(4), score=80,
        )  # fmt: skip
    with acting_as(town.admin):
        assert Consequence.objects.get(kind="training").done_at is not None
        assert not WorkTask.objects.filter(kind="points_training", done_at=None).exists()


def test_a_measure_is_done_or_lifted_once_and_says_how(town):
    town.give(*V8A, "3.2")
    town.later(days=30)
    send_due(town)
    with acting_as(town.admin):
        one = Consequence.objects.get(kind="inspection")
        with pytest.raises(DomainError, match="完成情况"):
            consequence_done(actor=town.admin, consequence=one, note=" ")
        consequence_done(actor=town.admin, consequence=one, note="已执法检查")
        with pytest.raises(DomainError, match="已完成或者已解除"):
            consequence_lift(actor=town.admin, consequence=one, reason="又")


def test_an_overdue_recheck_in_the_next_year_adds_nothing_to_the_old_one(town):
    town.give(town.given("2.1", due_on=date(2026, 3, 10)))
    town.at(datetime(2027, 1, 5, 2, 0, tzinfo=UTC))
    with acting_as(town.officer), pytest.raises(DomainError, match="周期已结束"):
        entry_recheck(actor=town.officer, entry=town.entry("2.1"), is_mended=False, reason="未整改")
    assert town.cycle().total == Decimal(2)


def test_the_colour_follows_the_total(town):
    colours = []
    for code in ("9.1", "9.2", "9.4", "9.3"):
        town.give(code)
        with acting_as(town.admin):
            colours.append(PointCycle.objects.get().colour)
    assert colours == ["green", "yellow", "orange", "red"]
