"""What is owed stands in the database: no queue, and no wrong clock, keeps it from being done."""

import logging
import secrets
from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from common.scope import acting_as
from documents.models import Document
from documents.tasks import resend_owed_of_agency as resend_papers
from scoring.services import outputs_start
from tenancy.actors import SYSTEM
from tests import county as counties
from workflow.models import Job
from workflow.tasks import resend_owed_of_agency as resend_parts

pytestmark = pytest.mark.django_db


def run(task, county):
    task.push_request(headers={"anfu_agency": county.zone.pk})
    try:
        return task()
    finally:
        task.pop_request()


def start(county):
    with acting_as(county.officer):
        return outputs_start(actor=county.officer, contract=county.contract)


def test_without_a_queue_the_act_stands_and_nobody_is_told_that_it_failed(
    county, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def refuse(self, *args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("celery.app.task.Task.apply_async", refuse)
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        job = start(county)
    assert "no queue for workflow.run_part: connection refused" in caplog.text
    with acting_as(county.officer):
        assert Job.objects.get(pk=job.pk).state == Job.State.RUNNING


@pytest.mark.parametrize(
    ("made", "is_sent"),
    [(-timedelta(minutes=5), True), (timedelta(), False), (timedelta(days=9), True)],
    ids=["long ago", "just now", "by a clock that was ahead"],
)
def test_what_lies_in_no_queue_is_sent_again_whatever_clock_made_it(
    county, made, is_sent, tasks_are_kept, monkeypatch, django_capture_on_commit_callbacks
):
    at = int((timezone.now() + made).timestamp() * 1000)
    monkeypatch.setattr("common.ids._source", lambda: (at, 0, secrets.randbits(62)))
    [hazard] = counties.issued(county)
    job = start(county)
    tasks_are_kept.clear()
    with django_capture_on_commit_callbacks(execute=True):
        run(resend_parts, county)
        run(resend_papers, county)
    with acting_as(SYSTEM):
        part = job.parts.get().pk
        paper = Document.objects.get(subject_id=str(hazard.visit_id), kind="suggestion").pk
    wanted = {("workflow.run_part", (part,)), ("documents.render", (str(paper),))}
    sent = {(name, args) for name, args, _ in tasks_are_kept}
    assert sent & wanted == (wanted if is_sent else set())
