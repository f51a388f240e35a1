"""Conflicts of interest (利益冲突) of a plan: shown before it is carried out.

A provider that advises an enterprise must not assess it meanwhile ([proposal after Yuhang]:
既当裁判员又当运动员): refused, unless the agency's rules let it go on with a reason. The same
inspector at the same enterprise more often than the agency's figure is a warning: whoever plans it
writes down why. Visits are counted by an app above, which fills the registry.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from agencies.models import ConflictReason, ServiceBatch, ServiceTie
from common.errors import DomainError
from enterprises.models import Enterprise
from providers.services import rules_of
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Membership

Kind = ConflictReason.Kind
Pair = tuple[int, int]  # membership, enterprise
VisitCounter = Callable[[Sequence[Membership], Sequence[int]], Mapping[Pair, int]]
_counters: list[VisitCounter] = []
MOST_NAMED = 5


def register_visits(counter: VisitCounter) -> None:
    """Say who counts {(membership, enterprise): visits}; called in AppConfig.ready()."""
    _counters[:] = [counter]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One conflict of a plan; `is_refused`: no reason lets it go on."""

    kind: str
    enterprise_id: int
    enterprise_name: str
    words: str
    membership_id: int | None = None
    is_refused: bool = False

    @property
    def key(self) -> tuple[str, int, int | None]:
        """What a reason is given for."""
        return self.kind, self.enterprise_id, self.membership_id


def conflicts_of(
    batch: ServiceBatch,
    enterprises: Iterable[Enterprise],
    people: Mapping[int, Membership] | None = None,
) -> list[Conflict]:
    """Return the conflicts of serving these enterprises, {enterprise: who goes there} where known.

    In a fixed number of statements.
    """
    firms = {firm.pk: firm for firm in enterprises}
    rules = rules_of(batch.owner_agency_id)
    found = [
        Conflict(
            Kind.CONSULTANT, tie.enterprise_id, firms[tie.enterprise_id].name, _tied(tie),
            is_refused=not rules.allows_consultant,
        )
        for tie in ties_within(batch.provider_org_id, firms, batch.starts_on, batch.ends_on)
    ]  # fmt: skip
    return [*found, *_repeats(firms, people or {}, rules.repeat_visits)]


def ties_within(
    provider_org_id: int | None, enterprises: Iterable[int], first: date, last: date
) -> list[ServiceTie]:
    """Return the ties of a provider to these enterprises that hold on some day of a term."""
    rows = ServiceTie.objects.filter(
        Q(until_on=None) | Q(until_on__gte=first),
        provider_org=provider_org_id, enterprise__in=list(enterprises), removed_at=None,
        from_on__lte=last,
    )  # fmt: skip
    return list(rows.order_by("enterprise", "pk"))


def _tied(tie: ServiceTie) -> str:
    until = f"至{tie.until_on:%Y-%m-%d}" if tie.until_on else "起"
    return f"{tie.from_on:%Y-%m-%d}{until}为该企业提供咨询：{tie.what}"


def _repeats(
    firms: Mapping[int, Enterprise], people: Mapping[int, Membership], most: int
) -> list[Conflict]:
    if not people or not _counters:
        return []
    counts = _counters[0]([*people.values()], [*people])
    return [
        Conflict(
            Kind.REPEAT, firm, firms[firm].name,
            f"{person.user.name}已到该企业检查{number}次（超过{most}次）", person.pk,
        )
        for firm, person in people.items()
        if (number := counts.get((person.pk, firm), 0)) > most
    ]  # fmt: skip


def unreasoned(batch: ServiceBatch, conflicts: Iterable[Conflict]) -> list[Conflict]:
    """Return those of the conflicts for which no reason is on record in this batch."""
    known = {
        (row.kind, row.enterprise_id, row.membership_id)
        for row in ConflictReason.objects.filter(batch=batch)
    }
    return [one for one in conflicts if one.key not in known]


def conflicts_settle(
    *, actor: Actor, batch: ServiceBatch, conflicts: Sequence[Conflict], reason: str
) -> int:
    """Refuse what may not be, and record why the rest goes on; return how many reasons were needed.

    DomainError (field `conflict_reason`) names the first few.
    """
    if not conflicts:
        return 0
    refused = [one for one in conflicts if one.is_refused]
    if refused:
        raise DomainError(f"利益冲突，不能安排：{_named(refused)}", field="conflict_reason")
    left = unreasoned(batch, conflicts)
    if left and not reason.strip():
        raise DomainError(
            f"存在利益冲突，写明理由后才能继续：{_named(left)}", field="conflict_reason"
        )
    whose: dict[str, Any] = {"given_at": clock.now(batch.owner_agency_id)}
    ConflictReason.objects.bulk_create(
        ConflictReason(
            **batch.tenant, batch=batch, enterprise_id=one.enterprise_id, kind=one.kind,
            membership_id=one.membership_id, words=one.words[:300], reason=reason.strip()[:300],
            given_by_name=actor.display[:80], **whose,
        )
        for one in left
    )  # fmt: skip
    return len(left)


def _named(conflicts: Sequence[Conflict]) -> str:
    words = "；".join(f"{one.enterprise_name}：{one.words}" for one in conflicts[:MOST_NAMED])
    more = len(conflicts) - MOST_NAMED
    return f"{words}等{len(conflicts)}项" if more > 0 else words
