"""The two shapes that most pages have: a form that does one thing, and a button that does one."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.errors import DomainError

FORM_PAGE = "components/form_page.html"


def form_page(
    request: HttpRequest,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], str],
    *,
    success: str = "",
    template: str = FORM_PAGE,
    preview: Callable[[Callable[[], object]], HttpResponse] | None = None,
    **context: Any,
) -> HttpResponse:
    """Show a form; once it is valid, `act` does it and returns the address to go to.

    A DomainError stands at the field it names, everything typed is kept, and the answer is 422.
    With `preview` there is a second button: it answers what `act` would give, and takes it back.
    The page takes `title`, `submit`, `back` (an address) and `back_text`, `intro`, `confirm`.
    """
    if request.method == "POST" and form.is_valid():
        try:
            if preview is not None and request.POST.get("preview"):
                return preview(lambda: act({**form.cleaned_data}))
            url = act({**form.cleaned_data})
        except DomainError as error:
            name = error.field if error.field in form.fields else None
            form.add_error(name, error.message)
        else:
            if success:
                messages.success(request, success)
            return redirect(url)
    status = 422 if form.errors else 200
    shown = {"form": form, "may_preview": preview is not None, **context}
    return render(request, template, shown, status=status)


def act_page(
    request: HttpRequest, act: Callable[[], Any], back: str, *, success: str = ""
) -> HttpResponse:
    """Do what a button says and go back; a DomainError is shown there."""
    try:
        act()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        if success:
            messages.success(request, success)
    return redirect(back)
