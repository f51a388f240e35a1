"""An issued hazard put right: who may, what another must agree to, what becomes of the papers."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from inspections.corrections import applied_of, first_version
from inspections.models import Hazard, HazardCorrection
from inspections.services import (
    correction_allow,
    correction_apply,
    correction_ask,
    correction_drop,
    correction_points_checked,
    correction_refuse,
)
from inspections.services.corrections import FIELDS
from inspections.timeline import timeline_of
from notifications.models import Notification
from scoring.models import RuleClause
from scoring.services import Given, points_give
from scoring.services.following import points_ask_again
from tenancy.actors import system_for
from tenancy.models import Agency, Membership
from tests import county as counties
from tests import world
from workflow.models import WorkTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return counties.build()


@pytest.fixture
def hazard(county):
    return counties.issued(county, hazards=2)[0]


def ask(actor, hazard, kind="correct", reason="现场核对有误", **values):
    with acting_as(actor):
        fresh = Hazard.objects.get(pk=hazard.pk)
        return correction_ask(
            actor=actor, hazard=fresh, kind=kind, reason=reason, values=values or None
        )


def apply(actor, correction):
    with acting_as(actor):
        return correction_apply(actor=actor, correction=correction)


def now(county, hazard):
    with acting_as(county.admin):
        return Hazard.objects.get(pk=hazard.pk)


def papers(county, hazard, kind="suggestion"):
    with acting_as(county.admin):
        rows = Document.objects.filter(kind=kind, subject_id=str(hazard.visit_id))
        return list(rows.order_by("issued_at", "pk"))


def test_a_lead_corrects_words_at_once_and_the_old_ones_stay(county, hazard):
    county.later(hours=1)
    made = ask(county.lead, hazard, description="配电箱外壳未接地", place="二号车间")
    assert (made.state, made.version, made.needs_consent) == ("applied", 1, False)
    assert made.before == {"description": "配电箱箱门未接地", "place": "1号车间"}
    assert made.after == {"description": "配电箱外壳未接地", "place": "二号车间"}
    fresh = now(county, hazard)
    assert (fresh.description, fresh.place, fresh.corrected_on) == (
        "配电箱外壳未接地", "二号车间", counties.NOW.date(),
    )  # fmt: skip


def test_its_paper_is_voided_and_replaced_by_a_new_number(county, hazard):
    county.later(hours=1)
    ask(county.lead, hazard, description="配电箱外壳未接地")
    old, new = papers(county, hazard)
    assert (old.state, new.state, new.replaces_id) == ("voided", "issued", old.pk)
    assert old.number != new.number
    assert old.number in new.content["correction"]
    was, now_ = old.content["hazards"], new.content["hazards"]
    assert now_[0]["description"] == "配电箱外壳未接地"
    assert now_[1] == was[1]  # all else stays as it was


def test_the_enterprise_and_the_regulator_are_told_and_see_what_changed(county, hazard):
    county.later(hours=1)
    made = ask(county.lead, hazard, basis="安全生产法第三十六条第二款")
    for actor in (county.principal, county.officer):
        with acting_as(actor):
            told = Notification.objects.filter(kind="hazard.corrected", org_id=actor.org_id)
            assert told.count() == 1
            assert HazardCorrection.objects.get().pk == made.pk
    with acting_as(county.principal):
        words = [h.more for h in timeline_of(Hazard.objects.get(pk=hazard.pk))]
    assert any("安全生产法第三十六条 → 安全生产法第三十六条第二款" in more for more in words)


def test_what_makes_less_of_a_hazard_needs_the_regulator(county, hazard):
    due = hazard.due_on + timedelta(days=10)
    made = ask(county.lead, hazard, due_on=due)
    assert (made.state, made.needs_consent) == ("asked", True)
    with pytest.raises(DomainError, match="监管部门同意"):
        apply(county.lead, made)
    assert now(county, hazard).due_on == hazard.due_on
    with acting_as(county.principal):
        assert not HazardCorrection.objects.exists()  # before it is applied
    with acting_as(county.officer):
        task = WorkTask.objects.get(kind="hazard_correction", org_id_for=county.zone.pk)
        assert task.done_at is None
        correction_allow(actor=county.officer, correction=made, answer="属实")
        task.refresh_from_db()
        assert task.done_at is not None
    with acting_as(county.lead):
        made.refresh_from_db()
    apply(county.lead, made)
    fresh = now(county, hazard)
    assert (fresh.due_on, fresh.due_days) == (due, None)
    assert "更正，原期限" in fresh.due_reason
    with acting_as(county.lead):
        assert not WorkTask.objects.filter(kind="hazard_correction", done_at=None).exists()


def test_a_refusal_says_why_and_changes_nothing(county, hazard):
    made = ask(county.lead, hazard, "withdraw")
    with acting_as(county.officer):
        with pytest.raises(DomainError, match="不同意的原因") as error:
            correction_refuse(actor=county.officer, correction=made, answer=" ")
        assert error.value.field == "answer"
        correction_refuse(actor=county.officer, correction=made, answer="隐患属实")
    assert now(county, hazard).state == "issued"
    with acting_as(county.lead):
        assert Notification.objects.filter(kind="correction.refused").count() == 1
    ask(county.lead, hazard, "withdraw")  # it may be asked for again


def test_a_withdrawn_hazard_leaves_ledger_and_paper_and_stays_on_record(county, hazard):
    county.later(hours=1)
    made = ask(county.lead, hazard, "withdraw", reason="非本企业设备")
    with acting_as(county.officer):
        correction_allow(actor=county.officer, correction=made)
    with acting_as(county.lead):
        made.refresh_from_db()
    apply(county.lead, made)
    fresh = now(county, hazard)
    assert (fresh.state, fresh.dismissed_reason, fresh.is_overdue) == (
        "dismissed", "非本企业设备", False,
    )  # fmt: skip
    old, new = papers(county, hazard)
    assert [h["number"] for h in old.content["hazards"]] == [
        hazard.number, new.content["hazards"][0]["number"],
    ]  # fmt: skip
    assert [h["position"] for h in new.content["hazards"]] == [1]
    assert made.before == {n: str(getattr(hazard, n)) for n in FIELDS}
    with pytest.raises(DomainError, match="已撤销"):
        ask(county.lead, hazard, description="又要改")


def test_a_paper_with_nothing_left_on_it_is_void_without_another(county):
    [only] = counties.issued(county)
    made = ask(county.lead, only, "withdraw")
    with acting_as(county.officer):
        correction_allow(actor=county.officer, correction=made)
    with acting_as(county.lead):
        made.refresh_from_db()
    apply(county.lead, made)
    [paper] = papers(county, only)
    assert (paper.state, paper.replaced_by.count()) == ("voided", 0)
    assert only.number in paper.void_reason


def test_what_becomes_major_goes_before_the_regulator_at_once(county, hazard):
    with pytest.raises(DomainError, match="判定标准") as error:
        ask(county.lead, hazard, severity="major", basis="标准")
    assert error.value.field == "basis"
    made = ask(county.lead, hazard, severity="major", basis="判定标准第三条第一项")
    assert made.state == "applied"
    with acting_as(county.officer):
        task = WorkTask.objects.get(kind="major_hazard", subject_id=str(hazard.pk))
    back = ask(county.lead, hazard, severity="general")
    with acting_as(county.officer):
        correction_allow(actor=county.officer, correction=back)
    with acting_as(county.lead):
        back.refresh_from_db()
    apply(county.lead, back)
    with acting_as(county.officer):
        task.refresh_from_db()
    assert task.done_at is not None


def test_the_report_of_a_major_hazard_is_corrected_with_it(county):
    [hazard] = counties.issued(county, severity="major")
    county.later(hours=1)
    ask(county.lead, hazard, description="除尘系统未设泄爆装置")
    with acting_as(county.admin):
        old, new = Document.objects.filter(kind="major_report").order_by("issued_at", "pk")
    assert (old.state, new.replaces_id) == ("voided", old.pk)
    assert new.content["description"] == "除尘系统未设泄爆装置"
    assert new.enterprise_org_id is None  # as the former: it is for the regulator


@pytest.mark.parametrize(
    ("field", "values", "words"),
    [
        ("description", {}, "没有改动"),
        ("description", {"description": " "}, "描述隐患"),
        ("place", {"place": ""}, "部位"),
        ("measure", {"measure": ""}, "整改措施"),
        ("due_on", {"due_on": date(2026, 6, 1)}, "不能早于今天"),
    ],
)
def test_bad_input_stands_beside_its_field(county, hazard, field, values, words):
    with pytest.raises(DomainError, match=words) as error:
        ask(county.lead, hazard, **values)
    assert error.value.field == field
    assert now(county, hazard).corrected_on is None


def test_reason_one_at_a_time_and_only_its_own_people(county, hazard):
    with pytest.raises(DomainError, match="原因") as error:
        ask(county.lead, hazard, reason=" ", description="改")
    assert error.value.field == "reason"
    for actor in (county.inspector, county.officer):
        with pytest.raises(DomainError, match="项目负责人"):
            ask(actor, hazard, description="改")
    made = ask(county.lead, hazard, "withdraw")
    with pytest.raises(DomainError, match="已有一个更正"):
        ask(county.lead, hazard, description="改")
    with acting_as(county.officer), pytest.raises(DomainError, match="提出的单位"):
        correction_drop(actor=county.officer, correction=made)
    with acting_as(county.lead):
        assert correction_drop(actor=county.lead, correction=made).state == "dropped"
    ask(county.lead, hazard, description="改")


def test_what_changed_since_it_was_asked_for_is_not_written_over(county, hazard):
    made = ask(county.lead, hazard, due_on=hazard.due_on + timedelta(days=5))
    with acting_as(county.officer):
        correction_allow(actor=county.officer, correction=made)
        Hazard.objects.filter(pk=hazard.pk).update(due_on=hazard.due_on + timedelta(days=1))
    with acting_as(county.lead):
        made.refresh_from_db()
    with pytest.raises(DomainError, match="已经变动"):
        apply(county.lead, made)


def test_a_closed_hazard_is_corrected_in_its_words_alone_and_with_consent(county):
    [hazard] = counties.rechecking(county)
    counties.mend(county, hazard)
    for name, value in (("severity", "major"), ("due_on", date(2026, 7, 1))):
        more = {"basis": "判定标准第三条第一项"} if name == "severity" else {}
        with pytest.raises(DomainError, match="已销号") as error:
            ask(county.lead, hazard, **{name: value}, **more)
        assert error.value.field == name
    with pytest.raises(DomainError, match="已销号"):
        ask(county.lead, hazard, "withdraw")
    assert ask(county.lead, hazard, description="更准确的说法").state == "asked"


def test_officers_faults_take_two_officers_and_a_new_order(county):
    order = counties.ordered(county)
    county.later(hours=1)
    with acting_as(county.officer):
        hazard = order.hazards.order_by("number").first()
    with pytest.raises(Hazard.DoesNotExist):  # no provider sees it
        ask(county.lead, hazard, description="改")
    later = date(2026, 6, 25)
    made = ask(county.officer, hazard, description="接线裸露，无防护套", due_on=later)
    assert (made.state, made.needs_consent) == ("asked", False)
    with pytest.raises(DomainError, match="另一名"):
        apply(county.officer, made)
    apply(county.second_officer, made)
    with acting_as(county.officer):
        order.refresh_from_db()
        old = Document.objects.get(kind="rectify_order", state="voided")
        assert order.document.replaces_id == old.pk
        assert order.document.content["items"][0]["description"] == "配电室：接线裸露，无防护套"
        assert order.last_due_on == later
        assert len(order.document.content["officers"]) == 2


def test_points_given_for_it_are_put_before_officers_and_stay(county, hazard):
    with acting_as(county.officer):
        points_give(
            actor=county.officer, enterprise=county.enterprises[0], contract=county.contract,
            given=[Given(RuleClause.objects.get(code="15.5"), hazard)],
            signature=counties.picture(kind="PNG"), representative_name="张立新",
            second_officer=Membership.objects.get(pk=county.second_officer.membership_id),
        )  # fmt: skip
    made = ask(county.lead, hazard, description="配电箱外壳未接地")
    with acting_as(county.admin):
        worker = system_for(Agency.objects.select_related("org").get(pk=county.zone.pk))
    with acting_as(worker):
        assert points_ask_again(correction_id=made.pk)
        points_ask_again(correction_id=made.pk)  # again, it is asked once
    with acting_as(county.officer):
        task = WorkTask.objects.get(kind="points_of_corrected")
        with pytest.raises(DomainError, match="核对的结果"):
            correction_points_checked(actor=county.officer, correction=made, note="")
        correction_points_checked(actor=county.officer, correction=made, note="仍成立")
        task.refresh_from_db()
        assert task.done_at is not None


def test_nothing_is_asked_about_points_that_nobody_gave(county, hazard):
    made = ask(county.lead, hazard, description="配电箱外壳未接地")
    with acting_as(county.admin):
        worker = system_for(Agency.objects.select_related("org").get(pk=county.zone.pk))
    with acting_as(worker):
        assert not points_ask_again(correction_id=made.pk)


TEXT = st.sampled_from(["甲", "乙", "丙"])
STEP = st.fixed_dictionaries({}, optional={"place": TEXT, "description": TEXT, "measure": TEXT})


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, max_size=4))
def test_the_versions_lead_from_what_was_issued_to_what_stands(county, hazard, steps):
    started = now(county, hazard)
    with acting_as(county.lead):
        base = applied_of(started).count()
    for step in steps:
        county.later(seconds=1)
        try:
            ask(county.lead, hazard, **step)
        except DomainError as error:
            assert "没有改动" in error.message  # noqa: PT017  (the only refusal here)
    fresh = now(county, hazard)
    with acting_as(county.lead):
        made = list(applied_of(fresh))[base:]
    values = {name: str(getattr(started, name)) for name in FIELDS}
    for correction in made:
        assert correction.before.items() <= values.items()
        values |= correction.after
    assert values == {name: str(getattr(fresh, name)) for name in FIELDS}
    assert first_version(fresh, made) == {n: str(getattr(started, n)) for n in FIELDS}


def test_what_was_asked_for_cannot_be_rewritten(county, hazard):
    made = ask(county.lead, hazard, "withdraw")
    for change in ({"reason": "别的"}, {"before": {}}, {"after": {"place": "x"}}):
        with acting_as(county.lead), pytest.raises(DatabaseError), transaction.atomic():
            HazardCorrection.objects.filter(pk=made.pk).update(**change)


def test_every_act_is_on_record(county, hazard):
    made = ask(county.lead, hazard, "withdraw")
    with acting_as(county.officer):
        correction_allow(actor=county.officer, correction=made, answer="属实")
    with acting_as(county.lead):
        made.refresh_from_db()
    apply(county.lead, made)
    with acting_as(county.admin):
        acts = AuditEntry.objects.filter(subject_id__in=[str(made.pk), str(hazard.pk)])
        names = set(acts.values_list("act", flat=True))
    assert {"hazardcorrection.allow", "hazardcorrection.apply", "hazard.withdraw"} <= names


# pages


def test_the_lead_corrects_on_a_page_and_sees_both_versions(county, hazard, client):
    world.sign_in(client, county.lead)
    url = reverse("inspections:hazard-correct", args=[hazard.pk])
    page = client.get(url).content.decode()
    assert "配电箱箱门未接地" in page
    data = {
        "place": "1号车间", "description": "外壳未接地", "severity": "general",
        "category": "现场管理", "basis": "安全生产法第三十六条", "measure": "加装接地线",
        "due_on": hazard.due_on.isoformat(), "reason": "",
    }  # fmt: skip
    refused = client.post(url, data)
    assert refused.status_code == 422
    assert "外壳未接地" in refused.content.decode()  # what was typed is kept
    done = client.post(url, data | {"reason": "核对后更正"}, follow=True)
    shown = done.content.decode()
    assert "<del>配电箱箱门未接地</del>" in shown
    assert "<ins>外壳未接地</ins>" in shown
    ledger = client.get(reverse("inspections:ledger")).content.decode()
    assert "2026-06-08 更正" in ledger


def test_a_preview_shows_the_paper_and_changes_nothing(county, hazard, client):
    world.sign_in(client, county.lead)
    url = reverse("inspections:hazard-correct", args=[hazard.pk])
    data = {
        "place": "1号车间", "description": "外壳未接地", "severity": "general",
        "category": "现场管理", "basis": "安全生产法第三十六条", "measure": "加装接地线",
        "due_on": hazard.due_on.isoformat(), "reason": "核对后更正", "preview": "1",
    }  # fmt: skip
    answer = client.post(url, data)
    assert answer["Content-Type"] == "application/pdf"
    assert len(papers(county, hazard)) == 1


def test_who_may_not_correct_gets_403_and_a_stranger_404(county, hazard, client):
    other = counties.build("130372", base=50)
    url = reverse("inspections:hazard-correct", args=[hazard.pk])
    for actor, code in (
        (county.officer, 403), (county.inspector, 403), (county.principal, 403),
        (other.lead, 404), (other.officer, 404),
    ):  # fmt: skip
        world.sign_in(client, actor)
        assert client.get(url).status_code == code, actor.role


def test_the_list_asks_as_often_for_many_as_for_two(county, client):
    hazards = counties.issued(county, hazards=8)
    world.sign_in(client, county.officer)
    url = reverse("inspections:correction-list")
    counts = []
    for some in (hazards[:2], hazards[2:]):
        for hazard in some:
            ask(county.lead, hazard, "withdraw")
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
