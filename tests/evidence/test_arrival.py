"""What is kept of a file when it arrives: all of it or nothing, once."""

import errno
import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.urls import reverse

from common.errors import DomainError, StorageFull
from common.scope import acting_as
from evidence import services
from evidence.models import Attachment, Photo, Scan
from evidence.selectors import near_photos
from evidence.services import attachment_add, attachments_of, photo_add
from evidence.storage import store
from tests import county as counties
from tests import world
from tests.evidence import samples

pytestmark = pytest.mark.django_db
COUNTY = {"kicked_off": False}
NOON = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
ARROW = {"kind": "arrow", "from": [0.1, 0.2], "to": [0.5, 0.6]}
CIRCLE = {"kind": "circle", "from": [0.5, 0.5], "to": [0.6, 0.5]}


def add(county, content: bytes | None = None, **more) -> Photo:
    actor = county.inspector
    with acting_as(actor):
        return photo_add(
            actor=actor, subject=county.assignment, purpose=more.pop("purpose", "site"),
            content=content or samples.jpeg(), **more,
        )  # fmt: skip


def files(settings) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_photo_is_kept_with_all_that_the_phone_says_of_it(county):
    content = samples.jpeg((1600, 1200))
    photo = add(
        county, content, taken_at=NOON, phone_taken_at=NOON - timedelta(hours=1),
        latitude=Decimal("39.9"), longitude=Decimal("119.5"), accuracy=11.4,
        drawing=[ARROW, CIRCLE],
    )  # fmt: skip
    with acting_as(county.inspector):
        photo = Photo.objects.get(pk=photo.pk)
    assert (photo.taken_at, photo.phone_taken_at) == (NOON, NOON - timedelta(hours=1))
    assert (photo.latitude, photo.accuracy) == (Decimal("39.9"), 12)
    assert photo.drawing == [ARROW, CIRCLE]
    assert (photo.sha256, photo.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert len(photo.phash) == 16
    assert (photo.scan, photo.arrived_at - counties.NOW < timedelta(minutes=1)) == (Scan.NONE, True)
    with photo.original.open("rb") as file:
        assert file.read() == content


def test_the_same_picture_again_is_the_same_row_and_changes_nothing(county):
    first = add(county, drawing=[ARROW])
    again = add(county, drawing=[CIRCLE], taken_at=NOON)
    assert (again.pk, again.drawing, again.taken_at) == (first.pk, [ARROW], None)
    assert add(county, purpose="before").pk != first.pk


def test_of_the_same_picture_twice_at_once_one_row_stays(county, monkeypatch):
    read, others = services.read_picture, []

    def meanwhile(content):
        monkeypatch.setattr(services, "read_picture", read)
        others.append(add(county))
        return read(content)

    monkeypatch.setattr(services, "read_picture", meanwhile)
    assert add(county).pk == others[0].pk
    with acting_as(county.inspector):
        assert Photo.objects.count() == 1


def test_the_camera_goes_before_the_caller_and_is_put_right_like_the_phones_clock(county):
    content = samples.jpeg(exif=samples.exif(accuracy=3.5))
    camera = datetime(2026, 6, 8, 2, 0, tzinfo=UTC)
    caller = {"latitude": Decimal(1), "longitude": Decimal(2), "accuracy": 900, "taken_at": NOON}
    plain = add(county, content, **caller)
    assert (plain.taken_at, plain.phone_taken_at, plain.accuracy) == (camera, None, 4)
    assert plain.latitude == Decimal("39.91234")
    wrong = add(
        county, content, purpose="before", **caller, phone_taken_at=NOON - timedelta(days=90)
    )
    assert wrong.taken_at == camera + timedelta(days=90)
    assert wrong.phone_taken_at == camera


def test_a_signature_has_no_perceptual_hash(county):
    assert add(county, purpose="signature").phash == ""
    assert add(county, purpose="site").phash != ""


@pytest.mark.parametrize(
    "drawing",
    [
        "arrow", 5, [5], [{}], [ARROW | {"kind": "square"}], [ARROW | {"to": [0.1]}],
        [ARROW | {"to": [0.1, 1.01]}], [ARROW | {"from": [-0.1, 0]}], [ARROW | {"from": ["0", 0]}],
        [ARROW | {"from": [True, 0]}], [ARROW | {"from": [float("nan"), 0]}], [ARROW] * 51,
        [{"kind": "arrow", "from": [0, 0]}],
    ],
)  # fmt: skip
def test_a_drawing_that_is_none_is_refused_and_nothing_is_kept(county, settings, drawing):
    with pytest.raises(DomainError) as refused:
        add(county, drawing=drawing)
    assert refused.value.field == "drawing"
    assert files(settings) == []


def test_fifty_shapes_are_kept_and_nothing_that_is_no_part_of_them(county):
    photo = add(county, drawing=[ARROW | {"onclick": "x"}] * 50)
    assert photo.drawing == [ARROW] * 50


def full_disk(self, name, content):
    path = Path(self.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.read()[:100])
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_said_so_and_leaves_neither_row_nor_half_a_file(
    county, settings, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "_save", full_disk)
        with pytest.raises(StorageFull, match="服务器存储空间不足，照片没有收下，请稍后再试"):
            add(county)
        with acting_as(county.inspector), pytest.raises(StorageFull):
            attachment_add(
                actor=county.inspector, subject=county.assignment, filename="a.webm",
                content=samples.webm(2),
            )  # fmt: skip
    assert files(settings) == []
    with acting_as(county.inspector):
        assert (Photo.objects.count(), Attachment.objects.count()) == (0, 0)
    assert add(county).size == len(samples.jpeg())  # there is room again


def test_any_other_error_of_the_disk_is_no_full_disk(county, settings, monkeypatch):
    def broken(self, name, content):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(FileSystemStorage, "_save", broken)
    with pytest.raises(OSError, match="Input/output"):
        add(county)
    assert files(settings) == []


def test_a_full_bucket_is_a_full_disk(settings, monkeypatch):
    class ClientError(Exception):
        response = {"ResponseMetadata": {"HTTPStatusCode": 507}}

    class Bucket:
        def exists(self, name):
            return False

        def save(self, name, content):
            raise ClientError

    monkeypatch.setattr("evidence.storage.default_storage", Bucket())
    with pytest.raises(StorageFull):
        store("evidence/ab/abc", b"x")


def test_a_name_in_the_storage_stands_for_whole_bytes_only(settings):
    assert store("evidence/ab/abc", b"first") == "evidence/ab/abc"
    assert store("evidence/ab/abc", b"other") == "evidence/ab/abc"
    with default_storage.open("evidence/ab/abc") as file:
        assert file.read() == b"first"
    assert [path.name for path in files(settings)] == ["abc"]


def test_a_form_says_that_there_is_no_room(client, monkeypatch):
    county = counties.build("130372", base=100)
    [hazard] = counties.issued(county)
    monkeypatch.setattr(FileSystemStorage, "_save", full_disk)
    world.sign_in(client, county.principal)
    response = client.post(
        reverse("inspections:submit", args=[hazard.pk]),
        {
            "text": "已接地", "responsible_person": "张立新", "done_on": hazard.found_on,
            "photos": [ContentFile(samples.jpeg(seed=9), "a.jpg")],
        },
    )  # fmt: skip
    assert response.status_code == 422
    assert "服务器存储空间不足" in response.content.decode()


def test_near_photos_are_found_among_the_rows_given(county):
    seen = add(county, samples.jpeg((640, 480)))
    near = add(county, samples.saved(samples.view((1600, 1200)), quality=40))
    other = add(county, samples.jpeg((640, 480), seed=8))
    signature = add(county, purpose="signature")
    rows = [seen, near, other, signature]
    assert near_photos(seen, among=rows) == [near]
    assert near_photos(seen, among=rows, distance=64) == [near, other]
    assert near_photos(signature, among=rows) == []


def test_a_voice_note_is_kept_from_the_enterprise_if_asked(county):
    actor, [firm] = county.inspector, county.enterprises[:1]
    with acting_as(actor):
        for content, more in (
            (samples.webm(2), {"enterprise_org_id": None}),
            (samples.ogg(b"OpusHead"), {}),
        ):
            attachment_add(
                actor=actor, subject=county.assignment, filename="录音.webm", content=content,
                taken_at=NOON, **more,
            )  # fmt: skip
        rows = attachments_of("agencies.assignment", [county.assignment.pk])
        kinds = [(row.content_type, row.taken_at) for row in rows[str(county.assignment.pk)]]
    assert kinds == [("audio/webm", NOON), ("audio/ogg", NOON)]
    with acting_as(county.principal):
        assert [row.content_type for row in Attachment.objects.all()] == ["audio/ogg"]
    assert firm.enterprise_org_id == county.principal.org
