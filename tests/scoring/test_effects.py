"""Accidents, cases and fines stand beside the points: noted by month, compared like with like."""

from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from scoring.effects import change_words, period_words, same_period
from scoring.models import EffectMonth
from scoring.services import effect_month_save, region_summary_start
from scoring.services.summaries import summary_content
from tests import world
from tests.scoring import township as townships
from tests.scoring.test_tryouts_and_summaries import run_all
from workflow.models import Job

pytestmark = pytest.mark.django_db
FIGURES = {"accidents": 1, "deaths": 0, "cases": 43, "fines": Decimal("47"), "source": "直报系统"}


@pytest.fixture
def town():
    return townships.build()


def note(town, year, month, **figures):
    with acting_as(town.admin):
        return effect_month_save(
            actor=town.admin, agency=town.agency, year=year, month=month, **{**FIGURES, **figures}
        )


months = st.dictionaries(st.integers(1, 12), st.integers(0, 99), max_size=12)


def rows(year):
    return [
        {"month": m, "accidents": n, "deaths": 0, "cases": n, "fines": Decimal(n)}
        for m, n in year.items()
    ]


@given(months, months)
def test_only_months_that_both_years_have_are_compared(now, then):
    found = same_period(rows(now), rows(then))
    both = now.keys() & then.keys()
    if not both:
        assert found is None
        return
    assert set(found.months) == both
    assert found.now.accidents == sum(now[m] for m in both)
    assert found.then.fines == sum(then[m] for m in both)
    # The other way round it is the same comparison, seen from last year.
    back = same_period(rows(then), rows(now))
    assert (back.now, back.then) == (found.then, found.now)


def test_changes_are_said_in_words():
    assert change_words(43, 100) == "下降57.0%"
    assert change_words(Decimal("150"), Decimal("100")) == "增加50.0%"
    assert change_words(0, 0) == "持平"
    assert change_words(3, 0) == "—"
    assert period_words((1, 2, 3)) == "1—3月"
    assert period_words((1, 3)) == "1、3月"
    assert period_words((5,)) == "5月"


def test_a_summary_stands_beside_the_same_months_of_last_year(town):
    for month in (1, 2, 3):
        note(town, 2025, month, accidents=3, cases=100, fines=Decimal(100))
    for month in (1, 2):
        note(town, 2026, month)
    with acting_as(town.admin):
        job = region_summary_start(actor=town.admin, agency=town.agency, year=2026)
    note(town, 2026, 1, accidents=9)  # later: the summary says what was known when it was made
    run_all(town)
    with acting_as(town.admin):
        effects = summary_content(Job.objects.get(pk=job.pk)).effects
    assert effects.period == "1—2月"
    assert ("事故（起）", "2", "6", "下降66.7%") in effects.lines
    assert ("罚款（万元）", "94", "200", "下降53.0%") in effects.lines


def test_a_correction_keeps_what_stood_there(town):
    note(town, 2026, 1)
    note(town, 2026, 1, cases=44)
    with acting_as(town.admin):
        assert EffectMonth.objects.get().cases == 44
        last = AuditEntry.objects.filter(act="points.effects").latest("pk")
    assert (last.data["cases"], last.data["before"]["cases"]) == (44, 43)


def test_a_month_that_is_not_over_and_deaths_without_an_accident_are_refused(town):
    with pytest.raises(DomainError, match="还没有结束"):
        note(town, 2026, 12)
    with pytest.raises(DomainError, match="事故起数"):
        note(town, 2026, 1, accidents=0, deaths=1)
    with acting_as(town.admin):
        assert not EffectMonth.objects.exists()


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(town, client):
    world.sign_in(client, town.admin)
    address = reverse("scoring:effect-month", args=[2026, 1])
    typed = {**FIGURES, "fines": "-1"}
    answer = client.post(address, typed)
    assert answer.status_code == 422
    assert "直报系统" in answer.content.decode()
    assert client.post(address, FIGURES).status_code == 302
    page = client.get(reverse("scoring:effects"), {"year": 2026}).content.decode()
    assert "直报系统" in page
    assert client.get(reverse("scoring:effect-month", args=[2026, 13])).status_code == 404
