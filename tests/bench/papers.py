"""The papers of phase 3 by real workers, beside bare WeasyPrint and pyHanko over the same HTML.

Measured on the demonstration's data: the contract's title changes, so that all two hundred papers
are issued and made anew; then one hazard changes, and only what shows it is made again.
"""

import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import django

django.setup()

from django.conf import settings  # noqa: E402  (after Django is up)
from django.db import connection, connections  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402

from agencies.models import Assignment, ServiceBatch, ServiceContract  # noqa: E402
from common.scope import acting_as  # noqa: E402
from documents import keys, pdf, signing  # noqa: E402
from documents.models import Document  # noqa: E402
from documents.registry import paper_of  # noqa: E402
from documents.services import (  # noqa: E402
    Issuer,
    document_context,
    number_allocate,
    seal_approval_for,
)
from inspections.models import Hazard  # noqa: E402
from inspections.services import batch_accept  # noqa: E402
from stack import up  # noqa: E402
from tenancy.actors import Actor  # noqa: E402
from tests.bench.people import timed, who  # noqa: E402
from workflow.models import Job  # noqa: E402

KINDS = ("enterprise_report", "conclusion")
ISSUERS, EACH = 50, 20
MANY = 2000
ROUNDS = 3  # the best of each side counts: the machine has neighbours
PATIENCE = 240  # seconds for two hundred papers


def papers_of_a_batch() -> dict[str, object]:
    """Make the papers of the whole batch, then those that one changed hazard touches."""
    lead = who("lead-a")
    with acting_as(lead):
        batch = ServiceBatch.objects.order_by("pk")[0]
        batch.assignments.filter(withdrawn_at=None).update(state=Assignment.Phase.ACCEPTED)
    with workers(2):
        warm_up(lead, batch)
        rounds = [round_of(lead, batch) for _ in range(ROUNDS)]
        made = standing(lead)
        one = median(change_one(lead, batch, turn) for turn in range(5))
        changed = len(set(standing(lead)) - set(made))
    with workers(1):
        warm_up(lead, batch)
        change_title(lead, batch)
        single = timed(lambda: accept(lead, batch))
    whole, bare = min(ours for ours, _ in rounds), min(theirs for _, theirs in rounds)
    return {
        "papers": len(made),
        "two_workers_s": round(whole, 2),
        "bare_two_processes_s": round(bare, 2),
        "ratio": round(whole / bare, 3),
        "one_worker_s": round(single, 2),
        "two_as_fast_as_one": round(single / whole, 2),
        "after_one_hazard_s": round(one, 2),
        "papers_made_again_in_five_turns": changed,
        "share_of_first_run": round(one / whole, 4),
    }


@contextmanager
def workers(processes: int) -> Iterator[None]:
    """A real worker of so many processes, while this lasts."""
    command = [*up.commands(web=False)["worker"], "--concurrency", str(processes)]
    program = subprocess.Popen(command, env=up.environment(), stdout=sys.stderr)
    try:
        time.sleep(6)
        yield
    finally:
        program.terminate()
        program.wait(timeout=30)


def round_of(lead: Actor, batch: ServiceBatch) -> tuple[float, float]:
    """Return the seconds of the workers and of the bare libraries over the same papers, in turn."""
    change_title(lead, batch)
    ours = timed(lambda: accept(lead, batch))
    return ours, bare_papers(lead, standing(lead))


def warm_up(lead: Actor, batch: ServiceBatch) -> None:
    """Let both worker processes load fonts and libraries, as the bare processes do beforehand."""
    with acting_as(lead):
        numbers = Hazard.objects.filter(assignment__batch=batch).order_by("-number")
        for hazard in list({h.assignment_id: h for h in numbers[:400]}.values())[:4]:
            Hazard.objects.filter(pk=hazard.pk).update(place=f"{hazard.place}。")
    accept(lead, batch)


def change_one(lead: Actor, batch: ServiceBatch, turn: int) -> float:
    """Correct one hazard's words, and return the seconds until its enterprise's papers are new."""
    with acting_as(lead):
        hazard = Hazard.objects.filter(assignment__batch=batch).order_by("number")[turn * 40]
        Hazard.objects.filter(pk=hazard.pk).update(description=f"{hazard.description}（更正）")
    return timed(lambda: accept(lead, batch))


def change_title(lead: Actor, batch: ServiceBatch) -> None:
    """Let every report and conclusion of the batch read otherwise."""
    with acting_as(who("admin")):
        ServiceContract.objects.filter(pk=batch.contract_id).update(
            title=f"社会化服务（{datetime.now(UTC):%H%M%S}）"
        )


def accept(lead: Actor, batch: ServiceBatch) -> None:
    """Press the lead's button and wait until every file is there."""
    with acting_as(lead):
        job = batch_accept(actor=lead, batch=batch)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with acting_as(lead):
            state = Job.objects.get(pk=job.pk).state
        if state == Job.State.DONE:
            return
        if state == Job.State.FAILED:
            break
        time.sleep(0.05)
    raise RuntimeError(f"the job is {state}")


def standing(lead: Actor) -> list[str]:
    """Return the valid papers of phase 3."""
    with acting_as(lead):
        rows = Document.objects.filter(kind__in=KINDS, state=Document.State.ISSUED)
        return [str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)]


def htmls(lead: Actor, ids: list[str]) -> list[str]:
    """Return the HTML that the workers laid out."""
    found = []
    with acting_as(lead):
        for document in Document.objects.filter(pk__in=ids).select_related("issuer_org"):
            context = document_context(document)
            approval = seal_approval_for(document)
            if approval is not None:
                context["seal_uri"] = pdf.data_uri(bytes(approval.seal.image))
            found.append(pdf.html_of(paper_of(document.kind).template, context))
    return found


def bare_papers(lead: Actor, ids: list[str]) -> float:
    """Return the seconds that WeasyPrint and pyHanko alone take in two warm processes."""
    sources = htmls(lead, ids)
    css = render_to_string(pdf.STYLE)
    with acting_as(lead):
        key = keys.signing_key(org_id=lead.org, org_name=lead.org_name, at=datetime.now(UTC))
    folder = Path(settings.MEDIA_ROOT) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    connections.close_all()
    with ProcessPoolExecutor(2, initializer=load, initargs=(css, key)) as pool:
        list(pool.map(bare_paper, [(html, str(folder / "warm.pdf")) for html in sources[:4]]))
        work = [(html, str(folder / f"{n}.pdf")) for n, html in enumerate(sources)]
        return timed(lambda: list(pool.map(bare_paper, work)))


def load(css: str, key: keys.SigningKey) -> None:
    """Load what every paper needs, once a process."""
    from weasyprint import CSS

    global STYLE, KEY
    STYLE = CSS(string=css, font_config=pdf._fonts(), url_fetcher=pdf._fetcher())
    KEY = key


def bare_paper(work: tuple[str, str]) -> int:
    """Lay out one paper, sign it, write it: nothing of ours but the fonts' configuration."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
    from weasyprint import HTML

    html, path = work
    paper = HTML(string=html, url_fetcher=pdf._fetcher())
    content = paper.write_pdf(font_config=pdf._fonts(), stylesheets=[STYLE])
    about = PdfSignatureMetadata(field_name="Signature1", subfilter=SigSeedSubFilter.PADES)
    signer = PdfSigner(about, signing._signer(KEY))
    out = signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(content)))
    return Path(path).write_bytes(out.getvalue())


def many_papers() -> dict[str, object]:
    """Resident memory (MB) of a process that makes two thousand papers, one after the other."""
    code = "from tests.bench.papers import make_many; make_many()"
    out = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={**os.environ}
    ).stdout.split()
    return {"papers": MANY, "rss_mb_after": dict(zip(out[::2], map(int, out[1::2]), strict=True))}


def make_many() -> None:
    """Lay out and sign papers as a worker does; print the memory now and then."""
    lead = who("lead-a")
    with acting_as(lead):
        rows = list(
            Document.objects.filter(kind="conclusion", state="issued").select_related("issuer_org")[
                :20
            ]
        )
        contexts = [document_context(row) for row in rows]
        key = keys.signing_key(org_id=lead.org, org_name=lead.org_name, at=datetime.now(UTC))
    template = paper_of("conclusion").template
    for number in range(1, MANY + 1):
        content = pdf.render(template, contexts[number % len(contexts)]).content
        signing.sign(content, key=key, at=datetime.now(UTC), reason="bench", name=lead.org_name)
        if number in (100, 500, 1000, 1500, MANY):
            print(number, resident())


def resident() -> int:
    """Return this process's resident memory in MB."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line) // 1024


def numbers() -> dict[str, object]:
    """Fifty issuers at once: no gap, no double; beside a bare UPDATE … RETURNING by as many."""
    lead = who("lead-a")
    issuer = Issuer(lead.org, "安")

    def issue(_: int) -> list[int]:
        found = []
        try:
            for _ in range(EACH):
                with acting_as(lead):
                    text = number_allocate(issuer=issuer, kind="bench", pattern="{n}", year=2026)
                found.append(int(text))
        finally:
            connection.close()
        return found

    def bare(_: int) -> None:
        try:
            for _ in range(EACH):
                with acting_as(lead), connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE documents_numberseries SET last = last + 1 "
                        "WHERE issuer_org_id = %s AND kind = 'bench' RETURNING last", [lead.org],
                    )  # fmt: skip
        finally:
            connection.close()

    taken: list[int] = []
    with ThreadPoolExecutor(ISSUERS) as pool:
        ours = timed(
            lambda: taken.extend(n for part in pool.map(issue, range(ISSUERS)) for n in part)
        )
    with ThreadPoolExecutor(ISSUERS) as pool:
        plain = timed(lambda: list(pool.map(bare, range(ISSUERS))))
    first = min(taken)
    return {
        "issuers": ISSUERS,
        "numbers": len(taken),
        "doubles": len(taken) - len(set(taken)),
        "gaps": max(taken) - first + 1 - len(set(taken)),
        "ours_s": round(ours, 2),
        "bare_update_s": round(plain, 2),
        "ratio": round(ours / plain, 2),
    }
