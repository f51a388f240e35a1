"""What several of the stories begin with."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from agencies.models import (
    ChoiceRound,
    ServiceContract,
)
from agencies.services import (
    contract_activate,
    contract_create,
    delivery_add,
    invites_add,
    library_class_save,
    library_enter,
    round_create,
    round_offer_add,
    round_open,
)
from common.scope import acting_as
from home.counting import counts_of
from inspections.models import (
    Hazard,
)
from inspections.services import (
    correction_ask,
    plan_days_set,
    rectification_submit,
    visit_plan_begin,
)
from providers.models import Provider, Qualification, StandingDecision
from providers.services import (
    qualification_add,
    staff_certificate_add,
    standing_draft,
    standing_notice,
)
from scoring.models import PointSheet, RuleClause
from scoring.services import (
    Given,
    points_give,
)
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.models import Membership
from tests import county as counties
from tests import purchases, world
from tests.county import County
from tests.scoring import evaluated

NOW, DAY = counties.NOW, timedelta(days=1)
TODAY = NOW.date()
PNG = counties.picture(kind="PNG")
Story = Iterator[tuple[Actor, str]]


def member(actor: Actor) -> Membership:
    return Membership.objects.select_related("user").get(pk=actor.member)


def own_provider(c: County) -> Provider:
    return Provider.objects.select_related("org", "registered_by").get(pk=c.lead.org_id)


def leader(c: County) -> Actor:
    return world.member(c.zone.org, Role.AGENCY_LEADER)


def counts(actor: Actor) -> dict[str, int]:
    """Only what waits."""
    with acting_as(actor):
        return {key: number for key, number in counts_of(actor).items() if number}


def mend(c: County, hazard: Hazard) -> None:
    with acting_as(c.principal):
        rectification_submit(
            actor=c.principal, hazard=hazard, text="已接地", responsible_person="张立新",
            done_on=hazard.found_on, photos=[counties.picture()],
        )  # fmt: skip


def opened_round(c: County, closes_on: date = date(2026, 12, 31)) -> ChoiceRound:
    other = draft_contract(c, provider_org_id=purchases.provider(c, 7))
    with acting_as(c.admin):
        contracts = [c.contract, contract_activate(actor=c.admin, contract=other)]
        kind = library_class_save(
            actor=c.admin, agency=c.zone, name="机械", industries=["机械"], risks=[],
            levels=["甲级"],
        )  # fmt: skip
        found = round_create(
            actor=c.admin, agency=c.zone, title="自主选择", code="XZ", kind="government_purchase",
            service="安全评估", opens_on=TODAY, closes_on=closes_on,
        )  # fmt: skip
        for one in contracts:
            library_enter(
                actor=c.admin, agency=c.zone, provider_org_id=one.provider_org_id, level="甲级",
                business_class=kind, from_on=TODAY, source="procurement", reason="采购入围",
            )  # fmt: skip
            round_offer_add(actor=c.admin, found=found, contract=one)
        invites_add(actor=c.admin, found=found, enterprise_ids=[c.enterprises[0].pk])
        return round_open(actor=c.admin, found=found)


def given(c: County, code: str = "15.5") -> PointSheet:
    with acting_as(c.officer):
        return points_give(
            actor=c.officer, enterprise=c.enterprises[0], contract=c.contract,
            given=[Given(RuleClause.objects.get(code=code), fact="查见")], signature=PNG,
            second_officer=member(c.second_officer), representative_name="张立新",
        )  # fmt: skip


def asked_correction(c: County) -> Any:
    [hazard] = counties.issued(c)
    with acting_as(c.lead):
        return correction_ask(
            actor=c.lead, hazard=hazard, kind="withdraw", reason="写错了企业", values={}
        )


def draft_contract(c: County, **fields: Any) -> ServiceContract:
    values = {
        "provider_org_id": c.lead.org, "number": "HT-2", "title": "第二份合同", "kind": "government_purchase",
        "signed_on": date(2026, 5, 28), "starts_on": date(2026, 6, 1),
        "ends_on": date(2026, 12, 31),
    } | fields  # fmt: skip
    with acting_as(c.admin):
        return contract_create(actor=c.admin, **values)


def begun_plan(c: County) -> Any:
    with acting_as(c.lead):
        plan_days_set(actor=c.lead, batch=c.batch, days={a.pk: TODAY + DAY for a in c.assignments})
        return visit_plan_begin(actor=c.lead, batch=c.batch)


def owed(c: County) -> Any:
    return purchases.owe(c, c.contract, "other", 1, date(2026, 8, 1))


def deliver_it(c: County, found: Any) -> None:
    with acting_as(c.lead):
        delivery_add(
            actor=c.lead, obligation=found, quantity=1, delivered_on=TODAY, what="宣传册",
            files=[("宣传册.jpg", counties.picture())],
        )  # fmt: skip


def drafted_result(c: County) -> Any:
    row = evaluated.asking(c)
    evaluated.answer(c, [8] * 10)
    return evaluated.drafted(c, row)


def measure(c: County) -> StandingDecision:
    with acting_as(c.officer):
        body = own_provider(c)
        return standing_draft(
            actor=c.officer, measure="reprimand", subject="service", name=body.org.name,
            credit_code=body.org.credit_code, ground="absent", facts="未到场", basis="合同",
            from_on=date(2026, 7, 1), until_on=date(2026, 12, 31),
            files=[("照片.jpg", counties.picture())],
        )  # fmt: skip


def noticed(c: County) -> StandingDecision:
    found = measure(c)
    with acting_as(c.officer):
        return standing_notice(actor=c.officer, decision=found)


def credential(c: County, until: date = date(2027, 12, 31), number: str = "Q-1") -> Qualification:
    with acting_as(c.lead):
        return qualification_add(
            actor=c.lead, provider=own_provider(c), kind="安全评价", scope="机械", number=number,
            issued_by="应急管理部", valid_from=date(2025, 1, 1), valid_until=until,
            files=[("证书.jpg", counties.picture())],
        )  # fmt: skip


def staff(c: County, until: date = date(2027, 12, 31), number: str = "E-1") -> Any:
    with acting_as(c.lead):
        return staff_certificate_add(
            actor=c.lead, provider=own_provider(c), kind="engineer", level="middle",
            specialty="other", membership=member(c.inspector), number=number,
            issued_by="应急管理部", valid_from=date(2025, 1, 1), valid_until=until,
            files=[("证书.jpg", counties.picture())],
        )  # fmt: skip
