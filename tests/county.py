"""A contract in motion, for tests of what stands on it; made through the services."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from PIL import Image

from agencies.models import Assignment, ServiceBatch, ServiceContract
from agencies.services import (
    batch_assign,
    batch_create,
    contract_activate,
    contract_create,
    inspectors_assign,
)
from common import credit_code
from common.scope import acting_as
from enterprises.models import Enterprise
from enterprises.services import search_text
from inspections.models import (
    EnforcementReferral,
    GuidanceTopic,
    Hazard,
    Meeting,
    RectificationOrder,
    SpotCheck,
    SpotCheckDraw,
    TeamMember,
    Visit,
)
from inspections.selectors import checklist_items
from inspections.services import (
    answers_save,
    assignment_accept,
    attendance_add,
    criterion_find,
    draw_commit,
    draw_freeze,
    draw_number,
    draw_reveal,
    enforcement_begin,
    guidance_save,
    hazard_add,
    hazard_find_unmended,
    hazard_recheck,
    hazards_confirm,
    major_report,
    meeting_hold,
    meeting_plan,
    order_issue,
    phase_advance,
    plan_make,
    rectification_submit,
    referrals_list_due,
    spot_check_begin,
    spot_check_compare,
    team_confirm,
    team_name,
    visit_note,
    visit_sign,
    visit_start,
)
from inspections.services.draws import findings_of, proposed_pairs
from providers.services import provider_register
from scoring.services import rule_book_adopt
from tenancy.actors import Actor, system_for
from tenancy.enums import OrgKind, Role
from tenancy.models import Agency, Membership
from tenancy.services import agency_clock_set, certificate_add
from tests import world

NOW = datetime(2026, 6, 8, 2, 0, tzinfo=UTC)  # a Monday, ten o'clock


def picture(colour: tuple[int, int, int] = (120, 160, 200), kind: str = "JPEG") -> bytes:
    """A small real picture."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, kind)
    return out.getvalue()


@dataclass
class County:
    """Everybody and everything of one region's contract."""

    zone: Agency
    admin: Actor
    officer: Actor
    second_officer: Actor
    lead: Actor
    inspector: Actor
    idle_inspector: Actor
    principal: Actor
    contract: ServiceContract
    batch: ServiceBatch
    enterprises: list[Enterprise]
    assignments: list[Assignment] = field(default_factory=list)

    @property
    def assignment(self) -> Assignment:
        """The first enterprise's."""
        return self.assignments[0]

    def at(self, moment: datetime) -> None:
        """Set the region's clock."""
        with acting_as(self.admin):
            agency_clock_set(agency=self.zone, at=moment)

    def later(self, **span: int) -> None:
        """Let time go by."""
        with acting_as(self.admin):
            now = Agency.objects.get(pk=self.zone.pk).training_now
        assert now is not None
        self.at(now + timedelta(**span))


def code_for(number: int, region: str) -> str:
    """A valid credit code of a region's firm."""
    first = f"91{region[:6]}MA{number:07d}"
    return first + credit_code.check_digit(first)


def enterprise(agency: Agency, number: int, **fields: object) -> Enterprise:
    """One enterprise's file."""
    code = code_for(number, agency.region_code)
    name = str(fields.pop("name", f"北方铸造厂{number}"))
    org = world.organization(OrgKind.ENTERPRISE, name, code)
    values = {
        "region_code": agency.region_code, "industry": "机械", "principal_name": "张立新",
        "phone": "13405461647", "address": "黄河道1号", "employee_count": 20,
    } | fields  # fmt: skip
    return Enterprise.objects.create(
        owner_agency=agency,
        enterprise_org=org,
        name=name,
        credit_code=code,
        search_text=search_text(name, code, str(values["principal_name"])),
        **values,
    )


def build(
    code: str = "130371",
    *,
    enterprises: int = 2,
    base: int = 0,
    kicked_off: bool = True,
    registrar: Actor | None = None,
) -> County:
    """A region with a live contract, a batch and its assignments; nothing visited yet.

    Its own administrator registers the provider unless a `registrar` of elsewhere has.
    """
    zone = world.agency(code, now=NOW)
    admin = world.member(zone.org, Role.AGENCY_ADMIN)
    registrar = registrar or admin
    with acting_as(registrar):
        provider = provider_register(
            actor=registrar,
            name=f"安评机构{code}",
            short_name="安评",
            credit_code=code_for(9_000_000 + base, code),
        )
    with acting_as(admin):
        firms = [enterprise(zone, base + n) for n in range(enterprises)]
        rule_book_adopt(actor=admin, agency=zone, version="v1", adopted_on=date(2026, 1, 1))
        org, firm_org = provider.org, firms[0].enterprise_org
    lead = world.member(org, Role.PROJECT_LEAD, qualification="注册安全工程师")
    inspector = world.member(org, Role.INSPECTOR)
    county = County(
        zone=zone,
        admin=admin,
        officer=world.member(zone.org, Role.OFFICER),
        second_officer=world.member(zone.org, Role.OFFICER),
        lead=lead,
        inspector=inspector,
        idle_inspector=world.member(org, Role.INSPECTOR),
        principal=world.member(firm_org, Role.PRINCIPAL),
        contract=None,  # type: ignore[arg-type]
        batch=None,  # type: ignore[arg-type]
        enterprises=firms,
    )
    with acting_as(admin):
        contract = contract_create(
            actor=admin, provider_org_id=org.pk, number=f"HT-{code}", title=f"{code}社会化服务",
            kind="government_purchase", signed_on=date(2026, 5, 28), starts_on=date(2026, 6, 1),
            ends_on=date(2026, 8, 31),
        )  # fmt: skip
        county.contract = contract_activate(actor=admin, contract=contract)
        county.batch = batch_create(
            actor=admin, contract=county.contract, name="第一批", code=f"B{code}",
            starts_on=date(2026, 6, 1), ends_on=date(2026, 8, 31),
        )  # fmt: skip
        batch_assign(actor=admin, batch=county.batch, enterprise_ids=[e.pk for e in firms])
    with acting_as(lead):
        rows = county.batch.assignments.select_related(
            "enterprise", "batch__contract", "owner_agency__org"
        )
        county.assignments = list(rows.order_by("pk"))
        plan = {a.pk: inspector.membership_id for a in county.assignments}
        inspectors_assign(actor=lead, batch=county.batch, plan=plan)
    certify(county)
    county.at(NOW - timedelta(days=1))  # a phone's clock may stand a little before the county's
    confirm(county, county.lead, county.inspector, county.idle_inspector)
    county.at(NOW)
    if kicked_off:
        meet(county)
    return county


def certify(county: County, until: date = date(2027, 12, 31)) -> None:
    """Both officers have enforcement certificates."""
    with acting_as(county.admin):
        for number, officer in enumerate((county.officer, county.second_officer), start=1):
            certificate_add(
                actor=county.admin, membership=Membership.objects.get(pk=officer.member),
                number=f"{county.zone.region_code}-{number}", issued_by="省司法厅",
                valid_from=date(2024, 1, 1), valid_until=until,
            )  # fmt: skip


def confirm(county: County, *people: Actor) -> list[TeamMember]:
    """The provider's lead names people for the contract, and the organizer confirms each."""
    found = []
    for person in people:
        with acting_as(county.lead):
            named = team_name(
                actor=county.lead, contract=county.contract, duty="inspector",
                membership=Membership.objects.select_related("user").get(pk=person.member),
            )  # fmt: skip
        with acting_as(county.admin):
            found.append(team_confirm(actor=county.admin, member=named))
    return found


def plan_meeting(county: County, kind: str = "kickoff") -> Meeting:
    """A meeting whose sign-in is open."""
    with acting_as(county.lead):
        return meeting_plan(
            actor=county.lead, batch=county.batch, kind=kind, title="动员会", place="会议室",
            host_name="李主任", starts_at=NOW - timedelta(hours=2),
        )  # fmt: skip


def meet(county: County, kind: str = "kickoff") -> Meeting:
    """A meeting that took place, with somebody of the first enterprise."""
    meeting, firm = plan_meeting(county, kind), county.enterprises[0].name
    with acting_as(county.lead):
        attendance_add(meeting=meeting, unit_name=firm, person_name="张立新", post="厂长")
        return meeting_hold(actor=county.lead, meeting=meeting, minutes="讲解服务内容")


def guide(county: County, assignment: Assignment | None = None) -> None:
    """Every topic of the guidance is done, every criterion that needs a person has its finding."""
    found = assignment or county.assignment
    with acting_as(county.lead):
        for topic in GuidanceTopic.objects.filter(is_retired=False):
            guidance_save(
                actor=county.lead, assignment=found, topic=topic, state="done", note="见企业档案柜",
                done_on=NOW.date(), helped_by_name="王工",
            )  # fmt: skip
        for number in range(1, 10):
            criterion_find(
                actor=county.lead, assignment=found, number=number, result="ok", note="已核查"
            )


def mend(county: County, hazard: Hazard) -> None:
    """The enterprise mends a hazard and the provider closes it."""
    with acting_as(county.principal):
        rectification_submit(
            actor=county.principal, hazard=hazard, text="已接地", responsible_person="张立新",
            done_on=hazard.found_on, photos=[picture((9, 9, 9))],
        )  # fmt: skip
    with acting_as(county.lead):
        hazard_recheck(actor=county.lead, hazard=hazard, result="passed")


def rechecking(county: County, **more: object) -> list[Hazard]:
    """The first enterprise in phase 3, its hazards as `issued` made them."""
    hazards = issued(county, **more)
    guide(county)
    with acting_as(county.lead):
        phase_advance(actor=county.lead, assignment=county.assignment)
    return hazards


def accepted(county: County, *, hazards: int = 1, severity: str = "general") -> Assignment:
    """The first enterprise accepted, everything mended."""
    for hazard in rechecking(county, hazards=hazards, severity=severity):
        mend(county, hazard)
    with acting_as(county.lead):
        return assignment_accept(actor=county.lead, assignment=county.assignment)


def visit(
    county: County, *, hazards: int = 1, severity: str = "general", sign: bool = True
) -> Visit:
    """A visit of the first enterprise with findings, signed unless told otherwise."""
    actor = county.inspector
    with acting_as(actor):
        found = visit_start(actor=actor, assignment=county.assignment)
        items = checklist_items(found)
        answers_save(actor=actor, visit=found, answers={i.pk: ("ok", "") for i in items})
        visit_note(visit=found, process_note="查阅资料，现场检查")
        for number in range(hazards):
            hazard_add(
                actor=actor, visit=found, item=items[number], place=f"{number + 1}号车间",
                description="配电箱箱门未接地", severity=severity, category="现场管理",
                basis="判定标准第三条第二项" if severity == "major" else "安全生产法第三十六条",
                measure="加装接地线", clause_code="15.5", photos=[picture((number % 250, 90, 90))],
            )  # fmt: skip
    county.later(minutes=70)
    if sign:
        with acting_as(actor):
            found = visit_sign(
                actor=actor, visit=found, representative_name="张立新", representative_post="厂长",
                signature=picture(kind="PNG"),
            )  # fmt: skip
    return found


def issued(county: County, **more: object) -> list[Hazard]:
    """Hazards that the enterprise sees: visited, signed, confirmed."""
    found = visit(county, **more)
    with acting_as(county.lead):
        for hazard in Hazard.objects.filter(visit=found, severity="major"):
            major_report(
                actor=county.lead, hazard=hazard, causes="未设置泄爆装置", harm="可能爆炸",
                treatment="停产改造", temporary_measures="停止作业、清空人员",
            )  # fmt: skip
        hazards_confirm(actor=county.lead, visit=found)
        return list(Hazard.objects.filter(visit=found).order_by("number"))


def second_batch(county: County, number: int) -> County:
    """The same county seen from a further batch of its contract, with one enterprise of its own."""
    firm_number = 100 + number
    with acting_as(county.admin):
        firm = enterprise(county.zone, firm_number)
        batch = batch_create(
            actor=county.admin, contract=county.contract, name=f"第{number}批",
            code=f"B{county.zone.region_code}-{number}", starts_on=date(2026, 6, 1),
            ends_on=date(2026, 8, 31),
        )  # fmt: skip
        batch_assign(actor=county.admin, batch=batch, enterprise_ids=[firm.pk])
    with acting_as(county.lead):
        rows = batch.assignments.select_related(
            "enterprise", "batch__contract", "owner_agency__org"
        )
        found = list(rows)
        plan = {a.pk: county.inspector.member for a in found}
        inspectors_assign(actor=county.lead, batch=batch, plan=plan)
    other = replace(
        county, batch=batch, enterprises=[firm], assignments=found,
        principal=world.member(firm.enterprise_org, Role.PRINCIPAL),
    )  # fmt: skip
    meet(other)
    return other


def drawn(county: County) -> SpotCheckDraw:
    """Phase 3 of the whole batch is complete, and its one enterprise is drawn."""
    with acting_as(county.admin):
        draw = draw_commit(actor=county.admin, batch=county.batch)
    accepted(county)
    with acting_as(county.admin):
        draw_freeze(actor=county.admin, draw=draw)
    with acting_as(county.lead):
        draw_number(actor=county.lead, draw=draw, number="20260831")
    with acting_as(county.admin):
        return draw_reveal(actor=county.admin, draw=draw)


def officers_visit(county: County, begin: Callable[[], Visit], *, faults: int = 1) -> Visit:
    """Two officers look for themselves and find something; their record is signed."""
    officer = county.officer
    with acting_as(officer):
        found = begin()
        items = checklist_items(found)
        answers_save(actor=officer, visit=found, answers={i.pk: ("ok", "") for i in items})
        for number in range(faults):
            hazard_add(
                actor=officer, visit=found, item=items[number], place="配电室", severity="general",
                description="接线裸露", category="现场管理", basis="安全生产法", measure="整改",
                photos=[picture((1, 2, number))],
            )  # fmt: skip
    county.later(minutes=50)
    with acting_as(officer):
        return visit_sign(
            actor=officer, visit=found, representative_name="张立新", representative_post="厂长",
            signature=picture(kind="PNG"),
        )  # fmt: skip


def spot_checked(county: County) -> SpotCheck:
    """The drawn enterprise is looked at again and compared."""
    drawn(county)
    with acting_as(county.officer):
        check = SpotCheck.objects.get(assignment=county.assignment)
        partner = county.second_officer.member
    officers_visit(
        county,
        lambda: spot_check_begin(actor=county.officer, spot_check=check, member_ids=[partner]),
    )
    with acting_as(county.officer):
        check.refresh_from_db()
        pairs = proposed_pairs(*findings_of(check))
        return spot_check_compare(
            actor=county.officer, spot_check=check, pairs=pairs, opinion="较好"
        )


def pair(county: County) -> dict[str, Membership]:
    """The two officers who sign a paper of enforcement."""
    with acting_as(county.admin):
        rows = Membership.objects.select_related("user")
        return {
            "first_officer": rows.get(pk=county.officer.member),
            "second_officer": rows.get(pk=county.second_officer.member),
        }


def listed(county: County) -> EnforcementReferral:
    """The first enterprise refuses a rectification in phase 3 and stands on the list of phase 5."""
    [hazard] = rechecking(county)
    with acting_as(county.lead):
        hazard_find_unmended(
            actor=county.lead, hazard=hazard, reason="拒绝停机", is_refused=True,
            new_due_on=date(2026, 7, 3),
        )  # fmt: skip
    with acting_as(county.admin):
        worker = system_for(Agency.objects.select_related("org").get(pk=county.zone.pk))
    with acting_as(worker):
        referrals_list_due(actor=worker, agency_id=county.zone.pk)
    with acting_as(county.officer):
        return EnforcementReferral.objects.get(assignment=county.assignment)


PLAN = {
    "scale": "20人小厂", "weak_points": "用电", "deep_causes": "主要负责人不重视", "content": "查用电",
    "planned_on": date(2026, 6, 10),
}  # fmt: skip


def ordered(county: County, *, faults: int = 2) -> RectificationOrder:
    """Officers checked a listed enterprise by its plan and ordered what they found to be mended."""
    referral, officers = listed(county), pair(county)
    with acting_as(county.officer):
        plan_make(actor=county.officer, referral=referral, **officers, **PLAN)
    county.later(days=2)
    partner = county.second_officer.member
    found = officers_visit(
        county,
        lambda: enforcement_begin(actor=county.officer, referral=referral, member_ids=[partner]),
        faults=faults,
    )
    with acting_as(county.officer):
        days = {
            str(hazard.pk): date(2026, 6, 20) + timedelta(days=number)
            for number, hazard in enumerate(found.hazards.order_by("number"))
        }
        return order_issue(actor=county.officer, visit=found, deadlines=days, **officers)
