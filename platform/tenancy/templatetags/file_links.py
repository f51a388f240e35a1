"""The address of a file on a page."""

from typing import Any

from django import template
from django.template.context import RequestContext

from tenancy.file_links import file_link

register = template.Library()


@register.simple_tag(takes_context=True)
def file_url(context: RequestContext, name: str, *args: Any) -> str:
    """The address of a file for whoever looks at the page; it ends."""
    return file_link(context["actor"], name, *args)
