"""Two hundred phones send twenty visits each, with ten photos of 300 kB: how long, and is all there once?

Run by tests.bench in an installation of its own. PHONES= and VISITS= make it smaller.
"""

import asyncio
import hashlib
import io
import json
import os
import random
import struct
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import django

django.setup()

import httpx  # noqa: E402  (after Django is up)
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image  # noqa: E402

from common.ids import uuid7  # noqa: E402
from common.scope import acting_as  # noqa: E402
from documents.models import Document  # noqa: E402
from evidence.models import Photo  # noqa: E402
from evidence.pictures import read_picture  # noqa: E402
from inspections.models import (  # noqa: E402
    Answer,
    ChecklistItem,
    FieldFile,
    FieldOperation,
    Hazard,
    Visit,
)
from inspections.selectors import asked_of, checklists_for  # noqa: E402
from stack import embedded  # noqa: E402
from stack.places import var_dir  # noqa: E402
from tenancy.actors import Actor, system_for  # noqa: E402
from tenancy.enums import Role  # noqa: E402
from tests import county as counties  # noqa: E402
from tests import world  # noqa: E402
from tests.drill.server import Server  # noqa: E402

PHOTOS = 10
SIZE = 300_000
BARE = 600  # photos that are taken in without anything around it
PATIENCE = httpx.Timeout(300)


def base_photo() -> bytes:
    """A picture of 1600 × 1200 that takes about 300 kB, as a phone's app makes it smaller."""
    rng, out = random.Random(1), io.BytesIO()
    small = Image.frombytes("RGB", (400, 300), rng.randbytes(400 * 300 * 3))
    picture = small.resize((1600, 1200), Image.Resampling.BICUBIC)
    picture.save(out, "JPEG", quality=25)
    return out.getvalue()


BASE = base_photo()


def photo(pk: str) -> bytes:
    """The picture with a comment of its own, so that no two have the same bytes."""
    words = pk.encode().ljust(max(40, SIZE - len(BASE)), b" ")[:60_000]
    return BASE[:2] + b"\xff\xfe" + struct.pack(">H", len(words) + 2) + words + BASE[2:]


@dataclass(slots=True)
class Log:
    """One visit as a phone has it: operations, and the ids of what is to be uploaded."""

    member: int
    assignment: int
    templates: list[int]
    items: list[int]
    device: str = field(default_factory=lambda: str(uuid7()))
    visit: str = field(default_factory=lambda: str(uuid7()))
    operations: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)  # id: purpose

    def do(self, kind: str, /, **body: Any) -> None:
        """Append an operation."""
        self.operations.append(
            {"id": str(uuid7()), "visit": self.visit, "place": f"a{self.assignment}",
             "device": self.device, "sequence": len(self.operations) + 1, "kind": kind,
             "made_at": timezone.localtime().isoformat(timespec="milliseconds"),
             "member": self.member, "body": body}
        )  # fmt: skip

    def announced(self, purpose: str) -> dict[str, Any]:
        """Announce a file."""
        pk = str(uuid7())
        self.files[pk] = purpose
        content = photo(pk)
        return {
            "id": pk, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content),
            "purpose": purpose, "type": "image/jpeg", "taken_at": None, "position": None,
            "drawing": [], "seconds": None,
        }  # fmt: skip

    def whole_visit(self) -> None:
        """Arrive, answer everything, find two hazards, photograph, sign."""
        self.do(
            "visit.start", assignment=self.assignment, kind="survey", part="both", members=[],
            templates=self.templates, risk_points=[],
            position={"latitude": 39.91, "longitude": 119.55, "accuracy": 12.0},
        )  # fmt: skip
        for item in self.items:
            self.do("answer", item=item, result="ok", note="", base=None)
        for _ in range(2):
            self.do(
                "hazard.add", hazard=str(uuid7()), item=None, place="一号车间", place_count=1,
                description="配电箱箱门未接地", severity="general", category="现场管理",
                measure="加装接地线", files=[self.announced("before") for _ in range(4)],
            )  # fmt: skip
        self.do("files", subject="visit", files=[self.announced("site") for _ in range(PHOTOS - 8)])
        self.do("note", text="查阅资料，现场检查")
        self.do(
            "visit.sign", representative_name="张立新", representative_post="厂长",
            files=[self.announced("signature")],
        )  # fmt: skip


@dataclass(slots=True)
class Load:
    """What all phones together send, and what came of it."""

    logs: list[list[Log]]  # by phone
    cookies: list[str]
    base_url: str
    statuses: Counter[int] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    waits: dict[str, list[float]] = field(default_factory=lambda: {"operations": [], "file": []})

    async def run(self) -> None:
        """All phones at once."""
        await asyncio.gather(*(self._phone(n) for n in range(len(self.logs))))

    async def _phone(self, number: int) -> None:
        cookies = {"sessionid": self.cookies[number]}
        async with httpx.AsyncClient(
            base_url=self.base_url, cookies=cookies, timeout=PATIENCE
        ) as client:
            me = (await client.get("/field/api/me")).json()
            client.headers["X-CSRFToken"] = me["csrf"]
            for log in self.logs[number]:
                await self._operations(client, log)
            for log in self.logs[number]:
                for pk in log.files:
                    answer = await self._timed(
                        "file", client.put(f"/field/api/files/{pk}?offset=0", content=photo(pk),
                                           headers={"Content-Type": "application/octet-stream"})
                    )  # fmt: skip
                    self.states[answer["state"]] += 1
            for log in self.logs[number]:
                answer = await self._operations(client, log)
                self.states.update(receipt["state"] for receipt in answer["receipts"])

    async def _operations(self, client: httpx.AsyncClient, log: Log) -> dict[str, Any]:
        words = {
            "sent_at": timezone.localtime().isoformat(), "device": log.device,
            "operations": log.operations,
        }  # fmt: skip
        return await self._timed("operations", client.post("/field/api/operations", json=words))

    async def _timed(self, name: str, request: Any) -> dict[str, Any]:
        began = time.perf_counter()
        answer = await request
        self.waits[name].append(time.perf_counter() - began)
        self.statuses[answer.status_code] += 1
        found: dict[str, Any] = answer.json()
        return found


def spread(times: list[float]) -> dict[str, float]:
    """Median and 95th percentile in seconds."""
    ranked = sorted(times)
    return {
        "median_s": round(ranked[len(ranked) // 2], 2),
        "p95_s": round(ranked[int(len(ranked) * 0.95)], 2),
    }


def logs_of(people: list[Actor], county: counties.County, visits: int) -> Iterator[list[Log]]:
    """Yield each person's visits."""
    with acting_as(county.inspector):
        templates = checklists_for(county.enterprises[0], timezone.localdate())
        rows = ChecklistItem.objects.filter(template__in=templates)
        items = list(rows.order_by("-part", "template_id", "position"))
        asked = [i.pk for i in asked_of(items, {i.pk: "ok" for i in items})]
    for number, person in enumerate(people):
        found = []
        for turn in range(visits):
            assignment = county.assignments[(number + turn) % len(county.assignments)].pk
            log = Log(person.member, assignment, [t.pk for t in templates], asked)
            log.whole_visit()
            found.append(log)
        yield found


def session(person: Actor) -> str:
    """Sign somebody in."""
    client = Client()
    world.sign_in(client, person)
    return client.cookies["sessionid"].value


def take_in(work: tuple[str, str]) -> None:
    """What no server can do without: check one picture, make its reading copy, write both down."""
    folder, pk = work
    content = photo(pk)
    copy = read_picture(content)
    for name, written in ((hashlib.sha256(content).hexdigest(), content), (pk, copy.reading)):
        with open(f"{folder}/{name}", "wb") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())


def bare_per_second() -> float:
    """Photos a second that two processes take in without a web, a database or a visit."""
    with tempfile.TemporaryDirectory(dir=var_dir()) as folder, ProcessPoolExecutor(2) as pool:
        list(pool.map(take_in, [(folder, f"warm{n}") for n in range(20)]))
        began = time.perf_counter()
        list(pool.map(take_in, [(folder, f"photo{n}") for n in range(BARE)], chunksize=10))
        return BARE / (time.perf_counter() - began)


def counted(county: counties.County, load: Load) -> dict[str, Any]:
    """Whether everything is there, and there once."""
    logs = [log for several in load.logs for log in several]
    ids = {UUID(log.visit) for log in logs}
    operations = sum(len(log.operations) for log in logs)
    files = sum(len(log.files) for log in logs)
    with acting_as(system_for(county.zone)):
        found = {
            "operations": FieldOperation.objects.filter(state="done").count() == operations,
            "visits": set(Visit.objects.filter(state="signed").values_list("pk", flat=True)) == ids,
            "answers": Answer.objects.count() == sum(len(log.items) for log in logs),
            "hazards": Hazard.objects.count() == 2 * len(logs),
            "files": FieldFile.objects.filter(state="stored").count() == files,
            "photos": Photo.objects.count() == files,
            "records": Document.objects.filter(kind="service_record").count() == len(logs),
        }
    return {"exactly_once": all(found.values()), "operations": operations, "files": files} | {
        f"wrong_{name}": True for name, is_right in found.items() if not is_right
    }


def figures(load: Load, found: dict[str, Any], seconds: float, bare: float) -> dict[str, Any]:
    """Return what the load took; `ratio` is the bare work's pace to ours."""
    visits = sum(map(len, load.logs))
    per_second = found["files"] / seconds
    return {
        "phones": len(load.logs),
        "visits": visits,
        "seconds": round(seconds, 1),
        "visits_per_minute": round(visits / seconds * 60, 1),
        "photos_per_second": round(per_second, 1),
        "bare_photos_per_second": round(bare, 1),
        "ratio": round(bare / per_second, 2),
        "megabytes_per_second": round(per_second * SIZE / 1e6, 1),
        "errors": sum(n for status, n in load.statuses.items() if status != 200),
        "statuses": load.statuses,
        "states": load.states,
        "waits": {name: spread(times) for name, times in load.waits.items()},
        **found,
    }


def main() -> None:
    """Print the figures as JSON."""
    embedded.ensure_started()
    phones = int(os.environ.get("PHONES") or 200)
    visits = int(os.environ.get("VISITS") or 20)
    county = counties.build(enterprises=20)
    county.at(timezone.now())
    with acting_as(county.admin):
        provider = county.assignment.provider_org
    people = [world.member(provider, Role.PROJECT_LEAD) for _ in range(phones)]
    counties.confirm(county, *people)
    bare = bare_per_second()
    server = Server(random.Random(1), Counter())
    load = Load(
        list(logs_of(people, county, visits)), [session(p) for p in people],
        f"http://127.0.0.1:{server.port}",
    )  # fmt: skip
    server.start()
    try:
        began = time.perf_counter()
        asyncio.run(load.run())
        seconds = time.perf_counter() - began
    finally:
        server.stop()
    print(json.dumps(figures(load, counted(county, load), seconds, bare)))


if __name__ == "__main__":
    main()
