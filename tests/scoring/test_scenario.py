"""The vectors of domain.md 2.8 through the real services, by the command that plays made-up years."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from common.scope import acting_as
from scoring.models import PointCycle, PointEntry, RuleBook
from tenancy.actors import SYSTEM
from tenancy.models import Agency

pytestmark = pytest.mark.django_db


def entry(clause, outcome="open", units=1):
    return {"clause": clause, "units": units, "outcome": outcome}


def inspection(on, *entries, refusal=False):
    return {"on": on, "entries": list(entries), "refusal": refusal}


@pytest.fixture
def played(tmp_path):
    """played(scenario, **options): what the command prints."""

    def play(scenario, **options):
        file = tmp_path / "scenario.json"
        file.write_text(json.dumps(scenario), encoding="utf-8")
        out = io.StringIO()
        call_command("points_scenario", str(file), stdout=out, **options)
        return json.loads(out.getvalue())

    return play


def year(*inspections, trainings=0):
    return {"cycle": 2026, "inspections": list(inspections), "trainings": trainings}


SPRING, SUMMER = "2026-03-02", "2026-06-01"
V8A = [entry(code) for code in ("14.3", "15.4", "8.4", "2.1", "10.1")]


@pytest.mark.parametrize(
    ("scenario", "points", "events"),
    [
        pytest.param(year(inspection(SPRING, entry("10.1"))), "0.5", [], id="V1"),
        pytest.param(year(inspection(SPRING, entry("10.1", "timely"))), "0.0", [], id="V2"),
        pytest.param(
            year(
                inspection(SPRING, entry("10.1", "timely")),
                inspection(SUMMER, entry("10.1", "timely")),
            ), "1.0", [], id="V3",
        ),
        pytest.param(
            year(inspection(SPRING, entry("2.1", "timely"), entry("6.2", "timely"))), "1.5", [],
            id="V4",
        ),
        pytest.param(year(inspection(SPRING, entry("2.1", "overdue"))), "4.0", [], id="V5"),
        pytest.param(year(inspection(SPRING, entry("14.3", "timely"))), "3.0", [], id="V6"),
        pytest.param(year(inspection(SPRING, entry("15.1", units=7))), "2.0", [], id="V7"),
        pytest.param(year(inspection(SPRING, *V8A)), "11.5", [], id="V8a"),
        pytest.param(
            year(inspection(SPRING, *V8A, entry("3.2"))), "12.0", ["REACHED_12"], id="V8b"
        ),
        pytest.param(
            year(inspection(SPRING, *(entry(c) for c in ("14.3", "15.4", "8.4", "9.2", "9.3")))),
            "18.0", ["REACHED_12", "REACHED_18"], id="V9",
        ),
        pytest.param(year(inspection(SPRING, entry("1.3", "onsite"))), "0.0", [], id="V11"),
        pytest.param(year(inspection(SPRING, entry("2.2"), refusal=True)), "4.0", [], id="V12"),
    ],
)  # fmt: skip
def test_the_vectors_of_the_rules_through_the_services(played, scenario, points, events):
    found = played(scenario)
    assert (found["points"], found["events"]) == (points, events)


def test_nothing_of_a_made_up_year_is_kept(played):
    with acting_as(SYSTEM):
        before = (Agency.objects.count(), RuleBook.objects.count())
    played(year(inspection(SPRING, *V8A)))
    with acting_as(SYSTEM):
        assert (Agency.objects.count(), RuleBook.objects.count()) == before
        assert not PointCycle.objects.exists()
        assert not PointEntry.objects.exists()


def test_it_says_why(played):
    found = played(year(inspection(SPRING, entry("2.1", "timely")), trainings=2))
    assert found["points"] == "0.0"
    why = found["why"]
    assert (why["gross"], why["timely_reduction"], why["training_reduction"]) == (
        "2.0",
        "1.0",
        "2.0",
    )
    assert "按期整改，减1.0分" in why["entries"][0]["why"]


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ([], "JSON对象"),
        ({"cycle": "2026"}, "cycle"),
        (year(inspection("2025-03-01", entry("2.1"))), "不在 2026 年度"),
        (year(inspection("03-01", entry("2.1"))), "应为日期"),
        (year(inspection(SPRING, entry("99.1"))), "没有第99.1款"),
        (year(inspection(SPRING, entry("2.1", units=0))), "正整数"),
        (year(inspection(SPRING, entry("2.1", units=3))), "不按项（处）计"),
        (year(inspection(SPRING, entry("2.1", "soon"))), "outcome"),
        (year(inspection(SPRING)), "请选择要记分的条款"),
        (year(trainings=-1), "trainings"),
    ],
)
def test_a_scenario_that_makes_no_sense_is_named(played, scenario, words):
    with pytest.raises(CommandError, match=words):
        played(scenario)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(CommandError, match="读不到文件"):
        call_command("points_scenario", "/nowhere.json")
