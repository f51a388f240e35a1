"""Points given by two officers from what they saw: what is refused, what goes out, what is kept."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from notifications.models import Notification
from scoring.exam import LETTERS, right_answer
from scoring.models import PointCycle, PointEntry, PointEvent, PointSheet, RuleClause
from scoring.services import (
    adjustment_issue,
    book_adopt,
    book_draft,
    book_edit,
    entry_recheck,
    sheet_referred,
    training_answer,
    training_begin,
    training_count,
    training_record,
)
from tenancy.enums import Role
from tenancy.models import Membership
from tests import world
from tests.scoring import township as townships
from workflow.models import WorkTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return townships.build()


def nothing_written(town):
    with acting_as(town.admin):
        return not (
            PointSheet.objects.exists() or PointEntry.objects.exists()
            or PointCycle.objects.exists() or Document.objects.exists()
        )  # fmt: skip


def test_the_notice_goes_out_with_the_sheet_and_says_until_when_to_answer(town):
    sheet = town.give("2.1", opinion="尽快整改")
    assert f"{sheet.appeal_until}" == "2026-03-09"
    with acting_as(town.principal):
        kinds = sorted(Document.objects.values_list("kind", flat=True))
        assert kinds == ["points_notice", "points_sheet"]
        table = Document.objects.get(kind="points_sheet").content
        assert (table["enterprise_opinion"], table["total_after"]) == ("尽快整改", "2.0")
        told = Notification.objects.get(kind="points.given")
        assert "2026-03-09前可陈述申辩" in told.title


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"signature": b"", "representative_name": ""}, "refusal_reason"),
        ({"signature": b"", "refusal_reason": "外出"}, "witness_name"),
        ({"representative_name": " "}, "representative_name"),
        ({"inspected_at": datetime(2025, 12, 30, 2, tzinfo=UTC)}, "inspected_at"),
        ({"inspected_at": townships.NOW + timedelta(days=1)}, "inspected_at"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(town, wrong, field):
    with pytest.raises(DomainError) as caught:
        town.give("2.1", **wrong)
    assert caught.value.field == field
    assert nothing_written(town)


@pytest.mark.parametrize(
    ("code", "more", "words"),
    [
        ("2.1", {"units": 2}, "第2.1款不按项（处）计"),
        ("2.1", {"units": 0}, "第2.1款不按项（处）计"),
        ("2.1", {"fact": " "}, "请写明第2.1款的事实"),
        ("14.3", {"photos": []}, "第14.3款是重大隐患条款，须有照片"),
    ],
)
def test_a_clause_that_cannot_be_given_so_names_its_rule(town, code, more, words):
    with pytest.raises(DomainError, match=words):
        town.give(town.given(code, **more))
    assert nothing_written(town)


def test_nobody_gives_points_alone_or_with_somebody_who_may_not(town):
    clerk = world.member(town.agency.org, Role.ASSISTANT)
    stranger = world.member(world.agency("130381").org, Role.OFFICER)
    with acting_as(town.officer):
        alone = Membership.objects.get(pk=town.officer.member)
        helper = Membership.objects.get(pk=clerk.member)
    with acting_as(stranger):
        other = Membership.objects.get(pk=stranger.member)
    for second, words in ((alone, "同一人"), (helper, "行政执法证件"), (other, "用人员")):
        with pytest.raises(DomainError, match=words):
            town.give("2.1", second_officer=second)
    assert nothing_written(town)


def test_an_assistant_may_second_where_the_book_says_so(town):
    clerk = world.member(town.agency.org, Role.ASSISTANT)
    with acting_as(town.admin):
        book = book_draft(actor=town.admin, version="v2", based_on=town.book)
        book_edit(
            actor=town.admin, book=book, parameters={"assistant_may_second": True}, note="",
            is_proposal=True,
        )  # fmt: skip
        book_adopt(actor=town.admin, book=book, adopted_on=townships.NOW.date())
    town.book = book
    with acting_as(town.officer):
        helper = Membership.objects.get(pk=clerk.member)
    town.give("2.1", second_officer=helper)
    assert town.cycle().total == Decimal(2)


def test_a_refused_inspection_counts_without_any_clause_and_goes_to_enforcement(town):
    sheet = town.give(
        is_obstructed=True, signature=b"", representative_name="", refusal_reason="拒不开门",
        witness_name="王主任",
    )  # fmt: skip
    assert town.cycle().total == Decimal(3)
    with acting_as(town.officer):
        assert WorkTask.objects.get(kind="points_referral").done_at is None
        with pytest.raises(DomainError, match="移送情况"):
            sheet_referred(actor=town.officer, sheet=sheet, note="")
        sheet_referred(actor=town.officer, sheet=sheet, note="移送执法队立案")
        with pytest.raises(DomainError, match="没有要移送"):
            sheet_referred(actor=town.officer, sheet=sheet, note="移送执法队立案")


def test_what_was_given_never_changes_not_even_in_the_database(town):
    town.give("2.1", is_obstructed=True)
    with acting_as(town.admin):
        for statement in (
            lambda: PointEntry.objects.update(base=0),
            lambda: PointEntry.objects.all().delete(),
            lambda: PointEvent.objects.update(kind="revoked"),
            lambda: PointEvent.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                statement()


def test_another_region_sees_nothing_of_it(town, client):
    sheet = town.give("2.1")
    stranger = world.member(world.agency("130381").org, Role.OFFICER)
    world.sign_in(client, stranger)
    for name, pk in (("sheet", sheet.pk), ("cycle", sheet.cycle_id)):
        assert client.get(reverse(f"scoring:{name}", args=[pk])).status_code == 404


def test_a_slip_says_what_one_change_did_and_is_one_paper(town):
    town.give(town.given("2.1", due_on=townships.NOW.date()), "3.2")
    with acting_as(town.officer):
        event = entry_recheck(actor=town.officer, entry=town.entry("2.1"), is_mended=True)
        slip = adjustment_issue(actor=town.officer, event=event)
        assert (slip.content["before"], slip.content["after"]) == ("2.5", "1.5")
        assert "按期整改，减1.0分" in slip.content["line"]["why"]
        assert adjustment_issue(actor=town.officer, event=event) == slip


def answers(training, wrong=0):
    found = {}
    for number, question in enumerate(training.questions, start=1):
        right = right_answer(question, RuleClause.objects.get(pk=question["clause"]))
        place = question["choices"].index(right)
        found[str(number)] = LETTERS[place if number > wrong else (place + 1) % 4]
    return found


def test_an_online_session_takes_a_point_away_once(town):
    town.give("2.1")
    with acting_as(town.principal):
        begun = training_begin(actor=town.principal, enterprise=town.firm, person_name="张立新")
        again = training_begin(actor=town.principal, enterprise=town.firm, person_name="李四")
        assert again.pk == begun.pk
        with pytest.raises(DomainError, match="还没有作答"):
            training_answer(actor=town.principal, training=begun, answers={"1": "A"})
    with acting_as(town.admin):
        right = answers(begun)
    with acting_as(town.principal):
        training_answer(actor=town.principal, training=begun, answers=right)
        with pytest.raises(DomainError):
            training_answer(actor=town.principal, training=begun, answers=right)
    for counted in (True, False):
        with acting_as(town.system):
            assert training_count(actor=town.system, training_id=begun.pk) is counted
    assert town.cycle().total == Decimal(1)


def test_a_session_that_was_failed_takes_nothing_away(town):
    town.give("2.1")
    with acting_as(town.principal):
        begun = training_begin(actor=town.principal, enterprise=town.firm, person_name="张立新")
    with acting_as(town.admin):
        wrong = answers(begun, wrong=3)
    with acting_as(town.principal):
        ended = training_answer(actor=town.principal, training=begun, answers=wrong)
    assert (ended.state, ended.score) == ("failed", 70)
    with acting_as(town.system):
        assert training_count(actor=town.system, training_id=begun.pk) is False
    assert town.cycle().total == Decimal(2)


def test_trainings_stop_at_two_and_one_is_written_down_once(town):
    town.give("9.3")
    day = townships.NOW.date()
    for number in range(3):
        with acting_as(town.officer):
            training_record(
                actor=town.officer, enterprise=town.firm, person_name=f"张{number}",
                trainer_name="王", held_on=day, hours=Decimal(2), score=90,
            )  # fmt: skip
    assert town.cycle().total == Decimal(4)
    wrong = [
        ({"person_name": "张0"}, "已登记"),
        ({"person_name": "赵", "hours": Decimal("0.5")}, "不少于1学时"),
        ({"person_name": "赵", "score": 101}, "0到100"),
        ({"person_name": "赵", "held_on": day + timedelta(days=1)}, "不晚于今天"),
        ({"person_name": "赵", "held_on": day.replace(year=2025)}, "本记分周期内"),
        ({"person_name": " "}, "参加人"),
    ]
    for more, words in wrong:
        values = {"trainer_name": "王", "held_on": day, "hours": Decimal(2), "score": 90} | more
        with acting_as(town.officer), pytest.raises(DomainError, match=words):
            training_record(actor=town.officer, enterprise=town.firm, **values)
