"""The gates: move on, accept, guide, judge by the nine criteria, and end with a report."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from agencies.access import assignment_for, batch_for
from agencies.gates import AssignmentFacts, facts_of, held_back_by, proposed_conclusion
from agencies.models import Assignment
from common.errors import Refused
from common.limits import heavy
from common.pages import act_page, form_page
from documents.models import Document
from documents.previews import preview
from documents.registry import kind_name
from evidence.services import attachments_of
from inspections import criteria, services
from inspections.exports import acceptance_xlsx
from inspections.forms.phases import (
    AcceptForm,
    CriterionForm,
    GuidanceBulkForm,
    GuidanceForm,
    ProjectReportForm,
)
from inspections.models import GuidanceRecord, GuidanceTopic
from inspections.papers.reports import acceptance_sheet, staff_of
from inspections.services.acceptance import issue_acceptance_sheet
from inspections.services.projects import issue_project_report
from tenancy import clock
from tenancy.access import require, visible_or_404
from tenancy.request import Request
from tenancy.selectors import region_names


def _assignment_url(pk: int) -> str:
    return reverse("inspections:assignment", args=[pk])


@login_required
@require_POST
def advance(request: Request, pk: int) -> HttpResponse:
    """Move one enterprise to its next phase."""
    found = assignment_for(request.actor, pk, "phase_move")
    return act_page(
        request,
        lambda: services.phase_advance(actor=request.actor, assignment=found),
        _assignment_url(pk),
        success="已转入下一阶段",
    )


@login_required
@require_POST
def batch_advance(request: Request, pk: int) -> HttpResponse:
    """Move every enterprise on that has met its duties."""
    found = batch_for(request.actor, pk, "phase_move")

    def act() -> None:
        moved = services.batch_advance(actor=request.actor, batch=found)
        words = f"{moved.moved} 家已转入下一阶段，{moved.held_back} 家还不具备条件"
        messages.success(request, words)

    return act_page(request, act, reverse("agencies:batch", args=[pk]))


@login_required
@require_http_methods(["GET", "POST"])
def accept(request: Request, pk: int) -> HttpResponse:
    """Close phase 3 for one enterprise, with its conclusion."""
    found = assignment_for(request.actor, pk, "phase_move")
    facts = facts_of([found.pk])[found.pk]
    today = clock.today(found.owner_agency_id)
    cells = criteria.cells_of(criteria.known_of([found], today)[found.pk])
    proposed = Assignment.Conclusion(proposed_conclusion(facts))
    form = AcceptForm(request.POST or None, initial={"conclusion": proposed})
    obstacles = _obstacles(request, found, facts)

    def act(data: dict[str, Any]) -> str:
        services.assignment_accept(actor=request.actor, assignment=found, **data)
        return _assignment_url(pk)

    return form_page(
        request,
        form,
        act,
        success="验收完成，情况报告和结论性意见已签发",
        preview=preview,
        template="inspections/accept.html",
        assignment=found,
        obstacles=obstacles,
        facts=facts,
        proposed=proposed.label,
        reasons=_reasons(facts),
        cells=list(zip(criteria.texts(), cells, strict=True)),
        title=f"完成验收 · {found.enterprise.name}",
        submit="完成验收并签发",
        confirm="完成后签发情况报告和结论性意见，不能撤回，只能更正。确定吗？",
        back=_assignment_url(pk),
        back_text=found.enterprise.name,
    )


def _obstacles(request: Request, found: Assignment, facts: AssignmentFacts) -> list[str]:
    """Return why phase 3 cannot be closed at this moment, in the order of the way there."""
    if found.withdrawn_at:
        return ["该企业已退出本批次"]
    if found.state != Assignment.Phase.RECHECK:
        return [f"当前阶段为“{found.get_state_display()}”"]
    lacks = [] if staff_of(request.actor).certificate_number else ["未登记注册安全工程师证号"]
    return [*held_back_by(found, facts), *lacks]


def _reasons(facts: AssignmentFacts) -> list[str]:
    """Return what makes the data propose the conclusion that they propose."""
    counts = (
        (facts.refused, "项隐患拒不整改"),
        (facts.overdue, "项隐患逾期未改"),
        (facts.major_open, "项重大隐患未销号"),
        (facts.open, "项隐患未销号"),
        (facts.criteria_failed, "项标准不符合"),
    )
    found = [f"{count}{words}" for count, words in counts if count]
    return found or ["隐患全部销号，九项标准没有不符合"]


@login_required
@require_POST
def batch_accept(request: Request, pk: int) -> HttpResponse:
    """Close phase 3 for all that are ready; the workers make their papers."""
    found = batch_for(request.actor, pk, "phase_move")
    back = reverse("agencies:batch", args=[pk])
    made: list[str] = []

    def act() -> None:
        job = services.batch_accept(actor=request.actor, batch=found)
        made.append(reverse("workflow:job", args=[job.pk]))

    response = act_page(request, act, back)
    if made:
        response["Location"] = made[0]
    return response


@login_required
def guidance(request: Request, pk: int) -> HttpResponse:
    """The topics of phase 2 at one enterprise: state, day, who helped, files."""
    found = assignment_for(request.actor, pk, "guidance_view")
    records = {r.topic_id: r for r in GuidanceRecord.objects.filter(assignment=found)}
    files = attachments_of(
        "inspections.guidancerecord", [r.pk for r in records.values()], actor=request.actor
    )
    topics = GuidanceTopic.objects.filter(is_retired=False)
    rows = [
        (topic, records.get(topic.pk), _files(files, records.get(topic.pk)))
        for topic in topics
        if topic.concerns(found.enterprise.risk_factors)
    ]
    context = {
        "assignment": found,
        "rows": rows,
        "left": sum(r is None or r.state == GuidanceRecord.State.DOING for _, r, _ in rows),
        "may_edit": request.actor.may("guidance_edit") and found.is_open,
    }
    return render(request, "inspections/guidance.html", context)


def _files(files: dict[str, Any], record: GuidanceRecord | None) -> list[Any]:
    return files.get(str(record.pk), []) if record else []


@login_required
@require_http_methods(["GET", "POST"])
def guidance_edit(request: Request, pk: int, code: str) -> HttpResponse:
    """Write down how far one topic has come."""
    found = assignment_for(request.actor, pk, "guidance_edit")
    topic = visible_or_404(GuidanceTopic.objects.filter(is_retired=False), code)
    record = GuidanceRecord.objects.filter(assignment=found, topic=topic).first()
    start = {
        "done_on": clock.today(found.owner_agency_id),
        "helped_by_name": request.actor.user_name,
    }
    if record is not None:
        names = ("state", "done_on", "helped_by_name", "note")
        start = {name: getattr(record, name) for name in names}
    form = GuidanceForm(request.POST or None, request.FILES or None, initial=start)
    back = reverse("inspections:guidance", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.guidance_save(actor=request.actor, assignment=found, topic=topic, **data)
        return back

    return form_page(
        request, form, act, success=f"已登记：{topic.name}", title=topic.name, submit="保存",
        intro=f"{found.enterprise.name}。应留下：{topic.hint}", back=back,
        back_text="指导事项", draft=f"guidance-{pk}-{code}",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TopicCell:
    """One topic at one enterprise; `state` is '' for what has not begun."""

    code: str
    state: str
    word: str
    words: str

    @property
    def is_left(self) -> bool:
        """Whether there is still something to do."""
        return self.state in ("", GuidanceRecord.State.DOING)


def _topic_cell(topic: GuidanceTopic, record: GuidanceRecord | None, risks: str) -> TopicCell:
    if not topic.concerns(risks):
        return TopicCell(topic.code, "none", "无关", f"{topic.name}：与本企业无关")
    if record is None:
        return TopicCell(topic.code, "", "未开始", f"{topic.name}：未开始")
    word = criteria.STATES[record.state]
    parts = (word, record.done_on, record.helped_by_name, record.note)
    words = " ".join(str(part) for part in parts if part)
    return TopicCell(topic.code, record.state, word, f"{topic.name}：{words}")


@login_required
@require_http_methods(["GET", "POST"])
def guidance_matrix(request: Request, pk: int) -> HttpResponse:
    """Enterprises × topics of a batch; a topic can be written down for several at once."""
    found, rows = _rows_of(request, pk, "guidance_view")
    topics = list(GuidanceTopic.objects.filter(is_retired=False))
    start = {
        "done_on": clock.today(found.owner_agency_id),
        "state": GuidanceRecord.State.DONE,
        "helped_by_name": request.actor.user_name,
    }
    form = GuidanceBulkForm(request.POST or None, initial=start)
    chosen = {int(value) for value in request.POST.getlist("ids") if value.isdigit()}

    def act(data: dict[str, Any]) -> str:
        require(request.actor, "guidance_edit")
        count = services.guidance_save_many(
            actor=request.actor, batch=found, assignment_ids=chosen, **data
        )
        messages.success(request, f"已登记 {count} 家；原来已完成的没有改动")
        return reverse("inspections:guidance-matrix", args=[pk])

    table = _matrix(rows, topics)
    left = [sum(cells[n].is_left for _, cells, _ in table) for n in range(len(topics))]
    return form_page(
        request,
        form,
        act,
        template="inspections/guidance_matrix.html",
        batch=found,
        groups=[(name, len(list(same))) for name, same in groupby(t.group for t in topics)],
        topics=list(zip(topics, left, strict=True)),
        rows=table,
        chosen=chosen,
        open_count=sum(row.is_open for row in rows),
        may_edit=request.actor.may("guidance_edit"),
    )


def _matrix(
    rows: list[Assignment], topics: list[GuidanceTopic]
) -> list[tuple[Assignment, list[TopicCell], int]]:
    """Return (assignment, a cell for each topic, how many are left) for each enterprise."""
    records = {
        (r.assignment_id, r.topic_id): r for r in GuidanceRecord.objects.filter(assignment__in=rows)
    }
    found = []
    for row in rows:
        risks = row.enterprise.risk_factors
        cells = [_topic_cell(t, records.get((row.pk, t.pk)), risks) for t in topics]
        found.append((row, cells, sum(cell.is_left for cell in cells)))
    return found


@login_required
@require_http_methods(["GET", "POST"])
def criterion(request: Request, pk: int, number: int) -> HttpResponse:
    """What data say of one criterion, and a person's word on it."""
    found = assignment_for(request.actor, pk, "criterion_find")
    known = criteria.known_of([found], clock.today(found.owner_agency_id))[found.pk]
    text = next((row for row in criteria.texts() if row.number == number), None)
    if text is None:
        raise Refused("inspections.acceptancecriterion", number)
    cell, by_data = criteria.cells_of(known)[number - 1], criteria.DOERS[number](known)
    is_of_firm = request.GET.get("from") == "assignment"
    sheet = reverse("inspections:acceptance", args=[found.batch_id])
    back = _assignment_url(pk) if is_of_firm else sheet
    said = known.said.get(number)
    start = {"result": cell.result, "note": said.note if said else ""}
    form = CriterionForm(request.POST or None, initial=start)
    if request.POST.get("clear"):
        return act_page(
            request,
            lambda: services.criterion_clear(actor=request.actor, assignment=found, number=number),
            back,
            success="已收回人工结果，以数据为准",
        )

    def act(data: dict[str, Any]) -> str:
        services.criterion_find(actor=request.actor, assignment=found, number=number, **data)
        return back

    return form_page(
        request,
        form,
        act,
        success="已登记核查结果",
        template="inspections/criterion.html",
        assignment=found,
        criterion=text,
        cell=cell,
        said=said,
        by_data=by_data,
        title=f"标准{number} · {text.short}",
        note=found.enterprise.name,
        submit="保存核查结果",
        back=back,
        back_text=found.enterprise.name if is_of_firm else "验收标准",
    )


def _rows_of(request: Request, pk: int, perm: str) -> tuple[Any, list[Assignment]]:
    found = batch_for(request.actor, pk, perm)
    rows = found.assignments.filter(withdrawn_at=None).select_related("enterprise")
    return found, list(rows.order_by("region_code", "enterprise__name"))


@login_required
def acceptance(request: Request, pk: int) -> HttpResponse:
    """Nine criteria × the enterprises of a batch, each cell with what stands behind it."""
    found, rows = _rows_of(request, pk, "criterion_view")
    known = criteria.known_of(rows, clock.today(found.owner_agency_id))
    table = [(row, criteria.cells_of(known[row.pk])) for row in rows]
    only = request.GET.get("only", "")
    totals = [
        [sum(cells[n].result == result for _, cells in table) for n in range(9)]
        for result in (criteria.OK, criteria.FAIL, criteria.NA, criteria.OWED)
    ]
    wanted = {"fail": criteria.FAIL, "owed": criteria.OWED}.get(only)
    shown = [
        (row, cells)
        for row, cells in table
        if wanted is None or any(cell.result == wanted for cell in cells)
    ]
    papers = Document.objects.filter(
        kind="acceptance", subject_type="agencies.servicebatch", subject_id=str(pk)
    )
    context = {
        "batch": found,
        "rows": shown,
        "count": len(table),
        "totals": list(zip(criteria.WORDS.values(), totals, strict=True)),
        "only": only,
        "criteria": criteria.texts(),
        "towns": region_names({row.region_code for row in rows}),
        "may_find": request.actor.may("criterion_find"),
        "papers": papers.defer("content").order_by("-issued_at")[:5],
    }
    return render(request, "inspections/acceptance.html", context)


@heavy
@login_required
def acceptance_export(request: Request, pk: int) -> HttpResponse:
    """The same as a sheet."""
    found, rows = _rows_of(request, pk, "criterion_view")
    today = clock.today(found.owner_agency_id)
    sheet = acceptance_sheet(found, rows, today, clock.now(found.owner_agency_id))
    response = HttpResponse(
        acceptance_xlsx(sheet),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    name = f"{found.name}验收标准核查表{today:%Y%m%d}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@login_required
@require_POST
def acceptance_issue(request: Request, pk: int) -> HttpResponse:
    """The same as a paper with its QR code."""
    found = batch_for(request.actor, pk, "criterion_view")
    return act_page(
        request,
        lambda: issue_acceptance_sheet(actor=request.actor, batch=found),
        reverse("inspections:acceptance", args=[pk]),
        success="验收标准核查表正在制作，完成后出现在本页下方",
    )


@login_required
@require_http_methods(["GET", "POST"])
def project_report(request: Request, pk: int) -> HttpResponse:
    """项目总结报告: figures from the data, problems and suggestions from the lead."""
    found = batch_for(request.actor, pk, "phase_move")
    form = ProjectReportForm(request.POST or None)
    back = reverse("agencies:batch", args=[pk])

    def act(data: dict[str, Any]) -> str:
        document = issue_project_report(actor=request.actor, batch=found, **data)
        return reverse("documents:paper", args=[document.pk])

    return form_page(
        request, form, act, success=f"{kind_name('project_report')}已签发", preview=preview, submit="签发总结报告",
        title=f"项目总结报告 · {found.name}", back=back, back_text=found.name,
        intro="各阶段的数字由系统汇总；这里填写存在的问题和建议。", draft=f"project-{pk}",
        confirm="签发后编号，不能撤回，只能更正。确定吗？",
    )  # fmt: skip
