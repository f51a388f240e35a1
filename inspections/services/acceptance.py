"""assignment_accept · batch_accept: phase 3 is closed, and each enterprise gets its two papers.

A batch goes through a job, one part per enterprise: its papers are issued, and then their files
made. A part that fails is a task somebody sees. Run again after something changed, only the papers
whose content changed are issued anew, voiding the former ones by number.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from agencies.gates import facts_of, held_back_by, proposed_conclusion
from agencies.models import Assignment, ServiceBatch
from agencies.services import batch_recheck_complete
from common.errors import DomainError
from common.scope import acting_as
from documents.frozen import content_sha256
from documents.models import Document
from documents.services import Issuer, document_issue, document_render
from inspections.papers import reports
from inspections.services.phases import LEADS, check_frozen
from inspections.services.reviews import review_follow
from inspections.services.visits import provider_issuer
from tenancy import clock
from tenancy.actors import Actor
from tenancy.tasks import member_actor
from workflow.models import Job, JobPart
from workflow.services import Part, job_add_parts, job_start, transition

KIND = "phase3_papers"
PLAN = "plan"
REPORT, CONCLUSION = "enterprise_report", "conclusion"
PARTIES = (
    "enterprise",
    "batch__contract",
    "provider_org",
    "owner_agency__org",
)


@transaction.atomic
def assignment_accept(
    *, actor: Actor, assignment: Assignment, conclusion: str = "", note: str = ""
) -> Assignment:
    """Close phase 3 for one enterprise: its 情况报告 and its 结论性意见 are issued.

    Without `conclusion` the one that the facts suggest holds; another needs a reason. DomainError
    names what is missing.
    """
    _check_lead(actor)
    accepted = _accept(actor, assignment, conclusion, note)
    _issue_both(actor, accepted, renders=True)
    batch_recheck_complete(actor=actor, batch=accepted.batch)
    return accepted


def _check_lead(actor: Actor) -> None:
    if actor.role not in LEADS:
        raise DomainError("只有服务机构的项目负责人可以完成验收")
    if not reports.staff_of(actor).certificate_number:
        raise DomainError("项目负责人没有登记注册安全工程师证号，不能签发情况报告和结论性意见")


def _accept(actor: Actor, assignment: Assignment, conclusion: str, note: str) -> Assignment:
    locked = (
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .select_related(*PARTIES)
        .get(pk=assignment.pk)
    )
    if locked.withdrawn_at:
        raise DomainError("该企业已退出本批次")
    if locked.state != Assignment.Phase.RECHECK:
        raise DomainError(f"当前阶段为“{locked.get_state_display()}”，不能完成验收")
    check_frozen(locked)
    facts = facts_of([locked.pk])[locked.pk]
    if missing := held_back_by(locked, facts):
        raise DomainError(f"还不能完成验收：{'、'.join(missing)}")
    proposed = proposed_conclusion(facts)
    wanted = conclusion or proposed
    if wanted not in Assignment.Conclusion.values:
        raise DomainError("请选择结论", field="conclusion")
    if wanted != proposed and not note.strip():
        label = Assignment.Conclusion(proposed).label
        raise DomainError(f"数据显示应为“{label}”，改为其他结论请写明理由", field="note")
    if wanted == Assignment.Conclusion.PASSED and facts.open:
        raise DomainError("还有未销号的隐患，不能“通过”", field="conclusion")
    transition(
        actor=actor,
        row=locked,
        name="accept",
        summary=Assignment.Conclusion(wanted).label,
        accepted_on=clock.today(locked.owner_agency_id),
        conclusion=wanted,
        conclusion_note=note.strip(),
    )
    return Assignment.objects.select_related(*PARTIES).get(pk=locked.pk)


TITLES = {REPORT: "安全生产社会化服务情况报告", CONCLUSION: "结论性意见"}


def _issue_both(actor: Actor, assignment: Assignment, *, renders: bool) -> list[Document]:
    """Issue report and conclusion, or the corrected ones where the content changed."""
    lead, issuer = reports.staff_of(actor), provider_issuer(actor)
    day = assignment.accepted_on
    assert day is not None  # accepted before

    def issue(kind: str, content: Any, number: str = "") -> Document:
        standing = reports.valid_paper(kind, assignment)
        digest = content_sha256(content)
        if standing is not None and standing.content_sha256 == digest:
            return standing
        if (
            standing is not None and standing.number == number
        ):  # only the conclusion reads otherwise
            number += f"（更正{digest[:4]}）"
        document = document_issue(
            actor=actor,
            kind=kind,
            subject=assignment,
            content=content,
            title=f"{assignment.enterprise.name}{TITLES[kind]}",
            issuer=issuer,
            issue_key=f"{kind}:{assignment.pk}:{digest}",
            number=number,
            replaces=standing,
            renders=renders,
        )
        review_follow(actor=actor, document=document)
        return document

    served = reports.served_of([assignment], day)[assignment.pk]
    report = issue(REPORT, reports.enterprise_report(assignment, served, lead))
    ending = reports.conclusion(assignment, served, lead, report.number)
    return [report, issue(CONCLUSION, ending, f"{report.number}-结")]


@transaction.atomic
def batch_accept(*, actor: Actor, batch: ServiceBatch) -> Job:
    """Close phase 3 for every enterprise that is ready, and make all their papers by the workers.

    Again, it goes on with what is ready since, and makes anew what changed.
    """
    _check_lead(actor)
    return job_start(
        actor=actor,
        kind=KIND,
        title=f"{batch.name}：情况报告和结论性意见",
        subject=batch,
        parts=[Part(PLAN, "核对各企业的验收条件")],
        frozen={},
        input_sha256="",
    )


def run_part(job: Job, part: JobPart) -> Mapping[str, Any]:
    """Do one part: the plan, or one enterprise's papers, as the lead who started it."""
    with acting_as(member_actor(job.started_by_id)) as actor:
        if part.key == PLAN:
            return _plan(actor, job)
        return _papers_of(actor, int(part.key))


def make_files(job: Job, part: JobPart) -> None:
    """Make the files of one enterprise's papers."""
    papers = Document.objects.filter(
        kind__in=[REPORT, CONCLUSION],
        subject_type="agencies.assignment",
        subject_id=part.key,
        state=Document.State.ISSUED,
    )
    for pk in papers.order_by("pk").values_list("pk", flat=True):
        document_render(str(pk))


def _plan(actor: Actor, job: Job) -> Mapping[str, Any]:
    """Add a part for each enterprise that is ready, or whose papers no longer say what is so."""
    batch = ServiceBatch.objects.get(pk=job.subject_id)
    rows = list(
        batch.assignments.filter(withdrawn_at=None)
        .select_related(*PARTIES)
        .order_by("region_code", "pk")
    )
    facts = facts_of([row.pk for row in rows if row.state == Assignment.Phase.RECHECK])
    ready = [
        row
        for row in rows
        if row.state == Assignment.Phase.RECHECK and not held_back_by(row, facts[row.pk])
    ]
    stale = _stale(actor, [row for row in rows if row.state == Assignment.Phase.ACCEPTED])
    job_add_parts(
        job=job,
        parts=[Part(str(row.pk), row.enterprise.name, 1) for row in [*ready, *stale]],
    )
    held = len(rows) - len(ready) - sum(row.accepted_on is not None for row in rows)
    return {"ready": len(ready), "changed": len(stale), "held_back": held}


def _stale(actor: Actor, rows: Sequence[Assignment]) -> list[Assignment]:
    """Return the accepted ones whose report or conclusion would now read otherwise."""
    if not rows:
        return []
    lead = reports.staff_of(actor)
    papers = Document.objects.filter(
        kind__in=[REPORT, CONCLUSION],
        subject_type="agencies.assignment",
        subject_id__in=[str(row.pk) for row in rows],
        state=Document.State.ISSUED,
    )
    standing = {
        (kind, pk): (digest, number)
        for kind, pk, digest, number in papers.values_list(
            "kind", "subject_id", "content_sha256", "number"
        )
    }
    served = reports.served_of(rows, clock.today(rows[0].owner_agency_id))
    found = []
    for row in rows:
        report = reports.enterprise_report(row, served[row.pk], lead)
        digest, number = standing.get((REPORT, str(row.pk)), ("", ""))
        ending = reports.conclusion(row, served[row.pk], lead, number)
        last, _ = standing.get((CONCLUSION, str(row.pk)), ("", ""))
        if content_sha256(report) != digest or content_sha256(ending) != last:
            found.append(row)
    return found


def _papers_of(actor: Actor, assignment_id: int) -> Mapping[str, Any]:
    assignment = Assignment.objects.select_related(*PARTIES).get(pk=assignment_id)
    if assignment.state == Assignment.Phase.RECHECK:
        assignment = _accept(actor, assignment, "", "")
    documents = _issue_both(actor, assignment, renders=False)
    if assignment.batch.recheck_completed_on is None:
        batch_recheck_complete(actor=actor, batch=assignment.batch)
    return {"documents": [str(document.pk) for document in documents]}


@transaction.atomic
def issue_acceptance_sheet(*, actor: Actor, batch: ServiceBatch) -> Document:
    """验收标准核查表 of a batch as it stands now; the same content again is the same paper."""
    rows = list(
        batch.assignments.filter(withdrawn_at=None)
        .select_related("enterprise")
        .order_by("region_code", "enterprise__name")
    )
    if not rows:
        raise DomainError("本批次还没有企业")
    now = clock.now(batch.owner_agency_id)
    content = reports.acceptance_sheet(batch, rows, clock.today(batch.owner_agency_id), now)
    return document_issue(
        actor=actor,
        kind="acceptance",
        subject=batch,
        content=content,
        title=f"{batch.name}验收标准核查表",
        issuer=Issuer(actor.org, ""),
        issue_key=f"acceptance:{batch.pk}:{content_sha256(content)}",
    )
