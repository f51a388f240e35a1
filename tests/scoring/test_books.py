"""Rule books: drafts are edited, adopted ones never; a sheet goes out and in; townships have none."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from common.errors import DomainError
from common.scope import acting_as
from scoring.book_changes import clause_changes, parameter_changes
from scoring.book_sheet import read_book, write_book
from scoring.models import GravityVariant, RuleBook, RuleClause
from scoring.rulebook import load_clauses
from scoring.selectors import book_for
from scoring.services import (
    book_adopt,
    book_draft,
    book_drop,
    book_edit,
    book_load,
    clause_remove,
    clause_save,
)
from scoring.services.books import clause_data, clauses_of
from tenancy.enums import Role
from tests import county as counties
from tests import world
from tests.scoring import township as townships

pytestmark = pytest.mark.django_db
CLAUSE = next(one for one in load_clauses() if one.code == "2.1")


@pytest.fixture
def town():
    return townships.build()


@pytest.fixture
def draft(town):
    with acting_as(town.admin):
        return book_draft(actor=town.admin, version="v2", based_on=town.book)


def save(town, draft, **changes):
    with acting_as(town.admin):
        return clause_save(actor=town.admin, book=draft, data=replace(CLAUSE, **changes),
                           clause=RuleClause.objects.get(book=draft, code="2.1"))  # fmt: skip


def test_a_draft_is_a_copy_that_says_what_it_changes(town, draft):
    save(town, draft, points=Decimal(3), variants=(("情节轻微", Decimal(1)),))
    with acting_as(town.admin):
        old, new = ([clause_data(c) for c in clauses_of(b)] for b in (town.book, draft))
        [change] = clause_changes(old, new)
        assert (change.code, change.points_moved) == ("2.1", Decimal(1))
        assert [one.label for one in change.changes] == ["分值", "情节"]
        edited = book_edit(
            actor=town.admin, book=draft, parameters={"t_report": "10"}, note="从严",
            is_proposal=True,
        )  # fmt: skip
        [changed] = parameter_changes(town.book.parameters, edited.parameters)
        assert (changed.label, changed.before, changed.after) == ("抄报分值", "12", "10")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"points": Decimal("0.3")}, "0.5的倍数"),
        ({"points": Decimal(0)}, "0.5的倍数"),
        ({"code": "2.2", "sub": 2}, "第2.2款重复"),
        ({"text": "未明确全部岗位"}, ""),
        ({"aspect": "作业现场"}, "前后不一"),
        ({"variants": (("轻", Decimal("0.3")),)}, "0.5的倍数"),
        ({"variants": (("轻", Decimal(1)), ("轻", Decimal(2)))}, "情节重复"),
        ({"max_units": 0}, "应为正数"),
    ],
)
def test_clauses_that_overlap_or_make_no_sense_are_refused(town, draft, changes, words):
    if not words:
        assert save(town, draft, **changes).text == changes["text"]
        return
    with pytest.raises(DomainError, match=words):
        save(town, draft, **changes)
    with acting_as(town.admin):
        assert RuleClause.objects.get(book=draft, code="2.1").points == Decimal(2)


def test_two_clauses_never_say_the_same(town, draft):
    with acting_as(town.admin):
        other = RuleClause.objects.get(book=draft, code="3.1").text
    with pytest.raises(DomainError, match="情形相同"):
        save(town, draft, text=other)


def test_an_adopted_book_is_frozen_for_the_services_and_in_the_database(town):
    with acting_as(town.admin):
        clause = RuleClause.objects.get(book=town.book, code="2.1")
        for act in (
            lambda: clause_save(actor=town.admin, book=town.book, data=CLAUSE, clause=clause),
            lambda: clause_remove(actor=town.admin, clause=clause),
            lambda: book_load(actor=town.admin, book=town.book, clauses=[CLAUSE]),
            lambda: book_drop(actor=town.admin, book=town.book),
            lambda: book_edit(
                actor=town.admin, book=town.book, parameters={}, note="", is_proposal=False
            ),
        ):
            with pytest.raises(DomainError, match="已施行，不能再修改"):
                act()
        for statement in (
            lambda: RuleClause.objects.filter(pk=clause.pk).update(points=9),
            lambda: RuleClause.objects.filter(pk=clause.pk).delete(),
            lambda: RuleBook.objects.filter(pk=town.book.pk).update(note="改"),
            lambda: GravityVariant.objects.create(
                clause=clause, region_code=clause.region_code, label="轻", points=1
            ),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                statement()


def test_a_book_counts_from_its_day_on(town, draft):
    with acting_as(town.admin):
        with pytest.raises(DomainError, match="不能早于今天"):
            book_adopt(actor=town.admin, book=draft, adopted_on=date(2026, 1, 1))
        book_adopt(actor=town.admin, book=draft, adopted_on=date(2026, 4, 1))
        assert book_for(town.firm, date(2026, 3, 31)) == town.book
        assert book_for(town.firm, date(2026, 4, 1)).version == "v2"
        other = book_draft(actor=town.admin, version="v3", based_on=draft)
        with pytest.raises(DomainError, match="这一天已有"):
            book_adopt(actor=town.admin, book=other, adopted_on=date(2026, 4, 1))


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"t_report": "18", "t_veto": "12"}, "一票否决的分值应高于"),
        ({"yellow_from": "7"}, "依次升高"),
        ({"reduction_cap": "0.3"}, "0.5的倍数"),
        ({"timely_share": "2"}, "0到1之间"),
    ],
)
def test_parameters_that_make_no_sense_are_named(town, draft, parameters, words):
    with acting_as(town.admin), pytest.raises(DomainError, match=words) as caught:
        book_edit(actor=town.admin, book=draft, parameters=parameters, note="", is_proposal=True)
    assert caught.value.field == "parameters"


def test_a_township_uses_the_districts_book_and_has_none_of_its_own(town):
    below = world.agency("130371001", now=townships.NOW)
    clerk = world.member(below.org, Role.AGENCY_ADMIN)
    with acting_as(clerk):
        firm = counties.enterprise(below, 7)
        assert book_for(firm, date(2026, 3, 2)) == RuleBook.objects.get(pk=town.book.pk)
        with pytest.raises(DomainError, match="乡镇使用上级的记分表"):
            book_draft(actor=clerk, version="v9")


def test_a_book_goes_out_as_a_sheet_and_comes_in_again_the_same(town, draft):
    save(town, draft, variants=(("情节轻微", Decimal(1)), ("情节严重", Decimal(3))),
         check_method="查台账", discretion="责令限期改正")  # fmt: skip
    out = io.BytesIO()
    with acting_as(town.admin):
        before = [clause_data(c) for c in clauses_of(draft)]
        assert write_book(out, draft, before, training=True) == 56
        out.seek(0)
        read = read_book(out, "记分表.xlsx")
        assert clause_changes(before, read) == []
        book_load(actor=town.admin, book=draft, clauses=read)
        assert clause_changes(before, [clause_data(c) for c in clauses_of(draft)]) == []


def test_a_sheet_that_is_no_book_is_refused_and_nothing_is_lost(town, draft):
    out = io.BytesIO()
    with acting_as(town.admin):
        clauses = [clause_data(c) for c in clauses_of(draft)]
        write_book(out, draft, [replace(clauses[0], points=Decimal("0.3"))], training=True)
        out.seek(0)
        with pytest.raises(DomainError, match="0.5的倍数") as caught:
            read_book(out, "记分表.xlsx")
        assert caught.value.field == "file"
        with pytest.raises(DomainError, match="没有找到表头"):
            read_book(io.BytesIO("条,款\n1,1\n".encode()), "记分表.csv")
        assert draft.clauses.count() == 56


def test_a_version_has_a_name_of_its_own(town, draft):
    with acting_as(town.admin):
        for version, words in (("v2", "已存在"), (" ", "版本名称")):
            with pytest.raises(DomainError, match=words):
                book_draft(actor=town.admin, version=version)


def test_points_by_circumstance_and_a_clause_of_another_book(town, draft):
    save(town, draft, variants=(("情节轻微", Decimal(1)),))
    with acting_as(town.admin):
        book_adopt(actor=town.admin, book=draft, adopted_on=date(2026, 4, 1))
    with pytest.raises(DomainError, match="第2.1款不在当日施行的记分表（v1）中"):
        with acting_as(town.admin):
            new = RuleClause.objects.get(book=draft, code="2.1")
        town.give(townships.Given(new, fact="无制度"))
    town.later(days=31)
    with acting_as(town.admin):
        variant = GravityVariant.objects.get(clause=new)
    town.give(townships.Given(new, variant=variant, fact="制度不全"))
    assert town.cycle().total == Decimal(1)
