"""A purchase in motion, for tests of what stands on it; made through the services."""

from datetime import date, timedelta
from decimal import Decimal

from agencies.models import (
    Obligation,
    Offer,
    Procurement,
    ProcurementLot,
    PurchasePlan,
    ServiceContract,
)
from agencies.services import (
    contract_create,
    criteria_set,
    lot_award,
    lot_save,
    obligation_add,
    offer_add,
    plan_approve,
    plan_budget,
    plan_draft,
    plan_item_save,
    procurement_announce,
    procurement_award,
    procurement_close,
    procurement_draft,
    scores_set,
)
from common.scope import acting_as
from providers.services import provider_register
from tests import county as counties
from tests.county import County

TODAY = counties.NOW.date()
DUE = TODAY + timedelta(days=20)
ITEM = {
    "area": "inspection", "what": "规上工贸企业隐患排查", "enterprises": 100,
    "amount": Decimal("500000.00"), "method": "open_tender", "note": "",
}  # fmt: skip
LOT = {
    "name": "第一标段",
    "business": "隐患排查",
    "enterprises": 100,
    "ceiling": Decimal("480000.00"),
}
CRITERIA = (
    {"name": "价格", "kind": "price", "weight": Decimal(20)},
    {"name": "技术方案", "kind": "technical", "weight": Decimal(60)},
    {"name": "以往考评", "kind": "past", "weight": Decimal(20)},
)


def draft_plan(county: County, *, year: int = 2026, **item: object) -> PurchasePlan:
    """A year's plan with one line, written by an officer."""
    with acting_as(county.officer):
        plan = plan_draft(actor=county.officer, year=year, title=f"{year}年度购买计划")
        plan_item_save(actor=county.officer, plan=plan, **{**ITEM, **item})
    return plan


def plan(county: County, **item: object) -> PurchasePlan:
    """A plan that is approved by the administrator and stands in the budget."""
    made = draft_plan(county, **item)
    with acting_as(county.admin):
        approved = plan_approve(actor=county.admin, plan=made)
        return plan_budget(
            actor=county.admin, plan=approved, budget_number="财预〔2026〕8号", budgeted_on=TODAY
        )


def provider(county: County, number: int, **fields: object) -> int:
    """Another registered provider; return its organisation."""
    with acting_as(county.admin):
        made = provider_register(
            actor=county.admin, name=f"另一机构{number}", short_name=f"另{number}",
            credit_code=counties.code_for(8_000_000 + number, county.zone.region_code), **fields,
        )  # fmt: skip
    return made.org_id


def project(county: County, *, number: str = "CG-1", item: object = None, **fields: object):
    """A draft project with one lot and its criteria; without a line, for a reason."""
    with acting_as(county.officer):
        made = procurement_draft(
            actor=county.officer, plan_item=item, number=number, title="工贸企业隐患排查服务",
            method="open_tender", outside_reason="" if item else "应急任务", note="", **fields,
        )  # fmt: skip
        lot_save(actor=county.officer, procurement=made, **LOT)
        criteria_set(actor=county.officer, procurement=made, criteria=CRITERIA)
    return made


def opened(county: County, **fields: object) -> ProcurementLot:
    """The lot of a project whose offers have been opened; the region's clock stands on that day."""
    made = project(county, **fields)
    with acting_as(county.officer):
        announced = procurement_announce(actor=county.officer, procurement=made, offers_due_on=DUE)
    county.later(days=20)
    with acting_as(county.officer):
        procurement_close(actor=county.officer, procurement=announced)
        return ProcurementLot.objects.select_related("procurement").get(procurement=made)


def offer(county: County, lot: ProcurementLot, provider_org_id: int, price: str) -> Offer:
    """What a provider offered."""
    with acting_as(county.officer):
        return offer_add(
            actor=county.officer, lot=lot, provider_org_id=provider_org_id, price=Decimal(price)
        )


def score(county: County, lot: ProcurementLot, scores: dict[int, tuple[str, ...]]) -> None:
    """Score offers: {offer: its scores in the order of the criteria}."""
    with acting_as(county.officer):
        criteria = list(lot.procurement.criteria.order_by("pk").values_list("pk", flat=True))
        given = {
            pk: dict(zip(criteria, map(Decimal, row), strict=True)) for pk, row in scores.items()
        }
        scores_set(actor=county.officer, lot=lot, scores=given)


def ranked(county: County, **fields: object) -> tuple[ProcurementLot, Offer, Offer]:
    """A lot with two scored offers: the county's provider first, another second."""
    lot = opened(county, **fields)
    number = (ProcurementLot.objects.count() if fields.get("another") else lot.pk) % 100_000
    mine = offer(county, lot, county.lead.org, "450000")
    other = offer(county, lot, provider(county, number), "440000")
    score(county, lot, {mine.pk: ("97.78", "90", "88"), other.pk: ("100", "80", "80")})
    with acting_as(county.officer):
        return lot, Offer.objects.get(pk=mine.pk), Offer.objects.get(pk=other.pk)


def awarded(county: County, **fields: object) -> ProcurementLot:
    """A lot awarded to the county's provider, with the result published."""
    lot, mine, _ = ranked(county, **fields)
    with acting_as(county.admin):
        lot_award(actor=county.admin, lot=lot, offer=mine)
        procurement_award(actor=county.admin, procurement=lot.procurement)
        return ProcurementLot.objects.select_related("procurement", "winner").get(pk=lot.pk)


def contracted(county: County, lot: ProcurementLot) -> ServiceContract:
    """The draft of the contract that follows."""
    with acting_as(county.admin):
        return contract_create(
            actor=county.admin, provider_org_id=county.lead.org, number=f"HT-L{lot.pk}",
            title="隐患排查服务合同", kind="government_purchase", signed_on=TODAY,
            starts_on=TODAY, ends_on=date(2026, 12, 31), amount=Decimal("450000"), lot=lot,
        )  # fmt: skip


def owe(
    county: County, contract: ServiceContract, kind: str, quantity: int, due_on: date, **fields
) -> Obligation:
    """An obligation; in a contract in force with a reason."""
    with acting_as(county.admin):
        return obligation_add(
            actor=county.admin, contract=contract, kind=kind, name=fields.pop("name", kind),
            quantity=quantity, unit="次", due_on=due_on, reason=fields.pop("reason", "补充协议"),
            **{"technical": "按检查表逐项检查", "service": "", "safety": "", **fields},
        )  # fmt: skip


def running(project: Procurement) -> Procurement:
    """The project as it stands."""
    return Procurement.objects.get(pk=project.pk)
