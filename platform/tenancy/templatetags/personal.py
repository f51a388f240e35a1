"""Personal fields on pages: with stars, and the button that shows one whole."""

from typing import Any

from django import template
from django.db.models import Model
from django.template.context import RequestContext

from tenancy.personal import show_url, shown

register = template.Library()


@register.inclusion_tag("tenancy/_personal.html", takes_context=True)
def personal(context: RequestContext, row: Model, field: str) -> dict[str, Any]:
    """Show a personal field as the actor may see it."""
    actor = context["actor"]
    return {
        "text": shown(actor, row, field),
        "url": show_url(actor, row, field),
        "csrf_token": context.get("csrf_token"),
    }
