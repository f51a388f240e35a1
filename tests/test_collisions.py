"""Where people collide, and where a worker is killed: with real threads, processes and signals."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from agencies.models import Assignment
from agencies.services import batch_assign
from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document, NumberSeries
from documents.services import Issuer, number_allocate
from inspections.services import assignment_accept, batch_accept
from scoring.services import outputs_start
from stack.embedded import service_urls
from tenancy.actors import system_for
from tenancy.models import Agency
from tests import county as counties
from workflow.models import Job, JobPart, WorkTask
from workflow.services import job_part_run, job_retry

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[1]
KILLED = """
import sys, time, django
django.setup()
from pathlib import Path
from common.scope import acting_as
from scoring.services import outputs
from tenancy.actors import SYSTEM, system_for
from tenancy.models import Agency
from workflow.services import job_part_run
store = outputs.document_store
def store_and_wait(**order):
    document = store(**order)
    Path(sys.argv[2]).touch()
    time.sleep(60)
    return document
outputs.document_store = store_and_wait
with acting_as(SYSTEM):
    agency = Agency.objects.select_related("org").get(region_code="130371")
with acting_as(system_for(agency), atomic=False):
    job_part_run(int(sys.argv[1]))
"""


def together(*works) -> list[BaseException | None]:
    """Run pieces of work at the same moment, each in a thread; return what each raised."""
    gate, raised = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        gate.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            raised[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_two_officers_assign_the_same_enterprise_at_once_and_one_is_told():
    county = counties.build()
    with acting_as(county.admin):
        fresh = counties.enterprise(county.zone, 50)

    def assign():
        with acting_as(county.admin):
            batch_assign(actor=county.admin, batch=county.batch, enterprise_ids=[fresh.pk])

    raised = together(assign, assign)
    assert sorted(type(e) for e in raised if e) == [DomainError]
    with acting_as(county.admin):
        assert Assignment.objects.filter(enterprise=fresh).count() == 1


def next_part(system):
    with acting_as(system):
        rows = JobPart.objects.filter(state="pending", job__state="running")
        return rows.order_by("step", "key").first()


def test_a_worker_killed_in_the_middle_of_a_paper_is_made_good_with_one_paper(tmp_path):
    county = counties.build()
    counties.issued(county, hazards=2)
    with acting_as(county.officer):
        job = outputs_start(actor=county.officer, contract=county.contract)
        agency = Agency.objects.select_related("org").get(pk=county.zone.pk)
    system = system_for(agency)
    while (part := next_part(system)).key != "ledger_xlsx":
        with acting_as(system, atomic=False):
            job_part_run(part.pk)
    marker = tmp_path / "written"
    worker = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(part.pk), str(marker)], cwd=ROOT, env=environment()
    )
    deadline = time.monotonic() + 30
    while not marker.exists():
        assert worker.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    while part := next_part(system):
        with acting_as(system, atomic=False):
            job_part_run(part.pk)
    with acting_as(county.admin):
        assert Job.objects.get(pk=job.pk).state == "done"
        papers = Document.objects.filter(issue_key__startswith=str(job.pk))
        assert sorted(papers.values_list("issue_key", flat=True)) == [
            f"{job.pk}:{key}"
            for key in ("appraisal", "ledger_pdf", "ledger_xlsx", "points_pdf", "points_xlsx")
        ]


def environment() -> dict[str, str]:
    """A worker's environment, on the test's database and files."""
    urls, name = service_urls(), str(connection.settings_dict["NAME"])
    test_url = urls.database.rsplit("/", 1)[0] + "/" + name
    owner_url = urls.database_owner.rsplit("/", 1)[0] + "/" + name
    return {
        **os.environ,
        "DATABASE_URL": test_url,
        "DATABASE_OWNER_URL": owner_url,
        "REDIS_URL": urls.redis,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        "MEDIA_FOLDER": str(settings.MEDIA_ROOT),
    }


def test_ten_workers_take_numbers_at_once_and_what_fails_takes_none():
    county = counties.build()
    issuer = Issuer(county.lead.org, "安评")

    def issue(position: int):
        def work():
            with acting_as(county.lead):
                number_allocate(issuer=issuer, kind="bench", pattern="安〔{year}〕{n}号", year=2026)
                if position % 3 == 0:
                    raise DomainError("签发时发现缺少一名执法人员")

        return work

    for _ in range(2):
        raised = together(*(issue(position) for position in range(10)))
        assert sum(error is not None for error in raised) == 4
    with acting_as(county.lead):
        series = NumberSeries.objects.get(kind="bench")
        assert series.last == 12  # twenty tried, eight failed, no gap


def test_one_enterprise_accepted_twice_at_once_has_one_report_and_one_conclusion():
    county = counties.build()
    for hazard in counties.rechecking(county):
        counties.mend(county, hazard)

    def accept():
        with acting_as(county.lead):
            assignment_accept(actor=county.lead, assignment=county.assignment)

    raised = together(accept, accept, accept)
    assert [type(error) for error in raised if error] == [DomainError, DomainError]
    with acting_as(county.lead):
        papers = Document.objects.filter(kind__in=["enterprise_report", "conclusion"])
        assert sorted(papers.values_list("kind", flat=True)) == ["conclusion", "enterprise_report"]


def test_a_batchs_papers_are_made_by_workers_and_a_failed_file_is_a_task_that_loses_nothing(
    monkeypatch,
):
    county = counties.build(enterprises=1)
    for hazard in counties.rechecking(county):
        counties.mend(county, hazard)
    with acting_as(county.lead):
        job = batch_accept(actor=county.lead, batch=county.batch)
    with acting_as(county.admin):
        system = system_for(Agency.objects.select_related("org").get(pk=county.zone.pk))

    def run(part_id):
        with acting_as(system, atomic=False):
            job_part_run(part_id)

    with acting_as(system):
        plan = job.parts.get().pk
    run(plan)
    with acting_as(system):
        part = job.parts.exclude(key="plan").get().pk
    with monkeypatch.context() as broken:
        broken.setattr(
            "documents.services.pdf.render", lambda *_: (_ for _ in ()).throw(OSError("disk full"))
        )
        for _ in range(3):
            with pytest.raises(OSError, match="disk full"):
                run(part)
    with acting_as(county.lead):  # issued and numbered all the same; somebody must see to the files
        numbers = set(Document.objects.filter(kind="enterprise_report").values_list("number"))
        assert len(numbers) == 1
        assert WorkTask.objects.get(kind="job_failed", done_at=None).org_id_for == county.lead.org
        job_retry(actor=county.lead, job=job)
    run(part)
    with acting_as(county.lead):
        job.refresh_from_db()
        assert job.state == Job.State.DONE
        papers = Document.objects.filter(kind__in=["enterprise_report", "conclusion"])
        assert all(paper.file for paper in papers)
        assert set(papers.filter(kind="enterprise_report").values_list("number")) == numbers
        again = batch_accept(actor=county.lead, batch=county.batch)
    with acting_as(system):
        plan = again.parts.get().pk
    run(plan)
    with acting_as(county.lead):
        assert again.parts.count() == 1  # nothing changed, nothing is made anew
        assert papers.count() == 2
