"""Receives the logs of phones and replays them: each operation once, each log in its order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from agencies.models import Assignment
from common.errors import DomainError
from enterprises.models import Enterprise
from inspections.field import acts
from inspections.field.announced import announce
from inspections.field.sent import Operation, read_body
from inspections.models import FieldOperation
from tenancy import clock
from tenancy.actors import Actor, actor_for
from tenancy.models import Membership

State = FieldOperation.State
TAKEN = "这个编号已被占用，请重新登记这一条"
FORMER = "发送前身份已停用或者代理已结束，没有入账"
TOLERANCE = timedelta(minutes=2)  # what a network and an honest clock may differ


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server says of one operation."""

    id: UUID
    state: str
    message: str = ""
    outcome: dict[str, Any] = field(default_factory=dict)
    arrived_at: datetime | None = None


def receive(*, actor: Actor, sent_at: datetime, operations: Sequence[Operation]) -> list[Receipt]:
    """Keep what is new, replay what can be, and answer for each; the same again answers the same.

    Each visit is a transaction of its own. PermissionDenied if one of them is somebody else's.
    """
    if any(operation.member != actor.member for operation in operations):
        raise PermissionDenied("another person's")
    receipts: dict[UUID, Receipt] = {}
    ordered = sorted(operations, key=lambda o: (str(o.visit), str(o.device), o.sequence))
    for visit_id, group in groupby(ordered, key=lambda o: o.visit):
        with transaction.atomic():
            receipts |= _receive_visit(actor, visit_id, sent_at, list(group))
    return [receipts[operation.id] for operation in operations]


def hold(*, actor: Actor, sent_at: datetime, operations: Sequence[Operation]) -> list[Receipt]:
    """Keep what a former colleague's phone had left: none of it stands, none of it is lost.

    It is in the list of what was refused, with the reason, for whoever took his work over.
    """
    receipts: dict[UUID, Receipt] = {}
    ordered = sorted(operations, key=lambda o: (str(o.visit), str(o.device), o.sequence))
    for visit_id, group in groupby(ordered, key=lambda o: o.visit):
        sent = list(group)
        with transaction.atomic():
            lock_visit(visit_id)
            receipts |= _keep(actor, sent_at, sent)
            kept = FieldOperation.objects.filter(pk__in=[o.id for o in sent])
            kept.filter(state=State.WAITING).update(
                state=State.REFUSED, outcome={"message": FORMER}
            )
            receipts |= {row.pk: receipt_of(row) for row in kept.all() if row.pk not in receipts}
    return [receipts[operation.id] for operation in operations]


def _receive_visit(
    actor: Actor, visit_id: UUID, sent_at: datetime, sent: list[Operation]
) -> dict[UUID, Receipt]:
    lock_visit(visit_id)
    refused = _keep(actor, sent_at, sent)
    advance(actor=actor, visit_id=visit_id)
    kept = FieldOperation.objects.filter(pk__in=[o.id for o in sent if o.id not in refused])
    return refused | {row.pk: receipt_of(row) for row in kept}


def receipt_of(row: FieldOperation) -> Receipt:
    """Return the receipt of an operation that the server keeps."""
    outcome = {name: value for name, value in row.outcome.items() if name != "message"}
    return Receipt(row.pk, row.state, row.outcome.get("message", ""), outcome, row.arrived_at)


def lock_visit(visit_id: UUID) -> None:
    """Let one request at a time work on a visit's log; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(visit_id)])


# keeping


def _keep(actor: Actor, sent_at: datetime, sent: list[Operation]) -> dict[UUID, Receipt]:
    """Write new operations down; return receipts of those that are not kept at all."""
    whose = {o.place: _whose(actor, o.place) for o in sent}
    taken = _taken(sent)
    refused: dict[UUID, Receipt] = {}
    new: list[FieldOperation] = []
    for operation in sent:
        if whose[operation.place] is None:
            refused[operation.id] = Receipt(
                operation.id, State.REFUSED, "没有这家企业，或者不是本机构的"
            )
        elif words := taken.contradicts(operation):
            refused[operation.id] = Receipt(operation.id, State.REFUSED, words)
        elif taken.add(operation):
            new.append(_row(operation, sent_at, whose[operation.place] or {}))
    kept = _written(new)
    announce(row for row in new if row.pk in kept)
    return refused | {
        row.pk: Receipt(row.pk, State.REFUSED, TAKEN) for row in new if row.pk not in kept
    }


def _written(new: Sequence[FieldOperation]) -> set[UUID]:
    """Write new rows; return which of them are there: an id may be another tenant's, unseen."""
    FieldOperation.objects.bulk_create(new, ignore_conflicts=True)
    return set(
        FieldOperation.objects.filter(pk__in=[r.pk for r in new]).values_list("pk", flat=True)
    )


@dataclass(slots=True)
class _Taken:
    """Which ids and places in a sequence are taken, and by what."""

    by_id: dict[UUID, tuple[Any, ...]]
    by_place: dict[tuple[Any, ...], UUID]

    def contradicts(self, operation: Operation) -> str:
        """Return why an operation cannot be the one that is there, or ''."""
        if (standing := self.by_id.get(operation.id)) and standing != _identity(operation):
            return "这个编号的记录已经收到，内容不同；原记录不变"
        place = operation.visit, operation.device, operation.sequence
        if self.by_place.get(place, operation.id) != operation.id:
            return "这个次序的记录已经收到；原记录不变"
        return ""

    def add(self, operation: Operation) -> bool:
        """Take its id and place; False if it was there already."""
        if operation.id in self.by_id:
            return False
        self.by_id[operation.id] = _identity(operation)
        self.by_place[operation.visit, operation.device, operation.sequence] = operation.id
        return True


def _identity(operation: Operation) -> tuple[Any, ...]:
    return (
        operation.visit, operation.device, operation.sequence, operation.kind,
        operation.body_sha256, operation.member,
    )  # fmt: skip


def _taken(sent: list[Operation]) -> _Taken:
    rows = FieldOperation.objects.filter(pk__in=[o.id for o in sent])
    same_visit = FieldOperation.objects.filter(
        visit_id=sent[0].visit, sequence__in=[o.sequence for o in sent]
    )
    return _Taken(
        {
            pk: tuple(identity)
            for pk, *identity in rows.values_list(
                "pk", "visit_id", "device", "sequence", "kind", "body_sha256", "member"
            )
        },
        {
            tuple(place): pk
            for pk, *place in same_visit.values_list("pk", "visit_id", "device", "sequence")
        },
    )


def _whose(actor: Actor, place: str) -> dict[str, Any] | None:
    """Return whose a record of this place is; None for what the actor cannot see."""
    pk = int(place[1:])
    if place[0] == "a":
        assignment = Assignment.objects.filter(pk=pk).first()
        if assignment is None or actor.is_enterprise:
            return None
        return assignment.tenant | ({"provider_org_id": None} if actor.is_agency else {})
    enterprise = Enterprise.objects.filter(pk=pk).first()
    if enterprise is None or not actor.is_agency:
        return None
    return {**enterprise.tenant, "owner_agency_id": actor.org, "provider_org_id": None}


def _row(operation: Operation, sent_at: datetime, whose: dict[str, Any]) -> FieldOperation:
    now = clock.now(whose["owner_agency_id"])
    offset = now - sent_at
    if abs(offset) <= TOLERANCE:
        offset = timedelta()
    return FieldOperation(
        **whose,
        id=operation.id,
        visit_id=operation.visit,
        place=operation.place,
        device=operation.device,
        sequence=operation.sequence,
        kind=operation.kind,
        body=operation.body,
        body_sha256=operation.body_sha256,
        made_at=operation.made_at,
        happened_at=min(operation.made_at + offset, now),
        clock_offset=round(offset.total_seconds()),
        arrived_at=now,
        member_id=operation.member,
    )


# replaying


def advance(*, actor: Actor, visit_id: UUID) -> None:
    """Replay what waits of a visit as far as it goes: each phone's operations in their order.

    What one phone did may be what another waits for, so it goes round until nothing moves.
    """
    log = list(
        FieldOperation.objects.filter(visit_id=visit_id)
        .select_related("member__user", "member__org__agency")
        .order_by("device", "sequence")
    )
    streams: dict[UUID, list[FieldOperation]] = defaultdict(list)
    for row in log:
        streams[row.device].append(row)
    replay = acts.Replay(actor=actor, visit_id=visit_id, log=log)
    moved = True
    while moved:
        moved = False
        for rows in streams.values():
            moved = _advance_stream(replay, rows) or moved


def _advance_stream(replay: acts.Replay, rows: list[FieldOperation]) -> bool:
    """Replay one phone's operations until one must wait; return whether any moved."""
    moved = False
    for run in _runs(_next(rows)):
        moved = _apply(replay, run) or moved
        if run[-1].state == State.WAITING:
            break
    return moved


def _next(rows: list[FieldOperation]) -> Iterator[FieldOperation]:
    """Yield what waits and follows on what is settled, without a gap."""
    for expected, row in enumerate(rows, start=1):
        if row.sequence != expected:
            return
        if row.state == State.WAITING:
            yield row


def _runs(rows: Iterable[FieldOperation]) -> Iterator[list[FieldOperation]]:
    """Group answers that follow one another: they are saved in one go."""
    for is_answer, group in groupby(rows, key=lambda row: row.kind == "answer"):
        if is_answer:
            yield list(group)
        else:
            yield from ([row] for row in group)


def _apply(replay: acts.Replay, run: list[FieldOperation]) -> bool:
    """Do what a run says, in a savepoint of its own; write the outcome down."""
    before = [(row.state, row.outcome) for row in run]
    try:
        with transaction.atomic():
            _perform(replay, run)
    except acts.Wait as wait:
        for row in run:
            row.outcome = {"message": str(wait)}
    except acts.Conflict as conflict:
        _settle(run, State.CONFLICT, {"message": str(conflict), **conflict.outcome})
    except acts.NotBegun as error:
        _settle(run, State.REFUSED, {"message": error.message, "with_start": True})
    except DomainError as error:
        _settle(run, State.REFUSED, {"message": error.message, "field": error.field})
    except ValueError as error:
        _settle(run, State.REFUSED, {"message": str(error)})
    except IntegrityError as error:
        if not _is_id_taken(error):
            raise
        _settle(run, State.REFUSED, {"message": TAKEN})
    except (Http404, PermissionDenied):
        _settle(run, State.REFUSED, {"message": "没有这次检查或这家企业的权限，可能已经改派"})
    changed = [row for row, was in zip(run, before, strict=True) if (row.state, row.outcome) != was]
    FieldOperation.objects.bulk_update(changed, ["state", "outcome"])
    return any(row.state != State.WAITING for row in run)


def _is_id_taken(error: IntegrityError) -> bool:
    """Whether a phone chose an id for its row that a row has already, perhaps one that it cannot see."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    return str(name).endswith("_pkey")


def _settle(run: list[FieldOperation], state: str, outcome: dict[str, Any]) -> None:
    for row in run:
        row.state, row.outcome = state, outcome


def _perform(replay: acts.Replay, run: list[FieldOperation]) -> None:
    member: Membership = run[0].member
    by = replay.actor if member.pk == replay.actor.membership_id else actor_for(member)
    if run[0].kind == "answer":
        acts.answers(replay, by, run)
        return
    [row] = run
    act = acts.ACTS.get(row.kind)
    values = read_body(row.kind, row.body)
    assert act is not None  # a kind whose body can be read has an act
    row.outcome = act(replay, by, row, values) or {}
    row.state = State.DONE
