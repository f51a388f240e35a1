"""A second county, and measures taken against providers, for tests of what follows from them."""

from dataclasses import replace
from datetime import date

from agencies.models import ServiceContract
from agencies.services import contract_activate, contract_create
from common.scope import acting_as
from providers.models import Provider, StandingDecision
from providers.services import (
    provider_register,
    standing_decide,
    standing_draft,
    standing_notice,
)
from tenancy.enums import Role
from tenancy.models import Organization
from tests import county as counties
from tests import world

FILES = [("现场照片.jpg", counties.picture((200, 20, 20)))]
TODAY = counties.NOW.date()
WORDS = {
    "measure": "suspend", "subject": "service", "ground": "absent", "facts": "三次应到场而未到场",
    "basis": "合同第八条", "from_on": TODAY, "until_on": date(2026, 12, 31), "files": FILES,
}  # fmt: skip


def org_of(actor) -> Organization:
    with acting_as(actor):
        return Provider.objects.select_related("org").get(pk=actor.org_id).org


def draft(county, about=None, **more) -> StandingDecision:
    """A measure drafted by an officer against the county's provider, or against `about`."""
    body = org_of(county.lead) if about is None else about
    words = {**WORDS, "name": body.name, "credit_code": body.credit_code, **more}
    with acting_as(county.officer):
        return standing_draft(actor=county.officer, **words)


def noticed(county, about=None, **more) -> StandingDecision:
    """The body was told, five working days from now."""
    found = draft(county, about, **more)
    with acting_as(county.officer):
        return standing_notice(actor=county.officer, decision=found)


def decide(county, decision, actor=None, **more) -> StandingDecision:
    """Decided by the administrator, from today on."""
    by = actor or county.admin
    with acting_as(by):
        words = {"reason": "事实清楚", "from_on": decision.from_on, "until_on": decision.until_on}
        return standing_decide(actor=by, decision=decision, **{**words, **more})


def barred(county, about=None, **more) -> StandingDecision:
    """In force after the days of the statement: the clock is eight days on, and `from_on` today."""
    found = noticed(county, about, **more)
    county.later(days=8)
    day = TODAY.replace(day=TODAY.day + 8)
    return decide(county, found, from_on=max(day, found.from_on))


def second_provider(county, number: int = 9_500_000):
    """Another provider with an active contract of the same agency, and its lead."""
    with acting_as(county.admin):
        made = provider_register(
            actor=county.admin, name="接手机构", short_name="接手",
            credit_code=counties.code_for(number, county.zone.region_code),
        )  # fmt: skip
        contract = contract_create(
            actor=county.admin, provider_org_id=made.pk, number=f"HT-{number}", title="第二份服务",
            kind="government_purchase", signed_on=date(2026, 5, 28), starts_on=date(2026, 6, 1),
            ends_on=date(2026, 10, 31),
        )  # fmt: skip
        active: ServiceContract = contract_activate(actor=county.admin, contract=contract)
        org = made.org
    lead = world.member(org, Role.PROJECT_LEAD, qualification="注册安全工程师")
    counties.confirm(replace(county, lead=lead, contract=active), lead)
    return active, lead
