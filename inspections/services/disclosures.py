"""disclosure_make · disclosure_acknowledge: what the provider found is told to the organizer (交底, D2).

The enterprise is told by the 隐患整改建议书 (`hazards_confirm`, `Assignment.guided_on`).
"""

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from agencies.models import Assignment, ServiceBatch
from common.errors import DomainError
from documents.services import document_issue
from inspections.models import Disclosure, DisclosureItem, Hazard, Severity
from inspections.papers import supervision as papers
from inspections.services.visits import provider_issuer
from inspections.supervision import to_disclose
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor
from workflow.services import transition


@transaction.atomic
def disclosure_make(
    *, actor: Actor, batch: ServiceBatch, assignment_ids: Sequence[int], words: str = ""
) -> Disclosure:
    """The lead tells the organizer what was found at one enterprise or several, and what it proposes.

    Only what is confirmed to the enterprise is told. An enterprise is told of again when more was
    confirmed since. DomainError names the field.
    """
    if not assignment_ids:
        raise DomainError("请先选择企业", field="assignments")
    locked = (
        ServiceBatch.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contract", "provider_org", "owner_agency__org")
        .get(pk=batch.pk)
    )
    ready = to_disclose(locked).filter(pk__in=assignment_ids).select_related("enterprise")
    rows = list(ready.order_by("region_code", "pk"))
    if len(rows) != len(set(assignment_ids)):
        raise DomainError(
            "有企业还没有可以交底的检查结果，或者已经交底，请刷新页面", field="assignments"
        )
    hazards = list(told(rows))
    now = clock.now(locked.owner_agency_id)
    made = Disclosure.objects.create(
        **locked.tenant, batch=locked, words=words.strip(), made_at=now,
        made_by_name=actor.display[:80],
    )  # fmt: skip
    DisclosureItem.objects.bulk_create(_items(made, rows, hazards))
    today = timezone.localdate(now)
    content = papers.disclosure(actor, locked, rows, hazards, made.words, today)
    name = rows[0].enterprise.name if len(rows) == 1 else f"{locked.name}{len(rows)}家企业"
    document_issue(
        actor=actor, kind="disclosure", subject=made, content=content, title=f"{name}交底书",
        issuer=provider_issuer(actor),
    )  # fmt: skip
    notify(
        org_id=made.owner_agency_id, kind="disclosure.made", title=f"{name}交底书，请签收",
        url=reverse("inspections:disclosure", args=[made.pk]), at=now,
    )  # fmt: skip
    return made


def told(rows: Sequence[Assignment]) -> Sequence[Hazard]:
    """Return what the provider confirmed at these enterprises, in order."""
    found = Hazard.objects.filter(assignment__in=rows, source=Hazard.Source.PROVIDER)
    unconfirmed = (Hazard.State.FOUND, Hazard.State.DISMISSED)
    return list(found.exclude(state__in=unconfirmed).order_by("assignment", "number"))


def _items(
    made: Disclosure, rows: Sequence[Assignment], hazards: Sequence[Hazard]
) -> list[DisclosureItem]:
    found = Counter(hazard.assignment_id for hazard in hazards)
    majors = Counter(h.assignment_id for h in hazards if h.severity == Severity.MAJOR)
    return [
        DisclosureItem(
            **{**row.tenant, "enterprise_org_id": None}, disclosure=made, assignment=row,
            hazards=found[row.pk], majors=majors[row.pk],
        )
        for row in rows
    ]  # fmt: skip


@transaction.atomic
def disclosure_acknowledge(*, actor: Actor, disclosure: Disclosure, answer: str = "") -> Disclosure:
    """An officer of the organizer has it, and may say something to it."""
    now = clock.now(disclosure.owner_agency_id)
    moved = transition(
        actor=actor, row=disclosure, name="acknowledge", summary=answer.strip(),
        acknowledged_at=now, acknowledged_by_name=actor.display[:80], answer=answer.strip(),
    )  # fmt: skip
    assert moved.provider_org_id is not None  # a batch names its provider
    notify(
        org_id=moved.provider_org_id, kind="disclosure.acknowledged", at=now,
        title="交底书已签收" + (f"：{moved.answer}" if moved.answer else ""),
        url=reverse("inspections:disclosure", args=[moved.pk]),
    )  # fmt: skip
    return moved
