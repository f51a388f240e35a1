"""What is measured on the demonstration's data; run by tests.bench in its own installation."""

import io
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import django

django.setup()

import xlsxwriter  # noqa: E402  (after Django is up)
from django.conf import settings  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from agencies.models import ServiceContract  # noqa: E402
from agencies.services import batch_assign, batch_create  # noqa: E402
from common.scope import acting_as  # noqa: E402
from documents.frozen import thaw  # noqa: E402
from enterprises.models import Enterprise  # noqa: E402
from enterprises.services import search_text  # noqa: E402
from inspections.documents import LedgerHead, LedgerPart, ledger_sheet  # noqa: E402
from scoring import outputs  # noqa: E402
from scoring.services import outputs_start  # noqa: E402
from scoring.services.outputs import ROWS_PER_PART, _lines, _subject  # noqa: E402
from stack import embedded, up  # noqa: E402
from tenancy.actors import SYSTEM, Actor, system_for  # noqa: E402
from tenancy.models import Membership  # noqa: E402
from tests.bench import papers  # noqa: E402
from tests.bench.people import peak_of, timed, who  # noqa: E402
from tests.bench.phone import on_the_phone  # noqa: E402
from workflow.models import Job  # noqa: E402

PAGES = ("/", "/enterprises/", "/hazards/", "/contracts/", "/points/", "/documents/")


@contextmanager
def undone() -> Iterator[None]:
    """Let something happen and take it back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def assigning() -> dict[str, float]:
    """Assign the hundred enterprises in one action."""
    admin = who("admin")
    with acting_as(admin), undone():
        contract = ServiceContract.objects.order_by("pk")[0]
        batch = batch_create(
            actor=admin, contract=contract, name="bench", code="BENCH",
            starts_on=contract.starts_on, ends_on=contract.ends_on,
        )  # fmt: skip
        ids = list(Enterprise.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as queries:
            seconds = timed(lambda: batch_assign(actor=admin, batch=batch, enterprise_ids=ids))
    return {"enterprises": len(ids), "statements": len(queries), "ms": round(seconds * 1000, 1)}


def pages() -> dict[str, dict[str, int]]:
    """Count each list page's statements with a hundred enterprises and with ten thousand."""
    admin = who("admin")
    counts: dict[str, dict[str, int]] = {page: {} for page in PAGES}
    client = Client()
    with acting_as(SYSTEM):
        user = Membership.objects.select_related("user").get(pk=admin.member).user
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    with transaction.atomic():
        for size in ("100", "10000"):
            if size == "10000":
                with acting_as(admin, atomic=False):
                    grow(10_000)
            for page in PAGES:
                client.get(page)
                with CaptureQueriesContext(connection) as queries:
                    client.get(page)
                counts[page][size] = len(queries)
        transaction.set_rollback(True)
    return counts


def grow(size: int) -> None:
    """Make copies of the first enterprise until there are `size`."""
    like = Enterprise.objects.order_by("pk")[0]
    have = Enterprise.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.found_id FROM generate_series(%s, %s) AS n, LATERAL tenancy_organization_for("
            "'enterprise', 'bench' || n, 'BENCH' || n, true) f",
            [have + 1, size],
        )
        orgs = [row[0] for row in cursor.fetchall()]
    Enterprise.objects.bulk_create(
        Enterprise(
            owner_agency_id=like.owner_agency_id, region_code=like.region_code, enterprise_org_id=org,
            name=f"企业{org}", credit_code=f"BENCH{org}", industry=like.industry,
            search_text=search_text(f"企业{org}", f"BENCH{org}", ""),
        )
        for org in orgs
    )  # fmt: skip


def three_outputs() -> dict[str, object]:
    """The outputs by real workers against bare libraries on the same rows."""
    admin = who("admin")
    with acting_as(SYSTEM):
        contract = ServiceContract.objects.select_related("owner_agency__org").order_by("pk")[0]
    worker = subprocess.Popen(
        up.commands(web=False)["worker"], env=up.environment(), stdout=sys.stderr
    )
    try:
        time.sleep(6)
        made = timed(lambda: make(admin, contract))
        memory = peak_of(worker.pid)
    finally:
        worker.terminate()
        worker.wait(timeout=30)
    with acting_as(system_for(contract.owner_agency)):
        job = Job.objects.filter(subject_id=str(contract.pk)).order_by("-created_at")[0]
        head = thaw(LedgerHead, job.frozen["ledger_head"])
        rows = list(outputs.ledger_rows(_subject(job, contract), _lines(job, "hazards")))
    ours = timed(lambda: ledger_sheet(io.BytesIO(), head, rows))
    bare = timed(lambda: bare_sheet(rows))
    bare_pdf = timed(lambda: bare_papers(head, rows))
    return {
        "rows": len(rows),
        "all_three_by_two_workers_s": round(made, 2),
        "bare_weasyprint_ledger_over_two_processes_s": round(bare_pdf, 2),
        "ratio": round(made / bare_pdf, 2),
        "ledger_sheet_s": round(ours, 3),
        "bare_xlsxwriter_s": round(bare, 3),
        "sheet_ratio": round(ours / bare, 2),
        "worker_peak_mb": memory,
    }


def make(admin: Actor, contract: ServiceContract) -> None:
    """Start a contract's outputs and wait until the workers have made them."""
    with acting_as(admin):
        job = outputs_start(actor=admin, contract=contract)
    while True:
        with acting_as(admin):
            state = Job.objects.get(pk=job.pk).state
        if state != Job.State.RUNNING:
            return
        time.sleep(0.05)


def bare_sheet(rows: list) -> None:
    """The same cells by XlsxWriter alone."""
    book = xlsxwriter.Workbook(
        io.BytesIO(), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    )
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row.cells):
            page.write(number, column, value)
    book.close()


def bare_papers(head: LedgerHead, rows: list) -> None:
    """The same ledger by WeasyPrint alone, in two processes."""
    sources = []
    for start in range(0, len(rows), ROWS_PER_PART):
        part = LedgerPart(
            head=head, rows=tuple(rows[start : start + ROWS_PER_PART]), is_first=not start,
            is_last=start + ROWS_PER_PART >= len(rows),
        )  # fmt: skip
        context = {"content": part, "title": "", "number": "", "numbered": False}
        sources.append(render_to_string("documents/ledger.html", {**context, "qr": "data:,"}))
    connections.close_all()
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(bare_paper, sources))


def bare_paper(html: str) -> int:
    """One part by WeasyPrint and nothing else."""
    from weasyprint import CSS, HTML

    logging.getLogger("weasyprint").setLevel(logging.ERROR)

    css = settings.BASE_DIR / "templates" / "documents" / "paper.css"
    html = html.replace('src="data:,"', "")
    return len(HTML(string=html).write_pdf(stylesheets=[CSS(filename=str(css))]))


def hundred_thousand() -> dict[str, float]:
    """A sheet of 100,000 hazards: seconds and memory beside one of 100."""
    code = (
        "import io,resource,sys,time;from tests.bench.measures import big_sheet;"
        "t=time.perf_counter();big_sheet(int(sys.argv[1]));"
        "print(time.perf_counter()-t, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss//1024)"
    )
    found = {}
    for size in ("100", "100000"):
        out = subprocess.run(
            [sys.executable, "-c", code, size], check=True, capture_output=True, text=True,
            env={**os.environ},
        ).stdout.split()  # fmt: skip
        found[f"{size}_s"], found[f"{size}_peak_mb"] = round(float(out[0]), 2), int(out[1])
    return found


def big_sheet(size: int) -> None:
    """Write `size` copies of one hazard as the ledger's sheet."""
    from tests.documents import samples

    like = samples.ledger(1)
    with tempfile.TemporaryFile() as out:
        ledger_sheet(out, like.head, (like.rows[0] for _ in range(size)))


def web_memory() -> int:
    """Start the web, ask each page, return the highest memory (MB) of its processes."""
    web = subprocess.Popen(up.commands()["web"], env=up.environment(), stdout=sys.stderr)
    try:
        time.sleep(4)
        for _ in range(20):
            urllib.request.urlopen(f"http://127.0.0.1:{up.port()}/accounts/login/").read()
        return peak_of(web.pid)
    finally:
        web.terminate()
        web.wait(timeout=30)


def main() -> None:
    """Print the figures as JSON."""
    embedded.ensure_started()
    figures = {
        "assign": assigning(),
        "outputs": three_outputs(),
        "phase_3_papers": papers.papers_of_a_batch(),
        "numbers": papers.numbers(),
        "two_thousand_papers": papers.many_papers(),
        "sheet": hundred_thousand(),
        "statements": pages(),
        "web_peak_mb": web_memory(),
        "phone": on_the_phone(),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    embedded.stop()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
