"""training_begin · training_answer · training_count · training_record: sessions that take points away."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from common.ids import uuid7
from enterprises.models import Enterprise
from scoring.exam import PASS_SCORE, marks, questions_of
from scoring.models import Consequence, PointCycle, PointEntry, PointEvent, PointTraining
from scoring.selectors import book_for
from scoring.services.books import clauses_of
from scoring.services.cycles import cycle_lock, point_event_add, recompute, tenant_of
from tenancy import clock
from tenancy.actors import Actor
from workflow.services import transition, work_task_close

LEAST_HOURS = Decimal(1)


@transaction.atomic
def training_begin(*, actor: Actor, enterprise: Enterprise, person_name: str) -> PointTraining:
    """Begin an online session, or go on with the one that is open: questions from the clauses.

    Each session has questions of its own, those of the enterprise's own points first.
    """
    if not person_name.strip():
        raise DomainError("请填写参加人姓名", field="person_name")
    kind, opened = PointTraining.Kind.ONLINE, PointTraining.State.OPEN
    waiting = PointTraining.objects.filter(enterprise=enterprise, state=opened, kind=kind).first()
    if waiting is not None:
        return waiting
    now = clock.now(enterprise.owner_agency_id)
    year = timezone.localtime(now).year
    clauses = clauses_of(book_for(enterprise, timezone.localdate(now)))
    own = PointEntry.objects.filter(cycle__enterprise__in=enterprise.files, cycle__year=year)
    pk = uuid7()
    asked = questions_of(clauses, set(own.values_list("code", flat=True)), Random(pk.int))
    training = PointTraining.objects.create(
        id=pk, **tenant_of(enterprise), enterprise=enterprise, year=year, kind=kind,
        started_at=now, person_name=person_name.strip(), questions=asked,
    )  # fmt: skip
    record(actor=actor, act="training.begin", subject=training, at=now)
    return training


@transaction.atomic
def training_answer(
    *, actor: Actor, training: PointTraining, answers: Mapping[str, str]
) -> PointTraining:
    """Hand the answers in: passed with enough of them right, and once. DomainError names the field.

    What it takes away the system adds to the points afterwards (`training_count`).
    """
    if training.kind != PointTraining.Kind.ONLINE:
        raise DomainError("现场培训由监管人员登记")
    missing = [str(n) for n in range(1, len(training.questions) + 1) if str(n) not in answers]
    if missing:
        raise DomainError(f"第{'、'.join(missing)}题还没有作答", field="answers")
    score = marks(training.questions, answers)
    return transition(
        actor=actor, row=training, name="pass_it" if score >= PASS_SCORE else "fail",
        answers=dict(answers), score=score, ended_at=clock.now(training.owner_agency_id),
    )  # fmt: skip


@transaction.atomic
def training_record(
    *,
    actor: Actor,
    enterprise: Enterprise,
    person_name: str,
    held_on: date,
    hours: Decimal,
    trainer_name: str,
    score: int,
    id: UUID | None = None,
) -> PointTraining:
    """Write down a session that was held on site, with its mark. DomainError names the field."""
    if not person_name.strip():
        raise DomainError("请填写参加人姓名", field="person_name")
    if not trainer_name.strip():
        raise DomainError("请填写授课人", field="trainer_name")
    now = clock.now(enterprise.owner_agency_id)
    today = timezone.localdate(now)
    if held_on > today or held_on.year != today.year:
        raise DomainError("培训日期应在本记分周期内且不晚于今天", field="held_on")
    if hours < LEAST_HOURS:
        raise DomainError(f"现场培训不少于{LEAST_HOURS}学时", field="hours")
    if not 0 <= score <= 100:
        raise DomainError("成绩应在0到100之间", field="score")
    cycle = cycle_lock(enterprise, today.year)
    same = PointTraining.objects.filter(
        enterprise__in=enterprise.files, kind=PointTraining.Kind.ON_SITE, held_on=held_on,
        person_name=person_name.strip(),
    )  # fmt: skip
    if same.exists():
        raise DomainError("该人员当日的培训已登记", field="held_on")
    training = PointTraining.objects.create(
        id=id or uuid7(), **cycle.tenant, enterprise=enterprise, year=today.year, started_at=now,
        kind=PointTraining.Kind.ON_SITE, person_name=person_name.strip(), held_on=held_on,
        hours=hours, trainer_name=trainer_name.strip(),
    )  # fmt: skip
    passed = score >= PASS_SCORE
    ended = transition(
        actor=actor, row=training, name="pass_it" if passed else "fail", score=score, ended_at=now
    )
    if passed:
        _passed(actor, cycle, ended)
    return ended


@transaction.atomic
def training_count(*, actor: Actor, training_id: UUID | str) -> bool:
    """Let a session that was passed count, once; the system does it for an enterprise."""
    training = PointTraining.objects.select_related("enterprise").get(pk=training_id)
    if training.state != PointTraining.State.PASSED:
        return False
    return _passed(actor, cycle_lock(training.enterprise, training.year), training)


def _passed(actor: Actor, cycle: PointCycle, training: PointTraining) -> bool:
    assert training.ended_at is not None  # ended
    words = f"{training.person_name}培训合格，{training.score}分"
    event = point_event_add(
        actor=actor, cycle=cycle, kind=PointEvent.Kind.TRAINED, at=training.ended_at,
        training=training, reason=words,
    )  # fmt: skip
    if event is None:
        return False
    recompute(actor, cycle)
    owed = Consequence.objects.select_for_update(of=("self",), no_key=True).filter(
        enterprise__in=training.enterprise.files, kind=Consequence.Kind.TRAINING, done_at=None,
        lifted_at=None,
    )  # fmt: skip
    for one in owed:  # the compulsory training of the principal
        one.done_at, one.done_note = training.ended_at, words
        one.save(update_fields=["done_at", "done_note"])
        work_task_close(actor=actor, row=one, kind="points_training")
    return True
