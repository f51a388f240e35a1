"""Tokens of programs: one's own, a new one, those of the organisation's people."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from api.access import token_for, tokens_of_people, tokens_own
from api.models import ApiToken
from api.scopes import words_of
from api.services import token_make, token_revoke
from api.token_forms import TokenForm
from common.errors import DomainError
from common.pages import FORM_PAGE, act_page
from tenancy.actors import Actor
from tenancy.request import Request

PAGE = 50


def _member(request: Request) -> Actor:
    """Return the actor; who has chosen no membership has nothing that a token could act as."""
    if request.actor.membership_id is None:
        raise PermissionDenied("token")
    return request.actor


def _rows(tokens: Iterable[ApiToken]) -> list[tuple[ApiToken, list[str]]]:
    return [(token, words_of(token.scopes)) for token in tokens]


@login_required
@require_GET
def own(request: Request) -> HttpResponse:
    """The tokens that act as oneself."""
    tokens = tokens_own(_member(request)).order_by("-pk")
    page = Paginator(tokens, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": _rows(page), "may_manage": request.actor.may("people_manage")}
    return render(request, "api/tokens.html", context)


@login_required
@require_GET
def people(request: Request) -> HttpResponse:
    """Every token of the organisation's people, for its administrator: who has what until when."""
    tokens = tokens_of_people(request.actor).select_related("membership__user").order_by("-pk")
    page = Paginator(tokens, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": _rows(page), "is_everybody": True}
    return render(request, "api/tokens.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Make a token. Its secret stands in this one answer and nowhere else, so there is no redirect."""
    actor = _member(request)
    form = TokenForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = token_make(actor=actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            context = {"token": token, "secret": secret, "rows": _rows([token])}
            return render(request, "api/token_made.html", context, status=201)
    context = _words(form)
    return render(request, FORM_PAGE, context, status=422 if form.errors else 200)


def _words(form: TokenForm) -> dict[str, Any]:
    return {
        "form": form,
        "title": "新建接口令牌",
        "submit": "建立令牌",
        "back": reverse("tokens:own"),
        "back_text": "接口令牌",
        "intro": "拿到令牌的程序就能以你的身份办事，每一步都记在你名下。",
    }


@login_required
@require_POST
def revoke(request: Request, pk: int) -> HttpResponse:
    """End a token at once."""
    token = token_for(_member(request), pk)
    is_own = token.membership_id == request.actor.membership_id
    return act_page(
        request,
        lambda: token_revoke(actor=request.actor, token=token),
        reverse("tokens:own" if is_own else "tokens:people"),
        success=f"已吊销“{token.name}”，正在使用它的程序立即失效",
    )
