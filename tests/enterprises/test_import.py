"""A list into the files: all or nothing, twice the same, and never another region's."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from common.errors import DomainError
from common.scope import acting_as
from enterprises.bringing import import_answer_towns, import_confirm, import_upload
from enterprises.models import Enterprise
from enterprises.services import enterprises_import, read_list
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.models import Organization
from tests import world

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"
LIST = DATA / "enterprise-list-2026.xlsx"
MESSY = DATA / "enterprise-list-messy.xlsx"


@pytest.fixture
def zone():
    return world.zone()


@pytest.fixture
def officer(zone):
    return world.member(zone.org, Role.OFFICER)


def run(zone, officer, path=LIST, **options):
    with acting_as(officer):
        result = read_list(agency=zone, content=path.read_bytes(), filename=path.name, answers={})
        return enterprises_import(actor=officer, agency=zone, result=result, **options)


def count(actor):
    with acting_as(actor):
        return Enterprise.objects.count()


def test_the_list_of_a_hundred_comes_in_and_the_same_again_changes_nothing(zone, officer):
    first, second = run(zone, officer), run(zone, officer)
    assert (first.created, first.updated, first.unchanged) == (100, 0, 0)
    assert (second.created, second.updated, second.unchanged) == (0, 0, 100)
    assert count(officer) == 100


def test_a_changed_cell_updates_its_file_only(zone, officer):
    run(zone, officer)
    with acting_as(officer):
        Enterprise.objects.filter(credit_code="911303719J1GRNNDMP").update(products="别的")
    again = run(zone, officer)
    assert (again.updated, again.unchanged) == (1, 99)


def test_one_bad_row_means_nothing_is_written(zone, officer):
    outcome = run(zone, officer, MESSY)
    assert (outcome.is_written, len(outcome.rejected)) == (False, 6)
    assert count(officer) == 0


def test_the_good_rows_alone_are_written_when_asked(zone, officer):
    outcome = run(zone, officer, MESSY, valid_only=True)
    assert (outcome.created, count(officer)) == (6, 6)


def test_a_dry_run_writes_nothing(zone, officer):
    assert run(zone, officer, dry_run=True).created == 100
    assert count(officer) == 0


def test_the_number_of_statements_does_not_grow_with_the_list(
    zone, officer, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):
        run(zone, officer)


def test_a_firm_that_another_region_knows_keeps_its_name_and_stays_there(zone, officer):
    other = world.agency("130400")
    stranger = world.member(other.org, Role.OFFICER)
    run(zone, officer, MESSY, valid_only=True)
    with acting_as(SYSTEM):
        known = Organization.objects.get(credit_code="911303712TH3BJ1XGT")
        Organization.objects.filter(pk=known.pk).update(name="原来的名称")
    run(other, stranger, MESSY, valid_only=True)
    with acting_as(stranger):
        assert Enterprise.objects.count() == 6
        mine = Enterprise.objects.get(credit_code="911303712TH3BJ1XGT")
    assert (mine.enterprise_org_id, mine.name) == (known.pk, "秦皇岛金瀚天沐铝业有限公司")
    assert count(officer) == 6


def test_the_command_prints_what_it_did(zone):
    out = StringIO()
    call_command("import_enterprises", str(LIST), "--agency", "130371", stdout=out)
    assert json.loads(out.getvalue()) == {
        "created": 100,
        "updated": 0,
        "unchanged": 0,
        "rejected": [],
    }


def test_the_command_fails_and_names_the_rows_when_one_is_bad(zone):
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_enterprises", str(MESSY), "--agency", "130371", stdout=out)
    printed = json.loads(out.getvalue())
    assert (printed["created"], [r["row"] for r in printed["rejected"]]) == (
        0,
        [8, 9, 10, 11, 12, 13],
    )
    assert set(printed["rejected"][0]) == {"row", "column", "value", "message"}


def test_an_upload_is_confirmed_once(zone, officer):
    with acting_as(officer):
        draft = import_upload(
            actor=officer, agency=zone, content=LIST.read_bytes(), filename=LIST.name
        )
        import_confirm(actor=officer, draft=draft, valid_only=False)
        with pytest.raises(DomainError, match="已导入"):
            import_confirm(actor=officer, draft=draft, valid_only=False)


def test_a_town_of_another_agency_is_no_answer(zone, officer):
    with acting_as(officer):
        draft = import_upload(
            actor=officer, agency=zone, content=LIST.read_bytes(), filename=LIST.name
        )
        with pytest.raises(DomainError, match="本辖区"):
            import_answer_towns(draft=draft, answers={"某街道": "130400001"})


def test_the_pages_from_upload_to_confirmed(client, zone, officer):
    world.sign_in(client, officer)
    with LIST.open("rb") as file:
        response = client.post("/enterprises/import/", {"file": file}, follow=True)
    assert "可以导入 100 行" in response.content.decode()
    response = client.post(response.request["PATH_INFO"], {"do": "all"}, follow=True)
    assert "新增 100 家" in response.content.decode()
    assert "共 100 家" in client.get("/enterprises/").content.decode()


def test_a_file_that_is_no_list_says_so_beside_the_field(client, zone, officer, tmp_path):
    world.sign_in(client, officer)
    bad = tmp_path / "list.xlsx"
    bad.write_bytes(b"no workbook")
    with bad.open("rb") as file:
        response = client.post("/enterprises/import/", {"file": file})
    assert response.status_code == 422
    assert "另存为 .xlsx" in response.content.decode()


@pytest.mark.parametrize("rows", [3, 100])
def test_the_list_page_asks_the_same_number_of_questions(
    client, zone, officer, rows, django_assert_num_queries
):
    run(zone, officer)
    with acting_as(officer):
        keep = Enterprise.objects.order_by("id").values("id")[:rows]
        Enterprise.objects.exclude(id__in=list(keep.values_list("id", flat=True))).delete()
    world.sign_in(client, officer)
    client.get("/enterprises/")
    with django_assert_num_queries(10):
        client.get("/enterprises/")
