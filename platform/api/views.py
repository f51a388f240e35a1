"""The description of every JSON address, and a page to read it on; for whoever has signed in."""

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import IsAuthenticated

from common.api import Session, Token

# Less than other pages may: the viewer needs no more than its own script, style, the schema, and
# the arrows that its style sheet carries as data: addresses.
POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "connect-src": [SELF],
    "img-src": [SELF, "data:"],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}


@extend_schema(exclude=True)
class Schema(SpectacularJSONAPIView):
    """OpenAPI 3.1, the same for everybody."""

    authentication_classes = [Token, Session]
    permission_classes = [IsAuthenticated]


@csp(POLICY)
@login_required
def docs(request: HttpRequest) -> HttpResponse:
    """The schema, readable."""
    return render(request, "api/docs.html")
