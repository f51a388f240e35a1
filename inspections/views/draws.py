"""Phase 4: the draw step by step, and the officers' own look at what was drawn."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from agencies.access import batch_for, require_hand_in
from agencies.models import Assignment, ServiceBatch
from audit.models import AuditEntry
from common.errors import DomainError
from common.pages import act_page, form_page
from documents.models import Document
from documents.previews import preview
from inspections import draw as rules
from inspections import services
from inspections.access import signs_seen, spot_check_for, spot_check_to_do
from inspections.forms.official import CompareForm, TeamForm
from inspections.forms.phases import NumberForm, RequirementForm
from inspections.models import SpotCheck, SpotCheckDraw, Visit
from inspections.services.draws import (
    NO_NUMBER,
    NUMBER_WITHIN,
    findings_of,
    proposed_pairs,
    replay_url,
)
from tenancy import clock
from tenancy.access import require
from tenancy.actors import Actor
from tenancy.request import Request
from tenancy.selectors import region_names, work_calendar

State = SpotCheckDraw.State
AGENCY, PROVIDER = "监管部门", "服务机构"
# name, title, what it is for, whose turn it is
STEPS = (
    ("commit", "公布承诺", "产生密数，先只公开它的哈希，此后不能更换", AGENCY),
    ("freeze", "冻结名单", "验收完成的企业列成名单，连同疑点固定下来", AGENCY),
    ("number", "机构给数", "名单冻结后给出自己的随机数，参与决定样本", PROVIDER),
    ("reveal", "公开密数并抽取", "密数、名单和随机数算出样本，全部公开", AGENCY),
    ("announce", "通报结果", "抽中的企业全部抽查比对后签发通报，批次办结", AGENCY),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five steps: done when it has a time."""

    name: str
    title: str
    words: str
    whose: str
    who: str = ""
    at: datetime | None = None


def _draw_url(batch_id: int) -> str:
    return reverse("inspections:draw", args=[batch_id])


def _draw_of(batch: ServiceBatch) -> SpotCheckDraw:
    row = SpotCheckDraw.objects.filter(batch=batch).first()
    if row is None:
        raise DomainError("还没有公布承诺，不能进行这一步")
    return row


@login_required
def draw(request: Request, pk: int) -> HttpResponse:
    """Where the draw of a batch stands, what comes next and whose turn it is."""
    found = batch_for(request.actor, pk, "draw_view")
    row = SpotCheckDraw.objects.filter(batch=found).first()
    rows = found.assignments.filter(withdrawn_at=None).select_related("enterprise")
    assignments = {a.pk: a for a in rows.order_by("region_code", "pk")}
    checks = _checks(row) if row else {}
    context = {
        "batch": found,
        "draw": row,
        "steps": _steps(found, row),
        "size": _size(found, row, assignments),
        "towns": region_names({entry["town"] for entry in row.entries} if row else set()),
        "may_check": request.actor.may("spot_check"),
        "checks": checks,
        "closed": "企业档案已不再开放",
        "replay": replay_url(row) if row else "",
        "papers": _papers(found, row),
        **_lists(row, assignments, checks),
        "signs": _signs(request.actor, row),
        **_days(found),
        **_next(request.actor, found, row, assignments, checks),
    }
    return render(request, "inspections/draw.html", context)


def _checks(row: SpotCheckDraw) -> dict[int, SpotCheck]:
    """Return what was drawn by assignment; a provider sees it once it is announced."""
    rows = row.checks.select_related("visit").order_by("assignment__region_code", "assignment_id")
    return {check.assignment_id: check for check in rows}


def _steps(batch: ServiceBatch, row: SpotCheckDraw | None) -> list[Step]:
    """Return the five steps with who did what when; a provider reads the agency, not the person."""
    if row is None:
        return [Step(*step) for step in STEPS]
    acts = dict(
        AuditEntry.objects.filter(subject_type=row._meta.label_lower, subject_id=str(row.pk))
        .order_by("id")
        .values_list("act", "actor_name")
    )
    agency, giver = batch.owner_agency.org.name, row.numbered_by_name
    if row.provider_number == NO_NUMBER:
        giver = f"到期没有给数，{giver}不等它抽取"
    done = {
        "commit": (row.committed_by_name, row.committed_at),
        "freeze": (acts.get("spotcheckdraw.freeze", agency), row.frozen_at),
        "number": (giver, row.numbered_at),
        "reveal": (acts.get("spotcheckdraw.draw", agency), row.drawn_at),
        "announce": (acts.get("spotcheckdraw.announce", agency), row.announced_at),
    }
    return [Step(*step, *done[step[0]]) for step in STEPS]


def _size(
    batch: ServiceBatch, row: SpotCheckDraw | None, assignments: dict[int, Assignment]
) -> dict[str, Any]:
    """The formula n = min(N, max(least, ⌈ratio × N⌉)) with its numbers."""
    is_frozen = row is not None and row.state != State.COMMITTED
    ratio, least = (row.ratio, row.minimum) if row else (batch.sample_ratio, batch.sample_minimum)
    total = len(row.entries) if row and is_frozen else len(assignments)
    majors = sum(entry["major"] for entry in row.entries) if row else 0
    size = rules.sample_size(total, ratio, least)
    return {
        "is_frozen": is_frozen,
        "percent": f"{(ratio * 100).normalize():f}",
        "least": least,
        "total": total,
        "share": int((ratio * total).to_integral_value(ROUND_CEILING)),
        "majors": majors,
        "size": max(size, majors),
    }


def _lists(
    row: SpotCheckDraw | None, assignments: dict[int, Assignment], checks: dict[int, SpotCheck]
) -> dict[str, Any]:
    """Return the frozen list, and of it what was drawn and why, in the order of the draw.

    Each with its firm, None for a provider whose contract is over: the files are closed to it.
    """
    if row is None or row.state == State.COMMITTED:
        return {"entries": [], "drawn": [], "whys": {}}
    entries = [(entry, assignments.get(entry["assignment"])) for entry in row.entries]
    by_token = {entry["token"]: (entry, firm) for entry, firm in entries}
    drawn: list[tuple[rules.Entry, str]] = []
    if row.secret:
        listed = [
            rules.Entry(e["token"], e["town"], e["major"], len(e["signs"])) for e in row.entries
        ]
        drawn = rules.draw(
            listed, ratio=row.ratio, minimum=row.minimum, secret=row.secret,
            number=row.provider_number,
        )  # fmt: skip
    rows = [(*by_token[entry.token], why) for entry, why in drawn]
    return {
        "entries": entries,
        "drawn": [(*row, checks.get(row[0]["assignment"])) for row in rows],
        "whys": {entry.token: why for entry, why in drawn},
    }


def _signs(actor: Actor, row: SpotCheckDraw | None) -> dict[int, str]:
    """Return {assignment id: the kinds of the signs that counted} for those who may know them."""
    ids = [pk for entry in row.entries for pk in entry["signs"] if _is_id(pk)] if row else []
    kinds: dict[int, list[str]] = defaultdict(list)
    for sign in signs_seen(actor).filter(pk__in=ids).order_by("kind", "pk"):
        if sign.get_kind_display() not in kinds[sign.assignment_id]:
            kinds[sign.assignment_id].append(sign.get_kind_display())
    return {pk: "、".join(words) for pk, words in kinds.items()}


def _is_id(text: str) -> bool:
    return len(text) == 36


def _days(batch: ServiceBatch) -> dict[str, Any]:
    if batch.spot_check_due_on is None:
        return {"days": None}
    today = clock.today(batch.owner_agency_id)
    calendar = work_calendar(batch.owner_agency_id)
    return {"days": calendar.between(today, batch.spot_check_due_on)}


def _next(
    actor: Actor,
    batch: ServiceBatch,
    row: SpotCheckDraw | None,
    assignments: dict[int, Assignment],
    checks: dict[int, SpotCheck],
) -> dict[str, Any]:
    """Return the next step, why it cannot be done yet, and whether the actor may do it."""
    order = ["", State.COMMITTED, State.FROZEN, State.NUMBERED, State.DRAWN, State.ANNOUNCED]
    at = order.index(State(row.state)) if row else 0
    step = Step(*STEPS[at]) if at < len(STEPS) else None
    until, is_late = _number_until(row)
    if step and step.name == "number" and is_late:
        step = Step(*STEPS[at + 1])
    open_count = sum(a.state != Assignment.Phase.ACCEPTED for a in assignments.values())
    left = sum(check.state != SpotCheck.State.COMPARED for check in checks.values())
    turn = PROVIDER if actor.is_provider else AGENCY
    may = actor.may("draw_number") if actor.is_provider else _may_hold(actor, batch)
    return {
        "next": step,
        "blocked": _blocked(actor, batch, step, open_count, left),
        "is_without_number": is_late,
        "number_until": until,
        "compared": len(checks) - left,
        "left": left,
        "may_next": step is not None and may and step.whose == turn,
    }


def _number_until(row: SpotCheckDraw | None) -> tuple[date | None, bool]:
    """Until when the provider may give its number, and whether that day is over."""
    if row is None or row.state != State.FROZEN or row.frozen_at is None:
        return None, False
    until = work_calendar(row.owner_agency_id).add(row.frozen_at.date(), NUMBER_WITHIN).date
    return until, clock.today(row.owner_agency_id) > until


def _blocked(
    actor: Actor, batch: ServiceBatch, step: Step | None, open_count: int, left: int
) -> str:
    """Say why the next step cannot be done yet."""
    is_over = batch.recheck_completed_on is not None
    if step is None:
        return ""
    if step.name == "commit" and is_over:
        return "复查验收已完成：承诺必须在名单确定之前公布，请改用双方到场的现场抽签。"
    if step.name == "freeze" and not is_over:
        return f"复查验收还没有全部完成，名单不能冻结：还有 {open_count} 家企业没有验收完成。"
    if step.name == "announce" and left:
        return f"还有 {left} 家没有抽查比对，不能通报。"
    if step.name == "announce" and actor.is_provider:
        return "监管部门正在对抽中的企业进行抽查，结果以通报为准。"
    return ""


def _may_hold(actor: Actor, batch: ServiceBatch) -> bool:
    """Whether the actor takes the agency's steps: the own agency's people with a hand in it."""
    if not actor.may("draw_hold"):
        return False
    try:
        require_hand_in(actor, batch.contract)
    except PermissionDenied:
        return False
    return True


def _papers(batch: ServiceBatch, row: SpotCheckDraw | None) -> list[Document]:
    papers = Document.objects.filter(
        kind__in=["deadline_proof", "draw_notice"],
        subject_id__in=[str(batch.pk), str(row.pk) if row else ""],
    )
    return list(papers.defer("content").order_by("issued_at"))


@login_required
@require_POST
def draw_act(request: Request, pk: int, act: str) -> HttpResponse:
    """The agency's steps: commit, freeze, reveal."""
    found = batch_for(request.actor, pk, "draw_hold")
    require_hand_in(request.actor, found.contract)
    actor = request.actor

    def do() -> None:
        if act == "commit":
            services.draw_commit(actor=actor, batch=found)
        elif act == "freeze":
            services.draw_freeze(actor=actor, draw=_draw_of(found))
        else:
            services.draw_reveal(actor=actor, draw=_draw_of(found))

    words = {
        "commit": "承诺已公布",
        "freeze": "名单已冻结，等待服务机构给出随机数",
        "reveal": "已抽取，密数和样本已公开",
    }
    return act_page(request, do, _draw_url(pk), success=words[act])


@login_required
@require_http_methods(["GET", "POST"])
def draw_number(request: Request, pk: int) -> HttpResponse:
    """The provider's number."""
    found = batch_for(request.actor, pk, "draw_number")
    form = NumberForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        services.draw_number(actor=request.actor, draw=_draw_of(found), **data)
        return _draw_url(pk)

    return form_page(
        request, form, act, success="已给出随机数", title=f"给出随机数 · {found.name}",
        submit="给出随机数",
        intro="监管部门在名单冻结之前已公开密数的哈希，双方都不能左右结果。建议当众投骰子等方式得出。",
        back=_draw_url(pk), back_text="抽查", confirm="给出后不能更改，确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def draw_announce(request: Request, pk: int) -> HttpResponse:
    """Issue the result notice."""
    found = batch_for(request.actor, pk, "draw_hold")
    require_hand_in(request.actor, found.contract)
    form = RequirementForm(request.POST or None)
    checks = SpotCheck.objects.filter(draw__batch=found, state=SpotCheck.State.COMPARED)
    rows = list(checks.values_list("found_both", "missed", "overstated"))
    both, missed, overstated = ([sum(n) for n in zip(*rows, strict=True)] + [0, 0, 0])[:3]

    def act(data: dict[str, Any]) -> str:
        document = services.draw_announce(actor=request.actor, draw=_draw_of(found), **data)
        return reverse("documents:paper", args=[document.pk])

    return form_page(
        request, form, act, success="抽查结果通报已签发", preview=preview, title=f"通报抽查结果 · {found.name}",
        submit="签发通报", back=_draw_url(pk), back_text="抽查", draft=f"announce-{pk}",
        intro=f"已比对 {len(rows)} 家：双方均发现 {both} 项，漏查 {missed} 项，不实 {overstated} 项。",
        confirm="签发后本批次办结，通报发给服务机构。确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def spot_check_start(request: Request, pk: UUID) -> HttpResponse:
    """Officers arrive at a drawn enterprise."""
    require(request.actor, "visit_log")
    found = spot_check_to_do(request.actor, pk)
    form = TeamForm(request.POST or None, actor=request.actor)

    def act(data: dict[str, Any]) -> str:
        data["member_ids"] = [m.pk for m in data.pop("members")]
        visit = services.spot_check_begin(actor=request.actor, spot_check=found, **data)
        return reverse("inspections:visit", args=[visit.pk])

    return form_page(
        request, form, act, title=f"抽查 · {found.assignment.enterprise.name}",
        submit="到场，开始抽查", gps=True, back=reverse("inspections:spot-check", args=[pk]),
        back_text="抽查",
        intro=f"到场后出示执法证件并告知：“我们是{request.actor.org_name}行政执法人员，这是我们的证件。"
        "现依法对你单位进行现场检查，请予以配合。”"
        "记录签字以前看不到服务机构查出的隐患。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def spot_check(request: Request, pk: UUID) -> HttpResponse:
    """What officers found beside what the provider found; each finding is judged."""
    found = (spot_check_to_do if request.method == "POST" else spot_check_for)(request.actor, pk)
    is_blind = found.state in SpotCheck.BLIND
    officers, providers = ([], []) if is_blind else findings_of(found)
    form = CompareForm(
        request.POST or None,
        officers=officers,
        providers=providers,
        initial=CompareForm.start(proposed_pairs(officers, providers)),
    )

    def act(data: dict[str, Any]) -> str:
        services.spot_check_compare(
            actor=request.actor, spot_check=found, pairs=form.judged(), opinion=data["opinion"]
        )
        return reverse("inspections:spot-check", args=[pk])

    is_open = found.state == SpotCheck.State.SUBMITTED
    is_own = found.owner_agency_id == request.actor.org_id
    rows = found.pairs.select_related("officers_hazard", "providers_hazard").order_by("pk")
    team = list(found.visit.team.order_by("pk")) if found.visit else []
    return form_page(
        request, form, act, success="比对完成", template="inspections/spot_check.html",
        check=found, is_blind=is_blind, done=list(rows), officers=officers, providers=providers,
        officer_rows=form.rows(officers), provider_rows=form.rows(providers), team=team,
        may_start=is_own and found.state == SpotCheck.State.WAITING
        and request.actor.may("visit_log"),
        may_compare=is_own and is_open, is_mine=_is_mine(request.actor, found.visit, team),
    )  # fmt: skip


def _is_mine(actor: Actor, visit: Visit | None, team: list[Any]) -> bool:
    """Whether the actor is there himself and the visit still open."""
    is_open = visit is not None and visit.state == Visit.State.OPEN
    return is_open and actor.membership_id in {member.membership_id for member in team}
