"""Acts that wait for an agency's people."""

from collections.abc import Callable
from datetime import date

from django.urls import reverse

from agencies.models import (
    Assignment,
)
from common.scope import acting_as
from documents.handing_over import receipt_record
from documents.models import Document
from enterprises.bringing import import_confirm, import_upload
from enterprises.models import EnterpriseImport
from inspections.historical import historical_settle
from inspections.models import (
    HistoricalHazard,
)
from inspections.services import (
    complaint_handle,
    complaint_make,
    complaint_reject,
    correction_allow,
    disclosure_acknowledge,
    disclosure_make,
    draw_commit,
    enforcement_begin,
    expert_review_close,
    extension_ask,
    extension_grant,
    hazard_recheck,
    opinion_issue,
    order_issue,
    plan_make,
    plan_submit,
    reopening_ask,
    reopening_refuse,
    spot_check_begin,
    spot_check_compare,
    team_confirm,
    team_name,
)
from inspections.services import plan_approve as visit_plan_approve
from inspections.services.draws import findings_of, proposed_pairs
from inspections.services.enforcement import Rechecked
from providers.models import StandingDecision
from providers.services import (
    credential_verify,
    cross_region_acknowledge,
    cross_region_file,
    standing_decide,
    standing_drop,
    standing_keep,
    standing_repair,
    standing_state,
)
from scoring.models import PointCycle, PointSheet, RuleClause, ThresholdEvent
from scoring.services import (
    Given,
    appeal_make,
    appeal_waive,
    appeal_withdraw,
    event_send,
    interview_cancel,
    interview_plan,
    points_give,
    sheets_prepare,
)
from tenancy.enums import Role
from tests import county as counties
from tests import world
from tests.county import County
from tests.home.turns.base import (
    DAY,
    NOW,
    PNG,
    TODAY,
    Story,
    asked_correction,
    begun_plan,
    counts,
    credential,
    given,
    measure,
    member,
    mend,
    noticed,
    own_provider,
    staff,
)
from tests.home.turns.provider import reviewed


def correction(c: County) -> Story:
    found = asked_correction(c)
    yield c.officer, 'name="decision"'
    with acting_as(c.officer):
        correction_allow(actor=c.officer, correction=found)


def team(c: County) -> Story:
    with acting_as(c.lead):
        person = world.member(own_provider(c).org, Role.INSPECTOR)
        named = team_name(
            actor=c.lead, contract=c.contract, membership=member(person), duty="inspector"
        )
    yield c.admin, reverse("inspections:team-confirm", args=[named.pk])
    with acting_as(c.admin):
        team_confirm(actor=c.admin, member=named)


def plan(c: County) -> Story:
    found = begun_plan(c)
    with acting_as(c.lead):
        found = plan_submit(actor=c.lead, plan=found)
    yield c.admin, reverse("inspections:plan-approve", args=[c.batch.pk])
    with acting_as(c.admin):
        visit_plan_approve(actor=c.admin, plan=found)


def draw(c: County) -> Story:
    only = counties.second_batch(c, 2)
    counties.rechecking(only)
    yield c.admin, reverse("inspections:draw-commit", args=[only.batch.pk])
    with acting_as(c.admin):
        draw_commit(actor=c.admin, batch=only.batch)


def review(c: County) -> Story:
    found = reviewed(c)
    yield c.admin, reverse("inspections:review-close", args=[found.pk])
    with acting_as(c.admin):
        expert_review_close(actor=c.admin, review=found)


def stated(c: County) -> StandingDecision:
    found = noticed(c)
    with acting_as(c.lead):
        standing_state(actor=c.lead, decision=found, text="已改期")
    return found


def standing_drafted(c: County) -> Story:
    found = measure(c)
    yield c.officer, reverse("providers:standing-notice", args=[found.pk])
    with acting_as(c.officer):
        standing_drop(actor=c.officer, decision=found, reason="查无此事")


def decide(c: County, found: StandingDecision) -> StandingDecision:
    with acting_as(c.admin):
        return standing_decide(
            actor=c.admin, decision=found, reason="属实", from_on=TODAY,
            until_on=date(2026, 12, 31),
        )  # fmt: skip


def standing(c: County) -> Story:
    assert "standing" not in counts(c.admin)
    found = stated(c)
    yield c.admin, reverse("providers:standing-decide", args=[found.pk])
    decide(c, found)


def repair(c: County) -> Story:
    found = decide(c, stated(c))
    with acting_as(c.lead):
        standing_repair(
            actor=c.lead, decision=found, text="已整改", files=[("照片.jpg", counties.picture())]
        )
    yield c.admin, reverse("providers:standing-keep", args=[found.pk])
    with acting_as(c.admin):
        standing_keep(actor=c.admin, decision=found, reason="尚未核实")


def verify(c: County) -> Story:
    found = credential(c)
    yield c.officer, reverse("providers:qualification-verify", args=[found.pk])
    with acting_as(c.officer):
        credential_verify(actor=c.officer, credential=found)


def verify_staff(c: County) -> Story:
    found = staff(c)
    yield c.officer, reverse("providers:certificate-verify", args=[found.pk])
    with acting_as(c.officer):
        credential_verify(actor=c.officer, credential=found)


def extension(c: County) -> Story:
    [hazard] = counties.issued(c)
    with acting_as(c.principal):
        found = extension_ask(
            actor=c.principal, hazard=hazard, reason="配件未到", safeguard="停用",
            wanted_on=hazard.due_on + 9 * DAY,
        )  # fmt: skip
    yield c.officer, 'name="decision"'
    with acting_as(c.officer):
        extension_grant(actor=c.officer, extension=found, granted_on=found.wanted_on)


def reopening(c: County) -> Story:
    found = counties.visit(c)
    with acting_as(c.lead):
        asked = reopening_ask(actor=c.lead, visit=found, reason="漏查配电室")
    yield c.officer, 'name="decision"'
    with acting_as(c.officer):
        reopening_refuse(actor=c.officer, reopening=asked, answer="不必")


def left_behind(c: County) -> Story:
    [hazard] = counties.issued(c)
    mend(c, hazard)
    with acting_as(c.admin):
        Assignment.objects.filter(pk=c.assignment.pk).update(
            withdrawn_at=NOW, withdrawal="handed", withdrawn_reason="机构退出"
        )
    assert "recheck" not in counts(c.lead)
    yield c.officer, 'name="result"'
    with acting_as(c.officer):
        hazard_recheck(actor=c.officer, hazard=hazard, result="passed")


def by_hand(c: County) -> Document:
    given(c)
    with acting_as(c.officer):
        return Document.objects.get(kind="points_notice")


def deliver(c: County) -> Story:
    found = by_hand(c)
    assert "paper" not in counts(c.principal)  # nobody signs on a page for what comes by hand
    yield c.officer, 'name="person_name"'
    with acting_as(c.officer):
        receipt_record(actor=c.officer, document=found, person_name="张立新", person_post="厂长")


def disclosure(c: County) -> Story:
    counties.issued(c)
    with acting_as(c.lead):
        made = disclosure_make(actor=c.lead, batch=c.batch, assignment_ids=[c.assignment.pk])
    yield c.admin, reverse("inspections:disclosure-acknowledge", args=[made.pk])
    with acting_as(c.admin):
        disclosure_acknowledge(actor=c.admin, disclosure=made)


def spot_check(c: County) -> Story:
    only = counties.second_batch(c, 2)
    counties.drawn(only)
    with acting_as(c.officer):
        check = only.assignment.spot_check
    yield c.officer, reverse("inspections:spot-check-start", args=[check.pk])
    counties.officers_visit(
        only,
        lambda: spot_check_begin(
            actor=c.officer, spot_check=check, member_ids=[c.second_officer.member]
        ),
    )
    with acting_as(c.officer):
        check.refresh_from_db()
        pairs = proposed_pairs(*findings_of(check))
        spot_check_compare(actor=c.officer, spot_check=check, pairs=pairs, opinion="较好")


def referral(c: County) -> Story:
    found = counties.listed(c)
    yield c.officer, reverse("inspections:plan", args=[found.pk])
    officers = counties.pair(c)
    with acting_as(c.officer):
        plan_make(actor=c.officer, referral=found, **officers, **counties.PLAN)
    c.later(days=2)
    visit = counties.officers_visit(
        c,
        lambda: enforcement_begin(
            actor=c.officer, referral=found, member_ids=[c.second_officer.member]
        ),
    )
    with acting_as(c.officer):
        days = {str(one.pk): date(2026, 6, 20) for one in visit.hazards.all()}
        order_issue(actor=c.officer, visit=visit, deadlines=days, **officers)


def order(c: County) -> Story:
    found = counties.ordered(c)
    assert "referral" not in counts(c.officer)  # its recheck waits, once
    yield c.officer, 'name="representative_name"'
    with acting_as(c.officer):
        opinion_issue(
            actor=c.officer, order=found, representative_name="张立新", **counties.pair(c),
            results={str(h.pk): Rechecked("passed", "已改") for h in found.hazards.all()},
        )  # fmt: skip


def sheet_draft(c: County) -> Story:
    counties.issued(c)
    with acting_as(c.officer):
        sheets_prepare(actor=c.officer, pairs=[f"{c.contract.pk}:{c.enterprises[0].pk}"])
    yield c.officer, 'name="second_officer"'
    given(c)


def appeal(c: County) -> Story:
    found = given(c)
    with acting_as(c.principal):
        made = appeal_make(
            actor=c.principal, sheet=found, entries=[found.entries.get().pk], reason="已有"
        )
    assert "appeal" not in counts(c.officer)  # he gave them
    yield c.admin, 'name="answer"'
    with acting_as(c.principal):
        appeal_withdraw(actor=c.principal, appeal=made)


def twelve(c: County) -> None:
    with acting_as(c.officer):
        clauses = RuleClause.objects.filter(code__in=("9.3", "9.4", "12.3", "13.1"))
        points_give(
            actor=c.officer, enterprise=c.enterprises[0], contract=None, signature=PNG,
            given=[Given(one, fact="查见") for one in clauses], representative_name="张立新",
            second_officer=member(c.second_officer),
        )  # fmt: skip


def event(c: County) -> Story:
    twelve(c)
    with acting_as(c.principal):
        appeal_waive(actor=c.principal, sheet=PointSheet.objects.get())
    with acting_as(c.admin):
        found = ThresholdEvent.objects.get()
    yield c.admin, reverse("scoring:event-send", args=[found.pk])
    with acting_as(c.admin):
        event_send(actor=c.admin, event=found)


def interview(c: County) -> Story:
    twelve(c)
    with acting_as(c.admin):
        talk = interview_plan(
            actor=c.admin, cycle=PointCycle.objects.get(), planned_at=NOW + DAY, place="会议室",
            host_name="李主任", reason="累计满12分",
        )  # fmt: skip
    yield c.admin, 'name="content"'
    with acting_as(c.admin):
        interview_cancel(actor=c.admin, interview=talk, reason="改期")


def complaint(c: County) -> Story:
    with acting_as(c.principal):
        found = complaint_make(
            actor=c.principal, enterprise=c.enterprises[0], contract=c.contract, kind="extra_fee",
            text="另收资料费",
        )  # fmt: skip
    yield c.officer, reverse("inspections:complaint-handle", args=[found.pk])
    with acting_as(c.officer):
        taken = complaint_handle(actor=c.officer, complaint=found)
        complaint_reject(actor=c.officer, complaint=taken, finding="未收", answer="未收费")


def notice(c: County) -> Story:
    with acting_as(c.lead):
        found = cross_region_file(
            actor=c.lead, provider=own_provider(c), agency=c.zone, from_on=TODAY, until_on=TODAY,
            project="服务", qualification="无需资质", people="李工", served="厂", commitment="如实",
        )  # fmt: skip
    yield c.officer, reverse("providers:notice-acknowledge", args=[found.pk])
    with acting_as(c.officer):
        cross_region_acknowledge(actor=c.officer, notice=found)


def uploaded(c: County) -> EnterpriseImport:
    text = f"企业名称,排查日期,隐患描述\n{c.enterprises[0].name},2020-06-03,未接地\n"
    with acting_as(c.officer):
        return import_upload(
            actor=c.officer, agency=c.zone, content=text.encode(), filename="2020.csv",
            kind="hazards",
        )  # fmt: skip


def imported(c: County) -> Story:
    found = uploaded(c)
    yield c.officer, 'method="post"'
    with acting_as(c.officer):
        import_confirm(actor=c.officer, draft=found, valid_only=False)


def historical(c: County) -> Story:
    with acting_as(c.officer):
        import_confirm(actor=c.officer, draft=uploaded(c), valid_only=False)
        row = HistoricalHazard.objects.get()
    yield c.officer, 'name="note"'
    with acting_as(c.officer):
        historical_settle(actor=c.officer, row=row, note="已整改", hazard=None)


STORIES: dict[str, Callable[[County], Story]] = {
    "extension": extension, "correction": correction, "reopening": reopening,
    "left_behind": left_behind, "deliver": deliver, "team": team, "plan": plan,
    "disclosure": disclosure, "review": review, "draw": draw, "spot_check": spot_check,
    "referral": referral, "order": order, "sheet_draft": sheet_draft, "appeal": appeal,
    "event": event, "interview": interview, "complaint": complaint, "verify": verify,
    "verify_staff": verify_staff, "standing_draft": standing_drafted, "standing": standing,
    "repair": repair, "notice": notice, "historical": historical, "import": imported,
}  # fmt: skip
