"""Papers: the list, one paper's record, its file, its receipt, its voiding; batch print."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from common.limits import heavy
from common.pages import act_page, form_page
from common.paging import MANY as MANY_ROWS
from common.paging import count_up_to, window_of
from common.scope import first_rows
from documents import handing_over
from documents.access import document_for, documents_of, hands_over, issued_by
from documents.files import TYPES, document_file
from documents.forms import DocumentFilter, ReceiptForm, RefusalForm, VoidForm
from documents.lists import document_page
from documents.models import Document, Receipt
from documents.printing import LIMIT, print_start
from documents.qr import svg_data_uri
from documents.services import (
    check_url,
    document_render_again,
    document_void,
    document_word,
    has_failed,
)
from documents.word import WordError
from tenancy.access import require
from tenancy.actors import Actor
from tenancy.file_links import ended
from tenancy.request import Request

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE = 50
MANY = 100  # papers: printing more asks first
FEW = 10  # papers: an enterprise with no more of them needs no filter
FOR_GOOD = "签收后不能更改。确定吗？"
RECEIPT_MEANS = "签收表示已收到这份文书，不表示同意其内容。"


@login_required
def document_list(request: Request) -> HttpResponse:
    """Papers that concern the actor, newest first; what an enterprise must sign for comes first."""
    actor = require(request.actor, "document_view")
    form = DocumentFilter(request.GET, actor=actor)
    with first_rows():
        return _document_list(request, actor, form)


def _document_list(request: Request, actor: Actor, form: DocumentFilter) -> HttpResponse:
    page, count = document_page(form, window_of(request.GET, PAGE))
    chips = form.chips()
    context = {
        "form": form,
        "chips": chips,
        "may_filter": bool(chips) or count > (FEW if actor.is_enterprise else 0),
        "slice": page,
        "count": count,
        # Of a region's papers few are not signed for: finding out how many reads all of them.
        "waiting": count_up_to(form.rows().filter(handing_over.awaiting()))
        if actor.is_enterprise
        else 0,
        **(_printing(request, form, count) if actor.may("document_print") else {}),
    }
    return render(request, "documents/list.html", context)


def _printing(request: Request, form: DocumentFilter, count: int) -> dict[str, Any]:
    """Return how many papers the filter would print, and how many of them are not made yet."""
    is_wide = count > MANY_ROWS  # far too many to print, whichever of them
    to_print = LIMIT + 1 if is_wide else count_up_to(form.to_print(), LIMIT)
    return {
        "to_print": to_print,
        "unmade": count_up_to(form.to_print().filter(file=""), LIMIT) if to_print <= LIMIT else 0,
        "limit": LIMIT,
        "many": MANY,
        "filter": request.GET.urlencode(),
    }


@login_required
def paper(request: Request, pk: UUID) -> HttpResponse:
    """One paper's record: number, state, hashes, signature, seal, receipt, what replaced it."""
    document = document_for(request.actor, pk)
    receipt = Receipt.objects.filter(document=document).first()
    replaced_by = documents_of(request.actor).filter(replaces=document).defer("content").first()
    is_issued = document.state == Document.State.ISSUED
    context = {
        "document": document,
        "receipt": receipt,
        "check_url": check_url(document.check_code),
        "approval": document.seal_approval,
        "replaced_by": replaced_by,
        "history": _history(document, receipt),
        "may_void": is_issued
        and issued_by(request.actor, document)
        and request.actor.may("document_void"),
        "has_failed": has_failed(document),
        "may_render": issued_by(request.actor, document) and request.actor.may("job_retry"),
        "may_word": document.format == Document.Format.PDF and request.actor.may("document_print"),
        **_handing_over(request, document),
    }
    return render(request, "documents/paper.html", context)


def _handing_over(request: Request, document: Document) -> dict[str, Any]:
    """Return what the record says of handing the paper over; the QR only where it may be used."""
    actor = request.actor
    waits = not handing_over.hindrance(document, on_screen=False)
    problem = handing_over.hindrance(document) if waits else ""
    may_record = waits and hands_over(actor, document)
    link = ""
    if may_record and not problem:
        token = handing_over.receipt_token(document)
        link = request.build_absolute_uri(reverse("documents:receive", args=[token]))
    is_official = document.family in handing_over.OFFICIAL and not actor.is_provider
    return {
        "waits": waits,
        "problem": problem,
        "may_record": may_record,
        "may_give": waits and not problem and actor.may("receipt_give"),
        "link": link,
        "qr": svg_data_uri(link) if link else "",
        "is_official": is_official and document.enterprise_org_id is not None,
        "consent": handing_over.consent_of(document) if is_official else None,
    }


def _history(document: Document, receipt: Receipt | None) -> list[tuple[datetime, str, str]]:
    """Return (when, what, who or why) of everything that happened to a paper."""
    found: list[tuple[datetime | None, str, str]] = [
        (document.issued_at, "签发", document.issuer_org.name),
    ]
    if receipt:
        who = f"{receipt.person_name} {receipt.person_post}".strip()
        found.append((receipt.received_at, receipt.get_how_display(), who))
    if document.voided_at:
        who = f"{document.voided_by_name}：{document.void_reason}"
        found.append((document.voided_at, "作废", who))
    return [(at, what, who) for at, what, who in found if at]


@login_required
def download(request: Request, pk: UUID) -> HttpResponseBase:
    """The file of a paper; PDFs open in the browser, sheets are saved."""
    document = document_for(request.actor, pk)
    if not document.file:
        return render(request, "documents/pending.html", {"document": document}, status=202)
    if page := ended(request):
        return page
    return document_file(document)


@heavy
@login_required
def word(request: Request, pk: UUID) -> HttpResponse:
    """A copy to edit; it is not the paper and says so."""
    require(request.actor, "document_print")
    document = document_for(request.actor, pk)
    if document.format != Document.Format.PDF:
        return redirect("documents:paper", pk=pk)
    try:
        content = document_word(actor=request.actor, document=document)
    except WordError as error:
        messages.error(request, f"{error}。请管理员在“印章和签名”中更换或停用这个模板。")
        return redirect("documents:paper", pk=pk)
    response = HttpResponse(content, content_type=DOCX)
    name = f"{document.title}{document.number}（可编辑副本）.docx".replace("/", "-")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@login_required
@require_POST
def render_again(request: Request, pk: UUID) -> HttpResponse:
    """Have the file of one's own paper made after it failed."""
    require(request.actor, "job_retry")
    document = issued_by(request.actor, document_for(request.actor, pk), raises=True)
    return act_page(
        request,
        lambda: document_render_again(actor=request.actor, document=document),
        reverse("documents:paper", args=[pk]),
        success="正在重新制作文件",
    )


@login_required
@require_http_methods(["GET", "POST"])
def void(request: Request, pk: UUID) -> HttpResponse:
    """Void a paper of one's own organisation, with the reason."""
    require(request.actor, "document_void")
    document = issued_by(request.actor, document_for(request.actor, pk), raises=True)
    form = VoidForm(request.POST or None)
    back = reverse("documents:paper", args=[pk])
    if document.state == Document.State.VOIDED:
        messages.error(request, "该文书已作废")
        return redirect(back)

    def act(data: dict[str, Any]) -> str:
        document_void(actor=request.actor, document=document, **data)
        return back

    return form_page(
        request, form, act, success="已作废，编号保留", title=f"作废 {document.number or document.title}",
        submit="作废文书", intro="编号保留，不再使用。企业和公开的核验页都会看到这份文书已作废。",
        confirm="作废后不能恢复，核验页将显示已作废。确定吗？", back=back,
        back_text=document.title,
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def receipt(request: Request, pk: UUID) -> HttpResponse:
    """签收: the enterprise on its own page; or whoever handed it over writes it down."""
    document = document_for(request.actor, pk)
    own = request.actor.is_enterprise
    actor = require(request.actor, "receipt_give" if own else "receipt_record")
    back = reverse("documents:paper", args=[pk])
    if problem := _hindrance(request, document, on_screen=own):
        messages.error(request, problem)
        return redirect(back)
    start = {"person_name": actor.user_name, "person_post": actor.role_name} if own else {}
    form = ReceiptForm(request.POST or None, initial=start)

    def act(data: dict[str, Any]) -> str:
        if own:
            handing_over.receipt_give(actor=actor, document=document, how=Receipt.How.PAGE, **data)
        else:
            handing_over.receipt_record(actor=actor, document=document, **data)
        return back

    return form_page(
        request, form, act, success="已签收" if own else "已登记签收", confirm=FOR_GOOD, back=back,
        title=f"{'签收' if own else '登记签收'} {document.title}", back_text=document.title,
        submit="签收" if own else "登记签收",
        intro=RECEIPT_MEANS if own else "文书已当面送达的，在这里登记签收人。",
    )  # fmt: skip


def _hindrance(request: Request, document: Document, *, on_screen: bool = False) -> str:
    """Return why this person cannot sign for the paper or write it down, '' if he can."""
    actor = request.actor
    if not actor.is_enterprise and not hands_over(actor, document):
        return "这份文书由签发单位或监管部门送达，不由贵单位登记"
    return handing_over.hindrance(document, on_screen=on_screen)


@login_required
@require_http_methods(["GET", "POST"])
def refusal(request: Request, pk: UUID) -> HttpResponse:
    """拒收: reason and witnesses."""
    actor = require(request.actor, "receipt_record")
    document = document_for(actor, pk)
    back = reverse("documents:paper", args=[pk])
    if problem := _hindrance(request, document):
        messages.error(request, problem)
        return redirect(back)
    form = RefusalForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        handing_over.receipt_refuse(actor=actor, document=document, **data)
        return back

    return form_page(
        request, form, act, success="已登记拒收", title=f"登记拒收 {document.title}",
        submit="登记拒收", confirm="拒收登记后不能更改。确定吗？", back=back,
        back_text=document.title, intro="把文书留置在受送达人处，由见证人在场，记明理由。",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever scanned the QR code on the inspector's screen reads the paper and signs for it."""
    found = handing_over.paper_of_token(token)
    if found is None:
        return render(request, "documents/receive_dead.html", status=404)
    document, problem = found
    form = ReceiptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            handing_over.receive_by_token(token=token, **form.cleaned_data)
            return redirect(request.path)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    context = {
        "document": document,
        "form": form,
        "token": token,
        "problem": problem,
        "receipt": getattr(document, "receipt", None),
        "confirm": FOR_GOOD,
        "means": RECEIPT_MEANS,
    }
    return render(request, "documents/receive.html", context, status=422 if form.errors else 200)


def receive_file(request: HttpRequest, token: str) -> HttpResponse | FileResponse:
    """The file of the paper that the QR code names."""
    found = handing_over.paper_of_token(token)
    if found is None:
        return render(request, "documents/receive_dead.html", status=404)
    document, _ = found
    if not document.file:
        context = {"document": document, "token": token}
        return render(request, "documents/receive_pending.html", context, status=202)
    kind = TYPES[Document.Format(document.format)]
    return FileResponse(document.file.open("rb"), content_type=kind)


@heavy
@login_required
@require_POST
def batch_print(request: Request) -> HttpResponse:
    """All papers of the list's filter as one file, with index and separators."""
    actor = require(request.actor, "document_print")
    chosen = request.POST.get("filter", "")
    form = DocumentFilter(QueryDict(chosen), actor=actor)
    try:
        ids = list(form.to_print().values_list("pk", flat=True)[: LIMIT + 1])
        job = print_start(actor=actor, ids=ids)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(f"{reverse('documents:list')}?{chosen}")
    return redirect("workflow:job", pk=job.pk)
