"""guidance_save · guidance_save_many · criterion_find · criterion_clear"""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction

from agencies.models import Assignment, ServiceBatch
from audit.services import record
from common.errors import DomainError
from evidence.models import Scan
from evidence.services import attachment_add, attachments_of
from inspections import criteria
from inspections.models import CriterionFinding, GuidanceRecord, GuidanceTopic
from tenancy import clock
from tenancy.actors import Actor

State = GuidanceRecord.State


@transaction.atomic
def guidance_save(
    *,
    actor: Actor,
    assignment: Assignment,
    topic: GuidanceTopic,
    state: str,
    done_on: date | None = None,
    helped_by_name: str = "",
    note: str = "",
    files: Sequence[tuple[str, bytes]] = (),
) -> GuidanceRecord:
    """Write down how far a topic has come: state, day, who helped, and the file it left.

    Done needs its day, its helper and a trace (a file, or words that say where it is). DomainError
    names the field.
    """
    locked = _lock(assignment)
    _check(locked, topic, state, done_on, helped_by_name, note)
    had = GuidanceRecord.objects.filter(assignment=locked, topic=topic).first()
    if state == State.DONE and not files and not note.strip() and not _has_file(had):
        raise DomainError("请上传文件，或者写明材料在哪里", field="files")
    now = clock.now(locked.owner_agency_id)
    row, _ = GuidanceRecord.objects.update_or_create(
        assignment=locked,
        topic=topic,
        defaults={
            "state": state,
            "done_on": done_on if state == State.DONE else None,
            "helped_by_name": helped_by_name.strip(),
            "note": note.strip(),
            "updated_by_name": actor.display,
            "updated_at": now,
        },
        create_defaults={
            **locked.tenant,
            "state": state,
            "done_on": done_on if state == State.DONE else None,
            "helped_by_name": helped_by_name.strip(),
            "note": note.strip(),
            "updated_by_name": actor.display,
            "updated_at": now,
        },
    )
    for filename, content in files:
        attachment_add(actor=actor, subject=row, filename=filename, content=content)
    words = f"{topic.name}：{row.get_state_display()}"
    record(actor=actor, act="guidance.save", subject=row, summary=words, at=now)
    return row


def _lock(assignment: Assignment) -> Assignment:
    locked = Assignment.objects.select_for_update(of=("self",), no_key=True).get(pk=assignment.pk)
    if locked.withdrawn_at:
        raise DomainError("该企业已退出本批次")
    if not locked.is_open:
        raise DomainError("复查验收已完成，不能再改")
    return locked


def _has_file(row: GuidanceRecord | None) -> bool:
    """Whether a file proves it; one with a virus proves nothing."""
    if row is None:
        return False
    files = attachments_of("inspections.guidancerecord", [row.pk]).get(str(row.pk), [])
    return any(file.scan != Scan.INFECTED for file in files)


def _check(
    assignment: Assignment,
    topic: GuidanceTopic,
    state: str,
    done_on: date | None,
    helper: str,
    note: str,
) -> None:
    if state not in State.values:
        raise DomainError("请选择状态", field="state")
    if state == State.NA and not note.strip():
        raise DomainError("请写明为什么不涉及", field="note")
    if state != State.DONE:
        return
    if done_on is None:
        raise DomainError("请填写完成日期", field="done_on")
    if done_on > clock.today(assignment.owner_agency_id):
        raise DomainError("完成日期不能晚于今天", field="done_on")
    if not helper.strip():
        raise DomainError("请填写指导人员", field="helped_by_name")


@transaction.atomic
def guidance_save_many(
    *,
    actor: Actor,
    batch: ServiceBatch,
    assignment_ids: Iterable[int],
    topic: GuidanceTopic,
    state: str,
    done_on: date | None,
    helped_by_name: str,
    note: str,
) -> int:
    """Write one topic down for several enterprises at once; what is done already stays as it is."""
    rows = list(
        batch.assignments.select_for_update(of=("self",), no_key=True).filter(
            pk__in=set(assignment_ids), withdrawn_at=None
        )
    )
    open_rows = [row for row in rows if row.is_open]
    if not open_rows:
        raise DomainError("请先选择企业", field="assignments")
    if state == State.DONE and not note.strip():
        raise DomainError("批量登记请写明材料在哪里", field="note")
    done = set(
        GuidanceRecord.objects.filter(
            assignment__in=open_rows, topic=topic, state=State.DONE
        ).values_list("assignment_id", flat=True)
    )
    left = [row for row in open_rows if row.pk not in done]
    for row in left:
        guidance_save(
            actor=actor,
            assignment=row,
            topic=topic,
            state=state,
            done_on=done_on,
            helped_by_name=helped_by_name,
            note=note,
        )
    return len(left)


@transaction.atomic
def criterion_find(
    *, actor: Actor, assignment: Assignment, number: int, result: str, note: str
) -> CriterionFinding:
    """A person says on one criterion; overruling what data say needs a reason, as any finding does."""
    locked = _lock(assignment)
    if result not in CriterionFinding.Result.values:
        raise DomainError("请选择符合、不符合或不涉及", field="result")
    if not note.strip():
        raise DomainError("请写明依据", field="note")
    now = clock.now(locked.owner_agency_id)
    values = {
        "result": result,
        "note": note.strip(),
        "found_by_name": actor.display,
        "found_at": now,
    }
    row, _ = CriterionFinding.objects.update_or_create(
        assignment=locked,
        criterion_id=number,
        defaults=values,
        create_defaults={**locked.tenant, **values},
    )
    words = f"标准{number}：{criteria.WORDS[result]}"
    record(actor=actor, act="criterion.find", subject=row, summary=words, at=now)
    return row


@transaction.atomic
def criterion_clear(*, actor: Actor, assignment: Assignment, number: int) -> None:
    """Take a person's word back, so that data speak again."""
    locked = _lock(assignment)
    rows = CriterionFinding.objects.filter(assignment=locked, criterion_id=number)
    for row in rows:
        record(
            actor=actor,
            act="criterion.clear",
            subject=row,
            summary=f"标准{number}：收回{row.get_result_display()}",
            at=clock.now(locked.owner_agency_id),
        )
    rows.delete()
