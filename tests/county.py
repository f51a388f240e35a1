"""A contract in motion, for tests of what stands on it; made through the services."""

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.core.management import call_command
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
from inspections.models import Hazard, Visit
from inspections.selectors import checklist_items
from inspections.services import (
    answers_save,
    hazard_add,
    hazards_confirm,
    visit_note,
    visit_sign,
    visit_start,
)
from providers.services import provider_register
from scoring.services import rule_book_adopt
from tenancy.actors import Actor
from tenancy.enums import OrgKind, Role
from tenancy.models import Agency
from tenancy.services import agency_clock_set
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
        search_text=search_text(name, code),
        **values,
    )


def build(code: str = "130371", *, enterprises: int = 2, base: int = 0) -> County:
    """A region with a live contract, a batch and its assignments; nothing visited yet."""
    call_command("load_content", verbosity=0)
    zone = world.agency(code, now=NOW)
    admin = world.member(zone.org, Role.AGENCY_ADMIN)
    with acting_as(admin):
        provider = provider_register(
            actor=admin,
            name=f"安评机构{code}",
            short_name="安评",
            credit_code=code_for(9_000_000 + base, code),
        )
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
    return county


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
        hazards_confirm(actor=county.lead, visit=found)
        return list(Hazard.objects.filter(visit=found).order_by("number"))
