"""Programs that ask `/api/v1/`."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from api.models import ApiToken
from api.scopes import scopes_of
from api.services import token_make
from common.scope import acting_as
from tenancy.actors import Actor

V1 = "/api/v1/"


def token_of(actor: Actor, *scopes: str, networks: tuple[str, ...] = ()) -> tuple[ApiToken, str]:
    """A token of somebody, with all scopes that he may give if none are named."""
    wanted = list(scopes) or [scope for scope, _ in scopes_of(actor)]
    day = timezone.localdate() + timedelta(days=30)
    with acting_as(actor):
        return token_make(
            actor=actor, name="同步", scopes=wanted, expires_on=day, networks=networks
        )


class Program:
    """A program with a token; each answer is the response of the test client."""

    def __init__(self, actor: Actor, *scopes: str, secret: str = "") -> None:
        self.secret = secret or token_of(actor, *scopes)[1]
        self.client = Client()

    def get(self, path: str, query: Any = None, **headers: str) -> Any:
        """Read."""
        return self.client.get(V1 + path, query, headers=self._headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Send JSON."""
        return self.client.post(
            V1 + path, body or {}, content_type="application/json", headers=self._headers(headers)
        )

    def send(self, path: str, form: Any, **headers: str) -> Any:
        """Send a form with files."""
        return self.client.post(V1 + path, form, headers=self._headers(headers))

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """Change."""
        return self.client.patch(
            V1 + path, body, content_type="application/json", headers=self._headers(headers)
        )

    def everything(self, path: str, query: Any = None, limit: int = 1) -> list[Any]:
        """Read a list to its end, page by page."""
        items, after = [], ""
        while True:
            page = self.get(path, {**(query or {}), "limit": limit, "after": after}).json()
            items += page["items"]
            if not (after := page["next"] or ""):
                return items

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.secret}", **named}
