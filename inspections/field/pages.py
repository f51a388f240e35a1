"""At the desk: what phones sent that does not stand, and records brought in by a file."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from common.paging import count_up_to, keyset
from inspections.field.bring import bring_in
from inspections.field.refused import lines, refused_for, refused_of, seen
from tenancy.access import require
from tenancy.request import Request

PER_PAGE = 50


class ImportForm(forms.Form):
    """The file that the phone wrote."""

    file = forms.FileField(
        label="导出的文件",
        help_text="手机上“同步”页的“导出未上传的记录”得到的压缩包，须本人登录后导入",
    )


class SeenForm(forms.Form):
    """What was done about it."""

    note = forms.CharField(label="怎样处理的", max_length=200)


@login_required
def refused(request: Request) -> HttpResponse:
    """Records from phones that do not stand, with why; those not dealt with first."""
    rows = refused_of(request.actor)
    show = "done" if request.GET.get("show") == "done" else "open"
    rows = rows.filter(seen_at__isnull=show == "open").select_related("member__user")
    page = keyset(
        rows, order=["-id"], size=PER_PAGE,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    context = {"page": page, "lines": lines(page.rows), "count": count_up_to(rows), "show": show}
    return render(request, "field/refused.html", context)


@login_required
@require_POST
def refused_seen(request: Request, pk: UUID) -> HttpResponse:
    """Write down what was done about one of them."""
    found = refused_for(request.actor, pk)
    form = SeenForm(request.POST)
    if form.is_valid():
        seen(actor=request.actor, operation=found, note=form.cleaned_data["note"])
        messages.success(request, "已记下，原记录保留")
    else:
        messages.error(request, "请写明怎样处理的")
    return redirect("field:refused")


@transaction.non_atomic_requests
@login_required
@require_http_methods(["GET", "POST"])
def bring(request: Request) -> HttpResponse:
    """Bring in what a phone could not send."""
    with transaction.atomic():
        require(request.actor, "visit_log")
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            brought = bring_in(actor=request.actor, file=form.cleaned_data["file"])
        except DomainError as error:
            form.add_error("file", error.message)
        else:
            words = f"已收到 {brought.operations} 条记录、{brought.files} 个文件"
            left = f"，其中 {brought.refused} 条没有入账，见下面的原因" if brought.refused else ""
            messages.success(request, words + left)
            return redirect("field:refused")
    with transaction.atomic():
        return render(
            request, "field/import.html", {"form": form}, status=422 if form.errors else 200
        )
