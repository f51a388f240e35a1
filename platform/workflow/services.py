"""transition · job_start · job_add_parts · job_part_run · job_retry · work_task_open · work_task_close"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from audit.services import record
from common.errors import DomainError
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Owned
from workflow.models import Job, JobPart, WorkTask

T = TypeVar("T", bound=models.Model)
MAX_ATTEMPTS = 3


@transaction.atomic
def transition(
    *,
    actor: Actor,
    row: T,
    name: str,
    summary: str = "",
    data: Mapping[str, Any] | None = None,
    **values: Any,
) -> T:
    """Move `row` by its declared transition `name`; return it locked, moved and saved.

    Locks the row first, so of two people one gets a DomainError. `values` are further fields to set.
    The act is recorded with both states, at the agency's own time.
    """
    locked = type(row)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    before = locked.state  # type: ignore[attr-defined]
    for field, value in values.items():
        setattr(locked, field, value)
    try:
        getattr(locked, name)()
    except TransitionNotAllowed:
        raise DomainError(_not_allowed(locked)) from None
    locked.save()
    agency_id = getattr(locked, "owner_agency_id", None)
    record(
        actor=actor,
        act=f"{type(row)._meta.model_name}.{name}",
        subject=locked,
        summary=summary,
        data={"from": before, "to": locked.state, **(data or {})},  # type: ignore[attr-defined]
        at=clock.now(agency_id),
    )
    return locked


def _not_allowed(row: models.Model) -> str:
    label = row.get_state_display()  # type: ignore[attr-defined]
    return f"当前状态为“{label}”，不能进行此操作；请刷新页面查看最新状态"


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a new job. Parts of step n start when all of step n-1 are done."""

    key: str
    title: str
    step: int = 0


PartRunner = Callable[[Job, JobPart], Mapping[str, Any]]
_runners: dict[str, PartRunner] = {}
_thens: dict[str, Callable[[Job, JobPart], object]] = {}
_snapshots: set[tuple[str, str]] = set()


def register_job(
    kind: str,
    runner: PartRunner,
    *,
    then: Callable[[Job, JobPart], object] | None = None,
    snapshots: Iterable[str] = (),
) -> None:
    """Say which function does the parts of jobs of this kind; called in AppConfig.ready().

    The runner gets the job and the part, asks itself "done already?", and returns the result. The
    slow rest that needs none of its locks may follow in `then`, in a transaction of its own. The
    parts named in `snapshots` see the whole database as of one moment.
    """
    _runners[kind] = runner
    if then is not None:
        _thens[kind] = then
    _snapshots.update((kind, key) for key in snapshots)


@transaction.atomic
def job_start(
    *,
    actor: Actor,
    kind: str,
    title: str,
    subject: Owned,
    parts: Iterable[Part],
    frozen: Mapping[str, Any],
    input_sha256: str,
) -> Job:
    """Write down what is owed and send the first step to the workers after commit.

    A job of the same kind and subject (and input, where it is known beforehand) still running is
    returned instead: two clicks, one job.
    """
    kind_of, pk = subject._meta.label_lower, str(subject.pk)
    type(subject)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=subject.pk)
    same = Job.objects.filter(
        kind=kind, subject_type=kind_of, subject_id=pk, state=Job.State.RUNNING
    )
    if input_sha256:
        same = same.filter(input_sha256=input_sha256)
    if running := same.first():
        return running
    # A job is its starter's: a regulator's is not the provider's business, a provider's is.
    mine = actor.org_id if actor.is_provider else None
    whose = {**subject.tenant, "provider_org_id": mine, "enterprise_org_id": None}
    job = Job.objects.create(
        **whose,
        kind=kind,
        title=title,
        subject_type=kind_of,
        subject_id=pk,
        frozen=frozen,
        input_sha256=input_sha256,
        started_by_id=actor.membership_id,
    )
    JobPart.objects.bulk_create(
        JobPart(**whose, job=job, key=p.key, title=p.title, step=p.step) for p in parts
    )
    record(actor=actor, act="job.start", subject=job, data={"sha256": input_sha256})
    send_owed(job)
    return job


def job_add_parts(*, job: Job, parts: Iterable[Part]) -> None:
    """Add what an earlier part found to be needed; a part that is there already stays as it is."""
    JobPart.objects.bulk_create(
        [JobPart(**job.tenant, job=job, key=p.key, title=p.title, step=p.step) for p in parts],
        ignore_conflicts=True,
    )


def send_owed(job: Job) -> None:
    """Send every pending part of the lowest unfinished step."""
    from workflow.tasks import run_part

    open_parts = job.parts.exclude(state=JobPart.State.DONE)
    step = open_parts.aggregate(step=models.Min("step"))["step"]
    if step is None:
        return
    for part_id in open_parts.filter(step=step, state=JobPart.State.PENDING).values_list(
        "pk", flat=True
    ):
        run_part.send(job.owner_agency_id, part_id)


def job_part_run(part_id: int) -> None:
    """Do one part. Its row stays locked while a worker holds it, so no second worker doubles it.

    Killed in the middle, the lock and everything written go with the transaction, and whoever is
    sent the part next begins it anew. An error is kept on the part in a transaction of its own.
    Where the job's kind has a `then`, what the runner did is committed before it: nobody waits for
    a number while another's pages are laid out.
    """
    try:
        with _transaction_for(part_id):
            part = _claim(part_id)
            if part is None:
                return
            kind = part.job.kind
            result = _runners[kind](part.job, part)
            if kind not in _thens:
                _finish(part, result)
                return
        with transaction.atomic():
            begun_at, part = part.started_at, _claim(part_id)
            if part is not None:
                part.started_at = begun_at
                _thens[kind](part.job, part)
                _finish(part, result)
    except Exception as error:  # whatever it was, a person must see it
        _fail(part_id, error)
        raise


@contextmanager
def _transaction_for(part_id: int) -> Iterator[None]:
    """Open the part's transaction; a snapshot part gets REPEATABLE READ, as its first statement."""
    row = JobPart.objects.filter(pk=part_id).values_list("job__kind", "key").first()
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if row in _snapshots and is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _claim(part_id: int) -> JobPart | None:
    rows = JobPart.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    part = rows.select_related("job").filter(pk=part_id).first()
    if part is None or part.state in (JobPart.State.DONE, JobPart.State.FAILED):
        return None
    part.started_at = timezone.now()
    return part


def _finish(part: JobPart, result: Mapping[str, Any]) -> None:
    part.state, part.result, part.error = JobPart.State.DONE, dict(result), ""
    part.finished_at = timezone.now()
    part.attempts += 1
    part.save()
    job = Job.objects.select_for_update(no_key=True).get(pk=part.job_id)
    left = job.parts.exclude(state=JobPart.State.DONE)
    if not left.exists():
        job.state, job.finished_at = Job.State.DONE, timezone.now()
        job.save(update_fields=["state", "finished_at"])
    elif not left.filter(step=part.step).exists():
        send_owed(job)


@transaction.atomic
def _fail(part_id: int, error: Exception) -> None:
    part = (
        JobPart.objects.select_for_update(of=("self",), no_key=True)
        .select_related("job")
        .get(pk=part_id)
    )
    part.attempts += 1
    part.error = f"{type(error).__name__}: {error}"[:500]
    if part.attempts >= MAX_ATTEMPTS:
        part.state = JobPart.State.FAILED
        Job.objects.filter(pk=part.job_id).update(state=Job.State.FAILED)
        work_task_open(
            row=part.job,
            org_id=part.provider_org_id or part.owner_agency_id,
            kind="job_failed",
            title=f"{part.job.title}：{part.title}未能完成",
            url=f"/jobs/{part.job_id}/",
        )
    part.save()


@transaction.atomic
def job_retry(*, actor: Actor, job: Job) -> None:
    """Offer the failed parts to the workers again."""
    failed = job.parts.filter(state=JobPart.State.FAILED)
    if not failed.update(state=JobPart.State.PENDING, attempts=0, error=""):
        raise DomainError("没有失败的部分")
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    WorkTask.objects.filter(
        kind="job_failed", subject_type=job._meta.label_lower, subject_id=str(job.pk), done_at=None
    ).update(done_at=timezone.now(), done_by_id=actor.membership_id)
    record(actor=actor, act="job.retry", subject=job)
    send_owed(job)


def work_task_open(*, row: Owned, org_id: int, kind: str, title: str, url: str) -> None:
    """Put something before a person of one organisation; open at most once per subject."""
    WorkTask.objects.bulk_create(
        [
            WorkTask(
                **row.tenant,
                org_id_for=org_id,
                kind=kind,
                title=title[:200],
                url=url,
                subject_type=row._meta.label_lower,
                subject_id=str(row.pk),
            )
        ],
        ignore_conflicts=True,
    )


def work_task_close(*, actor: Actor, row: Owned, kind: str) -> None:
    """Take what was put before a person away again: it has been seen to."""
    WorkTask.objects.filter(
        kind=kind, subject_type=row._meta.label_lower, subject_id=str(row.pk), done_at=None
    ).update(done_at=timezone.now(), done_by_id=actor.membership_id)
