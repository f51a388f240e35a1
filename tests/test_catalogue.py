"""What anybody without an account may know of a provider (domain.md 1.10), and nothing beside it."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from common.scope import acting_as
from providers.models import Provider
from providers.services import provider_register, qualification_add, report_begin, report_submit
from scoring.services import appraisals_publish
from tenancy.models import Agency
from tests import county as counties
from tests.agencies import market as markets
from tests.providers import barring
from tests.scoring import evaluated as scenes

pytestmark = pytest.mark.django_db
UNTIL = date(2026, 12, 31)


def body(county) -> Provider:
    with acting_as(county.lead):
        rows = Provider.objects.select_related("org", "registered_by__org")
        return rows.get(pk=county.lead.org_id)


def page(name: str, *args, **query) -> str:
    response = Client().get(reverse(f"portal:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def qualify(county, until=UNTIL, **more):
    with acting_as(county.lead):
        return qualification_add(
            actor=county.lead, provider=body(county), kind="安全评价", scope="机械制造",
            number="Q-1", issued_by="应急管理部", valid_from=date(2025, 1, 1), valid_until=until,
            files=barring.FILES, **more,
        )  # fmt: skip


def test_who_serves_in_what_at_which_level_and_how_he_is_reached_by_a_search():
    market = markets.build("130372", 100)
    county = market.county
    assert "无需资质" in page("catalogue")
    qualify(county)
    with acting_as(county.admin):
        mine, other = (one.provider_org for one in market.contracts)
    found = page("catalogue")
    assert mine.name in found
    assert other.name in found
    assert "机械 甲级" in found
    found = page("catalogue", service="机械制造")
    assert (mine.name in found, other.name in found) == (True, False)
    found = page("catalogue", q=other.credit_code)
    assert (mine.name in found, other.name in found) == (False, True)
    assert "没有符合条件的机构" in page("catalogue", q="查无此机构")
    record = page("provider", mine.credit_code)
    assert "Q-1" in record
    assert "甲级" in record
    assert "没有公开的不良记录" in record


def test_a_lapsed_qualification_is_not_shown_as_one(county):
    qualify(county)
    assert "Q-1" in page("provider", body(county).org.credit_code)
    county.later(days=300)
    assert "Q-1" not in page("provider", body(county).org.credit_code)


def test_results_are_there_for_their_days_as_the_notice_has_them(county):
    row = scenes.decided(county)
    code = body(county).org.credit_code
    assert "没有公示中的结果" in page("provider", code)
    with acting_as(county.admin):
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
        notice = appraisals_publish(actor=county.admin, agency=agency, year=2026)
    assert f"{row.score}分" in page("catalogue")
    assert notice.title in page("provider", code)
    county.later(days=30)
    assert "没有公示中的结果" in page("provider", code)
    assert f"{row.score}分" not in page("catalogue")


def test_a_measure_in_force_stands_first(county):
    barring.barred(county)
    assert "中止服务" in page("catalogue")
    assert "没有公开的不良记录" not in page("provider", body(county).org.credit_code)


def test_a_report_is_read_as_it_was_submitted(county):
    code = body(county).org.credit_code
    with acting_as(county.lead):
        report = report_begin(
            actor=county.lead, provider=body(county), year=2026, text="服务本区企业",
            files=barring.FILES,
        )  # fmt: skip
    assert "还没有提交过" in page("provider", code)
    assert Client().get(reverse("portal:report", args=[code, 2026])).status_code == 404
    with acting_as(county.lead):
        report_submit(actor=county.lead, report=report)
    assert "2026年度业绩报告" in page("provider", code)
    assert "服务本区企业" in page("report", code, 2026)


def test_nobody_is_named_and_no_telephone_is_shown(county):
    with acting_as(county.lead):
        Provider.objects.filter(pk=county.lead.org_id).update(
            contact_name="赵联系", address="海阳路9号"
        )
    shown = page("catalogue") + page("provider", body(county).org.credit_code)
    assert "赵联系" not in shown
    assert "海阳路9号" not in shown


def test_what_is_not_registered_is_not_found(county):
    enterprise = county.enterprises[0].credit_code
    for code in ("91130371MA0000000X", enterprise):
        assert Client().get(reverse("portal:provider", args=[code])).status_code == 404


def test_a_result_is_not_that_of_another_body_of_the_same_name(county):
    row = scenes.decided(county)
    with acting_as(county.admin):
        namesake = provider_register(
            actor=county.admin, name=body(county).org.name, short_name="同名",
            credit_code=counties.code_for(9_700_000, county.zone.region_code),
        )  # fmt: skip
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
        appraisals_publish(actor=county.admin, agency=agency, year=2026)
        code = namesake.org.credit_code
    assert f"{row.score}分" in page("provider", body(county).org.credit_code)
    assert "没有公示中的结果" in page("provider", code)


def test_many_providers_take_no_more_statements(county, django_assert_max_num_queries):
    with acting_as(county.admin):
        for number in range(20):
            provider_register(
                actor=county.admin, name=f"机构{number}", short_name=f"机{number}",
                credit_code=counties.code_for(9_700_000 + number, county.zone.region_code),
            )  # fmt: skip
    with django_assert_max_num_queries(15):
        assert page("catalogue").count("/public/providers/9") == 21
