"""A link to a file is one member's, and ends; rights are asked all the same."""

import re
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.html import escape

from common.scope import acting_as
from documents.models import Document
from documents.services import document_render
from evidence.models import Photo
from tenancy import file_links
from tenancy.models import Membership
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
NOW = 1_780_884_000  # a round hour


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The real clock, which links go by, stands still."""
    moment = {"now": NOW}
    monkeypatch.setattr(file_links, "time", lambda: moment["now"])
    return moment


@pytest.fixture
def photo(county) -> Photo:
    [hazard] = counties.issued(county)
    with acting_as(county.officer):
        return Photo.objects.get(subject_id=str(hazard.pk))


def shown_on_page(client, photo) -> str:
    """The address of a photo on the hazard's page of whoever is signed in."""
    page = client.get(reverse("inspections:hazard", args=[photo.subject_id])).content.decode()
    [address] = set(re.findall(rf'src="({reverse("evidence:photo", args=[photo.pk])}[^"]*)"', page))
    return address.replace("&amp;", "&")


def test_the_photos_of_a_page_are_there_and_stay_in_the_browser(client, county, photo, clock):
    world.sign_in(client, county.officer)
    address = shown_on_page(client, photo)
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert "private" in response["Cache-Control"]
    clock["now"] += 3600
    assert shown_on_page(client, photo) == address, "within hours it is the same address"


def test_a_link_ends_and_says_what_to_do(client, county, photo, clock):
    world.sign_in(client, county.officer)
    address = shown_on_page(client, photo)
    clock["now"] += int(file_links.PAGE.total_seconds())
    assert client.get(address).status_code == 200
    clock["now"] += int(file_links.PAGE.total_seconds()) + 1
    ended = client.get(address)
    assert (ended.status_code, ended["Cache-Control"]) == (410, "no-store")
    again = world.link(client, "evidence:photo", photo.pk)
    assert "链接已失效" in ended.content.decode()
    assert escape(again) in ended.content.decode()
    assert client.get(again).status_code == 200


def test_a_copied_link_is_no_use_to_a_colleague_a_stranger_or_a_passer_by(client, county, photo):
    stranger = counties.build("130400", base=500)
    world.sign_in(client, county.officer)
    address = shown_on_page(client, photo)
    world.sign_in(client, county.second_officer)
    assert client.get(address).status_code == 410
    world.sign_in(client, stranger.officer)
    assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    "spoil",
    [
        lambda a: a.split("?")[0],
        lambda a: a.replace("until=1", "until=2"),
        lambda a: a[:-1],
        lambda a: a.replace("sign=", "sign=é"),
        lambda a: re.sub(r"until=\d+", "until=٣", a),
        lambda a: re.sub(r"until=\d+", "until=" + "9" * 400, a),
    ],
)
def test_a_link_that_was_changed_gives_nothing(client, county, photo, spoil):
    world.sign_in(client, county.officer)
    assert client.get(spoil(shown_on_page(client, photo))).status_code == 410


def test_a_link_of_one_file_opens_no_other(client, county, photo):
    world.sign_in(client, county.officer)
    address = shown_on_page(client, photo)
    original = reverse("evidence:photo-original", args=[photo.pk])
    assert client.get(f"{original}?{address.partition('?')[2]}").status_code == 410


def test_a_right_that_ended_ends_the_link(client, county, photo):
    world.sign_in(client, county.inspector)
    address = shown_on_page(client, photo)
    with acting_as(county.inspector):
        Membership.objects.filter(pk=county.inspector.member).update(ended_at=counties.NOW)
    assert client.get(address).status_code in (403, 404)


def test_papers_are_opened_by_the_links_of_their_pages(client, county, photo):
    with acting_as(county.officer):
        document = Document.objects.filter(kind="suggestion").get()
        document_render(str(document.pk))
    world.sign_in(client, county.officer)
    for page in ("documents:list", "documents:paper"):
        args = [document.pk] if page == "documents:paper" else []
        text = client.get(reverse(page, args=args)).content.decode()
        path = reverse("documents:download", args=[document.pk])
        address = re.search(rf'href="({path}\?[^"]*)"', text)[1].replace("&amp;", "&")
        response = client.get(address)
        assert b"".join(response.streaming_content).startswith(b"%PDF")
    assert client.get(path).status_code == 410


def test_a_phones_photos_are_still_there_days_after_the_bundle(client, county, clock):
    link = file_links.file_link(county.officer, "home:front", lasts=file_links.BUNDLE)
    until = int(re.search(r"until=(\d+)", link)[1])
    assert timedelta(days=7) < timedelta(seconds=until - NOW) <= timedelta(days=14)


def test_where_browsers_reach_the_store_they_are_sent_there_for_a_minute(
    client, county, photo, settings, monkeypatch
):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    settings.STORAGE_PUBLIC_ENDPOINT = "https://files.example.cn"
    settings.STORAGES = settings.STORAGES | {
        "links": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": "anfu", "endpoint_url": "https://files.example.cn",
                "signature_version": "s3v4", "addressing_style": "path", "region_name": "us-east-1",
            },
        }
    }  # fmt: skip
    world.sign_in(client, county.officer)
    path = reverse("evidence:photo-original", args=[photo.pk])
    assert client.get(path).status_code == 410, "the store's address is given by a good link only"
    response = client.get(world.link(client, "evidence:photo-original", photo.pk))
    assert response.status_code == 307
    assert response.url.startswith(f"https://files.example.cn/anfu/{photo.original.name}?")
    assert "X-Amz-Expires=60" in response.url
    assert "response-content-disposition=attachment" in response.url


def test_the_bytes_are_those_that_were_stored(client, county, photo):
    world.sign_in(client, county.officer)
    response = client.get(world.link(client, "evidence:photo-original", photo.pk))
    with default_storage.open(photo.original.name) as file:
        assert b"".join(response.streaming_content) == file.read()
