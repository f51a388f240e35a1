"""Points spoken against: in time, once, answered by somebody else, and the total follows."""

from datetime import date
from decimal import Decimal

import pytest

from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from notifications.models import Notification
from scoring.models import PointAppeal, PointEntry
from scoring.services import (
    Ruling,
    appeal_decide,
    appeal_make,
    appeal_waive,
    appeal_withdraw,
    entry_recheck,
    entry_revoke,
)
from tests import county as counties
from tests.scoring import township as townships

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return townships.build()


def make(town, sheet, *codes, **more):
    with acting_as(town.principal):
        rows = PointEntry.objects.filter(sheet=sheet, code__in=codes)
        ids = list(rows.values_list("pk", flat=True))
        values = {"entries": ids, "reason": "当场已经改好"} | more
        return appeal_make(actor=town.principal, sheet=sheet, **values)


def decide(town, appeal, actor=None, answer="经核实", **rulings):
    who = actor or town.admin
    with acting_as(who):
        found = PointAppeal.objects.select_related("sheet__book", "enterprise").get(pk=appeal.pk)
        given = {item.entry.pk: rulings[f"c{item.entry.code.replace('.', '_')}"]
                 for item in found.items.select_related("entry")}  # fmt: skip
        return appeal_decide(actor=who, appeal=found, rulings=given, answer=answer)


def test_a_granted_appeal_takes_the_entry_back_and_is_a_paper(town):
    sheet = town.give("2.1", "3.2")
    appeal = make(town, sheet, "2.1", photos=[counties.picture((7, 7, 7))])
    assert appeal.decide_by == date(2026, 3, 16)  # ten working days
    with acting_as(town.admin):
        assert Notification.objects.filter(kind="points.appeal", org_id=town.agency.pk).exists()
    decide(town, appeal, c2_1=Ruling("revoked", "制度已有"))
    assert town.cycle().total == Decimal("0.5")
    with acting_as(town.principal):
        paper = Document.objects.get(kind="points_appeal")
        assert (paper.content["before"], paper.content["after"]) == ("2.5", "0.5")
        assert Notification.objects.filter(kind="points.appeal_decided").exists()


def test_an_upheld_appeal_changes_nothing(town):
    sheet = town.give("2.1")
    decide(town, make(town, sheet, "2.1"), c2_1=Ruling("upheld"))
    assert town.cycle().total == Decimal(2)


def test_a_change_is_the_old_entry_taken_back_and_a_new_one_that_names_it(town):
    sheet = town.give(town.given("15.1", units=4))
    appeal = make(town, sheet, "15.1")
    with pytest.raises(DomainError, match="须低于原记分"):
        decide(town, appeal, c15_1=Ruling("changed", "只有四处", units=4))
    decide(town, appeal, c15_1=Ruling("changed", "只有两处", units=2))
    assert town.cycle().total == Decimal(1)
    with acting_as(town.admin):
        old, new = PointEntry.objects.order_by("issued_at", "pk")
        assert (new.replaces, new.base, old.base) == (old, Decimal(1), Decimal(2))


def test_whoever_gave_the_points_does_not_decide(town):
    appeal = make(town, town.give("2.1"), "2.1")
    for giver in (town.officer, town.second):
        with pytest.raises(DomainError, match="不能复核自己的记分"):
            decide(town, appeal, giver, c2_1=Ruling("upheld"))


@pytest.mark.parametrize(
    ("rulings", "answer", "words"),
    [
        ({"c2_1": Ruling("upheld")}, " ", "复核意见"),
        ({"c2_1": Ruling("revoked")}, "经核实", "第2.1款变更或者撤销的原因"),
        ({"c2_1": Ruling("perhaps", "x")}, "经核实", "维持、变更或者撤销"),
    ],
)
def test_a_decision_says_what_and_why(town, rulings, answer, words):
    appeal = make(town, town.give("2.1"), "2.1")
    with pytest.raises(DomainError, match=words):
        decide(town, appeal, answer=answer, **rulings)
    with acting_as(town.admin):
        appeal.refresh_from_db()
        assert appeal.state == "asked"
        assert town.cycle().total == Decimal(2)


def test_nobody_speaks_after_the_days_or_twice_or_of_nothing(town):
    sheet = town.give("2.1")
    with pytest.raises(DomainError, match="请写明理由"):
        make(town, sheet, "2.1", reason=" ")
    with pytest.raises(DomainError, match="对哪些记分有异议"):
        make(town, sheet)
    first = make(town, sheet, "2.1")
    with pytest.raises(DomainError, match="已提出过"):
        make(town, sheet, "2.1")
    with acting_as(town.principal):
        appeal_withdraw(actor=town.principal, appeal=first)
    later = town.give("3.1")
    town.later(days=8)
    with pytest.raises(DomainError, match="已于2026-03-09结束"):
        make(town, later, "3.1")
    with acting_as(town.principal), pytest.raises(DomainError, match="已于2026-03-09结束"):
        appeal_waive(actor=town.principal, sheet=later)


def test_an_appeal_is_decided_once(town):
    appeal = make(town, town.give("2.1"), "2.1")
    decide(town, appeal, c2_1=Ruling("revoked", "有误"))
    with pytest.raises(DomainError):
        decide(town, appeal, c2_1=Ruling("upheld"))
    assert town.cycle().total == Decimal(0)


def test_an_entry_is_taken_back_once_and_says_why(town):
    town.give("2.1")
    with acting_as(town.admin):
        with pytest.raises(DomainError, match="撤销原因"):
            entry_revoke(actor=town.admin, entry=town.entry("2.1"), reason="")
        entry_revoke(actor=town.admin, entry=town.entry("2.1"), reason="重复")
        with pytest.raises(DomainError, match="已经撤销"):
            entry_revoke(actor=town.admin, entry=town.entry("2.1"), reason="再撤")


def test_officers_look_again_at_what_they_saw_themselves(town):
    town.give(town.given("2.1", due_on=date(2026, 3, 10)))
    with acting_as(town.officer):
        entry = town.entry("2.1")
        with pytest.raises(DomainError, match="未整改的情况"):
            entry_recheck(actor=town.officer, entry=entry, is_mended=False)
        assert (
            entry_recheck(actor=town.officer, entry=entry, is_mended=False, reason="在改") is None
        )
    assert town.cycle().total == Decimal(2)  # its deadline is not over
    town.later(days=12)
    with acting_as(town.officer):
        entry_recheck(actor=town.officer, entry=entry, is_mended=False, reason="没有动")
    assert town.cycle().total == Decimal(4)
    with acting_as(town.officer), pytest.raises(DomainError, match="已登记"):
        entry_recheck(actor=town.officer, entry=entry, is_mended=False, reason="没有动")
    with acting_as(town.officer):
        entry_recheck(actor=town.officer, entry=entry, is_mended=True)
    assert town.cycle().total == Decimal(4)  # late: nothing is taken away
