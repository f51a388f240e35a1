"""An organisation's own data as one archive: what was asked for, asking, fetching, removing."""

from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from common.delivery import file_response
from common.errors import DomainError
from common.limits import heavy
from common.pages import act_page, form_page
from common.paging import keyset
from home.models import DataArchive
from home.takeout.files import files_bytes
from home.takeout.forms import ArchiveForm
from home.takeout.services import KEPT, MOST_READY, archive_download, archive_remove, archive_start
from home.tasks import make_archive
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor
from tenancy.request import Request

PAGE = 30
INTRO = (
    "把属于本单位的全部数据做成一个压缩包：每类数据一张表（CSV），照片、附件和文书原件，"
    "以及列的说明、每个文件的哈希，可以在别的系统中使用。"
)


def _archive_for(actor: Actor | None, pk: UUID) -> tuple[Actor, DataArchive]:
    actor = require(actor, "data_take")
    return actor, visible_or_404(DataArchive.objects.filter(org_id=actor.org), pk)


@login_required
def archives(request: Request) -> HttpResponse:
    """Every archive of the organisation, the newest first."""
    actor = require(request.actor, "data_take")
    page = keyset(
        DataArchive.objects.filter(org_id=actor.org), order=["-id"], size=PAGE,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    context = {"slice": page, "days": KEPT.days, "intro": INTRO}
    return render(request, "home/takeout_list.html", context)


@login_required
@heavy
@require_http_methods(["GET", "POST"])
def archive_new(request: Request) -> HttpResponse:
    """Say what shall be in it; who one is is asked once more, before the form is shown."""
    return _archive_new(request, require(request.actor, "data_take"))  # type: ignore[no-any-return]


@reauthentication_required
def _archive_new(request: Request, actor: Actor) -> HttpResponse:
    form = ArchiveForm(request.POST or None, actor=actor, size=files_bytes(actor))

    def act(data: dict[str, Any]) -> str:
        row = archive_start(actor=actor, **data)
        make_archive.send(str(row.pk))
        return reverse("home:takeout", args=[row.pk])

    note = f"{INTRO}做好后保留 {KEPT.days} 天，最多同时保留 {MOST_READY} 份，只有你本人可以下载。"
    return form_page(
        request, form, act, title="导出全部数据", submit="开始导出", intro=note,
        back=reverse("home:takeout-list"), back_text="全部数据导出",
    )  # fmt: skip


@login_required
def archive(request: Request, pk: UUID) -> HttpResponse:
    """How far one is. htmx asks for the fragment again while it is made."""
    actor, found = _archive_for(request.actor, pk)
    context = {"archive": found, "is_mine": found.started_by_id == actor.membership_id}
    template = "home/_takeout.html" if request.htmx else "home/takeout.html"
    return render(request, template, context)


@login_required
@heavy
@require_POST
def file(request: Request, pk: UUID) -> HttpResponseBase:
    """Give the file to who asked for it; who he is is asked once more, after his rights."""
    actor, found = _archive_for(request.actor, pk)
    return _file(request, actor, found)  # type: ignore[no-any-return]


@reauthentication_required
def _file(request: Request, actor: Actor, found: DataArchive) -> HttpResponseBase:
    try:
        archive_download(actor=actor, archive=found)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("home:takeout", pk=found.pk)
    name = f"{actor.org_name}-全部数据-{timezone.localdate(found.as_of)}.zip"
    return file_response(found.path, filename=name, content_type="application/zip")


@login_required
@require_POST
def remove(request: Request, pk: UUID) -> HttpResponse:
    """Remove its file, or give it up while it is made."""
    actor, found = _archive_for(request.actor, pk)
    return act_page(
        request, lambda: archive_remove(actor=actor, archive=found),
        reverse("home:takeout-list"), success="已删除",
    )  # fmt: skip
