"""What is read from a picture, and what is no picture; every sample is a real file."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import imagehash
import pytest
from PIL import Image, ImageEnhance
from PIL.TiffImagePlugin import IFDRational

from common.errors import DomainError
from evidence.pictures import (
    READING_SIDE,
    metres,
    phash_distance,
    picture_type,
    read_picture,
    small_copy,
)
from tests.evidence import samples

GOOD = {
    "image/jpeg": samples.jpeg(),
    "image/png": samples.saved(samples.view(), "PNG"),
    "image/webp": samples.saved(samples.view(), "WEBP"),
    "image/heic": samples.heic(),
}


@pytest.mark.parametrize("kind", GOOD)
def test_the_type_is_told_by_content_and_the_copy_is_a_clean_jpeg(kind):
    picture = read_picture(GOOD[kind])
    assert picture.content_type == picture_type(GOOD[kind]) == kind
    assert (picture.width, picture.height) == (320, 240)
    with Image.open(io.BytesIO(picture.reading)) as copy:
        assert (copy.format, copy.size) == ("JPEG", (320, 240))


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_picture_cut_short_is_refused(kind, share):
    content = GOOD[kind][: int(len(GOOD[kind]) * share)]
    for read in (read_picture, picture_type):
        with pytest.raises(DomainError, match="不是可用的照片"):
            read(content)


def test_a_large_jpeg_cut_short_is_refused_though_it_is_decoded_at_a_half():
    content = samples.jpeg((4000, 3000))
    assert read_picture(content).width == 4000
    with pytest.raises(DomainError):
        read_picture(content[:-2000])


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_what_moves_is_refused(kind):
    frames = [samples.view(seed=n) for n in range(3)]
    moving = samples.saved(frames[0], kind, save_all=True, append_images=frames[1:])
    with pytest.raises(DomainError):
        read_picture(moving)


def test_a_gif_is_refused_even_if_it_stands_still():
    with pytest.raises(DomainError, match="不是可用的照片"):
        read_picture(samples.saved(samples.view(), "GIF"))


def test_a_sequence_of_heif_pictures_is_refused_and_a_burst_is_not():
    burst = samples.saved(
        samples.view(), "HEIF", save_all=True, append_images=[samples.view(seed=2)]
    )
    assert read_picture(burst).content_type == "image/heic"
    with pytest.raises(DomainError):
        read_picture(burst.replace(b"ftypheic", b"ftyphevc", 1))


@pytest.mark.parametrize(
    "make", [samples.motion_photo, samples.samsung_photo, samples.two_pictures]
)
def test_what_phones_put_behind_a_picture_is_accepted(make):
    picture = read_picture(make())
    assert (picture.content_type, picture.width) == ("image/jpeg", 320)


def test_maker_notes_profile_and_xmp_are_accepted_and_left_out_of_the_copy():
    note = b"HUAWEI\0\0" + samples.Random(1).randbytes(40_000)
    content = samples.jpeg(
        exif=samples.exif(maker_note=note), xmp=samples.XMP, comment=b"CREATOR: gd-jpeg v1.0",
        icc_profile=b"\0" * 2000,
    )  # fmt: skip
    reading = read_picture(content).reading
    for trace in (b"Exif", b"HUAWEI", b"xmpmeta", b"gd-jpeg", b"ICC_PROFILE"):
        assert trace in content
        assert trace not in reading


def test_time_and_place_come_from_exif():
    content = samples.jpeg(exif=samples.exif(accuracy=4.2))
    picture = read_picture(content)
    assert picture.taken_at == datetime(2026, 6, 8, 2, 0, tzinfo=UTC)
    assert (picture.latitude, picture.longitude) == (Decimal("39.91234"), Decimal("119.54321"))
    assert picture.accuracy == 5
    abroad = read_picture(samples.jpeg(exif=samples.exif(offset="+09:00")))
    assert abroad.taken_at == datetime(2026, 6, 8, 1, 0, tzinfo=UTC)
    south = read_picture(samples.jpeg(exif=samples.exif(place=(-33.5, -70.25))))
    assert (south.latitude, south.longitude) == (Decimal("-33.5"), Decimal("-70.25"))


def test_an_iphones_heic_is_read_upright_with_its_time_and_place():
    picture = read_picture(samples.heic((400, 200), exif=samples.exif(orientation=6).tobytes()))
    assert (picture.width, picture.height) == (200, 400)
    assert picture.taken_at == datetime(2026, 6, 8, 2, 0, tzinfo=UTC)
    assert picture.latitude == Decimal("39.91234")
    with Image.open(io.BytesIO(picture.reading)) as copy:
        assert copy.size == (200, 400)


@pytest.mark.parametrize("place", [None, (0.0, 0.0), (95.0, 10.0), (10.0, 190.0)])
def test_a_place_that_is_none_is_not_taken_for_one(place):
    picture = read_picture(samples.jpeg(exif=samples.exif(place=place, accuracy=3)))
    assert (picture.latitude, picture.longitude, picture.accuracy) == (None, None, None)


def test_a_broken_time_or_fraction_does_not_cost_the_picture():
    made = samples.exif(taken="0000:00:00 00:00:00")
    gps = made.get_ifd(samples.ExifTags.IFD.GPSInfo)
    gps[samples.ExifTags.GPS.GPSLatitude] = (39.0, IFDRational(0, 0), 0.0)
    picture = read_picture(samples.jpeg(exif=made))
    assert (picture.taken_at, picture.latitude) == (None, None)


def test_a_lying_picture_is_read_upright():
    content = samples.jpeg((400, 200), exif=samples.exif(orientation=6))
    picture = read_picture(content)
    assert (picture.width, picture.height) == (200, 400)
    with Image.open(io.BytesIO(picture.reading)) as copy:
        assert copy.size == (200, 400)
    turned = samples.saved(samples.view((400, 200)).transpose(Image.Transpose.ROTATE_270))
    assert phash_distance(picture.phash, read_picture(turned).phash) <= 4


def test_the_copy_is_scaled_and_transparency_lies_on_white():
    picture = read_picture(samples.jpeg((4032, 3024)))
    assert (picture.width, picture.height) == (4032, 3024)
    with Image.open(io.BytesIO(picture.reading)) as copy:
        assert copy.size == (READING_SIDE, 1200)
    ink = Image.new("RGBA", (300, 100))
    ink.paste((0, 0, 0, 255), (10, 10, 60, 20))
    with Image.open(io.BytesIO(read_picture(samples.saved(ink, "PNG")).reading)) as copy:
        assert copy.getpixel((200, 50)) == (255, 255, 255)
        assert max(copy.getpixel((30, 15))) < 40


def test_near_pictures_have_near_hashes_and_others_have_not():
    seen = read_picture(samples.jpeg((1600, 1200))).phash
    assert len(seen) == 16
    again = samples.view((1600, 1200)).resize((640, 480))
    brighter = ImageEnhance.Brightness(again).enhance(1.2)
    assert phash_distance(seen, read_picture(samples.saved(brighter, quality=50)).phash) <= 6
    other = read_picture(samples.jpeg((1600, 1200), seed=7)).phash
    assert phash_distance(seen, other) > 16
    assert phash_distance(seen, seen) == 0


@pytest.mark.parametrize("size", [(1600, 1200), (97, 200), (32, 32), (1500, 20)])
def test_the_hash_is_the_one_that_everybody_uses(size):
    for seed in range(5):
        seen = read_picture(samples.jpeg(size, seed)).phash
        assert phash_distance(seen, str(imagehash.phash(samples.view(size, seed)))) <= 2


def test_a_picture_that_shows_nothing_has_no_hash():
    assert read_picture(samples.saved(Image.new("RGB", (300, 200), "black"))).phash == ""


@pytest.mark.parametrize(
    ("value", "whole"),
    [(None, None), (float("nan"), None), (float("inf"), None), (-1, None), (11.2, 12), (0, 0)],
)
def test_accuracy_is_whole_metres_or_nothing(value, whole):
    assert metres(value) == whole


def test_a_small_copy_fits_its_side():
    with Image.open(io.BytesIO(small_copy(samples.jpeg((1600, 1200)), 320))) as small:
        assert small.size == (320, 240)
