"""A paper can be looked at before it is issued, and looking consumes nothing."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from audit.models import AuditEntry
from common.scope import acting_as
from documents.models import Document, NumberSeries
from inspections.models import Hazard, Visit
from notifications.models import Notification
from tenancy.actors import SYSTEM
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db


def everything() -> dict[str, object]:
    with acting_as(SYSTEM):
        return {
            "papers": Document.objects.count(),
            "numbers": sorted(NumberSeries.objects.values_list("kind", "last")),
            "acts": AuditEntry.objects.count(),
            "messages": Notification.objects.count(),
            "states": sorted(Hazard.objects.values_list("number", "state", "due_on")),
        }


def pages_of(response) -> str:
    assert response.status_code == 200, response.content.decode()[:400]
    assert response["Content-Type"] == "application/pdf"
    return "".join(
        "".join(page.extract_text().split())
        for page in PdfReader(io.BytesIO(response.content)).pages
    )


def test_the_papers_of_phase_three_can_be_looked_at_and_nothing_happens(client, tasks_are_kept):
    county = counties.build()
    for hazard in counties.rechecking(county):
        counties.mend(county, hazard)
    before = everything()
    tasks_are_kept.clear()
    world.sign_in(client, county.lead)
    url = reverse("inspections:accept", args=[county.assignment.pk])
    text = pages_of(client.post(url, {"conclusion": "passed", "note": "", "preview": "1"}))
    assert "情况报告" in text
    assert "结论性意见" in text
    assert "预览" in text
    assert everything() == before
    assert tasks_are_kept == []
    assert client.post(url, {"conclusion": "passed", "note": ""}).status_code == 302
    with acting_as(county.lead):
        assert Document.objects.get(kind="enterprise_report").number.endswith("〔2026〕1号")


def test_a_preview_that_cannot_be_says_why_and_keeps_what_was_typed(client):
    county = counties.build()
    counties.rechecking(county)
    world.sign_in(client, county.lead)
    url = reverse("inspections:accept", args=[county.assignment.pk])
    page = client.post(url, {"conclusion": "passed", "note": "已核对", "preview": "1"})
    assert page.status_code == 422
    assert "未复查" in page.content.decode()


def test_findings_are_looked_at_as_the_enterprise_will_get_them(client):
    county = counties.build()
    visit = counties.visit(county, hazards=2)
    before = everything()
    world.sign_in(client, county.lead)
    url = reverse("inspections:visit-confirm", args=[visit.pk])
    assert "隐患整改建议书" in pages_of(client.post(url, {"preview": "1"}))
    assert everything() == before
    with acting_as(county.lead):
        assert Visit.objects.get().hazards.filter(state="found").count() == 2


def test_an_order_is_looked_at_before_it_is_numbered(client):
    county = counties.build()
    referral, officers = counties.listed(county), counties.pair(county)
    with acting_as(county.officer):
        counties.plan_make(actor=county.officer, referral=referral, **officers, **counties.PLAN)
    county.later(days=2)
    found = counties.officers_visit(
        county,
        lambda: counties.enforcement_begin(
            actor=county.officer, referral=referral, member_ids=[county.second_officer.member]
        ),
    )
    before = everything()
    world.sign_in(client, county.officer)
    with acting_as(county.officer):
        [hazard] = found.hazards.all()
    typed = {
        f"due-{hazard.pk}": "2026-06-20", "first_officer": county.officer.member,
        "second_officer": county.second_officer.member, "preview": "1",
    }  # fmt: skip
    text = pages_of(client.post(reverse("inspections:order", args=[found.pk]), typed))
    assert "2026年6月20日" in text
    assert "应急责改〔2026〕" not in text
    assert everything() == before
