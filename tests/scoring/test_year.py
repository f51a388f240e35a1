"""The year's end of an agency by one command (domain.md 1.2)."""

import io

import pytest
from django.core.management import CommandError, call_command
from python_calamine import CalamineWorkbook

from common.scope import acting_as
from documents.models import Document
from documents.services import document_render
from scoring.models import Appraisal
from scoring.services.years import job_of_year
from tenancy.actors import SYSTEM, system_for
from tenancy.models import Agency
from tests import county as counties
from tests import world
from tests.scoring import evaluated as scenes
from workflow.models import JobPart
from workflow.services import job_part_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county():
    return counties.build()


def told(county, *words) -> str:
    out = io.StringIO()
    call_command("evaluate_year", county.zone.region_code, "2026", *words, stdout=out)
    return out.getvalue()


def work(county) -> None:
    """Do what the workers would."""
    with acting_as(SYSTEM):
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
    with acting_as(system_for(agency), atomic=False):
        while part := JobPart.objects.filter(state="pending").order_by("step", "key").first():
            job_part_run(part.pk)


def made(county) -> None:
    """Make the files of all papers."""
    with acting_as(SYSTEM):
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
    with acting_as(system_for(agency), atomic=False):
        for pk in list(Document.objects.filter(rendered_at=None).values_list("pk", flat=True)):
            document_render(str(pk))


def test_one_command_evaluates_every_contract_and_begins_nothing_twice(county, tmp_path):
    counties.accepted(county)
    assert "数据还没有冻结" in told(county, "--no-wait")
    work(county)
    sheet = tmp_path / "years.xlsx"
    said = told(county, "--sheet", str(sheet))
    with acting_as(county.admin):
        row = Appraisal.objects.select_related("contract").get(purpose="final")
        assert Document.objects.filter(kind="appraisal", subject_id=str(row.pk)).count() == 1
        assert job_of_year(county.zone.pk, 2026).state == "done"
    assert "2026年度绩效考评，1份合同" in said
    assert f"暂计{row.buyer_score}分" in said
    rows = CalamineWorkbook.from_path(sheet).get_sheet_by_index(0).to_python()
    assert [row.contract.number] == [
        cell for line in rows for cell in line if cell == row.contract.number
    ]


def test_the_same_command_publishes_what_is_decided_and_archives_what_was_out(county):
    row = scenes.decided(county)
    work(county)
    said = told(county, "--publish")
    assert f"{row.score}分（{row.grade}）  公示中" in said
    county.later(days=30)
    made(county)
    assert "已归档" in told(county, "--archive")
    with pytest.raises(CommandError, match="没有公示期已满的考评结果"):
        told(county, "--archive")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("130399", "2026"), "没有行政区划代码为 130399"),
        (("130371", "1999"), "1999年度没有在履行的合同"),
    ],
)
def test_whose_year_and_which_must_be_there(county, words, message):
    with pytest.raises(CommandError, match=message):
        call_command("evaluate_year", *words)


def test_of_two_agencies_of_a_region_one_is_named(county):
    counties.accepted(county)
    world.agency(county.zone.region_code)
    with pytest.raises(CommandError, match="--name"):
        told(county, "--no-wait")
    with acting_as(county.admin):
        name = Agency.objects.select_related("org").get(pk=county.zone.pk).org.name
    assert "数据还没有冻结" in told(county, "--no-wait", "--name", name)


def test_a_sheet_that_cannot_be_written_says_so(county, tmp_path):
    scenes.decided(county)
    work(county)
    with pytest.raises(CommandError, match="写不进"):
        told(county, "--sheet", str(tmp_path / "nowhere" / "years.xlsx"))
