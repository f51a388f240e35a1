"""What each kind of operation does: it calls the services that the pages call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from agencies.models import Assignment
from common.errors import DomainError
from documents.models import Document
from enterprises.access import enterprise_for
from enterprises.services import risk_point_add
from inspections import services
from inspections.access import (
    assignment_to_visit,
    hazard_for,
    referral_for,
    spot_check_to_do,
    visit_for,
)
from inspections.field.sent import checked
from inspections.models import (
    Answer,
    FieldFile,
    FieldOperation,
    Hazard,
    LibraryEntry,
    Visit,
    VisitTrack,
)
from inspections.selectors import answers_of, checklist_items, checklists_for
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor
from tenancy.models import Membership

State = FieldOperation.State
Values = dict[str, Any]
Key = int | UUID


class Wait(Exception):  # noqa: N818  (no error: it goes on when something has come)
    """An operation cannot be done yet; the words say what it waits for."""


class NotBegun(DomainError):
    """The visit itself does not stand, and with it nothing that was done on it."""


class Conflict(Exception):  # noqa: N818
    """Somebody else changed the same thing meanwhile; `outcome` shows the other version."""

    def __init__(self, message: str, outcome: Values) -> None:
        super().__init__(message)
        self.outcome = outcome


@dataclass(slots=True)
class Replay:
    """One visit's log while it is replayed."""

    actor: Actor
    visit_id: UUID
    log: Sequence[FieldOperation]
    _visit: Visit | None = field(default=None)

    def visit(self) -> Visit:
        """Return the visit; Wait until it has begun, NotBegun if it never will."""
        if self._visit is None:
            if not Visit.objects.filter(pk=self.visit_id).exists():
                raise self._not_begun()
            self._visit = visit_for(self.actor, self.visit_id, "visit_log")
        return self._visit

    def _not_begun(self) -> Exception:
        for row in self.log:
            if row.kind == "visit.start" and row.state == State.REFUSED:
                return NotBegun(f"检查没有开始：{row.outcome.get('message', '')}")
        return Wait("等检查开始的记录到达")

    def open_conflicts(self) -> list[FieldOperation]:
        """Return the answers of which two versions stand and nobody has chosen."""
        return [
            row for row in self.log
            if row.kind == "answer" and row.state == State.CONFLICT
            and "settled_by" not in row.outcome
        ]  # fmt: skip


# answers


def answers(replay: Replay, by: Actor, run: Sequence[FieldOperation]) -> None:
    """Save a run of answers; each made upon another version than the standing one is a conflict."""
    visit = replay.visit()
    standing = {key: _version(answer) for key, answer in answers_of(visit).items()}
    asked = {i.pk for i in checklist_items(visit)} | set(
        visit.risk_points.values_list("pk", flat=True)
    )
    given: dict[Key, services.Given] = {}
    versions: dict[Key, tuple[UUID, datetime]] = {}
    done: list[FieldOperation] = []
    for row in run:
        key = _judge(row, asked, standing)
        if key is None:
            continue
        words = row.body["result"], row.body.get("note", "")
        given[key], versions[key] = words, (row.pk, row.happened_at)
        standing.pop(key, None)  # an answer that was taken back stands no longer
        if words[0]:
            standing[key] = {"result": words[0], "note": words[1], "version": str(row.pk)}
        done.append(row)
    if given:
        services.answers_save(actor=by, visit=visit, answers=given, versions=versions)
        _choose(replay, done)


def _judge(row: FieldOperation, asked: set[Key], standing: dict[Key, Values]) -> Key | None:
    """Settle an answer; return its question if it is to be saved."""
    try:
        values = checked(row)
    except ValueError as error:
        row.state, row.outcome = State.REFUSED, {"message": str(error)}
        return None
    key: Key = values["item"] if values["item"] is not None else values["risk_point"]
    if key not in asked:
        row.state, row.outcome = State.REFUSED, {"message": "检查项不在本次检查表中"}
        return None
    there = standing.get(key)
    same = there and (there["result"], there["note"]) == (values["result"], values["note"])
    if there and not same and there["version"] != str(values["base"]):
        row.state = State.CONFLICT
        row.outcome = {"message": "这一项别人也改过，请选定一个版本", "server": there}
        return None
    row.state, row.outcome = State.DONE, {}
    return key


def _version(answer: Answer) -> Values:
    return {
        "result": answer.result,
        "note": answer.note,
        "version": str(answer.version),
        "by": answer.answered_by_name,
        "at": answer.answered_at.isoformat() if answer.answered_at else None,
    }


def _choose(replay: Replay, done: Sequence[FieldOperation]) -> None:
    """A later answer to the same question chooses between the versions."""
    chosen = {_asked_by(row): row for row in done}
    for row in replay.open_conflicts():
        if (by := chosen.get(_asked_by(row))) is not None and by.pk != row.pk:
            row.outcome = {**row.outcome, "settled_by": str(by.pk)}
            row.save(update_fields=["outcome"])


def _asked_by(row: FieldOperation) -> tuple[Any, Any]:
    return row.body.get("item"), row.body.get("risk_point")


# a visit's beginning and what is noted in it


def start(replay: Replay, by: Actor, row: FieldOperation, values: Values) -> Values:
    """visit.start"""
    position = values["position"] or {}
    arrival: Values = {
        "arrived_at": row.happened_at,
        "latitude": position.get("latitude"),
        "longitude": position.get("longitude"),
        "accuracy": round(position["accuracy"]) if position else None,
        "member_ids": values["members"],
        "part": values["part"],
        "id": replay.visit_id,
        "brought": services.Brought(
            device=row.device,
            arrived_at=row.made_at,
            template_ids=values["templates"],
            risk_point_ids=values["risk_points"],
        ),
    }
    visit = _begin(by, values, arrival)
    newer = _newer_lists(visit)
    return {"message": f"检查表有新版本：{newer}；本次按手机上的版本"} if newer else {}


def _begin(by: Actor, values: Values, arrival: Values) -> Visit:
    match values["kind"]:
        case Visit.Kind.INSPECTION:
            require(by, "visit_log")
            enterprise = enterprise_for(by, values["enterprise"])
            return services.inspection_begin(actor=by, enterprise=enterprise, **arrival)
        case Visit.Kind.SPOT_CHECK:
            check = spot_check_to_do(by, values["subject"])
            return services.spot_check_begin(actor=by, spot_check=check, **arrival)
        case Visit.Kind.ENFORCEMENT:
            referral = referral_for(by, values["subject"], "enforcement_act")
            return services.enforcement_begin(actor=by, referral=referral, **arrival)
        case kind:
            # Why one may not go there any more says more than that one may not.
            services.check_open(visible_or_404(Assignment.objects.all(), values["assignment"]))
            assignment = assignment_to_visit(by, values["assignment"])
            return services.visit_start(actor=by, assignment=assignment, kind=kind, **arrival)


def _newer_lists(visit: Visit) -> str:
    """Name the checklists of which a newer version held on the day of the visit."""
    used = list(visit.templates.all())
    codes = {template.code: template for template in used}
    newest = checklists_for(visit.enterprise, visit.arrived_at.date())
    return "、".join(
        template.name for template in newest
        if template.code in codes and codes[template.code].pk != template.pk
    )  # fmt: skip


def track(replay: Replay, by: Actor, row: FieldOperation, values: Values) -> None:
    """track"""
    visit = replay.visit()
    VisitTrack.objects.create(id=row.pk, **visit.tenant, visit=visit, points=values["points"])


def note(replay: Replay, by: Actor, row: FieldOperation, values: Values) -> None:
    """note"""
    services.visit_note(visit=replay.visit(), process_note=values["text"])


def risk_point(replay: Replay, by: Actor, row: FieldOperation, values: Values) -> None:
    """A risk point seen on site is the enterprise's from now on, and this visit asks about it."""
    visit = replay.visit()
    services.lock_open(visit)
    point = risk_point_add(
        actor=by,
        enterprise=visit.enterprise,
        place=values["place"],
        risk=values["risk"],
        measure=values["measure"],
        id=values["risk_point"],
    )
    visit.risk_points.add(point)


def files(replay: Replay, by: Actor, row: FieldOperation, values: Values) -> None:
    """Photos and voice notes: the files say themselves what they belong to."""
    services.lock_open(replay.visit())
    if values["subject"] == "hazard":
        _own_hazard(replay, values)


# findings


def hazard_add(replay: Replay, by: Actor, row: FieldOperation, values: Values) -> Values:
    """hazard.add"""
    visit = replay.visit()
    words = {name: values[name] for name in _WORDS}
    item = next((i for i in checklist_items(visit) if i.pk == values["item"]), None)
    point = visit.risk_points.filter(pk=values["risk_point"]).first()
    hazard = services.hazard_add(
        actor=by,
        visit=visit,
        item=item,
        risk_point=point,
        entry=LibraryEntry.objects.filter(pk=values["entry"] or "").first(),
        announced=sum(file["purpose"] == "before" for file in values["files"]),
        found_at=max(row.happened_at, visit.arrived_at),
        id=values["hazard"],
        **words,
    )
    return {"number": hazard.number, "due_on": str(hazard.due_on), "due_reason": hazard.due_reason}


_WORDS = (
    "place", "place_count", "description", "severity", "category", "subcategory", "basis",
    "clause_code", "measure", "emergency_plan", "due_on",
)  # fmt: skip


def hazard_change(replay: Replay, by: Actor, row: FieldOperation, values: Values) -> Values:
    """hazard.change"""
    hazard = _own_hazard(replay, values)
    services.lock_open(replay.visit())
    words = {name: value for name, value in values["words"].items() if value is not None}
    changed = services.hazard_edit(actor=by, hazard=hazard, **words)
    return {"due_on": str(changed.due_on), "due_reason": changed.due_reason}


def hazard_remove(replay: Replay, by: Actor, row: FieldOperation, values: Values) -> None:
    """hazard.remove"""
    hazard = _own_hazard(replay, values)
    services.hazard_remove(actor=by, hazard=hazard, reason=values["reason"] or "误登记")


def _own_hazard(replay: Replay, values: Values) -> Hazard:
    hazard = replay.visit().hazards.filter(pk=values["hazard"]).first()
    if hazard is None:
        raise DomainError("这项隐患不在本次检查中")
    return hazard


def recheck(replay: Replay, by: Actor, row: FieldOperation, values: Values) -> Values:
    """A hazard found before is looked at again: what was handed in is judged, or nothing was."""
    begun_at = replay.visit().arrived_at
    hazard = hazard_for(by, values["hazard"], "hazard_recheck")
    if hazard.state == Hazard.State.SUBMITTED:
        services.hazard_recheck(
            actor=by, hazard=hazard, result=values["result"], reason=values["reason"],
            new_due_on=values["new_due_on"], id=row.pk, begun_at=begun_at,
        )  # fmt: skip
    elif values["result"] == "passed":
        raise DomainError("企业还没有提交整改；已整改的请由企业提交，或者代为录入后复查")
    else:
        services.hazard_find_unmended(
            actor=by, hazard=hazard, reason=values["reason"], new_due_on=values["new_due_on"],
            is_refused=values["is_refused"], id=row.pk, begun_at=begun_at,
        )  # fmt: skip
    return {"number": hazard.number}


# the end of a visit


def sign(replay: Replay, by: Actor, row: FieldOperation, values: Values) -> Values:
    """visit.sign"""
    visit = replay.visit()
    _wait_for_files(replay)
    if differences := replay.open_conflicts():
        raise Conflict(
            f"有 {len(differences)} 项答案别人也改过，选定后签字才生效",
            {"differences": [{**o.body, "server": o.outcome["server"]} for o in differences]},
        )
    services.visit_sign(
        actor=by,
        visit=visit,
        representative_name=values["representative_name"],
        representative_post=values["representative_post"],
        signature=_signature(row),
        left_at=max(row.happened_at, visit.arrived_at),
    )
    return _papers(visit)


def refuse(replay: Replay, by: Actor, row: FieldOperation, values: Values) -> Values:
    """visit.refuse"""
    visit = replay.visit()
    _wait_for_files(replay)
    services.visit_refuse(
        actor=by,
        visit=visit,
        refusal_reason=values["refusal_reason"],
        witness_name=values["witness_name"],
        left_at=max(row.happened_at, visit.arrived_at),
    )
    return _papers(visit)


def _wait_for_files(replay: Replay) -> None:
    """The record names the photos by their hashes: none may still be on its way."""
    files = FieldFile.objects.filter(visit_id=replay.visit_id, state=FieldFile.State.EXPECTED)
    left = files.exclude(operation__state=State.REFUSED).count()
    if left:
        raise Wait(f"等 {left} 个文件上传")


def _signature(row: FieldOperation) -> bytes:
    file = FieldFile.objects.select_related("photo").get(operation=row)
    if file.photo is None:
        raise DomainError(f"签名图片不能用：{file.message}，请重新签字")
    with file.photo.original.open("rb") as stored:
        content: bytes = stored.read()
    return content


def _papers(visit: Visit) -> Values:
    papers = Document.objects.filter(
        subject_type="inspections.visit", subject_id=str(visit.pk)
    ).order_by("issued_at")
    return {"papers": list(papers.values("kind", "title", "number"))}


def settle(replay: Replay, by: Actor, row: FieldOperation, values: Values) -> Values:
    """What the representative signed holds: the phone's versions, and with them the signature."""
    signed = next((o for o in replay.log if o.pk == values["operation"]), None)
    if signed is None or signed.kind != "visit.sign" or signed.state != State.CONFLICT:
        raise DomainError("没有待选定的签字")
    visit = replay.visit()
    mine = [o for o in replay.open_conflicts() if o.device == signed.device]
    given: dict[Key, services.Given] = {}
    for conflict in mine:
        body = checked(conflict)
        key: Key = body["item"] if body["item"] is not None else body["risk_point"]
        given[key] = body["result"], body["note"]
    services.answers_save(actor=by, visit=visit, answers=given)
    for conflict in mine:
        conflict.outcome = {**conflict.outcome, "settled_by": str(row.pk)}
        conflict.save(update_fields=["outcome"])
    outcome = sign(replay, by, signed, checked(signed))
    signed.state, signed.outcome = State.DONE, outcome
    signed.save(update_fields=["state", "outcome"])
    return outcome


def order(replay: Replay, by: Actor, row: FieldOperation, values: Values) -> Values:
    """责令限期整改指令书 on the spot, once the record is signed."""
    visit = replay.visit()
    require(by, "enforcement_act")
    people = Membership.objects.own().filter(org_id=by.org_id).select_related("user")
    found = {m.pk: m for m in people.filter(pk__in=values["officers"])}
    if len(found) != 2:
        raise DomainError("须由本机关两名执法人员签发")
    first, second = (found[pk] for pk in values["officers"])
    services.order_issue(
        actor=by, visit=visit, deadlines=values["deadlines"],
        first_officer=first, second_officer=second,
    )  # fmt: skip
    return _papers(visit)


Act = Callable[[Replay, Actor, FieldOperation, Values], Values | None]
ACTS: dict[str, Act] = {
    "visit.start": start,
    "track": track,
    "hazard.add": hazard_add,
    "hazard.change": hazard_change,
    "hazard.remove": hazard_remove,
    "recheck": recheck,
    "files": files,
    "note": note,
    "risk_point": risk_point,
    "visit.sign": sign,
    "visit.refuse": refuse,
    "settle": settle,
    "order": order,
}
