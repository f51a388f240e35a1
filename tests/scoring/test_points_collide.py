"""Many give, mend and take back at once: every total is exact, every event happens once."""

from decimal import Decimal

import pytest

from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from scoring.models import PointAppeal, PointCycle, PointEntry, PointEvent, ThresholdEvent
from scoring.selectors import cycle_total_of
from scoring.services import (
    Ruling,
    appeal_decide,
    appeal_make,
    appeal_waive,
    entry_revoke,
    points_give,
    thresholds_send_due,
)
from tests.scoring import township as townships
from tests.scoring.township import SIGNED, V8A
from tests.test_collisions import together

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 50


def giver(town, given, actor=None):
    officer, partner = (
        (town.officer, town.second) if actor is None else (actor, town.officer)
    )  # fmt: skip

    def work():
        with acting_as(officer):
            second = townships.Membership.objects.get(pk=partner.member)
            points_give(
                actor=officer, enterprise=town.firm, contract=None, given=given,
                second_officer=second, **SIGNED,
            )  # fmt: skip

    return work


def test_v14_two_officers_give_six_points_each_at_once_and_twelve_is_reached_once():
    town = townships.build()
    heavy, two = [town.given("9.3")], [town.given("9.4"), town.given("13.1")]
    assert together(giver(town, heavy), giver(town, two, town.second)) == [None, None]
    assert town.cycle().total == Decimal(12)
    with acting_as(town.admin):
        assert ThresholdEvent.objects.get().kind == "reached_12"
        numbers = Document.objects.filter(kind="points_sheet").values_list("number", flat=True)
        assert sorted(n[-2] for n in numbers) == ["1", "2"]


def test_fifty_officers_at_one_enterprise_make_an_exact_total_and_each_event_once():
    town = townships.build()
    codes = ["2.2", "3.2", "2.1"]  # 1, 0.5 and 2 points; given again they count twice
    works = [giver(town, [town.given(codes[n % 3])]) for n in range(WRITERS)]
    assert together(*works) == [None] * WRITERS
    first, again = Decimal("3.5"), Decimal(16 * 2 + 16) + Decimal(15 * 4)
    assert town.cycle().total == first + again
    with acting_as(town.admin):
        assert PointEntry.objects.count() == WRITERS
        assert sorted(ThresholdEvent.objects.values_list("kind", flat=True)) == [
            "reached_12", "reached_18",
        ]  # fmt: skip
        cycle = PointCycle.objects.get()
        assert cycle_total_of(cycle).net == cycle.total


def test_a_report_that_is_sent_while_points_are_taken_back_is_right_or_corrected():
    town = townships.build()
    sheet = town.give(*V8A, "3.2")
    with acting_as(town.principal):
        appeal_waive(actor=town.principal, sheet=sheet)
    entry, system = town.entry("3.2"), town.system

    def send():
        with acting_as(system):
            thresholds_send_due(actor=system, agency_id=town.agency.pk)

    def revoke():
        with acting_as(town.admin):
            entry_revoke(actor=town.admin, entry=entry, reason="有误")

    assert together(send, revoke) == [None, None]
    event = town.event()
    with acting_as(town.admin):
        letters = Document.objects.filter(kind="points_correction").count()
    assert (event.state, letters) in {("cancelled", 0), ("corrected", 1)}
    assert town.cycle().total == Decimal("11.5")


def test_an_appeal_is_decided_by_one_of_two_who_answer_at_once():
    town = townships.build()
    sheet = town.give("2.1")
    other = townships.world.member(town.agency.org, townships.Role.AGENCY_LEADER)
    with acting_as(town.principal):
        appeal = appeal_make(
            actor=town.principal, sheet=sheet, entries=[town.entry("2.1").pk], reason="有制度"
        )

    def decide(actor, decision):
        def work():
            with acting_as(actor):
                found = PointAppeal.objects.select_related("sheet__book", "enterprise")
                rulings = {entry.pk: Ruling(decision, "经查")}
                appeal_decide(
                    actor=actor, appeal=found.get(pk=appeal.pk), rulings=rulings, answer="经查"
                )

        return work

    entry = town.entry("2.1")
    raised = together(decide(town.admin, "revoked"), decide(other, "upheld"))
    assert len([error for error in raised if isinstance(error, DomainError)]) == 1
    with acting_as(town.admin):
        assert Document.objects.filter(kind="points_appeal").count() == 1
        revoked = PointEvent.objects.filter(kind="revoked").count()
    assert town.cycle().total == (Decimal(0) if revoked else Decimal(2))
