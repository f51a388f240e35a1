"""Every stored file is vouched for by an act; a changed or missing one is found and named."""

import hashlib
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from audit import verify_chain
from audit.models import AuditEntry
from audit.services import chain_seal, record
from common.scope import acting_as
from documents.models import Document
from documents.services import document_render
from evidence.models import Photo
from evidence.services import attachment_add, photo_add
from tenancy.actors import SYSTEM, system_for
from tests import county as counties

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(settings, tmp_path):
    settings.SIGNING_KEYS_DIR = tmp_path / "keys"
    c = counties.build(enterprises=1)
    counties.issued(c, hazards=1)
    with acting_as(c.lead):
        attachment_add(actor=c.lead, subject=c.batch, filename="方案.pdf", content=b"%PDF-1.7 plan")
    with acting_as(system_for(c.zone)):
        for pk in Document.objects.values_list("pk", flat=True):
            document_render(str(pk))
    with acting_as(SYSTEM):
        chain_seal(agency_id=c.zone.pk)
    return c


def vouched(county) -> dict[str, str]:
    """Return {path: hash} of what acts vouch for."""
    with acting_as(county.admin):
        acts = AuditEntry.objects.filter(agency_id=county.zone.pk, data__has_key="file")
        return dict(acts.values_list("data__file", "data__sha256"))


def by_command(county) -> str:
    out = StringIO()
    try:
        call_command(
            "verify_chain", "--agency", county.zone.region_code, "--files",
            stdout=out, stderr=StringIO(),
        )  # fmt: skip
    except CommandError:
        return out.getvalue()
    return ""


def alone(county, folder: Path, media: Path) -> str:
    call_command("export_chain", county.zone.region_code, str(folder), stdout=StringIO())
    run = subprocess.run(
        [sys.executable, "-I", "-S", verify_chain.__file__, folder / f"chain-{county.zone.pk}.jsonl",
         "--files", media],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return run.stdout if run.returncode else ""


def first(county, begins: str) -> str:
    return next(path for path in sorted(vouched(county)) if path.startswith(begins))


def test_photos_attachments_and_papers_are_vouched_for_by_their_bytes(county):
    paths = vouched(county)
    assert {path.split("/")[0] for path in paths} == {"evidence", "attachments", "documents"}
    for path, sha256 in paths.items():
        with default_storage.open(path) as file:
            assert hashlib.sha256(file.read()).hexdigest() == sha256


def test_the_same_photo_again_is_no_second_act(county):
    with acting_as(county.lead):
        for _ in range(2):
            photo_add(
                actor=county.lead, subject=county.batch, purpose="site",
                content=counties.picture((1, 2, 3)),
            )  # fmt: skip
        photo = Photo.objects.get(subject_id=str(county.batch.pk))
    with acting_as(county.admin):
        assert AuditEntry.objects.filter(act="photo.add", subject_id=str(photo.pk)).count() == 1


def test_untouched_files_are_right_for_both(county, settings, tmp_path):
    assert by_command(county) == ""
    assert alone(county, tmp_path, settings.MEDIA_ROOT) == ""


@pytest.mark.parametrize("kind", ["evidence", "attachments", "documents"])
@pytest.mark.parametrize(("how", "said"), [("change", "的文件被改过"), ("remove", "的文件不见了")])
def test_a_file_that_was_changed_or_removed_is_named(county, settings, tmp_path, kind, how, said):
    path = first(county, kind)
    stored = Path(settings.MEDIA_ROOT) / path
    if how == "change":
        stored.write_bytes(stored.read_bytes() + b" ")
    else:
        stored.unlink()
    for answer in (by_command(county), alone(county, tmp_path, settings.MEDIA_ROOT)):
        assert f"{said}：{path}" in answer


def test_a_file_that_was_erased_on_purpose_is_not_missed(county, settings, tmp_path):
    path = first(county, "attachments")
    sha256 = vouched(county)[path]
    default_storage.delete(path)
    with acting_as(SYSTEM):
        record(
            actor=None, act="file.erase", subject=("file", sha256), agency_id=county.zone.pk,
            data={"sha256": sha256},
        )  # fmt: skip
        chain_seal(agency_id=county.zone.pk)
    assert by_command(county) == ""
    assert alone(county, tmp_path, settings.MEDIA_ROOT) == ""


def test_a_photo_that_no_act_vouches_for_is_named(county):
    with acting_as(county.lead):
        photo = Photo.objects.order_by("pk").first()
        Photo.objects.filter(pk=photo.pk).update(sha256="e" * 64)
    said = by_command(county)
    assert f"照片 {photo.pk}" in said
    assert "不在任何记录里" in said


def test_a_paper_whose_content_was_changed_after_its_issue_is_named(county):
    with acting_as(county.lead):
        paper = Document.objects.order_by("pk").first()
        changed = {**paper.content, next(iter(paper.content)): "改过"}
        Document.objects.filter(pk=paper.pk).update(content=changed)
    said = by_command(county)
    assert f"文书“{paper.title}”（{paper.pk}）的内容与签发时入链的哈希不符" in said


def test_a_path_that_leaves_the_storage_is_only_missing(county, settings, tmp_path):
    with acting_as(county.admin):
        record(
            actor=county.admin, act="photo.add", subject=county.batch,
            data={"file": "../../etc/hostname", "sha256": "0" * 64},
        )  # fmt: skip
    with acting_as(SYSTEM):
        chain_seal(agency_id=county.zone.pk)
    for answer in (by_command(county), alone(county, tmp_path, settings.MEDIA_ROOT)):
        assert "的文件不见了：../../etc/hostname" in answer
