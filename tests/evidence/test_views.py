"""What is given of a file in the browser, and as what."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from common.scope import acting_as
from evidence.models import Photo, marked_path
from evidence.services import attachment_add, photo_add
from inspections.models import SpotCheck
from inspections.services import spot_check_begin
from tests import county as counties
from tests import world
from tests.evidence import samples
from tests.evidence.test_arrival import ARROW, NOON, add

pytestmark = pytest.mark.django_db
COUNTY = {"kicked_off": False}
SOUND = samples.webm(2)


@pytest.fixture
def note(county):
    """A voice note of the inspector's."""
    with acting_as(county.inspector):
        return attachment_add(
            actor=county.inspector, subject=county.assignment, filename="录音.webm", content=SOUND
        )


def get(client, name: str, pk, **headers: str):
    return client.get(world.link(client, f"evidence:{name}", pk), headers=headers)


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_the_viewing_copy_bears_time_and_place_and_the_original_nothing(client, county):
    content = samples.jpeg((800, 600), exif=samples.exif())
    photo = add(county, content, drawing=[ARROW], taken_at=NOON)
    world.sign_in(client, county.inspector)
    response = get(client, "photo", photo.pk)
    assert response["Content-Type"] == "image/jpeg"
    assert "immutable" in response["Cache-Control"]
    with Image.open(io.BytesIO(response.content)) as marked:
        assert marked.width == 800
        assert 600 < marked.height < 680
        assert not marked.getexif()
    assert body(get(client, "photo-original", photo.pk)) == content
    with photo.reading.open("rb") as file, Image.open(file) as reading:
        assert reading.size == (800, 600)


def test_the_viewing_copy_is_made_once(client, county, monkeypatch):
    photo = add(county)
    world.sign_in(client, county.inspector)
    first = get(client, "photo", photo.pk).content
    with photo.original.storage.open(marked_path(photo)) as file:
        assert file.read() == first
    monkeypatch.setattr("evidence.services.marked_copy", None)
    assert get(client, "photo", photo.pk).content == first


def test_a_signature_is_shown_bare(client, county):
    photo = add(county, samples.saved(samples.view(), "PNG"), purpose=Photo.Purpose.SIGNATURE)
    world.sign_in(client, county.inspector)
    with Image.open(io.BytesIO(get(client, "photo", photo.pk).content)) as shown:
        assert shown.size == (320, 240)


def test_a_recording_is_played_in_the_page_as_what_it_is(client, county, note):
    world.sign_in(client, county.inspector)
    response = get(client, "attachment-audio", note.pk)
    assert (response.status_code, response.content) == (200, SOUND)
    assert response["Content-Type"] == "audio/webm"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline")
    assert response["Accept-Ranges"] == "bytes"
    download = get(client, "attachment", note.pk)
    assert download["Content-Type"] == "application/octet-stream"
    assert download["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-1", 0, 2),
        ("bytes=5-", 5, None),
        ("bytes=-7", -7, None),
        ("bytes=3-99999999", 3, None),
    ],
)
def test_a_part_of_a_recording_is_given_to_players_that_ask(
    client, county, note, asked, start, stop
):
    world.sign_in(client, county.inspector)
    response = get(client, "attachment-audio", note.pk, range=asked)
    wanted = SOUND[start:stop]
    assert (response.status_code, response.content) == (206, wanted)
    first = SOUND.index(wanted)
    assert response["Content-Range"] == f"bytes {first}-{first + len(wanted) - 1}/{len(SOUND)}"


def test_a_part_outside_is_416_and_several_parts_are_the_whole(client, county, note):
    world.sign_in(client, county.inspector)
    for outside in (f"bytes={len(SOUND)}-", "bytes=9-3", "bytes=-0"):
        response = get(client, "attachment-audio", note.pk, range=outside)
        assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(SOUND)}")
    for whole in ("bytes=0-1,5-6", "bytes=-", "items=0-1", "bytes=a-b"):
        response = get(client, "attachment-audio", note.pk, range=whole)
        assert (response.status_code, response.content) == (200, SOUND)


def test_nothing_but_a_recording_is_given_inline(client, county):
    with acting_as(county.inspector):
        paper = attachment_add(
            actor=county.inspector, subject=county.assignment, filename="a.pdf",
            content=b"%PDF-1.7\n<script>alert(1)</script>",
        )  # fmt: skip
    world.sign_in(client, county.inspector)
    assert get(client, "attachment-audio", paper.pk).status_code == 404


def test_strangers_find_nothing(client, county, note):
    photo = add(county)
    stranger = counties.build("130400", base=500, kicked_off=False)
    world.sign_in(client, stranger.inspector)
    for name, row in (
        ("photo", photo), ("photo-original", photo), ("attachment", note), ("attachment-audio", note),
    ):  # fmt: skip
        assert get(client, name, row.pk).status_code == 404
    for kind, row in (("photo", photo), ("attachment", note), ("user", note)):
        assert client.get(reverse("evidence:held", args=[kind, row.pk])).status_code == 404


def test_two_rows_of_one_picture_have_their_own_marks(client, county):
    first = add(county, taken_at=NOON)
    with acting_as(county.inspector):
        second = photo_add(
            actor=county.inspector, subject=county.assignments[1], purpose="site",
            content=samples.jpeg(),
        )  # fmt: skip
    world.sign_in(client, county.inspector)
    assert get(client, "photo", first.pk).content != get(client, "photo", second.pk).content


def test_a_blind_officer_gets_no_file_of_the_provider_even_by_a_link_from_before(client):
    county = counties.build("130372", base=100, enterprises=1)
    counties.drawn(county)
    with acting_as(county.admin):
        found = list(Photo.objects.values_list("pk", "purpose"))
        check = SpotCheck.objects.get(assignment=county.assignment)
    assert {purpose for _, purpose in found} >= {"before", "after", "signature"}

    def answers(actor) -> set[int]:
        world.sign_in(client, actor)
        names = ("photo", "photo-original")
        return {get(client, name, pk).status_code for name in names for pk, _ in found}

    assert answers(county.officer) == {404}
    assert answers(county.admin) == {200}, "leaders keep the view of dangers"
    partner = [county.second_officer.member]
    counties.officers_visit(
        county,
        lambda: spot_check_begin(actor=county.officer, spot_check=check, member_ids=partner),
    )
    assert answers(county.officer) == {200}, "once their own record is signed"
