"""The library of providers: classes, levels, and every change with its reason and its days."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from agencies.access import library_entry_for
from agencies.eligibility import eligible, fitting
from agencies.models import LibraryChange, LibraryClass, LibraryProvider
from agencies.services import (
    library_class_retire,
    library_class_save,
    library_classes_propose,
    library_enter,
    library_level_change,
    library_remove,
    library_resume,
    library_suspend,
)
from common.errors import DomainError, Refused
from common.scope import acting_as
from enterprises.models import Enterprise
from notifications.models import Notification
from providers.models import Provider
from providers.services import qualification_add
from tests import county as counties
from tests import world
from tests.agencies import market as markets

pytestmark = pytest.mark.django_db
TODAY = counties.NOW.date()


@pytest.fixture
def market():
    return markets.build()


def entry_of(market, number=0):
    with acting_as(market.officer):
        return LibraryProvider.objects.select_related("business_class").get(
            pk=market.entries[number].pk
        )


def why_not(market, actor=None, day=TODAY):
    provider = market.contracts[0].provider_org_id
    with acting_as(actor or market.officer):
        stand = eligible(agency_id=market.county.zone.pk, provider_org_ids=[provider], day=day)
        return stand.why_not(provider, market.county.enterprises[0])


def test_an_enterprise_fits_by_its_industry_or_by_a_risk_of_its_file(market):
    with acting_as(market.officer):
        entries = LibraryProvider.objects.select_related("business_class").order_by("pk")
        for industry, risks, fits in (
            ("机械", "", True), ("商贸", "涉氨制冷", True), ("商贸", "粉尘", False),
        ):  # fmt: skip
            firm = Enterprise(industry=industry, risk_factors=risks)
            assert bool(fitting(firm, entries)) is fits


def test_a_level_changes_by_a_new_row_that_keeps_the_old_ones_days(market):
    market.county.later(days=3)
    with acting_as(market.officer):
        new = library_level_change(
            actor=market.officer, entry=entry_of(market), level="乙级", source="evaluation",
            reason="年度考评合格", source_url="/appraisals/1/",
        )  # fmt: skip
        old = LibraryProvider.objects.get(pk=market.entries[0].pk)
        day = TODAY + timedelta(days=3)
        assert (old.state, old.level, old.from_on, old.ended_on) == (
            "replaced", "甲级", date(2026, 6, 1), day,
        )  # fmt: skip
        assert (new.state, new.level, new.from_on, new.replaces_id) == (
            "active",
            "乙级",
            day,
            old.pk,
        )
        change = new.changes.get()
        assert (change.kind, change.level_before, change.source) == ("level", "甲级", "evaluation")
        with pytest.raises(DomainError, match="没有变化"):
            library_level_change(
                actor=market.officer, entry=new, level="乙级", source="evaluation", reason="同上"
            )
        with pytest.raises(DomainError, match="甲级、乙级") as caught:
            library_level_change(
                actor=market.officer, entry=new, level="丁级", source="evaluation", reason="同上"
            )
        assert caught.value.field == "level"
    assert why_not(market, day=day) == ""


def test_who_is_suspended_out_or_past_his_term_may_not_be_chosen(market):
    words = {"actor": market.officer, "source": "supervision", "reason": "抽查发现未到现场"}
    assert why_not(market) == ""
    with acting_as(market.officer):
        library_suspend(entry=entry_of(market), **words)
    assert "暂停" in why_not(market)
    with acting_as(market.officer):
        library_resume(entry=entry_of(market), **words)
    assert why_not(market) == ""
    with acting_as(market.officer):
        LibraryProvider.objects.filter(pk=market.entries[0].pk).update(
            until_on=TODAY - timedelta(days=1)
        )
    assert "到期" in why_not(market)
    with acting_as(market.officer):
        LibraryProvider.objects.update(until_on=None)
        library_remove(entry=entry_of(market), **words)
    assert "不在机构库" in why_not(market)
    with acting_as(market.county.lead):
        kinds = LibraryChange.objects.order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["entered", "suspended", "resumed", "removed"]
        sent = Notification.objects.filter(kind="library.change", org_id=market.county.lead.org)
        assert sent.count() == 4
    with acting_as(market.officer):
        markets.enter(market.county, market.contracts[0].provider_org_id, market.machines)
    assert why_not(market) == ""


def test_who_needs_a_qualification_by_law_and_has_none_may_not_be_chosen(market):
    county = market.county
    with acting_as(market.officer):
        Provider.objects.filter(pk=county.lead.org).update(required_qualification="安全评价")
    assert "安全评价" in why_not(market)
    with acting_as(county.lead):
        qualification_add(
            actor=county.lead, number="Q-1", kind="安全评价", scope="机械", issued_by="应急管理部",
            provider=Provider.objects.select_related("registered_by").get(pk=county.lead.org),
            valid_from=date(2025, 1, 1), valid_until=date(2027, 1, 1),
            files=[("证书.jpg", counties.picture())],
        )  # fmt: skip
    assert why_not(market) == ""
    assert why_not(market, actor=county.principal) == ""


def test_bad_entries_are_refused_with_their_field(market):
    good = {
        "actor": market.officer, "agency": market.county.zone, "business_class": market.machines,
        "provider_org_id": market.county.lead.org, "level": "甲级", "from_on": TODAY,
        "source": "application", "reason": "申请入库",
    }  # fmt: skip
    bad = [
        ({}, "business_class"),  # it is in that class already
        ({"provider_org_id": market.county.zone.pk}, "provider_org"),
        ({"level": "丁级"}, "level"),
        ({"reason": " "}, "reason"),
        ({"until_on": TODAY - timedelta(days=1)}, "until_on"),
    ]
    with acting_as(market.officer):
        for wrong, field in bad:
            with pytest.raises(DomainError) as caught:
                library_enter(**{**good, **wrong})
            assert caught.value.field == field, wrong


def test_classes_begin_as_proposals_and_keep_what_is_in_use(market):
    fresh = counties.build("130400", base=500)
    with acting_as(fresh.admin):
        made = library_classes_propose(actor=fresh.admin, agency=fresh.zone)
        assert all(one.is_trial for one in made)
        with pytest.raises(DomainError, match="已有分类"):
            library_classes_propose(actor=fresh.admin, agency=fresh.zone)
    with acting_as(market.officer):
        again = {
            "actor": market.officer, "agency": market.county.zone, "industries": ["机械"],
            "risks": [], "found": LibraryClass.objects.get(),
        }  # fmt: skip
        with pytest.raises(DomainError, match="乙级") as caught:
            library_class_save(name="机械", levels=["甲级"], **again)
        assert caught.value.field == "levels"
        library_class_save(name="机械", levels=["甲级", "乙级", "丙级"], **again)
        with pytest.raises(DomainError) as caught:
            library_class_save(
                name="空", levels=["甲级"], **{**again, "industries": [], "found": None}
            )
        assert caught.value.field == "industries"
        with pytest.raises(DomainError, match="先出库"):
            library_class_retire(actor=market.officer, found=market.machines)


def test_a_provider_reads_its_own_entries_and_an_enterprise_what_it_may_choose(market):
    with acting_as(market.county.lead):
        assert [one.pk for one in LibraryProvider.objects.all()] == [market.entries[0].pk]
        assert LibraryProvider.objects.update(level="甲级") == 0
    with acting_as(market.county.principal):
        assert LibraryProvider.objects.count() == 2
        assert LibraryChange.objects.count() == 0
    stranger = counties.build("130400", base=500)
    with acting_as(stranger.principal):
        assert LibraryProvider.objects.count() == 0
    with acting_as(stranger.admin), pytest.raises(Refused):
        library_entry_for(stranger.admin, market.entries[0].pk, "library_edit")
    with acting_as(market.county.lead), pytest.raises(PermissionDenied):
        library_entry_for(market.county.lead, market.entries[0].pk, "library_edit")


def test_what_happened_to_an_entry_never_changes(market):
    with acting_as(market.officer), connection.cursor() as cursor:
        for sql in (
            "UPDATE agencies_librarychange SET reason = ''", "DELETE FROM agencies_librarychange",
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(sql)


def test_the_pages_enter_filter_and_export(market, client):
    world.sign_in(client, market.officer)
    url = reverse("agencies:library-enter")
    typed = {
        "level": "甲级",
        "from_on": "2026-06-08",
        "source": "application",
        "reason": "申请入库",
    }
    page = client.post(url, typed)
    assert page.status_code == 422
    assert "申请入库" in page.text
    taken = {"provider_org": market.county.lead.org, "business_class": market.machines.pk}
    page = client.post(url, typed | taken)
    assert page.status_code == 422
    assert "已在“机械”分类中" in page.text
    listed = reverse("agencies:library")
    assert "共 2 条" in client.get(listed).text
    assert "共 1 条" in client.get(listed, {"level": "乙级"}).text
    assert "没有符合条件" in client.get(listed, {"state": "suspended"}).text
    book = client.get(reverse("agencies:library-export"), {"level": "乙级"})
    assert b"".join(book.streaming_content)[:2] == b"PK"
    page = client.post(
        reverse("agencies:library-class-new"),
        {"name": "制冷", "risks": "涉氨、 制冷", "levels": "一级，二级"}, follow=True,
    )  # fmt: skip
    assert page.status_code == 200
    with acting_as(market.officer):
        made = LibraryClass.objects.get(name="制冷")
        assert (made.risks, made.levels) == (["涉氨", "制冷"], ["一级", "二级"])
