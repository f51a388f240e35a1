"""The band under a photo says when and where; drawings are painted so that they can be seen."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from PIL import Image, ImageChops

from evidence.drawings import paint
from evidence.marks import mark_words, marked_copy, notice_picture
from tests.evidence import samples

TAKEN = datetime(2026, 9, 18, 2, 23, 45, tzinfo=UTC)
KNOWN = {
    "taken_at": TAKEN,
    "phone_taken_at": TAKEN,
    "latitude": Decimal("39.912340"),
    "longitude": Decimal("119.543210"),
    "accuracy": 12,
    "arrived_at": TAKEN + timedelta(minutes=39),
}
ARROW = {"kind": "arrow", "from": [0.1, 0.1], "to": [0.5, 0.5]}
CIRCLE = {"kind": "circle", "from": [0.7, 0.6], "to": [0.8, 0.6]}


def test_the_band_says_when_where_and_when_it_arrived():
    assert " · ".join(mark_words(**KNOWN)) == (
        "拍摄 2026-09-18 10:23:45 · 39.91234, 119.54321 ±12 m · 到达 2026-09-18 11:02"
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"phone_taken_at": TAKEN + timedelta(seconds=121)}, "手机时钟 2026-09-18 10:25:46"),
        ({"phone_taken_at": TAKEN - timedelta(hours=8)}, "手机时钟 2026-09-18 02:23:45"),
        ({"latitude": None, "longitude": None}, "无定位"),
        ({"accuracy": None}, "39.91234, 119.54321"),
        ({"taken_at": None, "phone_taken_at": None}, "拍摄时间未知"),
    ],
)
def test_the_band_says_what_is_odd_or_missing(more, words):
    assert words in mark_words(**KNOWN | more)


def test_a_clock_that_is_two_minutes_off_at_most_is_not_mentioned():
    for seconds in (-120, 0, 120):
        more = {"phone_taken_at": TAKEN + timedelta(seconds=seconds)}
        assert not any("手机时钟" in word for word in mark_words(**KNOWN | more))


@pytest.mark.parametrize("size", [(1600, 1200), (1200, 1600), (320, 240), (64, 48), (1600, 300)])
def test_the_band_stands_under_the_picture_and_hides_nothing_of_it(size):
    image = Image.new("RGB", size, (200, 40, 40))
    words = mark_words(**KNOWN | {"phone_taken_at": TAKEN + timedelta(hours=1)})
    with Image.open(
        io.BytesIO(marked_copy(samples.saved(image), words=words, drawing=[]))
    ) as whole:
        left = (whole.width - size[0]) // 2
        assert whole.height > size[1]
        for x, y in ((0, 0), (size[0] - 1, 0), (size[0] // 2, size[1] - 2)):
            red, green, _ = whole.getpixel((left + x, y))
            assert red > 150 > green
        band = whole.crop((0, size[1], whole.width, whole.height)).convert("L")
        assert band.getextrema()[1] > 200  # white words
        assert band.crop((whole.width - 3, 0, whole.width, band.height)).getextrema()[1] < 90


@pytest.mark.parametrize("ground", ["white", "black", "yellow", (20, 20, 20), "red"])
@pytest.mark.parametrize("shape", [ARROW, CIRCLE])
def test_a_drawing_is_seen_on_any_ground(ground, shape):
    bare = Image.new("RGB", (400, 300), ground)
    drawn = bare.copy()
    paint(drawn, [shape])
    difference = ImageChops.difference(bare, drawn).convert("L")
    assert difference.getextrema()[1] > 100
    box = difference.point(lambda value: 255 * (value > 40)).getbbox()
    if shape is ARROW:
        assert box[0] >= 30
        assert box[1] >= 20
        assert (abs(box[2] - 200) <= 6, abs(box[3] - 150) <= 6) == (True, True)
    else:  # radius 40 around (280, 180)
        assert all(abs(a - b) <= 6 for a, b in zip(box, (240, 140, 320, 220), strict=True))


def test_a_drawing_without_length_still_shows_where():
    drawn = Image.new("RGB", (400, 300), "white")
    paint(
        drawn,
        [{"kind": kind, "from": [0.5, 0.5], "to": [0.5, 0.5]} for kind in ("arrow", "circle")],
    )
    assert drawn.crop((190, 140, 210, 160)).getextrema() != ((255, 255),) * 3


def test_a_notice_is_a_picture():
    with Image.open(io.BytesIO(notice_picture("有病毒，已隔离"))) as picture:
        assert picture.format == "JPEG"
