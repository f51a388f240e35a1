"""enterprises_edit: the same change to many files, with a note; what it would do, beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from common.errors import DomainError
from common.ids import uuid7
from enterprises.models import Enterprise
from enterprises.services import enterprise_save
from tenancy.actors import Actor

MOST = 500  # at once
FIELDS = ("region_code", "industry", "industry_code", "risk_factors")
NAMED = 5
FOREIGN = "不是本机关建立的档案"
CLOSED = "已并入另一份档案"


@dataclass(frozen=True, slots=True)
class Planned:
    """What a change means for one file: from → to by field, or why it cannot be."""

    enterprise: Enterprise
    changes: Mapping[str, tuple[str, str]]
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """How many files of one act were changed."""

    group: UUID
    changed: int
    unchanged: int
    refused: Sequence[Planned]


def plan_edit(
    actor: Actor, enterprises: Sequence[Enterprise], values: Mapping[str, str]
) -> list[Planned]:
    """Return what the change means for each file; a superior does not edit its counties' in bulk."""
    return [_planned(actor, enterprise, values) for enterprise in enterprises]


def _planned(actor: Actor, enterprise: Enterprise, values: Mapping[str, str]) -> Planned:
    if enterprise.owner_agency_id != actor.org_id:
        return Planned(enterprise, {}, FOREIGN)
    if enterprise.merged_into_id is not None:
        return Planned(enterprise, {}, CLOSED)
    changes = {
        name: (str(getattr(enterprise, name)), value)
        for name, value in values.items()
        if name in FIELDS and value and getattr(enterprise, name) != value
    }
    return Planned(enterprise, changes)


def check_edit(ids: Sequence[int], values: Mapping[str, str]) -> None:
    """DomainError for a change of nothing, of nobody, or of too many at once."""
    if not ids:
        raise DomainError("请先选择企业")
    if len(ids) > MOST:
        raise DomainError(f"选了 {len(ids)} 家，一次最多 {MOST} 家；请缩小筛选范围分次修改")
    if not any(values.get(name) for name in FIELDS):
        raise DomainError("请至少填写一项要修改的内容", field="industry")


@transaction.atomic
def enterprises_edit(
    *,
    actor: Actor,
    enterprise_ids: Sequence[int],
    values: Mapping[str, str],
    note: str,
    skips_refused: bool = False,
) -> Edited:
    """Give many files the same values, each by its own act with the note and the group's id.

    All or none, unless `skips_refused`. An empty value leaves a field as it is.
    """
    check_edit(enterprise_ids, values)
    if not note.strip():
        raise DomainError("请写明为什么修改", field="note")
    rows = Enterprise.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=enterprise_ids
    )
    planned = plan_edit(actor, list(rows.order_by("pk")), values)
    if not planned:
        raise DomainError("请先选择企业")
    refused = [one for one in planned if one.refusal]
    if refused and not skips_refused:
        named = "、".join(one.enterprise.name for one in refused[:NAMED])
        raise DomainError(f"{len(refused)} 家不能修改：{named}；一家也没有改")
    group, changing = uuid7(), [one for one in planned if one.changes]
    for one in changing:
        for name, (_, value) in one.changes.items():
            setattr(one.enterprise, name, value)
        enterprise_save(actor=actor, enterprise=one.enterprise, note=note.strip(), group=group)
    return Edited(group, len(changing), len(planned) - len(changing) - len(refused), refused)
