"""Sheets by which owners take their enterprises up: printed by the agency, claimed by anybody who has one."""

from typing import Any
from uuid import UUID

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from audit.services import record
from common.errors import DomainError
from common.limits import guess_count, guesses_over, written_rarely
from common.pages import act_page, form_page
from common.scope import acting_as
from documents.qr import svg_data_uri
from enterprises import claims
from enterprises.forms import ClaimForm, CodeForm, EnterpriseFilter, VoidForm
from enterprises.models import ClaimCode, Enterprise
from tenancy import clock
from tenancy.access import require, visible_or_404
from tenancy.actors import SYSTEM
from tenancy.middleware import SESSION_KEY
from tenancy.models import Agency
from tenancy.request import Request


@login_required
@require_http_methods(["GET", "POST"])
def sheets(request: Request) -> HttpResponse:
    """Sheets for the enterprises of a filter, or for one (`only`)."""
    actor = require(request.actor, "enterprise_invite")
    form = EnterpriseFilter(request.GET, actor=actor)
    rows = form.rows()
    if (only := request.GET.get("only", "")).isdecimal():
        rows = rows.filter(pk=int(only))
    return sheets_page(request, rows, back=reverse("enterprises:list"), back_text="企业")


def sheets_page(
    request: Request, rows: QuerySet[Enterprise], *, back: str, back_text: str
) -> HttpResponse:
    """Say for whom of `rows` a sheet can be made; POST makes them, `?print=1` shows them to print."""
    actor = require(request.actor, "enterprise_invite")
    rows = rows.filter(owner_agency_id=actor.org_id, merged_into=None).order_by("name", "pk")
    today = clock.today(actor.org)
    query = request.GET.copy()
    if request.method == "POST":
        chosen = list(rows[: claims.LIMIT + 1])
        query["print"] = "1"
        return act_page(
            request,
            lambda: claims.claims_issue(actor=actor, enterprises=chosen),
            f"{request.path}?{query.urlencode()}",
        )
    if request.GET.get("print"):
        found = ClaimCode.objects.filter(
            enterprise__in=rows.values("pk"), claimed_at=None, withdrawn_at=None,
            expires_on__gte=today,
        )  # fmt: skip
        return _printed(request, found, back)
    context = {
        "found": claims.claimable(rows[: claims.LIMIT + 1]),
        "count": rows.count(), "limit": claims.LIMIT, "days": claims.DAYS,
        "codes": _standing(rows), "back": back, "back_text": back_text, "today": today,
    }  # fmt: skip
    return render(request, "enterprises/claims.html", context)


def _standing(rows: QuerySet[Enterprise]) -> QuerySet[ClaimCode]:
    codes = ClaimCode.objects.filter(enterprise__in=rows.values("pk"))
    return codes.select_related("enterprise").order_by("-issued_at", "pk")[: claims.LIMIT]


def _printed(request: Request, found: QuerySet[ClaimCode], back: str) -> HttpResponse:
    agency = Agency.objects.select_related("org").get(pk=request.actor.org)
    made = [
        (row, code, svg_data_uri(request.build_absolute_uri(reverse("enterprises:claim", args=[code]))))
        for row in found.select_related("enterprise").order_by("enterprise__name", "pk")[: claims.LIMIT]
        if (code := claims.code_of(row))
    ]  # fmt: skip
    context = {
        "sheets": made, "agency": agency, "back": back,
        "address": request.build_absolute_uri(reverse("enterprises:claim-code")),
    }  # fmt: skip
    return render(request, "enterprises/claims_print.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def sheet_withdraw(request: Request, pk: UUID) -> HttpResponse:
    """Make a sheet void."""
    actor = require(request.actor, "enterprise_invite")
    rows = ClaimCode.objects.filter(owner_agency_id=actor.org_id).select_related("enterprise")
    found = visible_or_404(rows, pk)
    back = f"{reverse('enterprises:claims')}?only={found.enterprise_id}"

    def act(data: dict[str, Any]) -> str:
        claims.claim_withdraw(actor=actor, claim=found, **data)
        return back

    return form_page(
        request, VoidForm(request.POST or None), act, title=f"作废认领单 · {found.enterprise.name}",
        submit="作废", back=back, back_text="认领单", success="已作废，可以重新生成",
    )  # fmt: skip


@require_http_methods(["GET"])
def claim_code(request: HttpRequest) -> HttpResponse:
    """Whose phone reads no QR code types the code."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("enterprises:claim", code=claims.typed_code(form.cleaned_data["code"]))
    status = 422 if form.errors else 200
    return render(request, "enterprises/claim_code.html", {"form": form}, status=status)


@never_cache
@written_rarely
@require_http_methods(["GET", "POST"])
def claim(request: Request, code: str) -> HttpResponse:
    """Take an enterprise up: as the one signed in, or with a new sign-in name."""
    if wait := guesses_over(request):
        return _not_now(request, code, wait)
    with acting_as(SYSTEM, atomic=False):  # nobody is known yet; the code says which row it is
        try:
            found = claims.claim_open(code)
        except claims.UnknownCode as error:
            if guess_count(request):
                record(actor=None, act="claimcode.guessed", summary="认领码试错过多，暂停核对")
            return _no_code(request, code, error.message, 410)
        except DomainError as error:
            return _no_code(request, code, error.message, 410)
        return _claim(request, found)


def _no_code(request: Request, code: str, words: str, status: int) -> HttpResponse:
    form = CodeForm({"code": code})
    form.add_error("code", words)
    return render(request, "enterprises/claim_code.html", {"form": form}, status=status)


def _not_now(request: Request, code: str, seconds: int) -> HttpResponse:
    """Too many codes that nobody has came from here: none is looked up for a while, right or wrong."""
    minutes = -(-seconds // 60)
    words = (
        f"从这个网络试错的认领码太多，{minutes}分钟后再试；"
        "急用的换手机流量打开，或者请发放认领单的监管部门当面办理"
    )
    response = _no_code(request, code, words, 429)
    response["Retry-After"] = str(seconds)
    return response


def _claim(request: Request, found: ClaimCode) -> HttpResponse:
    user = request.user if request.user.is_authenticated else None
    question = claims.question_of(found.enterprise)
    form = ClaimForm(request.POST or None, question=question, is_new=user is None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = claims.claim_take(claim=found, user=user, **form.taken)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            if user is None:
                perform_login(request, membership.user)
            request.session[SESSION_KEY] = membership.pk
            return redirect("home:front")
    status = 422 if form.errors else 200
    context = {"form": form, "claim": found, "agency": found.enterprise.owner_agency}
    return render(request, "enterprises/claim.html", context, status=status)
