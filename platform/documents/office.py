"""What an office keeps for its papers: seal, approvals, signing certificates, Word forms."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from audit.services import record
from common.errors import DomainError, Refused
from common.pages import act_page, form_page
from documents import keys, seals
from documents.access import approval_for, office_for
from documents.forms import ApprovalForm, SealForm, TemplateForm
from documents.models import Seal, SealApproval, WordTemplate
from documents.pdf import data_uri
from documents.registry import kind_name, paper_of, papers
from documents.word import starter_template
from documents.word_forms import template_keep, template_retire
from tenancy import clock
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor
from tenancy.request import Request

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UNFIT = "模板不能使用："  # how `template_keep` begins when it names what is wrong in a form
REPLACES = "登记新印模后，原印模停用，原来的用印审批随之失效，须重新申请。"
ASKS = "申请由另一名负责人批准；批准后，这些种类的文书在期限内制作时加盖印模。"
TONES = {"待批准": "amber", "已批准": "green", "不批准": "red"}


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """A request for the seal as the page shows it: how it stands today, and what one may do."""

    approval: SealApproval
    kinds: str
    state: str
    tone: str
    may_answer: bool
    may_revoke: bool
    why_not: str


def _approval_row(actor: Actor, row: SealApproval, today: date) -> ApprovalRow:
    is_open = row.state_words == "待批准"
    state = row.state_words
    if row.seal.retired_at and state in ("待批准", "已批准"):
        state, is_open = "印模已停用", False  # the seal of an approval is the one it was asked for
    elif row.valid_until < today and state in ("待批准", "已批准"):
        state, is_open = "已到期", False
    may, own = actor.may("seal_approve"), row.asked_by_id == actor.membership_id
    why = "本人申请，由另一名负责人批准" if own else "" if may else "由负责人批准"
    return ApprovalRow(
        approval=row,
        kinds="、".join(kind_name(kind) for kind in row.kinds),
        state=state,
        tone=TONES.get(state, "grey"),
        may_answer=is_open and may and not own,
        may_revoke=state == "已批准" and may,
        why_not=why if is_open else "",
    )


@login_required
def office(request: Request) -> HttpResponse:
    """The seal, who approved its use for what, and the certificates that sign our papers."""
    actor = office_for(request.actor)
    seal = _seal(actor)
    approvals = SealApproval.objects.filter(org_id=actor.org).select_related("seal")
    today = _today(actor)
    forms = WordTemplate.objects.filter(org_id=actor.org, retired_at=None).defer("content")
    context = {
        "seal": seal,
        "image": data_uri(bytes(seal.image)) if seal else "",
        "approvals": [_approval_row(actor, a, today) for a in approvals.order_by("-asked_at")[:50]],
        "certificates": keys.certificates(actor.org)[::-1],
        "now": timezone.now(),
        "templates": forms.order_by("kind"),
        "papers": papers(),
        "may_manage": actor.may("seal_manage"),
        "may_approve": actor.may("seal_approve"),
        "may_template": actor.may("word_template"),
    }
    return render(request, "documents/office.html", context)


def _seal(actor: Actor) -> Seal | None:
    rows = Seal.objects.filter(org_id=actor.org, retired_at=None)
    return rows.select_related("registered_by__user").first()


def _today(actor: Actor) -> date:
    return clock.today(actor.org if actor.is_agency else None)


@login_required
@require_http_methods(["GET", "POST"])
def seal_new(request: Request) -> HttpResponse:
    """Register the picture of the seal."""
    actor = require(request.actor, "seal_manage")
    form = SealForm(request.POST or None, request.FILES or None)
    former = _seal(actor)

    def act(data: dict[str, Any]) -> str:
        if data["image"].size > seals.MAX_SEAL:
            raise DomainError("印模图片不能超过 500 KB", field="image")
        seals.seal_register(actor=actor, name=data["name"], image=data["image"].read())
        return reverse("documents:seals")

    return form_page(
        request, form, act, success="已登记印模；用印还须审批", title="登记印模", submit="登记",
        back=reverse("documents:seals"), back_text="印章和签名",
        intro=REPLACES if former else "登记以后申请用印；由另一名负责人批准，文书才加盖印模。",
        confirm=f"{REPLACES}确定吗？" if former else "",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def approval_new(request: Request) -> HttpResponse:
    """Ask for the seal."""
    actor = require(request.actor, "seal_manage")
    seal = _seal(actor)
    form = ApprovalForm(request.POST or None, initial={"valid_from": _today(actor)})

    def act(data: dict[str, Any]) -> str:
        if seal is None:
            raise DomainError("还没有登记印模")
        seals.approval_ask(actor=actor, seal=seal, **data)
        return reverse("documents:seals")

    return form_page(
        request, form, act, success="已提交用印申请", title="申请用印", submit="提交申请",
        back=reverse("documents:seals"), back_text="印章和签名",
        intro=ASKS if seal else "还没有印模，请先返回登记印模，再申请用印。",
    )  # fmt: skip


@login_required
@require_POST
def approval_act(request: Request, pk: int, act: str) -> HttpResponse:
    """Agree, refuse, or take an approval back."""
    approval = approval_for(request.actor, pk)

    def do() -> None:
        if act == "revoke":
            seals.approval_revoke(actor=request.actor, approval=approval)
        else:
            seals.approval_answer(
                actor=request.actor, approval=approval, is_granted=act == "approve"
            )

    words = {"approve": "已批准用印", "refuse": "未批准", "revoke": "已收回用印审批"}
    return act_page(request, do, reverse("documents:seals"), success=words[act])


@login_required
@require_POST
def key_rotate(request: Request) -> HttpResponse:
    """From now on sign with a new key; what is signed already still verifies."""
    actor = require(request.actor, "seal_approve")

    def do() -> None:
        try:
            key = keys.key_rotate(org_id=actor.org, org_name=actor.org_name)
        except keys.KeysError as error:
            raise DomainError(str(error)) from error
        record(
            actor=actor, act="key.rotate", subject=("documents.key", str(key.serial)[:64]),
            agency_id=actor.org if actor.is_agency else None,
        )  # fmt: skip

    return act_page(request, do, reverse("documents:seals"), success="已启用新的签名证书")


@login_required
@require_http_methods(["GET", "POST"])
def template_new(request: Request) -> HttpResponse:
    """Upload a Word form; unknown fields are named and nothing is kept."""
    actor = require(request.actor, "word_template")
    start = {"kind": request.GET.get("kind", "")}
    form = TemplateForm(request.POST or None, request.FILES or None, initial=start)
    problems: list[str] = []

    def act(data: dict[str, Any]) -> str:
        file = data["file"]
        try:
            template_keep(
                actor=actor, kind=data["kind"], filename=file.name, size=file.size,
                content=file.read,
            )  # fmt: skip
        except DomainError as error:
            if not error.message.startswith(UNFIT):
                raise
            problems.extend(error.message.removeprefix(UNFIT).split("；"))
            raise DomainError(f"模板没有启用，有 {len(problems)} 处要改", field="file") from error
        return reverse("documents:seals")

    return form_page(
        request, form, act, success="模板已启用", title="上传文书模板", submit="检查并启用",
        template="documents/template_form.html", back=reverse("documents:seals"),
        back_text="印章和签名", papers=papers(), problems=problems,
    )  # fmt: skip


@login_required
def template_starter(request: Request, kind: str) -> HttpResponse:
    """A first form to change: every field of the paper is in it."""
    require(request.actor, "word_template")
    if kind not in {paper.kind for paper in papers()}:
        raise Refused("documents.paper", kind)
    paper = paper_of(kind)
    response = HttpResponse(
        starter_template(content_type=paper.content, title=paper.name), content_type=DOCX
    )
    name = content_disposition_header(True, f"{paper.name}模板.docx")
    response["Content-Disposition"] = name or "attachment"
    return response


@login_required
@require_POST
def template_end(request: Request, pk: int) -> HttpResponse:
    """Go back to the copy that is made from the paper itself."""
    actor = require(request.actor, "word_template")
    row = visible_or_404(
        WordTemplate.objects.filter(org_id=actor.org, retired_at=None).defer("content"), pk
    )
    return act_page(
        request,
        lambda: template_retire(actor=actor, template=row),
        reverse("documents:seals"),
        success="模板已停用",
    )
