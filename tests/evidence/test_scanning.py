"""Nothing passes unscanned where a scanner is set up; clamd is a real server on a real socket here."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from common.scope import acting_as
from documents.pdf import data_uri
from documents.photos import PhotoRef, PhotosWaiting, photo_uris, photos_settled
from documents.tasks import RenderTask
from evidence.models import Attachment, Photo, Scan
from evidence.scanning import ScannerDown, scanner_answers
from evidence.services import attachment_add, attachments_of, photo_add, photos_of, small_of
from evidence.tasks import rescan, rescan_of_agency, scan_file
from tenancy.actors import SYSTEM
from tests import world
from tests.evidence import samples
from workflow.models import WorkTask

pytestmark = pytest.mark.django_db
COUNTY = {"kicked_off": False}
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Speaks clamd's INSTREAM: chunks with their length before them, a line in answer."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.seen: list[bytes] = []
        self.answer = ""

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        command = self.rfile.readline()
        if command == b"nPING\n":
            self.wfile.write(b"PONG\n")
        if command != b"nINSTREAM\n":
            return
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.server.seen.append(content)
        found = b"stream: Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else b"stream: OK"
        self.wfile.write((self.server.answer.encode() or found) + b"\n")


@pytest.fixture
def clamd(settings) -> Iterator[Clamd]:
    with Clamd() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMAV_URL = server.url
        yield server
        server.shutdown()


@pytest.fixture
def uploads(county, tasks_are_kept, django_capture_on_commit_callbacks):
    """Let the inspector send a photo, or an attachment under a name."""

    def send(content: bytes, name: str = "") -> Photo | Attachment:
        actor, more = county.inspector, {"filename": name} if name else {"purpose": "site"}
        add = attachment_add if name else photo_add
        with django_capture_on_commit_callbacks(execute=True), acting_as(actor):
            return add(actor=actor, subject=county.assignment, content=content, **more)

    tasks_are_kept.clear()
    return send


def run(task, county, *args: str) -> None:
    """Run a task as the worker does, for the county's agency."""
    task.push_request(headers={"anfu_agency": county.zone.pk}, args=args)
    try:
        task(*args)
    finally:
        task.pop_request()


def scan(county, row: Photo | Attachment) -> str:
    """Have a file scanned; return what is written down then."""
    run(scan_file, county, row._meta.model_name, str(row.pk))
    return state(row)


def state(row: Photo | Attachment) -> str:
    with acting_as(SYSTEM):
        return type(row).objects.get(pk=row.pk).scan


def get(client, actor, row: Photo | Attachment, name: str = ""):
    world.sign_in(client, actor)
    return client.get(world.link(client, f"evidence:{name or row._meta.model_name}", row.pk))


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_without_a_scanner_nothing_waits(uploads, tasks_are_kept):
    assert uploads(samples.jpeg()).scan == Scan.NONE
    assert uploads(samples.webm(2), "a.webm").scan == Scan.NONE
    assert tasks_are_kept == []


def test_with_a_scanner_a_file_waits_and_is_sent_to_it_once(clamd, county, uploads, tasks_are_kept):
    photo, note = uploads(samples.jpeg()), uploads(samples.webm(2), "a.webm")
    assert (photo.scan, note.scan) == (Scan.WAITING, Scan.WAITING)
    assert tasks_are_kept == [
        ("evidence.scan", ("photo", str(photo.pk)), county.zone.pk),
        ("evidence.scan", ("attachment", str(note.pk)), county.zone.pk),
    ]
    assert (scan(county, photo), scan(county, note)) == (Scan.CLEAN, Scan.CLEAN)
    assert scan(county, photo) == Scan.CLEAN
    assert clamd.seen == [samples.jpeg(), samples.webm(2)]


def test_what_waits_is_shown_to_who_sent_it_and_to_nobody_else(client, clamd, county, uploads):
    photo, paper = uploads(samples.jpeg()), uploads(b"%PDF-1.7\n", "a.pdf")
    sender, colleague, officer = county.inspector, county.lead, county.officer
    assert body(get(client, sender, photo, "photo-original")) == samples.jpeg()
    assert get(client, sender, photo)["Cache-Control"] == "no-store"
    notice = get(client, colleague, photo)
    assert (notice.status_code, notice["Cache-Control"]) == (200, "no-store")
    assert notice.content != get(client, sender, photo).content
    for row, name in ((photo, "photo-original"), (paper, "attachment")):
        page = client.get(get(client, colleague, row, name).url)
        assert "待病毒扫描" in page.content.decode()
        assert get(client, officer, row, name).status_code == 404
    assert get(client, officer, photo).status_code == 404
    assert get(client, county.principal, paper).status_code == 404
    scan(county, photo), scan(county, paper)
    assert body(get(client, officer, photo, "photo-original")) == samples.jpeg()
    assert body(get(client, officer, paper)) == b"%PDF-1.7\n"
    shown = get(client, colleague, photo)
    assert shown.content != notice.content
    assert "immutable" in shown["Cache-Control"]


def test_what_waits_stands_in_the_lists_of_its_own_organisation_only(county, clamd, uploads):
    photo, note = uploads(samples.jpeg()), uploads(samples.webm(2), "a.webm")
    pk = county.assignment.pk

    def listed(actor) -> list[object]:
        with acting_as(actor):
            photos = photos_of("agencies.assignment", [pk], actor=actor)
            files = attachments_of("agencies.assignment", [pk], actor=actor)
            return [row for rows in (photos, files) for row in rows.get(str(pk), [])]

    assert listed(county.lead) == [photo, note]
    assert listed(county.officer) == []
    scan(county, photo)
    assert listed(county.officer) == [photo]


def test_a_virus_is_told_to_both_sides_and_its_bytes_are_given_to_nobody(
    client, clamd, county, uploads
):
    bad = uploads(samples.jpeg(comment=EICAR))
    assert scan(county, bad) == Scan.INFECTED
    assert scan(county, bad) == Scan.INFECTED
    with acting_as(SYSTEM):
        [act] = AuditEntry.objects.filter(act="photo.infected")
        assert act.data == {"sha256": bad.sha256, "virus": "Win.Test.EICAR_HDB-1"}
        tasks = {task.org_id_for: task for task in WorkTask.objects.filter(kind="file_infected")}
    assert set(tasks) == {county.zone.pk, county.lead.org}
    for actor in (county.inspector, county.lead, county.officer):
        assert get(client, actor, bad)["Cache-Control"] == "no-store"
        assert get(client, actor, bad, "photo-original").url == tasks[actor.org].url
        page = client.get(tasks[actor.org].url).content.decode()
        assert "有病毒，已隔离" in page
        assert "已处理" in page
    client.post(tasks[county.zone.pk].url)  # the officer has seen to it
    with acting_as(SYSTEM):
        [still] = WorkTask.objects.filter(kind="file_infected", done_at=None)
        assert still.org_id_for == county.lead.org
        assert AuditEntry.objects.filter(act="photo.infection_seen").count() == 1


def test_an_infected_attachment_is_given_to_nobody(client, clamd, county, uploads):
    bad = uploads(b"%PDF-1.7\n" + EICAR, "合同.pdf")
    sound = uploads(samples.webm(2) + EICAR, "录音.webm")
    assert (scan(county, bad), scan(county, sound)) == (Scan.INFECTED, Scan.INFECTED)
    for actor in (county.inspector, county.officer):
        for row, name in ((bad, "attachment"), (sound, "attachment"), (sound, "attachment-audio")):
            assert get(client, actor, row, name).status_code == 302


@pytest.mark.parametrize("answer", ["stream: Can't allocate memory ERROR", "nonsense", " "])
def test_an_answer_that_does_not_count_leaves_a_file_waiting(clamd, county, uploads, answer):
    photo = uploads(samples.jpeg())
    clamd.answer = answer
    with pytest.raises(ScannerDown):
        scan(county, photo)
    assert state(photo) == Scan.WAITING


def test_a_scanner_that_is_down_leaves_a_file_waiting_until_it_is_back(
    clamd,
    county,
    uploads,
    settings,
    tasks_are_kept,
    monkeypatch,
    django_capture_on_commit_callbacks,
):
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"
    photo = uploads(samples.jpeg())
    with pytest.raises(ScannerDown):
        scan(county, photo)
    tasks_are_kept.clear()

    def sweep() -> list[tuple[str, tuple, int]]:
        tasks_are_kept.clear()
        with django_capture_on_commit_callbacks(execute=True):
            run(rescan_of_agency, county, county.zone.pk)
        return list(tasks_are_kept)

    assert sweep() == []  # too early
    later = timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr("common.ids.timezone.now", lambda: later)
    assert sweep() == []  # nobody would answer
    settings.CLAMAV_URL = clamd.url
    assert sweep() == [("evidence.scan", ("photo", str(photo.pk)), county.zone.pk)]
    assert scan(county, photo) == Scan.CLEAN
    assert sweep() == []


def test_what_waits_goes_on_waiting_when_the_scanner_is_taken_away(
    clamd, county, uploads, settings
):
    photo = uploads(samples.jpeg())
    settings.CLAMAV_URL = ""
    assert not scanner_answers()
    with pytest.raises(ScannerDown):
        scan(county, photo)
    assert state(photo) == Scan.WAITING


def test_every_agency_is_swept(county, tasks_are_kept, django_capture_on_commit_callbacks):
    tasks_are_kept.clear()
    with django_capture_on_commit_callbacks(execute=True):
        rescan()
    assert ("evidence.rescan_of_agency", (county.zone.pk,), county.zone.pk) in tasks_are_kept


def test_a_scanner_behind_a_unix_socket_is_asked_too(county, uploads, settings, tmp_path):
    class Local(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True
        seen: list[bytes] = []
        answer = ""

    path = tmp_path / "clamd.ctl"
    with Local(str(path), Session) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMAV_URL = f"unix://{path}"
        assert scanner_answers()
        assert scan(county, uploads(samples.jpeg())) == Scan.CLEAN
        server.shutdown()
    assert not scanner_answers()


def test_a_paper_waits_for_its_photos_and_shows_no_infected_one(clamd, county, uploads):
    photo, bad = uploads(samples.jpeg()), uploads(samples.jpeg(comment=EICAR))
    refs = (PhotoRef("整改前", photo.sha256), PhotoRef("整改后", bad.sha256))
    with acting_as(county.lead), pytest.raises(PhotosWaiting):
        photos_settled(refs)
    scan(county, photo), scan(county, bad)
    with acting_as(county.lead):
        photos_settled(refs)
        uris = photo_uris(refs)
        photo, bad = Photo.objects.get(pk=photo.pk), Photo.objects.get(pk=bad.pk)
        assert uris == {
            photo.sha256: data_uri(small_of(photo)),
            bad.sha256: data_uri(small_of(bad)),
        }
        clean = small_of(Photo(scan=Scan.CLEAN, sha256=bad.sha256, reading=bad.reading))
        assert small_of(bad) != clean


def test_a_paper_whose_photos_wait_is_nobodys_task(monkeypatch):
    called = []
    monkeypatch.setattr("documents.tasks.document_failed", lambda *args: called.append(args))
    RenderTask().on_failure(PhotosWaiting("x"), "1", ("2",), {}, None)
    assert called == []
