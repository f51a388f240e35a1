"""A version of an agency's rules, from a draft to the day it is adopted: the same for each kind."""

from datetime import date
from typing import Any

from audit.services import record
from common.errors import DomainError
from scoring.models.versions import RulesVersion
from scoring.selectors import Version
from tenancy.actors import COUNTY_DIGITS, Actor
from tenancy.models import Agency


def owner_of(kind: type[RulesVersion], actor: Actor) -> Agency:
    """Return the actor's agency; a township uses the district's rules and has none of its own."""
    agency = Agency.objects.get(pk=actor.org)
    if len(agency.region_code) > COUNTY_DIGITS:
        raise DomainError(f"乡镇使用上级的{kind._meta.verbose_name}，不能自行制定或者修改")
    return agency


def locked_draft(actor: Actor, version: Version) -> Version:
    """Return a draft of the actor's own agency, locked until the transaction ends."""
    kind = type(version)
    name = kind._meta.verbose_name
    owner_of(kind, actor)
    locked = kind._default_manager.select_for_update(of=("self",), no_key=True).get(pk=version.pk)
    if locked.owner_agency_id != actor.org_id:
        raise DomainError(f"只能修改本机构的{name}")
    if locked.state != RulesVersion.State.DRAFT:
        raise DomainError(f"{name}已施行，不能再修改；请另拟新版本")
    return locked


def version_create(kind: type[Version], agency: Agency, version: str, **values: Any) -> Version:
    """Make a draft without its rules. DomainError names the field."""
    version = version.strip()
    if not version:
        raise DomainError("请填写版本名称", field="version")
    if kind._default_manager.filter(owner_agency=agency, version=version).exists():
        raise DomainError(f"{kind._meta.verbose_name}{version}已存在", field="version")
    return kind._default_manager.create(
        owner_agency=agency, region_code=agency.region_code, version=version, **values
    )


def version_adopt(actor: Actor, draft: Version, adopted_on: date) -> Version:
    """Adopt a locked draft from a day on; after that nothing of it changes."""
    name = draft._meta.verbose_name
    same_day = type(draft)._default_manager.filter(
        owner_agency=draft.owner_agency_id, adopted_on=adopted_on
    )
    if same_day.exists():
        raise DomainError(f"这一天已有一版{name}施行", field="adopted_on")
    draft.adopted_on = adopted_on
    draft.adopt()
    draft.save()
    version_record(actor, draft, "adopt")
    return draft


def version_drop(actor: Actor, version: RulesVersion) -> None:
    """Throw a draft away."""
    locked = locked_draft(actor, version)
    version_record(actor, locked, "drop")
    locked.delete()


def version_record(actor: Actor, version: RulesVersion, verb: str) -> None:
    """Write down who did what to a version."""
    record(
        actor=actor,
        act=f"{version._meta.model_name}.{verb}",
        subject=(version._meta.label_lower, str(version.pk)),
        agency_id=version.owner_agency_id,
        region_code=version.region_code,
        summary=version.version,
    )
