"""The library of providers: the list, one provider's entry, its changes, the classes."""

import tempfile
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from agencies import services
from agencies.access import library_class_for, library_entry_for
from agencies.evaluations import published_of
from agencies.forms.library import (
    LevelForm,
    LibraryClassForm,
    LibraryEntryForm,
    LibraryFilter,
    SourceForm,
)
from agencies.lists import library_of
from agencies.models import LibraryChange, LibraryClass, LibraryProvider
from agencies.sheets import write_library
from common.limits import heavy
from common.pages import act_page, form_page
from tenancy import clock
from tenancy.access import require
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.request import Request

PAGE = 50
State = LibraryProvider.State


def _rows(request: Request) -> tuple[LibraryFilter, list[LibraryProvider]]:
    """Return the filter and the entries that it lets through, of the actor's own library."""
    actor = require(request.actor, "library_view")
    form, rows = library_of(actor, request.GET)
    found = form.narrow(rows).select_related("business_class")
    return form, sorted(found, key=_place)


def _place(entry: LibraryProvider) -> tuple[int, int, int]:
    """By class, the best level first."""
    levels = entry.business_class.levels
    rank = levels.index(entry.level) if entry.level in levels else len(levels)
    return entry.business_class_id, rank, entry.pk


@login_required
def library_list(request: Request) -> HttpResponse:
    """The agency's library, filtered; a provider sees what it is entered in."""
    form, rows = _rows(request)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    prefetch_related_objects([*page], "provider_org", "owner_agency__org")
    own = {int(entry.provider_org_id or 0) for entry in page}
    context = {
        "page": page,
        "form": form,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "published": published_of(own, request.actor.org) if request.actor.is_agency else {},
        "may_edit": request.actor.may("library_edit"),
        "has_classes": bool(form.fields["business_class"].choices[1:]),  # type: ignore[attr-defined]
        "today": clock.today(request.actor.org if request.actor.is_agency else None),
    }
    return render(request, "agencies/library_list.html", context)


@heavy
@login_required
def library_export(request: Request) -> FileResponse:
    """Exactly this filter as a sheet."""
    _, rows = _rows(request)
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    prefetch_related_objects(rows, "provider_org")
    write_library(out, rows, request.actor)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename="机构库.xlsx")


@login_required
def library_entry(request: Request, pk: int) -> HttpResponse:
    """One entry: where it stands, what may be done, everything that happened to the provider."""
    entry = library_entry_for(request.actor, pk, "library_view")
    history = LibraryChange.objects.filter(
        owner_agency=entry.owner_agency, provider_org=entry.provider_org_id
    )
    others = LibraryProvider.objects.live().filter(
        owner_agency=entry.owner_agency, provider_org=entry.provider_org_id
    )
    is_own = request.actor.org_id == entry.owner_agency_id
    context = {
        "entry": entry,
        "is_live": entry.state in LibraryProvider.LIVE,
        "history": history.select_related("entry__business_class").order_by("-recorded_at", "-pk"),
        "others": others.exclude(pk=pk).select_related("business_class").order_by("pk"),
        "published": published_of([int(entry.provider_org_id or 0)], entry.owner_agency_id).get(
            int(entry.provider_org_id or 0)
        ),
        "may_edit": is_own and request.actor.may("library_edit"),
        "today": clock.today_of(entry.owner_agency),
    }
    return render(request, "agencies/library_entry.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def library_enter(request: Request) -> HttpResponse:
    """Enter a provider into the library."""
    actor = require(request.actor, "library_edit")
    start = {"from_on": clock.today(actor.org), "provider_org": request.GET.get("provider")}
    form = LibraryEntryForm(request.POST or None, actor=actor, initial=start)

    def act(data: dict[str, Any]) -> str:
        body = data.pop("provider_org")
        entry = services.library_enter(
            actor=actor, agency=_agency(actor), provider_org_id=body.pk, **data
        )
        return reverse("agencies:library-entry", args=[entry.pk])

    return form_page(
        request, form, act, title="机构入库", submit="入库", success="已入库",
        back=reverse("agencies:library"), back_text="机构库",
    )  # fmt: skip


def _given(request: Request) -> dict[str, str]:
    """Return what the page that leads here already knows of the reason."""
    return {name: request.GET.get(name, "") for name in ("source", "reason", "source_url")}


def _agency(actor: Actor) -> Agency:
    return Agency.objects.select_related("org").get(pk=actor.org_id)


@login_required
@require_http_methods(["GET", "POST"])
def library_level(request: Request, pk: int) -> HttpResponse:
    """Put a provider on another level."""
    entry = library_entry_for(request.actor, pk, "library_edit")
    form = LevelForm(request.POST or None, entry=entry, initial=_given(request))

    def act(data: dict[str, Any]) -> str:
        new = services.library_level_change(actor=request.actor, entry=entry, **data)
        return reverse("agencies:library-entry", args=[new.pk])

    return form_page(
        request, form, act, title=f"变更等级 · {entry.provider_org}", submit="变更等级",
        back=reverse("agencies:library-entry", args=[pk]), back_text=str(entry.provider_org),
        intro=f"现在是“{entry.business_class}”{entry.level}；原来的等级保留在历史中。", success="已变更",
    )  # fmt: skip


MOVES: dict[str, tuple[Callable[..., LibraryProvider], str, str]] = {
    "suspend": (services.library_suspend, "暂停", "暂停期间企业不能选择该机构。确定吗？"),
    "resume": (services.library_resume, "恢复", "恢复后企业又可以选择该机构。确定吗？"),
    "remove": (services.library_remove, "出库", "出库后不能恢复，需要时重新入库。确定吗？"),
}


@login_required
@require_http_methods(["GET", "POST"])
def library_move(request: Request, pk: int, move: str) -> HttpResponse:
    """Suspend, resume or remove an entry, with the reason."""
    entry = library_entry_for(request.actor, pk, "library_edit")
    service, word, confirm = MOVES[move]
    back = reverse("agencies:library-entry", args=[pk])

    def act(data: dict[str, Any]) -> str:
        service(actor=request.actor, entry=entry, **data)
        return back

    return form_page(
        request, SourceForm(request.POST or None, initial=_given(request)), act, title=f"{word} · {entry.provider_org}",
        submit=word, confirm=confirm, back=back, back_text=str(entry.provider_org),
        intro=f"“{entry.business_class}”{entry.level}", success=f"已{word}",
    )  # fmt: skip


@login_required
def class_list(request: Request) -> HttpResponse:
    """The classes of the agency's library."""
    actor = require(request.actor, "library_edit")
    rows = LibraryClass.objects.filter(owner_agency=actor.org_id, retired_at=None).order_by("pk")
    return render(request, "agencies/library_classes.html", {"classes": rows})


@login_required
@require_http_methods(["GET", "POST"])
def class_new(request: Request) -> HttpResponse:
    """Enter a class."""
    require(request.actor, "library_edit")
    return _class_form(request, None, "新建分类")


@login_required
@require_http_methods(["GET", "POST"])
def class_edit(request: Request, pk: int) -> HttpResponse:
    """Correct a class."""
    found = library_class_for(request.actor, pk)
    return _class_form(request, found, f"修改分类 · {found}")


def _class_form(request: Request, found: LibraryClass | None, title: str) -> HttpResponse:
    back = reverse("agencies:library-classes")
    form = LibraryClassForm(
        request.POST or None, initial=LibraryClassForm.initial_of(found) if found else None
    )

    def act(data: dict[str, Any]) -> str:
        agency = _agency(request.actor)
        services.library_class_save(actor=request.actor, agency=agency, found=found, **data)
        return back

    return form_page(
        request, form, act, title=title, submit="保存", back=back, back_text="分类和等级",
        success="已保存",
    )  # fmt: skip


@login_required
@require_POST
def class_retire(request: Request, pk: int) -> HttpResponse:
    """Use a class no longer."""
    found = library_class_for(request.actor, pk)
    return act_page(
        request,
        lambda: services.library_class_retire(actor=request.actor, found=found),
        reverse("agencies:library-classes"),
        success="已停用",
    )


@login_required
@require_POST
def classes_propose(request: Request) -> HttpResponse:
    """Begin with the proposed classes."""
    actor = require(request.actor, "library_edit")
    return act_page(
        request,
        lambda: services.library_classes_propose(actor=actor, agency=_agency(actor)),
        reverse("agencies:library-classes"),
        success="已采用试拟的分类和等级，请按本地规定修改",
    )
