"""The request as our middleware leaves it, for the annotations of views."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from tenancy.actors import Actor
from tenancy.models import Membership


class Request(HttpRequest):
    """A request whose actor is resolved; behind `login_required` there always is one."""

    actor: Actor
    memberships: list[Membership]
    htmx: HtmxDetails
