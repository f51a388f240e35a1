"""A person's browser, and an inspector's phone, before a web that dies again and again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from django.test import Client

from common.scope import acting_as
from inspections.field.sent import Operation
from tenancy.actors import Actor
from tests import world
from tests.field import phone

TOKEN = "d" * 32  # of the CSRF protection: the same in cookie and header
ANSWER_SECONDS = 20.0
PIECE = 1 << 16


class Away(Exception):
    """The web gave no answer that counts: nobody knows whether the thing is done."""


class No(Exception):
    """The web says that it cannot be done, with its words."""


@dataclass
class Browser:
    """One person's; he signs in again when he is signed out."""

    actor: Actor
    address: str
    link: httpx.Client | None = None

    def post(self, path: str, /, **content: Any) -> httpx.Response:
        """Send a form. It is done where the answer leads on; No where the form comes back."""
        answer = self.ask("POST", path, **content)
        if answer.status_code != 302:
            raise No(f"{path}: {answer.status_code}")
        return answer

    def ask(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Send anything and return what counts as an answer."""
        link = self.link or self._signed_in()
        try:
            answer = link.request(method, path, **content)
        except httpx.HTTPError as error:
            raise Away(f"{type(error).__name__} {path}") from error
        is_out = "/accounts/login" in answer.headers.get("Location", "")
        if is_out or answer.status_code in (401, 403):
            self.close()
            raise Away(f"signed out {path}")
        if answer.status_code >= 500:
            raise Away(f"{answer.status_code} {path}")
        return answer

    def close(self) -> None:
        """Forget who was signed in."""
        if self.link is not None:
            self.link.close()
        self.link = None

    def _signed_in(self) -> httpx.Client:
        client = Client()
        with acting_as(self.actor):
            world.sign_in(client, self.actor)
        self.link = httpx.Client(
            base_url=self.address,
            timeout=ANSWER_SECONDS,
            trust_env=False,
            cookies={"sessionid": client.cookies["sessionid"].value, "csrftoken": TOKEN},
            headers={"X-CSRFToken": TOKEN},
        )
        return self.link


@dataclass
class WebPhone(phone.Phone):
    """A phone that reaches the server through the web, and remembers what it was told is kept."""

    browser: Browser | None = None
    told: list[str] = field(default_factory=list)

    def send_all(self) -> bool:
        """Send log and files; whether everything stands at the server and is done."""
        self._operations()
        for pk in self.blobs:
            self._file(pk)
        return all(receipt["state"] == "done" for receipt in self._operations())

    def _operations(self) -> list[Mapping[str, Any]]:
        body = {
            "sent_at": self.now.isoformat(),
            "device": str(self.device),
            "operations": [_words(operation) for operation in self.log],
        }
        answer = self._ask("POST", "/field/api/operations", json=body).json()
        receipts: list[Mapping[str, Any]] = answer["receipts"]
        for receipt in receipts:
            if receipt["state"] in ("refused", "conflict"):
                raise No(f"operation {receipt['state']}: {receipt.get('message')}")
            self.told.append(receipt["id"])
        return receipts

    def _file(self, pk: UUID) -> None:
        whole, offset = self.blobs[pk], 0
        while True:
            piece = whole[offset : offset + PIECE]
            said = self._ask(
                "PUT", f"/field/api/files/{pk}?offset={offset}", content=piece,
                headers={"Content-Type": "application/octet-stream"},
            ).json()  # fmt: skip
            if said["state"] == "refused":
                raise No(f"file refused: {said['message']}")
            if said["state"] != "expected":
                self.told.append(str(pk))
                return
            offset = said["received"]

    def _ask(self, method: str, path: str, **content: Any) -> httpx.Response:
        assert self.browser is not None
        answer = self.browser.ask(method, path, **content)
        if answer.status_code not in (200, 409):
            raise No(f"{path}: {answer.status_code} {answer.text[:200]}")
        return answer


def _words(operation: Operation) -> dict[str, Any]:
    return {
        "id": str(operation.id), "visit": str(operation.visit), "place": operation.place,
        "device": str(operation.device), "sequence": operation.sequence, "kind": operation.kind,
        "made_at": operation.made_at.isoformat(), "member": operation.member,
        "body": operation.body,
    }  # fmt: skip
