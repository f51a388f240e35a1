"""library_class_save · library_classes_propose · library_class_retire · library_enter ·
library_level_change · library_suspend · library_resume · library_remove"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from agencies.models import LibraryChange, LibraryClass, LibraryProvider
from agencies.past import refusals_of
from audit.services import record
from common.errors import DomainError
from enterprises.models import Industry
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor
from tenancy.enums import OrgKind
from tenancy.models import Agency, Organization
from workflow.services import transition

Kind = LibraryChange.Kind
LEVELS = ("甲级", "乙级", "丙级")  # [proposal] the sources name no levels
# [proposal] (name, industries, words of risk): the sources name no classes.
PROPOSED: tuple[tuple[str, tuple[Industry, ...], tuple[str, ...]], ...] = (
    ("危险化学品", (Industry.CHEMICALS,), ("危险化学品", "重大危险源")),
    (
        "工贸行业",
        (
            Industry.METALLURGY, Industry.NONFERROUS, Industry.BUILDING_MATERIALS,
            Industry.MACHINERY, Industry.LIGHT, Industry.TEXTILE, Industry.TOBACCO,
        ),
        ("粉尘", "涉氨", "有限空间", "高温熔融"),
    ),
    ("商贸和其他", (Industry.COMMERCE, Industry.OTHER), ()),
)  # fmt: skip


@transaction.atomic
def library_class_save(
    *,
    actor: Actor,
    agency: Agency,
    name: str,
    industries: Sequence[str],
    risks: Sequence[str],
    levels: Sequence[str],
    found: LibraryClass | None = None,
    is_trial: bool = False,
) -> LibraryClass:
    """Enter a class of the library, or correct one. DomainError names the field."""
    row = found or LibraryClass(**agency.tenant)
    levels = [level.strip() for level in levels if level.strip()]
    if not industries and not risks:
        raise DomainError("至少选择一个行业，或者填写一个风险因素", field="industries")
    if not levels or len(set(levels)) != len(levels):
        raise DomainError("至少填写一个等级，不能重复", field="levels")
    if found is not None and (used := _used_levels(found) - set(levels)):
        raise DomainError(f"还有在库机构是{'、'.join(sorted(used))}，不能去掉", field="levels")
    row.name, row.is_trial, row.levels = name.strip(), is_trial, levels
    row.industries, row.risks = list(industries), list(risks)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise DomainError(f"已有名为“{row.name}”的分类", field="name") from None
    record(actor=actor, act="libraryclass.save", subject=row, summary=row.name)
    return row


def _used_levels(found: LibraryClass) -> set[str]:
    return set(found.entries.live().values_list("level", flat=True))


@transaction.atomic
def library_classes_propose(*, actor: Actor, agency: Agency) -> list[LibraryClass]:
    """Begin a library with the proposed classes and levels; they stay marked as 试拟."""
    if LibraryClass.objects.filter(owner_agency=agency, retired_at=None).exists():
        raise DomainError("本单位已有分类，请直接修改")
    return [
        library_class_save(
            actor=actor, agency=agency, name=name, industries=industries, risks=risks,
            levels=LEVELS, is_trial=True,
        )
        for name, industries, risks in PROPOSED
    ]  # fmt: skip


@transaction.atomic
def library_class_retire(*, actor: Actor, found: LibraryClass) -> None:
    """Use a class no longer; nobody may stand in it any more."""
    row = LibraryClass.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
    if row.entries.live().exists():
        raise DomainError("还有机构在这个分类中，请先出库")
    if row.retired_at is not None:
        raise DomainError("该分类已停用")
    row.retired_at = clock.now(row.owner_agency_id)
    row.save(update_fields=["retired_at"])
    record(actor=actor, act="libraryclass.retire", subject=row, summary=row.name)


@transaction.atomic
def library_enter(
    *,
    actor: Actor,
    agency: Agency,
    provider_org_id: int,
    business_class: LibraryClass,
    level: str,
    from_on: date,
    source: str,
    reason: str,
    source_url: str = "",
    until_on: date | None = None,
) -> LibraryProvider:
    """Enter a provider into a class of an agency's library. DomainError names the field."""
    if not Organization.objects.filter(pk=provider_org_id, kind=OrgKind.PROVIDER).exists():
        raise DomainError("请选择服务机构", field="provider_org")
    if business_class.owner_agency_id != agency.pk or business_class.retired_at is not None:
        raise DomainError("请选择在用的分类", field="business_class")
    _check_level(business_class, level)
    _check_reason(reason)
    if words := refusals_of(provider_org_id, agency.pk, from_on).library:
        raise DomainError(words, field="provider_org")
    if until_on is not None and until_on < from_on:
        raise DomainError("有效期至不能早于入库日期", field="until_on")
    entry = LibraryProvider(
        **{**agency.tenant, "provider_org_id": provider_org_id},
        business_class=business_class, level=level, from_on=from_on, until_on=until_on,
    )  # fmt: skip
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        raise DomainError(f"该机构已在“{business_class}”分类中", field="business_class") from None
    _note(actor, entry, Kind.ENTERED, from_on, reason, source=source, source_url=source_url)
    record(actor=actor, act="libraryprovider.enter", subject=entry, summary=str(entry))
    return entry


def _check_level(business_class: LibraryClass, level: str) -> None:
    if level not in business_class.levels:
        words = "、".join(business_class.levels)
        raise DomainError(f"“{business_class}”的等级是{words}", field="level")


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise DomainError("请写明理由", field="reason")


def _note(
    actor: Actor,
    entry: LibraryProvider,
    kind: LibraryChange.Kind,
    on: date,
    reason: str,
    *,
    source: str,
    source_url: str = "",
    level_before: str = "",
) -> LibraryChange:
    """Write down what happened, and tell the provider."""
    if source not in LibraryChange.Source.values:
        raise DomainError("请选择依据", field="source")
    change = LibraryChange.objects.create(
        **entry.tenant, entry=entry, kind=kind, on=on, level=entry.level, reason=reason.strip(),
        level_before=level_before, source=source, source_url=source_url,
        recorded_at=clock.now(entry.owner_agency_id), recorded_by_name=actor.display[:80],
    )  # fmt: skip
    notify(
        org_id=int(entry.provider_org_id or 0), kind="library.change", at=change.recorded_at,
        title=f"机构库“{entry.business_class}”：{change.get_kind_display()}，{entry.level}",
        url=reverse("agencies:library-entry", args=[entry.pk]),
    )  # fmt: skip
    return change


@transaction.atomic
def library_level_change(
    *,
    actor: Actor,
    entry: LibraryProvider,
    level: str,
    source: str,
    reason: str,
    source_url: str = "",
) -> LibraryProvider:
    """Put a provider on another level: the old row ends today, a new one goes on. Returns the new.

    An evaluation calls it with `source="evaluation"` and its page. A suspended one must be resumed
    first, so that a suspension never ends by the way.
    """
    _check_level(entry.business_class, level)
    _check_reason(reason)
    if entry.level == level:
        raise DomainError("等级没有变化", field="level")
    today = clock.today(entry.owner_agency_id)
    if entry.state == LibraryProvider.State.SUSPENDED:
        raise DomainError("该机构已暂停，先恢复再变更等级")
    if entry.until_on is not None and entry.until_on < today:
        raise DomainError("有效期已过，请出库后重新入库")
    old = transition(
        actor=actor, row=entry, name="replace", summary=f"{entry.level}→{level}", ended_on=today,
        state_reason=reason.strip(),
    )  # fmt: skip
    new = LibraryProvider.objects.create(
        **old.tenant, business_class=old.business_class, level=level, replaces=old,
        from_on=max(today, old.from_on), until_on=old.until_on,
    )  # fmt: skip
    _note(
        actor, new, Kind.LEVEL, today, reason,
        source=source, source_url=source_url, level_before=old.level,
    )  # fmt: skip
    return new


@transaction.atomic
def library_suspend(
    *, actor: Actor, entry: LibraryProvider, source: str, reason: str, source_url: str = ""
) -> LibraryProvider:
    """Nobody may choose it until it is resumed."""
    moved = _move(actor, entry, "suspend", reason)
    _note(
        actor, moved, Kind.SUSPENDED, clock.today(moved.owner_agency_id), reason,
        source=source, source_url=source_url,
    )  # fmt: skip
    return moved


@transaction.atomic
def library_resume(
    *, actor: Actor, entry: LibraryProvider, source: str, reason: str, source_url: str = ""
) -> LibraryProvider:
    """It may be chosen again."""
    moved = _move(actor, entry, "resume", reason)
    _note(
        actor, moved, Kind.RESUMED, clock.today(moved.owner_agency_id), reason,
        source=source, source_url=source_url,
    )  # fmt: skip
    return moved


@transaction.atomic
def library_remove(
    *, actor: Actor, entry: LibraryProvider, source: str, reason: str, source_url: str = ""
) -> LibraryProvider:
    """It leaves the library, for a reason on record."""
    today = clock.today(entry.owner_agency_id)
    moved = _move(actor, entry, "remove", reason, ended_on=today)
    _note(actor, moved, Kind.REMOVED, today, reason, source=source, source_url=source_url)
    return moved


def _move(
    actor: Actor, entry: LibraryProvider, name: str, reason: str, **values: Any
) -> LibraryProvider:
    _check_reason(reason)
    return transition(
        actor=actor, row=entry, name=name, summary=reason.strip(), state_reason=reason.strip(),
        **values,
    )  # fmt: skip
