"""A provider's year in figures, frozen; and what it tells the agency of a place before it comes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from common.errors import DomainError
from common.scope import acting_as
from documents.frozen import content_sha256
from documents.models import Document
from documents.services import document_render
from inspections.services import visit_start
from notifications.models import Notification
from providers.models import (
    CrossRegionNotice,
    PerformanceReport,
    PerformanceReportPublication,
    Provider,
)
from providers.selectors import home_of, untold
from providers.services import (
    cross_region_acknowledge,
    cross_region_file,
    report_begin,
    report_edit,
    report_submit,
    reports_remind,
    rules_set,
)
from tenancy.actors import system_for
from tenancy.enums import Role
from tenancy.models import Agency
from tests import county as counties
from tests import world
from tests.providers import barring
from workflow.models import WorkTask

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def county():
    return counties.build()


def body(actor):
    return Provider.objects.select_related("org", "registered_by__org").get(pk=actor.org_id)


def begin(county, year=2026, **more):
    with acting_as(county.lead):
        words = {"text": "服务本区企业", "files": barring.FILES, **more}
        return report_begin(actor=county.lead, provider=body(county.lead), year=year, **words)


def submit(county, report):
    with acting_as(county.lead):
        return report_submit(actor=county.lead, report=report)


def figures(report) -> dict[str, int]:
    return {label: value for label, value, _ in report.body["figures"]}


def test_the_figures_come_from_the_records_and_stay_as_they_were_submitted(county):
    counties.issued(county, hazards=2)
    report = submit(county, begin(county))
    assert figures(report) == {
        "履行中的合同": 1, "到场服务的企业": 1, "完成复查验收的企业": 0, "完成的检查": 1,
        "确认交底的隐患": 2, "其中重大隐患": 0, "其中已销号": 0, "复查": 0,
    }  # fmt: skip
    counties.visit(county, hazards=1)
    with acting_as(county.lead):
        report.refresh_from_db()
        assert figures(report)["完成的检查"] == 1
        assert report.body_sha256 == content_sha256(report.body)
        assert [name for name, _ in report.body["files"]] == ["现场照片.jpg"]


def test_a_submitted_report_changes_for_nobody_and_a_correction_is_the_next_version(county):
    report = submit(county, begin(county))
    with acting_as(county.lead):
        with pytest.raises(DomainError, match="已提交"):
            report_edit(actor=county.lead, report=report, text="改")
        with pytest.raises(DomainError, match="已提交"):
            report_submit(actor=county.lead, report=report)
        rows = PerformanceReport.objects.filter(pk=report.pk)
        for change in (lambda: rows.update(text="x"), rows.delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
    with pytest.raises(DomainError) as caught:
        begin(county)
    assert caught.value.field == "correction"
    second = begin(county, text="更正后", correction="企业数有误")
    with pytest.raises(DomainError, match="草稿"):
        begin(county, correction="又一次")
    second = submit(county, second)
    assert (second.version, second.correction) == (2, "企业数有误")
    with acting_as(None):  # anyone reads what was published: the newest version
        published = PerformanceReportPublication.objects.get()
        assert (published.body["version"], published.body["text"]) == (2, "更正后")
        assert published.body == second.body


def test_a_draft_is_the_providers_own_and_a_submitted_one_is_for_all(county):
    other = counties.build("130372", base=500)
    report = begin(county)
    people = (county.lead, county.officer, other.officer, other.lead)

    def seen():
        found = []
        for actor in people:
            with acting_as(actor):
                found.append(PerformanceReport.objects.count())
        return found

    assert seen() == [1, 0, 0, 0]
    submit(county, report)
    assert seen() == [1, 1, 1, 1]
    with acting_as(county.officer), pytest.raises(DomainError, match="自己填报"):
        report_begin(actor=county.officer, provider=body(county.lead), year=2025, text="代填")
    with pytest.raises(DomainError) as caught:
        begin(county, year=2027)
    assert caught.value.field == "year"


def test_last_years_report_is_asked_for_until_it_comes(county):
    with acting_as(county.admin):
        Provider.objects.filter(registered_by=county.zone).update(
            created_at=datetime(2024, 5, 1, tzinfo=UTC)
        )
        rules_set(actor=county.admin, agency=county.zone, report_month=7, report_day=15)
        worker = system_for(Agency.objects.select_related("org").get(pk=county.zone.pk))

    def night():
        with acting_as(worker):
            return reports_remind(agency_id=county.zone.pk)

    assert night() == 0  # 8 June; it is due on 15 July
    county.later(days=7)
    assert (night(), night()) == (1, 1)
    with acting_as(county.lead):
        task = WorkTask.objects.get(org_id_for=county.lead.org_id, done_at=None)
        assert task.title == "2025年度业绩报告，2026-07-15前提交"
    submit(county, begin(county, year=2025))
    assert night() == 0
    with acting_as(county.lead):
        assert not WorkTask.objects.filter(done_at=None).exists()


def test_the_report_page_goes_from_draft_to_submitted(county, client):
    world.sign_in(client, county.lead)
    answer = client.post(reverse("providers:report-new"), {"year": 2026, "text": ""})
    assert answer.status_code == 422
    answer = client.post(reverse("providers:report-new"), {"year": 2026, "text": "全年服务"})
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert ("提交时固定" in page, "履行中的合同" in page) == (True, True)
    world.sign_in(client, county.officer)
    assert client.get(answer.url).status_code == 404
    world.sign_in(client, county.lead)
    assert client.post(f"{answer.url}submit/").status_code == 302
    world.sign_in(client, county.officer)
    assert "全年服务" in client.get(answer.url).content.decode()
    assert "共 1 份" in client.get(reverse("providers:reports")).content.decode()


# away from home


@pytest.fixture
def away():
    """The county's provider was registered by another county: it is not at home here."""
    elsewhere = world.agency("130372")
    return counties.build(registrar=world.member(elsewhere.org, Role.AGENCY_ADMIN))


def tell(county, **more):
    with acting_as(county.lead):
        words = {
            "project": "社会化服务", "qualification": "无需资质", "people": "李工", "served": "北方铸造厂0",
            "commitment": "如实反映", "from_on": barring.TODAY, "until_on": date(2026, 8, 31), **more,
        }  # fmt: skip
        return cross_region_file(
            actor=county.lead, provider=body(county.lead), agency=county.zone, **words
        )


def come(county, **more):
    with acting_as(county.inspector):
        return visit_start(actor=county.inspector, assignment=county.assignment, **more)


def test_at_home_nothing_has_to_be_told(county):
    with acting_as(county.lead):
        assert home_of(county.lead.org) == "130371"
        assert untold(county.lead.org, ["130371", "130371004"], barring.TODAY) == set()
    assert come(county).pk


def test_away_from_home_the_first_visit_waits_for_the_notice(away):
    with pytest.raises(DomainError, match="跨区域执业告知"):
        come(away)
    notice = tell(away)
    assert come(away).pk  # nobody has to acknowledge it first
    with acting_as(away.officer):
        assert notice.acknowledged_at is None
        cross_region_acknowledge(actor=away.officer, notice=notice)
        with pytest.raises(DomainError, match="已由"):
            cross_region_acknowledge(actor=away.officer, notice=notice)
    with acting_as(away.lead):
        paper = Document.objects.get(kind="cross_region_notice")
        assert paper.content["served"] == "北方铸造厂0"
        document_render(str(paper.pk))
        assert Notification.objects.filter(kind="cross_region").count() == 1


def test_a_notice_covers_its_days_and_the_region_it_was_filed_to(away):
    tell(away, from_on=barring.TODAY + DAY, until_on=barring.TODAY + 3 * DAY)
    with acting_as(away.lead):
        asked = ["130371", "130371004", "130373", "130372"]
        days = [len(untold(away.lead.org, asked, barring.TODAY + n * DAY)) for n in range(5)]
        assert days == [3, 1, 1, 1, 3]  # 130372 is home; nobody told 130373
    with pytest.raises(DomainError, match="跨区域执业告知"):
        come(away)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"from_on": barring.TODAY - DAY}, "from_on"),
        ({"until_on": barring.TODAY - DAY}, "until_on"),
        ({"commitment": " "}, "commitment"),
        ({"people": ""}, "people"),
    ],
)
def test_a_notice_is_complete_and_comes_before_the_work(away, wrong, field):
    with pytest.raises(DomainError) as caught:
        tell(away, **wrong)
    assert caught.value.field == field
    with acting_as(away.lead):
        assert not CrossRegionNotice.objects.exists()


def test_the_contract_leads_its_provider_to_the_notice(away, client):
    world.sign_in(client, away.lead)
    contract = reverse("agencies:contract", args=[away.contract.pk])
    address = reverse("agencies:cross-region", args=[away.contract.pk])
    assert address in client.get(contract).content.decode()
    page = client.get(address).content.decode()
    assert ("北方铸造厂0" in page, "无需资质" in page) == (True, True)
    data = {
        "project": "服务", "from_on": "2026-06-08", "until_on": "2026-08-31", "qualification": "无需资质",
        "served": "北方铸造厂0", "commitment": "如实反映",
    }  # fmt: skip
    assert client.post(address, data).status_code == 422  # nobody named
    answer = client.post(address, {**data, "members": [away.inspector.member]})
    assert answer.status_code == 302
    assert address not in client.get(contract).content.decode()
    world.sign_in(client, away.officer)
    assert "还没有收悉" in client.get(answer.url).content.decode()
    assert client.post(f"{answer.url}acknowledge/").status_code == 302
    assert "收悉" in client.get(answer.url).content.decode()
