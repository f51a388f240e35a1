"""What a contract owes: counted from the records, delivered, accepted standard by standard."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from agencies.grants import officer_grant
from agencies.models import Obligation, Publication, ServiceContract
from agencies.services import (
    contract_activate,
    contract_terminate,
    delivery_add,
    delivery_withdraw,
    obligation_add,
    obligation_amend,
    obligation_change,
    obligation_remove,
    obligation_withdraw,
)
from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from documents.services import document_void
from inspections.burndown import Owed, percent, shares
from inspections.models import Visit
from inspections.obligations import lines_of
from inspections.services import acceptance_issue, acceptance_revoke, obligation_accept
from tenancy.models import Membership
from tests import county as counties
from tests import purchases, world

pytestmark = pytest.mark.django_db
DUE = date(2026, 8, 1)
FILES = [("证明.jpg", counties.picture())]


def lines(county, actor=None):
    actor = actor or county.admin
    with acting_as(actor):
        contract = ServiceContract.objects.get(pk=county.contract.pk)
        return {line.obligation.pk: line for line in lines_of(contract, purchases.TODAY)}


def deliver(county, owed, quantity=1, **fields):
    with acting_as(county.lead):
        return delivery_add(
            actor=county.lead, obligation=owed, quantity=quantity, what="宣传册",
            **{"delivered_on": purchases.TODAY, "files": FILES, **fields},
        )  # fmt: skip


def accept(county, owed, quantity, met=True, actor=None, **fields):
    actor = actor or county.admin
    with acting_as(actor):
        results = {name: met for name, _, _ in owed.standards}
        return obligation_accept(
            actor=actor, obligation=owed, quantity=quantity, **{"results": results, **fields}
        )


def test_records_are_counted_by_kind_and_seen_alike_by_both_sides(county):
    counties.issued(county, hazards=2)
    owed = {
        kind: purchases.owe(county, county.contract, kind, 3, DUE)
        for kind in ("visit", "recheck", "training", "meeting", "report", "conclusion", "other")
    }
    found = lines(county)
    done = {kind: found[row.pk].done for kind, row in owed.items()}
    # One signed visit, and the kick-off meeting that every batch begins with.
    assert done == {"visit": 1, "recheck": 0, "training": 0, "meeting": 1, "report": 0,
                    "conclusion": 0, "other": 0}  # fmt: skip
    theirs = lines(county, county.lead)
    assert {pk: line.done for pk, line in theirs.items()} == {
        pk: line.done for pk, line in found.items()
    }


def test_reports_rechecks_and_conclusions_count_once_they_are_issued(county):
    counties.accepted(county)
    owed = {
        kind: purchases.owe(county, county.contract, kind, 2, DUE)
        for kind in ("report", "conclusion", "recheck")
    }
    found = lines(county)
    assert found[owed["report"].pk].done == found[owed["conclusion"].pk].done > 0
    assert found[owed["recheck"].pk].done > 0
    with acting_as(county.lead):
        paper = Document.objects.get(kind="conclusion")
        document_void(actor=county.lead, document=paper, reason="有误")
    assert lines(county)[owed["conclusion"].pk].done == 0


def test_an_official_visit_is_none_of_the_providers(county):
    owed = purchases.owe(county, county.contract, "visit", 5, DUE)
    before = lines(county)[owed.pk].done
    counties.spot_checked(counties.second_batch(county, 2))
    with acting_as(county.admin):
        mine = Visit.objects.exclude(kind__in=Visit.OFFICIAL).filter(state="signed").count()
        assert Visit.objects.filter(kind__in=Visit.OFFICIAL).exists()
    assert lines(county)[owed.pk].done == mine > before


def test_what_is_due_first_is_filled_first_and_late_is_said(county, client):
    counties.issued(county, hazards=1)
    late = purchases.owe(county, county.contract, "visit", 2, purchases.TODAY - timedelta(days=3))
    later = purchases.owe(county, county.contract, "visit", 5, DUE)
    found = lines(county)
    assert (found[late.pk].done, found[late.pk].days_late) == (1, 3)
    assert (found[later.pk].done, found[later.pk].days_late) == (0, 0)
    world.sign_in(client, county.lead)
    page = client.get(reverse("inspections:obligations", args=[county.contract.pk]))
    assert "逾期 3 天" in page.content.decode()
    page = client.get(reverse("inspections:obligation-records", args=[late.pk]))
    assert len(page.context["rows"]) == 1
    assert client.get(page.context["rows"][0]["url"]).status_code == 200
    page = client.get(reverse("inspections:obligation-records", args=[later.pk]))
    assert page.context["rows"] == []


def test_a_draft_is_edited_freely_and_a_contract_in_force_only_for_a_reason(county):
    lot = purchases.awarded(county)
    draft = purchases.contracted(county, lot)
    owed = purchases.owe(county, draft, "visit", 100, date(2026, 12, 1))
    with acting_as(county.admin):
        obligation_change(actor=county.admin, obligation=owed, quantity=200)
        gone = obligation_add(
            actor=county.admin, contract=draft, kind="meeting", name="会", quantity=1, unit="次",
            due_on=date(2026, 12, 1), technical="", service="按时", safety="",
        )  # fmt: skip
        obligation_remove(actor=county.admin, obligation=gone)
        contract_activate(actor=county.admin, contract=draft)
        for act in (
            lambda: obligation_change(actor=county.admin, obligation=owed, quantity=1),
            lambda: obligation_remove(actor=county.admin, obligation=owed),
        ):
            with pytest.raises(DomainError, match="原内容保留"):
                act()
        with pytest.raises(DomainError) as caught:
            obligation_amend(actor=county.admin, obligation=owed, quantity=250, reason=" ")
        assert caught.value.field == "reason"
        new = obligation_amend(actor=county.admin, obligation=owed, quantity=250, reason="增加")
        old = Obligation.objects.get(pk=owed.pk)
        assert (old.quantity, old.superseded_reason, new.line) == (200, "增加", owed.pk)
        with pytest.raises(DomainError, match="已被变更"):
            obligation_amend(actor=county.admin, obligation=old, quantity=1, reason="又")
        with pytest.raises(DomainError) as caught:
            obligation_amend(actor=county.admin, obligation=new, kind="other", reason="换")
        assert caught.value.field == "kind"
        obligation_withdraw(actor=county.admin, obligation=new, reason="不再需要")
        assert not Obligation.objects.filter(contract=draft, superseded_at=None).exists()
        contract_terminate(actor=county.admin, contract=draft, reason="终止")
        with pytest.raises(DomainError, match="终止"):
            purchases.owe(county, draft, "visit", 1, DUE)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"technical": ""}, "technical"),
        ({"due_on": date(2026, 5, 31)}, "due_on"),
        ({"reason": " "}, "reason"),
    ],
)
def test_an_obligation_is_refused_at_its_field(county, wrong, field):
    right = {"kind": "visit", "quantity": 1, "due_on": DUE} | wrong
    with pytest.raises(DomainError) as caught:
        purchases.owe(county, county.contract, **right)
    assert caught.value.field == field


def test_what_is_handed_in_needs_files_and_a_day_of_the_contract(county):
    owed = purchases.owe(county, county.contract, "other", 5, DUE)
    counted = purchases.owe(county, county.contract, "visit", 5, DUE)
    for wrong, field in (
        ({"files": []}, "files"),
        ({"delivered_on": purchases.TODAY + timedelta(days=1)}, "delivered_on"),
        ({"delivered_on": date(2026, 5, 1)}, "delivered_on"),
        ({"quantity": 0}, "quantity"),
    ):
        with pytest.raises(DomainError) as caught:
            deliver(county, owed, **wrong)
        assert caught.value.field == field
    with pytest.raises(DomainError, match="不另登记"):
        deliver(county, counted)


def test_no_more_is_accepted_than_was_done_and_each_standard_is_answered(county):
    owed = purchases.owe(county, county.contract, "other", 5, DUE, service="三日内", safety="持证")
    deliver(county, owed, 3)
    with pytest.raises(DomainError, match="最多还能验收3") as caught:
        accept(county, owed, 4)
    assert caught.value.field == "quantity"
    with pytest.raises(DomainError, match="服务标准、安全标准"):
        accept(county, owed, 1, results={"technical": True})
    with pytest.raises(DomainError) as caught:
        accept(county, owed, 1, met=False)
    assert caught.value.field == "note"
    with pytest.raises(DomainError) as caught:
        accept(county, owed, 0)
    assert caught.value.field == "quantity"
    accept(county, owed, 2)
    with pytest.raises(DomainError, match="最多还能验收1"):
        accept(county, owed, 2)
    assert lines(county)[owed.pk].accepted == 2


def test_what_was_accepted_counts_for_the_amended_line(county):
    owed = purchases.owe(county, county.contract, "other", 5, DUE)
    mine = deliver(county, owed, 3)
    accept(county, owed, 2)
    with acting_as(county.admin):
        with pytest.raises(DomainError) as caught:
            obligation_amend(actor=county.admin, obligation=owed, quantity=1, reason="减少")
        assert caught.value.field == "quantity"
        with pytest.raises(DomainError, match="验收过"):
            obligation_withdraw(actor=county.admin, obligation=owed, reason="撤")
        new = obligation_amend(actor=county.admin, obligation=owed, quantity=4, reason="减少")
    line = lines(county)[new.pk]
    assert (line.done, line.accepted, line.open) == (3, 2, 1)
    with acting_as(county.lead), pytest.raises(DomainError, match="已经验收"):
        delivery_withdraw(actor=county.lead, delivery=mine, reason="错了")


def test_a_delivery_is_taken_back_before_it_is_accepted(county):
    owed = purchases.owe(county, county.contract, "other", 5, DUE)
    mine = deliver(county, owed, 3)
    with acting_as(county.lead):
        delivery_withdraw(actor=county.lead, delivery=mine, reason="错了")
        with pytest.raises(DomainError, match="已经撤回"):
            delivery_withdraw(actor=county.lead, delivery=mine, reason="错了")
    assert lines(county)[owed.pk].done == 0


def issue(county, **fields):
    with acting_as(county.admin):
        return acceptance_issue(
            actor=county.admin, contract=county.contract,
            **{"served_opinion": "满意", "asked": 2, "conclusion": "验收合格", **fields},
        )  # fmt: skip


def test_the_paper_waits_until_every_obligation_is_settled_and_covers_each_standard(county):
    with pytest.raises(DomainError, match="没有登记服务事项"):
        issue(county)
    owed = purchases.owe(
        county, county.contract, "other", 2, DUE, name="宣传", service="三日内", safety="持证上岗"
    )
    short = purchases.owe(county, county.contract, "training", 1, DUE, name="培训")
    deliver(county, owed, 2)
    accept(county, owed, 2)
    with pytest.raises(DomainError, match="还有事项没有验收完毕：培训"):
        issue(county)
    with pytest.raises(DomainError) as caught:  # not done, and not said why
        accept(county, short, 0, is_final=True)
    assert caught.value.field == "note"
    done = accept(county, short, 0, met=False, is_final=True, note="没有开展")
    with pytest.raises(DomainError, match="验收完毕"):
        accept(county, short, 0, met=False, is_final=True, note="再次")
    with pytest.raises(DomainError) as caught:
        issue(county, served_opinion=" ")
    assert caught.value.field == "served_opinion"
    paper = issue(county)
    found = {line["name"]: line for line in paper.content["lines"]}
    assert [s["name"] for s in found["宣传"]["standards"]] == ["技术标准", "服务标准", "安全标准"]
    assert (found["培训"]["is_met"], found["培训"]["notes"]) == (False, ["没有开展"])
    assert paper.content["served_opinion"] == "满意"
    assert issue(county).pk == paper.pk
    with acting_as(county.admin):
        acceptance_revoke(actor=county.admin, acceptance=done, reason="开展过")
    with pytest.raises(DomainError, match="培训"):
        issue(county)
    accept(county, short, 0, met=False, is_final=True, note="只开展一半")
    corrected = issue(county)
    with acting_as(county.admin):
        assert Document.objects.get(pk=paper.pk).state == "voided"
        assert corrected.replaces_id == paper.pk
        states = Publication.objects.filter(kind="acceptance").order_by("published_at")
        assert [row.state for row in states] == ["withdrawn", "published"]


def test_an_officer_accepts_only_with_a_hand_in_the_contract(county, client):
    owed = purchases.owe(county, county.contract, "other", 2, DUE)
    deliver(county, owed)
    world.sign_in(client, county.officer)
    url = reverse("inspections:obligation-accept", args=[owed.pk])
    assert client.get(url).status_code == 403
    with acting_as(county.admin):
        officer_grant(county.contract, Membership.objects.get(pk=county.officer.membership_id))
    answer = client.post(url, {"quantity": 5, "met_technical": "yes"})
    assert answer.status_code == 422
    assert "最多还能验收1" in answer.content.decode()
    assert client.post(url, {"quantity": 1, "met_technical": "yes"}).status_code == 302
    assert lines(county)[owed.pk].accepted == 1


def test_a_provider_reads_its_obligations_and_writes_none(county):
    owed = purchases.owe(county, county.contract, "other", 2, DUE)
    deliver(county, owed)
    accept(county, owed, 1)
    with acting_as(county.lead), connection.cursor() as cursor:
        for table in ("obligation", "obligationacceptance"):
            cursor.execute(f"SELECT count(*) FROM agencies_{table}")
            assert cursor.fetchone() == (1,)
            cursor.execute(f"UPDATE agencies_{table} SET quantity = 9")
            assert cursor.rowcount == 0


def test_a_provider_does_not_open_a_drafts_obligations(county, client):
    lot = purchases.awarded(county)
    draft = purchases.contracted(county, lot)
    owed = purchases.owe(county, draft, "visit", 1, date(2026, 12, 1))
    world.sign_in(client, county.lead)
    for name, pk in (("obligations", draft.pk), ("obligation-records", owed.pk)):
        assert client.get(reverse(f"inspections:{name}", args=[pk])).status_code == 404


def test_the_page_asks_as_much_for_forty_obligations_as_for_two(county, client):
    counties.issued(county, hazards=1)
    kinds = ("visit", "meeting", "other", "report")
    for kind in kinds[:2]:
        purchases.owe(county, county.contract, kind, 1, DUE)
    world.sign_in(client, county.admin)
    url = reverse("inspections:obligations", args=[county.contract.pk])
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    for _ in range(10):
        for kind in kinds:
            row = purchases.owe(county, county.contract, kind, 1, DUE)
            if kind == "other":
                deliver(county, row)
                accept(county, row, 1)
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(url).context["lines"]) == 42
    assert len(many) == len(few)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 30)), min_size=1), st.integers(0, 900))
def test_every_record_counts_once_and_none_is_lost(rows, done):
    owed = [Owed(key, quantity, DUE + timedelta(days=day))
            for key, (quantity, day) in enumerate(rows)]  # fmt: skip
    found = shares(owed, done)
    assert sum(share.number for share in found.values()) == done
    assert shares(reversed(owed), done) == found
    spans = sorted((share.start, share.number) for share in found.values())
    assert all(a + n <= b for (a, n), (b, _) in zip(spans, spans[1:], strict=False))
    order = sorted(owed, key=lambda one: (one.due_on, one.key))
    for one, following in zip(order, order[1:], strict=False):
        if found[one.key].number < one.quantity:
            assert found[following.key].number == 0


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_a_hundred_only_when_all_is_done(done, quantity):
    assert 0 <= percent(done, quantity) <= 100
    assert (percent(done, quantity) == 100) == (done >= quantity)
