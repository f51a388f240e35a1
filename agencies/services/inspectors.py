"""split_by_town · split_evenly · inspectors_assign: who of the provider goes where."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse

from agencies import grants
from agencies.conflicts import conflicts_of, conflicts_settle
from agencies.models import Assignment, ServiceBatch
from agencies.services.contracts import provider_of
from audit.services import record
from common.errors import DomainError
from notifications.services import Message, notify_many
from providers.selectors import lapsed_words
from providers.standing import barred_people_words, must_serve
from tenancy import clock
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.models import Membership

INSPECTORS = (Role.INSPECTOR, Role.PROJECT_LEAD)


def split_evenly(assignments: Sequence[Assignment], inspectors: Sequence[int]) -> dict[int, int]:
    """Return {assignment id: inspector}: neighbours stay together, loads differ by one at most."""
    ordered = sorted(assignments, key=lambda a: (a.region_code, a.pk))
    share, rest = divmod(len(ordered), len(inspectors))
    plan: dict[int, int] = {}
    start = 0
    for position, inspector in enumerate(inspectors):
        size = share + (position < rest)
        plan.update(dict.fromkeys((a.pk for a in ordered[start : start + size]), inspector))
        start += size
    return plan


def split_by_town(assignments: Sequence[Assignment], inspectors: Sequence[int]) -> dict[int, int]:
    """Return {assignment id: inspector}: a town goes to one person; the largest towns first, each
    to whoever has least."""
    towns: dict[str, list[int]] = defaultdict(list)
    for assignment in assignments:
        towns[assignment.region_code].append(assignment.pk)
    load: Counter[int] = Counter(dict.fromkeys(inspectors, 0))
    plan: dict[int, int] = {}
    for _, members in sorted(towns.items(), key=lambda town: (-len(town[1]), town[0])):
        inspector = min(inspectors, key=lambda person: (load[person], inspectors.index(person)))
        load[inspector] += len(members)
        plan.update(dict.fromkeys(members, inspector))
    return plan


@transaction.atomic
def inspectors_assign(
    *, actor: Actor, batch: ServiceBatch, plan: Mapping[int, int], conflict_reason: str = ""
) -> int:
    """Put inspectors on assignments: {assignment id: membership id}; return how many changed.

    Both must be the actor's own provider's; the former inspector's grant ends. `conflict_reason` is
    why it goes on in spite of a conflict of interest.
    """
    people = {
        m.pk: m
        for m in Membership.objects.own()
        .filter(pk__in=set(plan.values()), org_id=actor.org_id, role__in=INSPECTORS)
        .select_related("user")
    }
    rows = list(
        batch.assignments.select_for_update(of=("self",), no_key=True)
        .select_related("enterprise")
        .filter(pk__in=plan, withdrawn_at=None)
    )
    if len(people) != len(set(plan.values())) or len(rows) != len(plan):
        raise DomainError("人员或企业不在本机构的任务中，请刷新后重选", field="plan")
    if lapsed := lapsed_words([*people.values()], clock.today(batch.owner_agency_id)):
        raise DomainError(f"{lapsed}，不能安排检查", field="plan")
    _check_standing(batch, [*people.values()])
    changed = [row for row in rows if row.inspector_id != plan[row.pk]]
    conflicts = conflicts_of(
        batch,
        [row.enterprise for row in changed],
        {row.enterprise_id: people[plan[row.pk]] for row in changed},
    )
    conflicts_settle(actor=actor, batch=batch, conflicts=conflicts, reason=conflict_reason)
    for row in changed:
        row.inspector = people[plan[row.pk]]
        row.inspector_name = people[plan[row.pk]].user.name
    Assignment.objects.bulk_update(changed, ["inspector", "inspector_name"])
    grants.inspectors_grant({row.pk: people[plan[row.pk]] for row in changed})
    _tell_inspectors(actor, batch, changed)
    return len(changed)


def _check_standing(batch: ServiceBatch, people: Sequence[Membership]) -> None:
    today = clock.today(batch.owner_agency_id)
    must_serve(provider_of(batch), today, field="plan")
    if barred := barred_people_words(people, today):
        raise DomainError(f"{barred}，不能安排检查", field="plan")


def _tell_inspectors(actor: Actor, batch: ServiceBatch, changed: Sequence[Assignment]) -> None:
    loads = Counter(row.inspector_id for row in changed)
    at = clock.now(batch.owner_agency_id)
    data: dict[str, Any] = {str(person): count for person, count in loads.items()}
    record(actor=actor, act="servicebatch.inspectors", subject=batch, data=data, at=at)
    url = reverse("inspections:my-assignments")
    messages = [
        Message(actor.org, f"{batch.name}：你有 {count} 家企业的检查任务", url, person)
        for person, count in loads.items()
    ]
    notify_many(messages, kind="assignment.inspector", at=at)
