"""The pages of a batch: as many statements for forty enterprises as for two; who is shown what."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.gates import AssignmentFacts, duties
from agencies.models import Assignment
from agencies.services import assignment_withdraw, batch_assign, contract_complete
from common.scope import acting_as
from inspections.forms.phases import MinutesForm
from inspections.steps import PLACES
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db


def statements(client, url: str) -> int:
    client.get(url)  # what is looked up once per process
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("who", ["lead", "admin"])
def test_the_pages_of_a_batch_cost_the_same_for_few_and_many(county, client, who):
    counties.rechecking(county)
    batch, contract = county.batch.pk, county.contract.pk
    urls = [
        f"/batches/{batch}/", f"/batches/{batch}/guidance/", f"/batches/{batch}/acceptance/",
        f"/contracts/{contract}/", f"/visits/of/{county.assignment.pk}/",
    ]  # fmt: skip
    world.sign_in(client, getattr(county, who))
    few = {url: statements(client, url) for url in urls}
    with acting_as(county.admin):
        firms = [counties.enterprise(county.zone, n, risk_factors="粉尘") for n in range(100, 138)]
        batch_assign(actor=county.admin, batch=county.batch, enterprise_ids=[f.pk for f in firms])
    assert {url: statements(client, url) for url in urls} == few


def test_every_duty_has_a_place_where_it_is_fulfilled():
    assignments = [Assignment(state=state) for state in Assignment.Phase.values]
    titles = {duty.title for row in assignments for duty in duties(row, AssignmentFacts())}
    assert titles == set(PLACES)


def test_a_draw_stays_to_be_read_when_the_contract_is_over(county, client):
    with acting_as(county.admin):
        assignment_withdraw(
            actor=county.admin, assignment=county.assignments[1], withdrawal="closed", reason="注销"
        )
    draw = counties.drawn(county)
    with acting_as(county.admin):
        contract_complete(actor=county.admin, contract=county.contract)
    world.sign_in(client, county.lead)
    page = client.get(f"/batches/{county.batch.pk}/draw/").content.decode()
    assert draw.entries[0]["token"] in page
    assert "企业档案已不再开放" in page
    assert county.enterprises[0].name not in page
    for part in ("guidance", "acceptance"):
        page = client.get(f"/batches/{county.batch.pk}/{part}/").content.decode()
        assert "合同不在履行中" in page


def test_who_left_is_named_to_the_agency_and_closed_to_the_provider(county, client):
    with acting_as(county.admin):
        assignment_withdraw(
            actor=county.admin, assignment=county.assignment, withdrawal="moved", reason="迁往外地"
        )
    name = county.enterprises[0].name
    for actor, is_named in ((county.admin, True), (county.lead, False)):
        world.sign_in(client, actor)
        page = client.get(f"/batches/{county.batch.pk}/").content.decode()
        assert "迁往外地" in page
        assert (name in page) is is_named


def test_only_who_may_and_only_when_something_is_ready_sees_the_buttons(county, client):
    url = f"/batches/{county.batch.pk}/"
    counties.issued(county)
    seen = {}
    for is_ready in (False, True):
        if is_ready:
            counties.guide(county)
        for who in ("lead", "inspector", "admin", "officer"):
            world.sign_in(client, getattr(county, who))
            page = client.get(url).content.decode()
            seen[who, is_ready] = ("整批转入下一阶段（1 家）" in page, "指派企业</a>" in page)
    assert seen == {
        ("lead", False): (False, False), ("lead", True): (True, False),
        ("inspector", False): (False, False), ("inspector", True): (False, False),
        ("admin", False): (False, True), ("admin", True): (False, True),
        ("officer", False): (False, False), ("officer", True): (False, False),
    }  # fmt: skip
    world.sign_in(client, county.lead)
    page = client.post(f"{url}advance/", follow=True).content.decode()
    assert "1 家已转入下一阶段，0 家还不具备条件" in page
    with acting_as(county.lead):
        assert Assignment.objects.get(pk=county.assignment.pk).state == "recheck"


def test_a_criterion_that_was_overruled_shows_the_reason_alone_when_it_is_opened_again(
    county, client
):
    counties.rechecking(county)
    world.sign_in(client, county.lead)
    url = f"/assignments/{county.assignment.pk}/criteria/1/"
    page = client.get(url)
    assert page.context["form"].initial["note"] == "已核查"
    assert "数据显示" in page.content.decode()
    client.post(url, {"clear": "1"})
    assert client.get(url).context["said"] is None
    assert client.get(url.replace("/1/", "/10/")).status_code == 404


def test_a_box_that_no_page_has_does_not_break_the_files_of_a_form():
    file = SimpleUploadedFile("纪要.pdf", b"%PDF-")
    form = MinutesForm({"minutes": "讲解", "files-clear": "on"}, {"files": file})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["files"] == [("纪要.pdf", b"%PDF-")]
