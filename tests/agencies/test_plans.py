"""A yearly plan: written by one, approved by another, budgeted, corrected by a new version."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from agencies.models import Publication, PurchaseArea, PurchasePlan
from agencies.services import (
    plan_approve,
    plan_budget,
    plan_change,
    plan_draft,
    plan_drop,
    plan_item_remove,
    plan_item_save,
    plan_publish,
    plan_revise,
    publication_withdraw,
)
from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from enterprises.grid import read_grids
from tenancy.enums import Role
from tests import county as counties
from tests import purchases, world

pytestmark = pytest.mark.django_db
COUNTY = {"kicked_off": False}


def test_who_wrote_a_plan_or_changed_it_does_not_approve_it(county):
    with acting_as(county.admin):
        own = plan_draft(actor=county.admin, year=2027, title="自己编的")
        plan_item_save(actor=county.admin, plan=own, **purchases.ITEM)
        with pytest.raises(DomainError, match="编制以外的人"):
            plan_approve(actor=county.admin, plan=own)
    changed = purchases.draft_plan(county)
    with acting_as(county.admin):
        plan_change(actor=county.admin, plan=changed, title="改过的")
        with pytest.raises(DomainError, match="编制以外的人"):
            plan_approve(actor=county.admin, plan=changed)
    leader = world.member(county.zone.org, Role.AGENCY_LEADER)
    with acting_as(leader):
        approved = plan_approve(actor=leader, plan=changed)
    assert (approved.state, approved.approved_by_name) == ("approved", leader.display)


def test_an_empty_plan_is_not_approved(county):
    with acting_as(county.officer):
        empty = plan_draft(actor=county.officer, year=2026, title="空的")
    with acting_as(county.admin), pytest.raises(DomainError, match="还没有事项"):
        plan_approve(actor=county.admin, plan=empty)


def test_nothing_of_an_approved_plan_changes(county):
    plan = purchases.plan(county)
    with acting_as(county.officer):
        item = plan.items.get()
        for act in (
            lambda: plan_change(actor=county.officer, plan=plan, title="新名称"),
            lambda: plan_item_save(
                actor=county.officer, plan=plan, item=item, **purchases.ITEM | {"amount": 1}
            ),
            lambda: plan_item_remove(actor=county.officer, item=item),
            lambda: plan_drop(actor=county.officer, plan=plan),
        ):
            with pytest.raises(DomainError, match="另编新版"):
                act()
        assert plan.items.get().amount == Decimal("500000.00")


def test_a_budget_needs_its_number_and_a_day_that_has_come(county):
    draft = purchases.draft_plan(county)
    with acting_as(county.admin):
        with pytest.raises(DomainError, match="当前状态"):
            plan_budget(
                actor=county.admin, plan=draft, budget_number="1号", budgeted_on=purchases.TODAY
            )
        approved = plan_approve(actor=county.admin, plan=draft)
        for wrong, field in (
            ({"budget_number": " "}, "budget_number"),
            ({"budgeted_on": purchases.TODAY + timedelta(days=1)}, "budgeted_on"),
        ):
            right = {"budget_number": "1号", "budgeted_on": purchases.TODAY}
            with pytest.raises(DomainError) as caught:
                plan_budget(actor=county.admin, plan=approved, **right | wrong)
            assert caught.value.field == field


def test_a_correction_is_a_new_version_and_the_old_one_stands_until_it_is_budgeted(county):
    old = purchases.plan(county)
    with acting_as(county.officer):
        new = plan_revise(actor=county.officer, plan=old)
        with pytest.raises(DomainError, match="已有一份修订草稿"):
            plan_revise(actor=county.officer, plan=old)
        item = new.items.get()
        plan_item_save(
            actor=county.officer, plan=new, item=item, **purchases.ITEM | {"amount": Decimal(9)}
        )
        assert (new.version, new.based_on, item.line) == (2, old, old.items.get().pk)
    with acting_as(county.admin):
        plan_approve(actor=county.admin, plan=new)
        assert PurchasePlan.objects.get(pk=old.pk).is_in_force
        plan_budget(actor=county.admin, plan=new, budget_number="9号", budgeted_on=purchases.TODAY)
        assert not PurchasePlan.objects.get(pk=old.pk).is_in_force
        assert PurchasePlan.objects.get(pk=new.pk).is_in_force
        assert old.items.get().amount == Decimal("500000.00")


def test_a_year_has_one_plan_and_one_draft_of_it(county):
    purchases.draft_plan(county)
    with acting_as(county.officer), pytest.raises(DomainError) as caught:
        plan_draft(actor=county.officer, year=2026, title="又一份")
    assert caught.value.field == "year"


def test_there_are_the_eight_purchase_areas():
    assert PurchaseArea.labels == [
        "安全生产许可审查", "安全生产检查", "事故调查分析鉴定", "行业专项整治", "安全宣传",
        "公共安全应急防范", "应急救援", "风险评估",
    ]  # fmt: skip


def test_what_was_published_stands_as_it_is_and_withdrawn_keeps_its_trace(county, client):
    plan = purchases.plan(county)
    with acting_as(county.admin):
        made = plan_publish(actor=county.admin, plan=plan)
        with pytest.raises(DomainError, match="已经公开"):
            plan_publish(actor=county.admin, plan=plan)
        for column in ("body = '{}'", "title = 'x'", "published_at = now()"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE agencies_publication SET {column}")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM agencies_publication")
            assert cursor.rowcount == 0
    page = client.get(reverse("portal:publication", args=[made.code])).content.decode()
    assert "规上工贸企业隐患排查" in page
    assert "500,000.00" in page
    raw = client.get(reverse("portal:publication-json", args=[made.code]))
    assert raw.json() == made.body
    with acting_as(county.admin):
        with pytest.raises(DomainError) as caught:
            publication_withdraw(actor=county.admin, publication=made, reason=" ")
        assert caught.value.field == "reason"
        publication_withdraw(actor=county.admin, publication=made, reason="金额有误")
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE agencies_publication SET state = 'published'")
    page = client.get(reverse("portal:publication", args=[made.code])).content.decode()
    assert "金额有误" in page
    assert "规上工贸企业隐患排查" not in page
    assert "撤回" in client.get(reverse("portal:publications")).content.decode()
    assert client.get(reverse("portal:publication-json", args=[made.code])).status_code == 410


def test_another_agency_neither_withdraws_nor_forges_a_publication(county, client):
    plan = purchases.plan(county)
    with acting_as(county.admin):
        made = plan_publish(actor=county.admin, plan=plan)
    other = counties.build("130372", base=500, kicked_off=False)
    world.sign_in(client, other.admin)
    url = reverse("agencies:publication-withdraw", args=[made.code])
    assert client.post(url, {"reason": "x"}).status_code == 404
    with acting_as(other.admin), connection.cursor() as cursor:
        cursor.execute("UPDATE agencies_publication SET state = 'withdrawn'")
        assert cursor.rowcount == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Publication.objects.create(
                code="forged", owner_agency=county.zone, region_code="130371", agency_name="x",
                kind="plan", subject_type="x", subject_id="1", title="x", body={},
                body_sha256="x", published_at=counties.NOW, published_by_name="x",
            )  # fmt: skip


def test_a_superior_looks_and_does_not_act(county, client):
    plan = purchases.draft_plan(county)
    city = world.agency("1303")
    world.sign_in(client, world.member(city.org, Role.AGENCY_ADMIN))
    assert client.get(reverse("agencies:plan", args=[plan.pk])).status_code == 200
    for name in ("plan-approve", "plan-drop", "plan-item-new"):
        assert client.post(reverse(f"agencies:{name}", args=[plan.pk])).status_code == 403


def test_the_sheet_holds_every_line_and_their_sum(county, client):
    plan = purchases.draft_plan(county)
    with acting_as(county.officer):
        plan_item_save(
            actor=county.officer, plan=plan, **purchases.ITEM | {"amount": Decimal("0.05")}
        )
    world.sign_in(client, county.officer)
    answer = client.get(reverse("agencies:plan-export", args=[plan.pk]))
    [grid] = read_grids(io.BytesIO(b"".join(answer.streaming_content)), "plan.xlsx")
    sums = [row[4] for row in grid.rows if len(row) > 4 and row[1] in ("安全生产检查", "合计")]
    assert list(map(Decimal, sums)) == [Decimal(500000), Decimal("0.05"), Decimal("500000.05")]


def test_every_move_of_a_plan_is_on_record(county):
    plan = purchases.plan(county)
    with acting_as(county.admin):
        acts = AuditEntry.objects.filter(
            subject_type="agencies.purchaseplan", subject_id=str(plan.pk)
        )
        assert list(acts.order_by("id").values_list("act", flat=True)) == [
            "purchaseplan.draft", "purchaseplan.item", "purchaseplan.approve",
            "purchaseplan.budget",
        ]  # fmt: skip
