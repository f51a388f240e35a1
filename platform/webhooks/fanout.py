"""From the sealed log to deliveries: what was recorded since the last time, for whom it concerns."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry, Seal
from common.db.columns import insert_columns
from common.scope import acting_as
from tenancy.actors import SYSTEM, Actor
from tenancy.models import Agency
from webhooks.audience import Key, Whose, body_of, concerns, visible_to, whose
from webhooks.catalogue import BY_ACT, page_of, record_of
from webhooks.models import Delivery, Endpoint, Position

PIECE = 2_000  # places of a chain handed out in one transaction
ACT = ("id", "act", "subject_type", "subject_id", "at")


def fan_out() -> int:
    """Hand out what was sealed since the last time, chain by chain; return how many deliveries."""
    with acting_as(SYSTEM):
        oldest = Endpoint.objects.aggregate(oldest=Min("created_at"))["oldest"]
        if oldest is None:
            Position.objects.all().delete()  # whoever comes is told of what comes after him
            return 0
        chains = _chains_behind()
    return sum(_hand_out_all(agency_id, oldest) for agency_id in chains)


def _chains_behind() -> list[int]:
    """Return the chains that have places beyond where they were left; a probe of an index each."""
    stood = Position.objects.filter(agency_id=OuterRef("pk")).values("sequence")
    beyond = Seal.objects.filter(agency_id=OuterRef("pk"), sequence__gt=OuterRef("stood"))
    rows = Agency.objects.annotate(stood=Coalesce(Subquery(stood), Value(0)))
    return list(rows.filter(Exists(beyond)).order_by("pk").values_list("pk", flat=True))


def _hand_out_all(agency_id: int, oldest: datetime) -> int:
    made, is_more = 0, True
    while is_more:
        with acting_as(SYSTEM):
            count, is_more = hand_out(agency_id, oldest)
        made += count
    return made


def hand_out(agency_id: int, oldest: datetime) -> tuple[int, bool]:
    """Hand out the next piece of one chain; return how many deliveries, and whether more is there.

    The place moves in the transaction that writes the deliveries, under its row's lock: killed or
    run twice at once, nothing is left out and nothing comes twice.
    """
    position = _position(agency_id, oldest)
    if position is None:
        return 0, False
    seals = Seal.objects.filter(agency_id=agency_id, sequence__gt=position.sequence)
    places = list(seals.order_by("sequence").values_list("sequence", "entry_id")[:PIECE])
    if not places:
        return 0, False
    acts = AuditEntry.objects.filter(pk__in=[pk for _, pk in places], act__in=BY_ACT)
    by_id = {act["id"]: act for act in acts.values(*ACT)}
    made = _deliver(agency_id, [by_id[pk] for _, pk in places if pk in by_id])
    position.sequence = places[-1][0]
    position.save(update_fields=["sequence"])
    return made, len(places) == PIECE


def _position(agency_id: int, oldest: datetime) -> Position | None:
    """Return where a chain was left, locked; None while somebody else is at it.

    One that nobody was told of yet begins where the oldest endpoint came.
    """
    rows = Position.objects.filter(agency_id=agency_id)
    if not rows.exists():
        start = Position(agency_id=agency_id, sequence=_before(agency_id, oldest))
        Position.objects.bulk_create([start], ignore_conflicts=True)
    return rows.select_for_update(skip_locked=True, no_key=True).first()


def _before(agency_id: int, moment: datetime) -> int:
    """Return the last place that was sealed before a moment: what comes behind may concern somebody."""
    rows = Seal.objects.filter(agency_id=agency_id, sealed_at__lt=moment).order_by("-sequence")
    return rows.values_list("sequence", flat=True).first() or 0


def _deliver(agency_id: int, acts: Sequence[Mapping[str, Any]]) -> int:
    subjects = whose({_key(act) for act in acts})
    acts = [act for act in acts if _key(act) in subjects]
    if not acts:
        return 0
    is_training = Agency.objects.values_list("org__is_training", flat=True).get(pk=agency_id)
    by_org = defaultdict(list)
    for endpoint in _endpoints(subjects.values(), is_training=is_training):
        by_org[endpoint.org_id].append(endpoint)
    rows = [
        row
        for endpoints in by_org.values()
        for row in _of_one(endpoints, acts, subjects, is_training)
    ]
    return _insert(rows)


def _key(act: Mapping[str, Any]) -> Key:
    return act["subject_type"], act["subject_id"]


def _endpoints(rows: Iterable[Whose], *, is_training: bool) -> list[Endpoint]:
    """Return the endpoints that some of the subjects may concern, in one statement.

    What is played for practice goes only to those who practise.
    """
    codes: set[str] = set()
    orgs: set[int | None] = set()
    for row in rows:
        codes.update(row.region_code[:end] for end in range(2, len(row.region_code) + 1))
        orgs.update((row.provider_org_id, row.enterprise_org_id))
    found = Endpoint.objects.filter(
        Q(org__agency__region_code__in=codes)
        | Q(org_id__in=orgs - {None})
        | Q(org__former_ids__overlap=sorted(pk for pk in orgs if pk is not None))
    )
    if is_training:
        found = found.filter(org__is_training=True)
    return list(found.select_related("org__agency").order_by("pk"))


def _of_one(
    endpoints: Sequence[Endpoint],
    acts: Sequence[Mapping[str, Any]],
    subjects: Mapping[Key, Whose],
    is_training: bool,
) -> list[dict[str, Any]]:
    """Return the deliveries of one organisation, of what it may see."""
    actor = body_of(endpoints[0].org)
    kinds = {kind for endpoint in endpoints for kind in endpoint.kinds}
    mine = [
        act
        for act in acts
        if BY_ACT[act["act"]].name in kinds and concerns(actor, subjects[_key(act)])
    ]
    seen = visible_to(actor, {_key(act) for act in mine}) if mine else set()
    return [
        _row(endpoint, actor, act, subjects[_key(act)], is_training)
        for act in mine
        if _key(act) in seen
        for endpoint in endpoints
        if BY_ACT[act["act"]].name in endpoint.kinds and act["id"] > endpoint.pk
    ]


def _row(
    endpoint: Endpoint, actor: Actor, act: Mapping[str, Any], row: Whose, is_training: bool
) -> dict[str, Any]:
    subject_type, subject_id = _key(act)
    name = BY_ACT[act["act"]].name
    data = {
        "subject": subject_type,
        "id": subject_id,
        "region_code": row.region_code,
        "url": _url(page_of(actor.kind, subject_type), subject_id),
        "api": _url(record_of(actor.kind, subject_type), subject_id),
        "is_training": is_training,
    }
    return {
        "endpoint_id": endpoint.pk, "org_id": endpoint.org_id, "event_id": act["id"], "kind": name,
        "subject_type": subject_type, "subject_id": subject_id,
        "body": body_text(name, act["at"], data),
    }  # fmt: skip


def _url(name: str, subject_id: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[subject_id])}" if name else ""


def body_text(kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    """Return what is signed and sent: type, timestamp, data, as Standard Webhooks has it."""
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    payload = {"type": kind, "timestamp": moment, "data": data}
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def _insert(rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the deliveries, in their order, in one statement."""
    if not rows:
        return 0
    now = timezone.now()
    columns = {
        "endpoint": [row["endpoint_id"] for row in rows],
        **{name: [row[name] for row in rows] for name in rows[0] if name != "endpoint_id"},
    }
    return insert_columns(Delivery, columns, created_at=now, next_at=now)
