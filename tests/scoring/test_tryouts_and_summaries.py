"""A draft over a year that happened, and a year by town: nothing is written, and it adds up."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from python_calamine import CalamineWorkbook

from common.errors import DomainError
from common.scope import acting_as
from documents.frozen import freeze, thaw
from documents.models import Document
from scoring.models import PointCycle, PointEvent, RuleBook, RuleClause
from scoring.points import Entry, Parameters, cycle_total
from scoring.region_summary import Summary, summary_of
from scoring.services import (
    book_draft,
    book_edit,
    clause_remove,
    clause_save,
    region_summary_start,
    rule_book_adopt,
)
from scoring.services.books import clause_data
from scoring.services.summaries import summary_content
from scoring.services.tryouts import result_of, tryout_start
from scoring.tryout import Year
from tenancy.enums import Role
from tests import county as counties
from tests import world
from tests.scoring import township as townships
from tests.scoring.test_points import CLAUSES
from tests.scoring.township import V8A
from workflow.models import Job, JobPart
from workflow.services import job_part_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return townships.build()


def run_all(town):
    with acting_as(town.system, atomic=False):
        while (
            part := JobPart.objects.filter(state="pending", job__state="running")
            .order_by("step", "key")
            .first()
        ):
            job_part_run(part.pk)


def tried(town, draft):
    with acting_as(town.admin):
        job = tryout_start(actor=town.admin, book=draft, year=2026)
    run_all(town)
    with acting_as(town.admin):
        assert Job.objects.get(pk=job.pk).state == "done"
        return result_of(job.pk)


def test_a_draft_is_tried_over_what_really_happened_and_nothing_is_written(town):
    town.give(*V8A)
    with acting_as(town.admin):
        draft = book_draft(actor=town.admin, version="2.0", based_on=town.book)
        draft = book_edit(
            actor=town.admin, book=draft, parameters={"t_report": "10"}, note="", is_proposal=True
        )
        clause = RuleClause.objects.get(book=draft, code="2.1")
        cheaper = replace(clause_data(clause), points=Decimal(1))
        clause_save(actor=town.admin, book=draft, clause=clause, data=cheaper)
        clause_remove(actor=town.admin, clause=RuleClause.objects.get(book=draft, code="10.1"))
        before = (PointEvent.objects.count(), Document.objects.count(), RuleBook.objects.count())
    found = tried(town, draft)
    [moved] = found["moved"]
    assert (moved["before"], moved["after"]) == ("11.5", "10.0")
    assert moved["why"] == [
        "第2.1款由2.0分变为1.0分（第2.1款记1.0分）", "第10.1款删去，少0.5分"
    ]  # fmt: skip
    [tally] = found["by_town"].values()
    assert tally["at_12"] == [0, 1]
    with acting_as(town.admin):
        after = (PointEvent.objects.count(), Document.objects.count(), RuleBook.objects.count())
        assert (after, PointCycle.objects.get().total) == (before, Decimal("11.5"))
        with pytest.raises(DomainError, match="没有记分") as caught:
            tryout_start(actor=town.admin, book=draft, year=2020)
        assert caught.value.field == "year"


def test_a_book_from_above_is_tried_over_ones_own_year(town):
    town.give(*V8A)
    city = world.agency("1303")
    admin = world.member(city.org, Role.AGENCY_ADMIN)
    with acting_as(admin):
        above = rule_book_adopt(
            actor=admin, agency=city, version="市2.0", adopted_on=date(2027, 1, 1)
        )
    found = tried(town, above)
    assert [one["after"] for one in found["moved"]] == []
    [tally] = found["by_town"].values()
    assert tally["enterprises"] == 1


def test_two_clicks_are_one_job_but_two_years_are_two(town):
    town.give("2.1")
    with acting_as(town.admin):
        starts = [
            region_summary_start(actor=town.admin, agency=town.agency, year=year).pk
            for year in (2026, 2026, 2025)
        ]
        tries = [tryout_start(actor=town.admin, book=town.book, year=2026).pk for _ in range(2)]
    assert len(set(starts)) == 2
    assert len(set(tries)) == 1


def some_year(rng, number):
    entries = [
        Entry(f"{number}-{n}", rng.randint(0, 2), CLAUSES[rng.choice(sorted(CLAUSES))],
              outcome=rng.choice(["open", "timely", "overdue"]))
        for n in range(rng.randint(0, 8))
    ]  # fmt: skip
    return Year(number, f"企业{number}", "榆关镇", 20, entries, rng.randint(0, 1), 0, Parameters())


def test_two_towns_together_are_what_their_enterprises_are_together():
    rng = Random(7)
    years = [some_year(rng, number) for number in range(60)]
    sheets = [
        {"given": Decimal(rng.randint(0, 12)) / 2, "is_refused": n % 9 == 0} for n in range(40)
    ]
    whole = summary_of(years, 80, sheets)
    parts = summary_of(years[:25], 30, sheets[:11]) + summary_of(years[25:], 50, sheets[11:])
    assert parts == whole
    assert thaw(Summary, freeze(whole)) == whole
    totals = sorted(
        cycle_total(y.entries, obstructions=y.obstructions, trainings=y.trainings).net
        for y in years if y.entries or y.obstructions
    )  # fmt: skip
    middle = (totals[(len(totals) - 1) // 2] + totals[len(totals) // 2]) / 2
    assert abs(whole.median - middle) <= Decimal("0.05")
    assert sum(number for _, number in whole.distribution) == len(totals) == whole.inspected


def test_strictness_is_said_only_where_it_is_not_chance():
    few = summary_of([], 10, [{"given": Decimal(9), "is_refused": False}] * 4)
    assert few.per_sheet is None
    strict = summary_of([], 10, [{"given": Decimal(9), "is_refused": False}] * 30)
    mild = summary_of([], 10, [{"given": Decimal(1), "is_refused": False}] * 30)
    whole = (strict + mild).per_sheet
    assert (strict.per_sheet.beside(whole.mean), mild.per_sheet.beside(whole.mean)) == (
        "偏严",
        "偏松",
    )
    assert whole.beside(whole.mean) == ""


def test_a_districts_year_is_a_paper_and_a_sheet(town):
    town.give("2.1", "9.3")
    with acting_as(town.admin):
        counties.enterprise(town.agency, 8)
        job = region_summary_start(actor=town.admin, agency=town.agency, year=2026)
        assert region_summary_start(actor=town.admin, agency=town.agency, year=2026).pk == job.pk
    run_all(town)
    with acting_as(town.admin):
        content = summary_content(Job.objects.get(pk=job.pk))
        line = content.total
        assert (line.enterprises, line.inspected, line.coverage) == (2, 1, "50.0%")
        assert (line.net, line.median) == (Decimal(8), "8.0")
        paper = Document.objects.get(kind="points_region", format="xlsx")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(paper.file.read()))
        rows = sheet.get_sheet_by_index(0).to_python()
    assert any("合计" in map(str, row) and 8.0 in row for row in rows)
