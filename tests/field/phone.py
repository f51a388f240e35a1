"""A phone as the server sees it: it keeps a log as docs/field.md says, and sends it as it likes."""

import hashlib
import io
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from PIL import Image

from common.ids import uuid7
from common.scope import acting_as
from inspections.field.files import file_put
from inspections.field.log import Receipt, receive
from inspections.field.sent import Operation
from inspections.models import ChecklistItem, FieldFile, FieldOperation
from inspections.selectors import asked_of, checklists_for
from tenancy import clock
from tenancy.actors import Actor


def photo(seed: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """A small real picture of its own."""
    rng, out = random.Random(seed), io.BytesIO()
    pixels = bytes(rng.randrange(256) for _ in range(8 * 6 * 3))
    Image.frombytes("RGB", (8, 6), pixels).resize(size).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Phone:
    """One person's phone at one enterprise."""

    actor: Actor
    assignment: Any
    ahead: timedelta = timedelta()  # of its clock to the agency's
    device: UUID = field(default_factory=uuid7)
    visit: UUID = field(default_factory=uuid7)
    log: list[Operation] = field(default_factory=list)
    blobs: dict[UUID, bytes] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """What its clock shows."""
        with acting_as(self.actor):
            return clock.now(self.assignment.owner_agency_id) + self.ahead

    def do(self, kind: str, /, **body: Any) -> Operation:
        """Append an operation."""
        operation = Operation(
            id=uuid7(), visit=self.visit, place=f"a{self.assignment.pk}", device=self.device,
            sequence=len(self.log) + 1, kind=kind, made_at=self.now, member=self.actor.member,
            body=body,
        )  # fmt: skip
        self.log.append(operation)
        return operation

    def file(self, content: bytes, purpose: str = "before", **about: Any) -> dict[str, Any]:
        """Announce a file; its bytes are sent later."""
        pk = uuid7()
        self.blobs[pk] = content
        return {
            "id": str(pk), "sha256": hashlib.sha256(content).hexdigest(), "size": len(content),
            "purpose": purpose, "type": "image/jpeg", "taken_at": self.now.isoformat(),
            "position": None, "drawing": [], **about,
        }  # fmt: skip

    # what a person does

    @property
    def items(self) -> list[ChecklistItem]:
        """The questions that the bundle brought."""
        with acting_as(self.actor):
            day = clock.today(self.assignment.owner_agency_id)
            templates = checklists_for(self.assignment.enterprise, day)
            rows = ChecklistItem.objects.filter(template__in=templates)
            return list(rows.order_by("-part", "template_id", "position"))

    def start(self, **more: Any) -> Operation:
        """Arrive."""
        body = {
            "assignment": self.assignment.pk, "kind": "survey", "part": "both", "members": [],
            "templates": sorted({item.template_id for item in self.items}), "risk_points": [],
            "position": {"latitude": 39.91, "longitude": 119.55, "accuracy": 12.0},
        }  # fmt: skip
        return self.do("visit.start", **(body | more))

    def answer(self, item: ChecklistItem, result: str = "ok", base: Any = None) -> Operation:
        """Answer a question."""
        base = str(base) if base else None
        return self.do("answer", item=item.pk, result=result, note="", base=base)

    def answer_all(self) -> None:
        """Answer every question that is asked."""
        answers: dict[int | UUID, str] = {}
        for item in asked_of(self.items, {i.pk: "ok" for i in self.items}):
            self.answer(item)
            answers[item.pk] = "ok"

    def find(self, item: ChecklistItem | None = None, photos: int = 1, **words: Any) -> UUID:
        """Write a hazard down."""
        pk = uuid7()
        files = [self.file(photo(random.randrange(10**9))) for _ in range(photos)]
        body = {
            "hazard": str(pk), "item": item.pk if item else None, "place": "一号车间",
            "place_count": 1, "description": "配电箱箱门未接地", "severity": "general",
            "category": "现场管理", "measure": "加装接地线", "files": files,
        }  # fmt: skip
        self.do("hazard.add", **(body | words))
        return pk

    def sign(self) -> Operation:
        """The representative signs on the glass."""
        out = io.BytesIO()
        Image.new("RGB", (60, 40), (250, 250, 250)).save(out, "PNG")
        drawn = self.file(out.getvalue(), "signature")
        return self.do(
            "visit.sign", representative_name="张立新", representative_post="厂长", files=[drawn]
        )

    def whole_visit(self, hazards: int = 2) -> None:
        """Everything from arrival to signature."""
        self.start()
        self.answer_all()
        for item in self.items[:hazards]:
            self.find(item)
        self.do("note", text="查阅资料，现场检查")
        self.sign()

    # what it sends

    def send(self, operations: list[Operation] | None = None) -> list[Receipt]:
        """One request."""
        sent = self.log if operations is None else operations
        with acting_as(self.actor, atomic=False):
            return receive(actor=self.actor, sent_at=self.now, operations=sent)

    def put(self, pk: UUID, content: bytes | None = None, size: int = 1 << 20) -> FieldFile:
        """Upload a file in pieces."""
        whole = self.blobs[pk] if content is None else content
        with acting_as(self.actor, atomic=False):
            offset = 0
            while True:
                piece = whole[offset : offset + size]
                found = file_put(actor=self.actor, pk=pk, offset=offset, chunk=piece).file
                offset += len(piece)
                if offset >= len(whole):
                    return found

    def sync(self) -> list[Receipt]:
        """Operations, files, and what waited for them."""
        self.send()
        for pk in self.blobs:
            self.put(pk)
        return self.send()

    def kept(self) -> list[FieldOperation]:
        """What the server has of this phone's log."""
        with acting_as(self.actor):
            return list(
                FieldOperation.objects.filter(visit_id=self.visit, device=self.device).order_by(
                    "sequence"
                )
            )


def close_connection() -> None:
    """A thread leaves no connection behind."""
    connection.close()
