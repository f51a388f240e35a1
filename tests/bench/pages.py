"""Every list, board, home and search page of each role at one level, over gunicorn as it is served.

Which pages there are is asked of the table of URLs and roles and of the pages themselves: what a
person may open, and there the search, the sorted heads, the next page and every number that opens.
"""

import html
import http.client
import json
import math
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from urllib.parse import quote, urljoin

import django

django.setup()

from django.db import connection  # noqa: E402  (after Django is up)
from django.db.models import QuerySet  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from agencies.models import Assignment, ServiceBatch, ServiceContract  # noqa: E402
from common.scope import acting_as  # noqa: E402
from stack import embedded  # noqa: E402
from tenancy.actors import SYSTEM, Actor  # noqa: E402
from tenancy.models import Membership  # noqa: E402
from tests import world  # noqa: E402
from tests.bench.bare import is_control, replayed  # noqa: E402
from tests.bench.bars import QUIET, TURNS  # noqa: E402
from tests.bench.people import peak_of, who  # noqa: E402
from tests.drill.server import Server  # noqa: E402
from tests.test_urls import TABLE  # noqa: E402

COUNTY, TOWN, CITY = "130121", "130121001", "1301"
# (who, sign-in name): one of each role, and of each level of government.
PEOPLE = (
    ("province admin", "13-agency_admin1"), ("province officer", "13-officer1"),
    ("city officer", f"{CITY}-officer1"), ("county admin", f"{COUNTY}-agency_admin1"),
    ("county leader", f"{COUNTY}-agency_leader1"), ("county officer", f"{COUNTY}-officer1"),
    ("county assistant", f"{COUNTY}-assistant1"), ("township officer", f"{TOWN}-officer1"),
    ("provider admin", "{provider}-provider_admin1"), ("project lead", "{provider}-project_lead1"),
    ("inspector", "{provider}-inspector1"), ("enterprise", "{firm}"),
)  # fmt: skip
# A list or a board stands by itself or in one of these; what stands in smaller things is a record.
CONTAINERS: dict[str, QuerySet] = {
    "contract": ServiceContract.objects.filter(state="active").order_by("pk"),
    "batch": ServiceBatch.objects.filter(assignments__state="guidance").order_by("pk"),
    "drawn_batch": ServiceBatch.objects.filter(draw__isnull=False).order_by("-pk"),
}
FILES = {
    "inspections:ledger-export",
    "inspections:acceptance-export",
    "home:brief-pdf",
}  # long work, measured as such
# What a page shows of itself behind a link that is no list's: the other half of the inbox, a figure.
OPENED = {"home:inbox": ("part=messages",), "home:brief": ("open=closed", "open=visited")}
WORD = "恒瑞"  # two characters, as people type them
SORTED = re.compile(r'class="sort" href="([^"]+)"')
NEXT = re.compile(r'rel="next" href="([^"]+)"')
NUMBER = re.compile(r'href="(/[^"]*\?[^"]+)"')
REQUESTS = int(os.environ.get("REQUESTS") or 20)
CLIENTS = 8
BARE = 5  # turns of the same statements without us


@dataclass(frozen=True, slots=True)
class Page:
    """One page as somebody opens it. `name` is the same at every level, `url` is not."""

    who: str
    name: str
    url: str


def people() -> Iterator[tuple[str, Actor]]:
    """Yield everybody whose pages are measured."""
    with acting_as(who(f"{COUNTY}-agency_admin1")):
        running = CONTAINERS["contract"][0]
        served = Assignment.objects.filter(batch__contract=running, state="guidance")[0]
    firm, provider = f"firm{served.enterprise_id}", _code(running.provider_org_id)
    for name, login in PEOPLE:
        yield name, who(login.format(provider=provider, firm=firm))


def _code(org: int | None) -> str:
    """Return what the sign-in names of a provider's people begin with."""
    with acting_as(SYSTEM):
        people = Membership.objects.filter(org_id=org).select_related("user")
        return people.order_by("pk")[0].user.username.split("-")[0]


def opened(client: Client, actor: Actor) -> Iterator[tuple[str, str, str]]:
    """Yield (name, address, text) of each page that this person may open."""
    with acting_as(actor):
        there = {
            kind: rows.values_list("pk", flat=True).first() for kind, rows in CONTAINERS.items()
        }
    for name, (kinds, _) in TABLE.items():
        if name in FILES or any(there.get(kind) is None for kind in kinds):
            continue
        url = reverse(name, args=[there[kind] for kind in kinds])
        yield from _get(client, name, url)


def _get(client: Client, name: str, url: str) -> Iterator[tuple[str, str, str]]:
    response = client.get(url)
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if response.status_code == 200 and is_page:
        yield name, url, response.content.decode()


def variants(name: str, url: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield (name, address) of a page and of what it offers to open of itself."""
    yield name, url
    if 'name="q"' in text:
        yield f"{name} search", f"{url}?q={quote(WORD)}"
    for pattern, word in ((NEXT, "next"), (SORTED, "sorted")):
        for found in sorted(set(pattern.findall(text))):
            address = html.unescape(found)
            by = f" {address.rpartition('sort=')[2]}" if word == "sorted" else ""
            yield f"{name} {word}{by}", urljoin(url, address)
    for query in OPENED.get(name, ()):
        yield f"{name} {query}", f"{url}?{query}"
    if name == "home:front":
        for found in sorted(set(NUMBER.findall(text))):
            yield f"number {html.unescape(found)}", html.unescape(found)


def pages_of(label: str, client: Client, actor: Actor) -> list[Page]:
    """Return every page of one person."""
    return [
        Page(label, shown, address)
        for name, url, text in opened(client, actor)
        for shown, address in variants(name, url, text)
    ]


def statements(client: Client, page: Page) -> tuple[list[str], int]:
    """Return the statements and the bytes of a page, without those that only open and close."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(page.url)
    sent = [query["sql"] for query in queries.captured_queries]
    return [sql for sql in sent if not is_control(sql)], len(response.content)


def ask(port: int, session: str, url: str, times: int) -> list[float]:
    """Return the milliseconds of so many requests, one after the other on one connection."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    found = []
    for _ in range(times):
        began = time.perf_counter()
        link.request("GET", url, headers={"Cookie": f"sessionid={session}"})
        answer = link.getresponse()
        answer.read()
        found.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{url} answers {answer.status}")
    link.close()
    return found


def spread(times: list[float]) -> dict[str, float]:
    """Return median and 95th percentile: what 95 of 100 requests take at most."""
    ranked = sorted(times)
    at = math.ceil(len(ranked) * 0.95) - 1
    return {"p50_ms": round(ranked[len(ranked) // 2], 1), "p95_ms": round(ranked[at], 1)}


def alone(server: Server, session: str, page: Page) -> dict[str, float]:
    """Return the figures of one client, from the quietest of as many as TURNS turns.

    What else the machine does only adds: a turn whose slowest requests are far from its median says
    more about that than about the page, and is taken again.
    """
    turns = []
    for _ in range(TURNS):
        turns.append(spread(ask(server.port, session, page.url, REQUESTS)))
        if turns[-1]["p95_ms"] <= QUIET * turns[-1]["p50_ms"]:
            break
    return min(turns, key=lambda turn: turn["p95_ms"])


def measured(server: Server, session: str, client: Client, page: Page) -> dict[str, object]:
    """Return the figures of one page."""
    sent, size = statements(client, page)
    bare = sorted(replayed(sent) for _ in range(BARE))[BARE // 2]
    ask(server.port, session, page.url, 2)
    single = alone(server, session, page)
    with ThreadPoolExecutor(CLIENTS) as pool:
        each = max(2, REQUESTS // 4)
        many = pool.map(lambda _: ask(server.port, session, page.url, each), range(CLIENTS))
    together = [one for times in many for one in times]
    return {
        "who": page.who, "page": page.name, "statements": len(sent), "bytes": size,
        "bare_ms": round(bare, 1),
        "alone": single, "together": spread(together),
    }  # fmt: skip


def is_chosen(page: Page) -> bool:
    """Whether a page is to be measured: all are, unless PAGES is an expression that finds few."""
    return re.search(os.environ.get("PAGES") or "", f"{page.name} ({page.who})") is not None


def all_pages(server: Server) -> Iterator[dict[str, object]]:
    """Yield the figures of every page of everybody."""
    for label, actor in people():
        client = Client()
        world.sign_in(client, actor)
        session = client.cookies["sessionid"].value
        for page in filter(is_chosen, pages_of(label, client, actor)):
            yield measured(server, session, client, page)
            print(f"{label}: {page.name}", file=sys.stderr)


def main() -> None:
    """Print the figures as JSON."""
    embedded.ensure_started()
    server = Server(Random(1), Counter())
    began = time.perf_counter()
    server.start()
    ask(server.port, "", "/accounts/login/", 1)
    started = time.perf_counter() - began
    try:
        found = list(all_pages(server))
        memory = peak_of(server.program.pid)
    finally:
        server.stop()
    print(json.dumps({"pages": found, "cold_start_s": round(started, 2), "web_peak_mb": memory}))


if __name__ == "__main__":
    main()
