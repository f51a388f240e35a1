"""files_merge · merge_undo: two files of one enterprise become one. Why so: docs/decisions/0016.

The former file is closed and kept; nothing that happened is written anew. It leads to the other, and
whoever reads that one's history reads both (`Enterprise.files`). What says how things are today
(risk points, certificates) goes over. Apps above say with `register_part` what a file may hold there,
with `register_hold` what must be finished first, with `register_following` what else has to follow.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from enterprises.entering import no_phone_over
from enterprises.models import ClaimCode, Enterprise, EnterpriseMerge
from enterprises.registered import registers_back, registers_over
from enterprises.services import search_text
from tenancy import clock
from tenancy.actors import SYSTEM, Actor
from tenancy.former import body_fold, body_unfold

FIELDS = (
    "name", "region_code", "industry", "industry_code", "address", "products", "employee_count",
    "safety_manager_count", "special_operator_count", "principal_name", "phone", "risk_factors",
    "major_installation", "opens_at", "closes_at", "latitude", "longitude",
)  # fmt: skip
SAME = {"同名": "name", "同一负责人": "principal_name", "同一电话": "phone", "同一地址": "address"}
PAIRED = {"latitude": "longitude"}  # one place: both numbers or neither
NEAR = 8
BODY = slice(8, 17)  # of a credit code: 主体标识码


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of thing that a file may hold: how many, and what becomes of them."""

    title: str
    unit: str
    fate: str
    counted: Callable[[Sequence[int]], Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Figure:
    """What either file comes to, and both together."""

    title: str
    former: str
    own: str
    together: str


@dataclass(frozen=True, slots=True)
class Hold:
    """What must be finished before a file can be closed, and where that is done."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Following:
    """What else follows a merge, its undoing, and why it cannot be undone ('' if it can)."""

    merged: Callable[[Actor, EnterpriseMerge], None]
    undone: Callable[[Actor, EnterpriseMerge], None]
    why_kept: Callable[[EnterpriseMerge], str]


_parts: list[Part] = []
_holds: list[Callable[[Enterprise], Iterable[Hold]]] = []
_following: list[Following] = []
_figures: list[Callable[[Enterprise, Enterprise], Iterable[Figure]]] = []


def register_part(part: Part) -> None:
    """Say what a file may hold; called in AppConfig.ready() of an app above, in reading order."""
    _parts.append(part)


def register_hold(asked: Callable[[Enterprise], Iterable[Hold]]) -> None:
    """Say what must be finished before a file can be closed."""
    _holds.append(asked)


def register_following(following: Following) -> None:
    """Say what else follows a merge."""
    _following.append(following)


def register_figures(asked: Callable[[Enterprise, Enterprise], Iterable[Figure]]) -> None:
    """Say what two files come to together, as somebody wants to know beforehand."""
    _figures.append(asked)


def figures_of(former: Enterprise, into: Enterprise) -> list[Figure]:
    """Return what changes in figures when `former` is merged."""
    return [figure for asked in _figures for figure in asked(former, into)]


def counts_by_file(rows: "QuerySet[Any]", ids: Sequence[int]) -> dict[int, int]:
    """Return how many rows hang on each file."""
    found = rows.filter(enterprise__in=ids).order_by().values_list("enterprise")
    return dict(found.annotate(Count("pk")))


def held_by(former: Enterprise, into: Enterprise) -> list[tuple[Part, int, int]]:
    """Return what either file holds: (kind, the former's, the other's), with one of either."""
    ids = [former.pk, into.pk]
    found = []
    for part in _parts:
        counts = part.counted(ids)
        pair = (counts.get(former.pk, 0), counts.get(into.pk, 0))
        if any(pair):
            found.append((part, *pair))
    return found


def holds_of(former: Enterprise, into: Enterprise) -> list[Hold]:
    """Return all that stands in the way of closing `former`, and where it is finished."""
    found = []
    if former.owner_agency_id != into.owner_agency_id:
        found.append(Hold("两份档案不是同一个机关建立的，只能在同一机关内合并"))
    with acting_as(SYSTEM):  # whether, not where: another region's files are its own
        others = Enterprise.objects.filter(enterprise_org=former.enterprise_org_id)
        is_elsewhere = others.exclude(pk=former.pk).exists()
    if is_elsewhere:
        found.append(
            Hold(
                f"{former.name}的统一社会信用代码在其他机关另有档案，不能停用；请改为保留这一份",
                reverse("enterprises:merge", args=[former.pk, into.pk]),
            )
        )
    return [*found, *(hold for asked in _holds for hold in asked(former))]


def alike(enterprise: Enterprise) -> list[Enterprise]:
    """Return the files of the same agency that may be the same enterprise.

    By how the name begins, by the principal, or by the code of the body within the credit code, which
    stays when an office registers it anew. Telephones stand encrypted: compared among those alone.
    """
    name, code = enterprise.name, enterprise.credit_code
    same = Q(name__startswith=name[: max(4, len(name) - 4)]) | Q(credit_code__contains=code[BODY])
    if enterprise.principal_name:
        same |= Q(principal_name=enterprise.principal_name)
    rows = Enterprise.objects.open().filter(same, owner_agency=enterprise.owner_agency_id)
    return list(rows.exclude(pk=enterprise.pk).order_by("name", "pk")[:NEAR])


def why_alike(one: Enterprise, other: Enterprise) -> str:
    """Say by what two files look like the same enterprise, '' where nothing says so."""
    told = [
        label
        for label, field in SAME.items()
        if getattr(one, field) and getattr(one, field) == getattr(other, field)
    ]
    if one.credit_code[BODY] == other.credit_code[BODY]:
        told.append("主体标识码相同")
    return "、".join(told)


def merge_in_force(former: Enterprise) -> EnterpriseMerge | None:
    """Return the act that closed a file."""
    rows = EnterpriseMerge.objects.filter(former=former, undone_at=None)
    return rows.select_related("into").first()


@transaction.atomic
def files_merge(
    *,
    actor: Actor,
    former: Enterprise,
    into: Enterprise,
    taken: Iterable[str] = (),
    reason: str,
) -> EnterpriseMerge:
    """Close `former` and go on with `into`, which keeps the former's values of the fields `taken`.

    DomainError where something has to be finished first, or where either was merged meanwhile: of
    two officers at once the second is refused.
    """
    if not reason.strip():
        raise DomainError("请写明合并原因", field="reason")
    if former.pk == into.pk:
        raise DomainError("请选择另一份档案")
    former, into = _locked(former.pk, into.pk)
    if former.merged_into_id or into.merged_into_id:
        raise DomainError("其中一份档案已并入其他档案，请刷新后再试")
    if holds := holds_of(former, into):
        raise DomainError("；".join(hold.words for hold in holds))
    now = clock.now(into.owner_agency_id)
    merge = EnterpriseMerge(
        **into.tenant, former=former, into=into, reason=reason.strip(), merged_at=now,
        merged_by_name=actor.display[:80],
    )  # fmt: skip
    merge.taken = [name for name in FIELDS if name in _with_pairs(taken)]
    _take(merge)
    earlier = [*former.former_files.order_by("pk").values_list("pk", flat=True)]
    Enterprise.objects.filter(pk__in=[former.pk, *earlier]).update(merged_into=into)
    former.merged_into = into
    sheets = ClaimCode.objects.filter(enterprise=former, claimed_at=None, withdrawn_at=None)
    sheets.update(withdrawn_at=now, withdrawn_reason="档案已合并")
    merge.moved = {
        "files": earlier,
        "registers": registers_over(former, into, now),
        "body": body_fold(
            actor=actor, former_id=_body(former), into_id=_body(into),
        ),
    }  # fmt: skip
    merge.save(force_insert=True)
    no_phone_over(actor=actor, former=former, into=into)
    for follow in _following:
        follow.merged(actor, merge)
    _record(actor, merge, "enterprise.merge", merge.reason, now)
    return merge


def why_kept(merge: EnterpriseMerge) -> str:
    """Say why a merge cannot be undone, '' if it can."""
    if merge.into.merged_into_id:
        return f"{merge.into.name}已并入其他档案，请先撤销那次合并"
    return next((why for follow in _following if (why := follow.why_kept(merge))), "")


@transaction.atomic
def merge_undo(*, actor: Actor, merge: EnterpriseMerge, reason: str) -> EnterpriseMerge:
    """Open the former file again: each has its own as before, and its people.

    What came to the file that stayed since then stays there. A field goes back where it still reads
    as the merge left it.
    """
    if not reason.strip():
        raise DomainError("请写明撤销原因", field="reason")
    former, into = _locked(merge.former_id, merge.into_id)
    merge = EnterpriseMerge.objects.select_for_update(of=("self",), no_key=True).get(pk=merge.pk)
    if merge.undone_at is not None:
        raise DomainError("这次合并已经撤销")
    merge.former, merge.into = former, into
    if why := why_kept(merge):
        raise DomainError(why)
    now = clock.now(merge.owner_agency_id)
    _give_back(merge)
    Enterprise.objects.filter(pk=former.pk).update(merged_into=None)
    Enterprise.objects.filter(pk__in=merge.moved["files"]).update(merged_into=former)
    former.merged_into = None
    registers_back(merge.moved["registers"], now)
    body_unfold(actor=actor, former_id=_body(former), into_id=_body(into), kept=merge.moved["body"])
    merge.undone_at, merge.undone_by_name = now, actor.display[:80]
    merge.undone_reason = reason.strip()
    merge.save(update_fields=["undone_at", "undone_by_name", "undone_reason"])
    for follow in _following:
        follow.undone(actor, merge)
    _record(actor, merge, "enterprise.unmerge", merge.undone_reason, now)
    return merge


def _locked(former_id: int, into_id: int) -> tuple[Enterprise, Enterprise]:
    # The key too: nothing may begin to lead to a file while it is being merged.
    rows = Enterprise.objects.select_for_update(of=("self",), no_key=False)
    rows = rows.filter(pk__in=[former_id, into_id])
    found = {row.pk: row for row in rows.order_by("pk")}
    return found[former_id], found[into_id]


def _with_pairs(taken: Iterable[str]) -> set[str]:
    names = set(taken)
    return names | {PAIRED[name] for name in names if name in PAIRED}


def _take(merge: EnterpriseMerge) -> None:
    former, into = merge.former, merge.into
    for name in merge.taken:
        if name == "phone":
            merge.phone_before = into.phone
        else:
            value = getattr(into, name)
            merge.before[name] = None if value is None else str(value)
        setattr(into, name, getattr(former, name))
    _save(into)


def _give_back(merge: EnterpriseMerge) -> None:
    """A field that was changed since then is somebody's later word and stays."""
    former, into = merge.former, merge.into
    for name in merge.taken:
        if getattr(into, name) == getattr(former, name):
            field: Any = Enterprise._meta.get_field(name)
            before = merge.phone_before if name == "phone" else merge.before[name]
            setattr(into, name, field.to_python(before))
    _save(into)


def _save(into: Enterprise) -> None:
    into.search_text = search_text(into.name, into.credit_code, into.principal_name)
    into.save()


def _body(enterprise: Enterprise) -> int:
    assert enterprise.enterprise_org_id is not None  # a file always names its body
    return enterprise.enterprise_org_id


def _record(actor: Actor, merge: EnterpriseMerge, act: str, why: str, now: Any) -> None:
    """An act on each file: the history of either tells of the other."""
    data = {"merge": str(merge.pk), "former": merge.former_id, "into": merge.into_id,
            "taken": merge.taken}  # fmt: skip
    for enterprise in (merge.former, merge.into):
        record(actor=actor, act=act, subject=enterprise, summary=why, data=data, at=now)
