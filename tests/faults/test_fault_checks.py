"""The drill's own eyes: what is broken on purpose is found."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from common.ids import uuid7
from common.scope import acting_as
from documents.models import Document
from documents.services import document_render
from scoring.models import PointCycle
from tenancy.actors import SYSTEM
from tenancy.tasks import seal_chains
from tests import county as counties
from tests.faults import checks
from workflow.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county():
    county = counties.build()
    counties.issued(county)
    with acting_as(SYSTEM):
        for pk in Document.objects.values_list("pk", flat=True):
            document_render(str(pk))
    seal_chains()
    return county


def found(said=()):
    return list(checks.problems(set(said)))


def test_nothing_is_found_where_all_is_well(county):
    assert found() == []


def test_what_was_said_to_be_kept_and_is_gone_is_found(county):
    pk = str(uuid7())
    assert found([pk]) == [f"{pk} was said to be kept and is not there"]


def test_a_gap_a_double_and_another_file_are_found(county):
    with acting_as(SYSTEM):
        paper = Document.objects.get(kind="suggestion")
        Path(default_storage.path(paper.file.name)).write_bytes(b"other")
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE documents_numberseries SET last = last + 1 WHERE kind = 'suggestion'"
        )
        cursor.execute("UPDATE agencies_servicebatch SET hazard_sequence = hazard_sequence + 1")
    words = "\n".join(found())
    assert "'suggestion', 2026) to 2: [1]" in words
    assert "numbers of the hazards of B130371 are not 1 to 2" in words
    assert "is not the one whose hash is kept" in words
    assert "verify_chain" in words


def test_a_wrong_sum_and_a_failure_that_nobody_is_told_of_are_found(county):
    with acting_as(SYSTEM):
        whose = {**county.batch.tenant, "provider_org_id": None}
        Job.objects.create(
            **whose, kind="any", title="作业", subject_type="x", subject_id="1", state="failed"
        )
        PointCycle.objects.create(
            owner_agency=county.zone, region_code=county.zone.region_code, year=2026, total=3,
            enterprise=county.enterprises[0],
            enterprise_org_id=county.enterprises[0].enterprise_org_id,
        )  # fmt: skip
    words = "\n".join(found())
    assert "job 作业 failed and nobody is told" in words
    assert "kept 3.0, counted 0" in words
