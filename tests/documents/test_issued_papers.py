"""Every kind of paper that a county issues, looked at with a stranger's tools."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from agencies.models import Assignment
from common.scope import acting_as
from documents import keys
from documents.models import Document
from documents.services import document_render
from inspections.kinds import PAPERS
from inspections.models import SpotCheckDraw
from inspections.services import draw_announce
from inspections.services.acceptance import issue_acceptance_sheet
from inspections.services.projects import issue_project_report
from tenancy.actors import SYSTEM
from tests.scene import Scene

pytestmark = pytest.mark.django_db
OF_POINTS = {
    "points_sheet", "points_notice", "points_report", "interview_notice", "accident_plate",
}  # fmt: skip
OF_PROVIDERS = {
    "appraisal", "appraisal_notice", "appraisal_objection", "award_notice", "payment_sheet",
    "standing_notice", "cross_region_notice",
}  # fmt: skip
SHEETS = {"ledger", "points_summary"}  # outputs of a contract, made by its job


@pytest.fixture
def papers(tmp_path, settings):
    """{kind: (paper, its file)} of everything the scene issued, one of each kind."""
    settings.SIGNING_KEYS_DIR = tmp_path / "keys"
    county = Scene("130371", 0).county
    with acting_as(county.lead):
        drawn = Document.objects.get(kind="conclusion").subject_id
        issue_acceptance_sheet(actor=county.lead, batch=county.batch)
    with acting_as(county.admin):
        batch = Assignment.objects.select_related("batch").get(pk=drawn).batch
        draw = SpotCheckDraw.objects.get(batch=batch)
        draw_announce(actor=county.admin, draw=draw, requirement="举一反三")
    with acting_as(county.lead):
        issue_project_report(actor=county.lead, batch=batch, problems="有", suggestions="改")
    found = {}
    with acting_as(county.admin):
        for document in Document.objects.order_by("kind", "issued_at"):
            if document.kind in found or document.kind in SHEETS:
                continue
            made = document_render(str(document.pk))
            file = tmp_path / f"{document.kind}.pdf"
            with made.file.open("rb") as source:
                file.write_bytes(source.read())
            found[document.kind] = (made, file)
    return found


def said(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_strangers_tools_find_every_paper_sound_signed_and_readable(papers, tmp_path):
    missing = {"major_report", "deadline_notice", "contract_acceptance"}
    expected = {paper.kind for paper in PAPERS} - missing
    assert expected | OF_POINTS | OF_PROVIDERS == set(papers)
    root = tmp_path / "root.pem"
    root.write_bytes(keys.root_certificate())
    for kind, (document, file) in papers.items():
        said("qpdf", "--check", file)
        fonts = said("pdffonts", file).splitlines()[2:]
        assert fonts, kind
        # name, type, encoding, emb, sub, uni: the flags stand before the object's two numbers
        assert {line.split()[-5] for line in fonts} == {"yes"}, (kind, fonts)
        text = "".join(said("pdftotext", file, "-").split())
        assert document.number.replace(" ", "") in text
        assert document.content_sha256 in text
        assert "Signature is Valid" in said("pdfsig", file)
        answer = said(
            Path(sys.executable).with_name("pyhanko"), "sign", "validate", "--trust", root, file
        )
        assert "INTACT" in answer, answer
        assert "UNTRUSTED" not in answer, answer


def test_the_same_content_gives_the_same_unsigned_bytes_on_another_day(papers, monkeypatch):
    first = {kind: document.unsigned_sha256 for kind, (document, _) in papers.items()}
    later = timezone.now() + timedelta(days=40)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with acting_as(SYSTEM):
        for kind, (document, _) in papers.items():
            Document.objects.filter(pk=document.pk).update(rendered_at=None)
            assert document_render(str(document.pk)).unsigned_sha256 == first[kind], kind
