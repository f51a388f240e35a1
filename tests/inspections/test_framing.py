"""Whether two photos show the same place: drawn scenes, moved, turned, darkened, changed."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from inspections.framing import BARE, NEAR, OTHER, PART, SAME, Spot, framing, place_text

SIZE = (800, 600)


def scene(seed: int) -> Image.Image:
    """A wall full of things: rectangles, discs and letters."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", SIZE, colour(rng))
    draw = ImageDraw.Draw(image)
    for _ in range(150):
        x, y = (int(v) for v in (rng.integers(0, SIZE[0]), rng.integers(0, SIZE[1])))
        w, h = (int(v) for v in rng.integers(8, 90, 2))
        shape = draw.rectangle if rng.random() < 0.6 else draw.ellipse
        shape([x, y, x + w, y + h], fill=colour(rng), outline=colour(rng), width=3)
    for _ in range(20):
        place = (int(rng.integers(0, SIZE[0])), int(rng.integers(0, SIZE[1])))
        draw.text(place, f"No {rng.integers(1000)}", fill=colour(rng), font_size=20)
    return image


def colour(rng) -> tuple[int, ...]:
    return tuple(int(v) for v in rng.integers(0, 255, 3))


def jpeg(image: Image.Image, **more) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=82, **more)
    return out.getvalue()


def seen(change, seed: int = 1):
    old = scene(seed)
    return framing(jpeg(old), jpeg(change(old)))


def mended(image: Image.Image) -> Image.Image:
    """The faulty thing in the middle is gone, somebody stands in a corner."""
    copy = image.copy()
    draw = ImageDraw.Draw(copy)
    draw.rectangle([270, 170, 530, 430], fill=(205, 205, 195))
    draw.ellipse([0, 400, 170, 600], fill=(30, 30, 60))
    return copy


@settings(max_examples=6)
@given(st.integers(0, 10_000))
def test_a_picture_compared_with_itself_is_wholly_covered(seed):
    found = framing(jpeg(scene(seed)), jpeg(scene(seed)))
    assert found.verdict == SAME
    assert found.covered > 0.99
    assert found.filled > 0.99


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (lambda i: ImageEnhance.Brightness(i).enhance(0.4), SAME),
        (lambda i: ImageEnhance.Brightness(i).enhance(1.7), SAME),
        (lambda i: i.filter(ImageFilter.GaussianBlur(3)), SAME),
        (lambda i: i.rotate(8, fillcolor=(90, 90, 90)), SAME),
        (lambda i: i.resize((480, 360)), SAME),
        (mended, SAME),
        (lambda i: i.crop((270, 0, 800, 600)), NEAR),
        (lambda i: i.crop((300, 200, 560, 400)), PART),
        (lambda i: scene(2), OTHER),
        (lambda i: i.transpose(Image.Transpose.FLIP_LEFT_RIGHT), OTHER),
        (lambda i: Image.new("RGB", SIZE, (180, 180, 180)), BARE),
        (lambda i: i.filter(ImageFilter.GaussianBlur(60)), BARE),
    ],
)
def test_what_became_of_the_framing_is_said(change, verdict):
    found = seen(change)
    assert found.verdict == verdict, found


@pytest.mark.parametrize("left", [0, 130, 270, 400])
def test_the_share_that_is_covered_is_the_share_that_was_left(left):
    found = seen(lambda image: image.crop((left, 0, *SIZE)))
    assert found.covered == pytest.approx(1 - left / SIZE[0], abs=0.03)
    assert found.filled == pytest.approx(1, abs=0.03)


def test_from_further_away_the_old_picture_is_whole_but_the_framing_is_another():
    wide = scene(3)
    close = wide.crop((200, 150, 600, 450))
    found = framing(jpeg(close), jpeg(wide))
    assert found.covered > 0.95
    assert found.filled == pytest.approx(0.25, abs=0.03)
    assert found.verdict == PART


def test_no_two_of_many_scenes_are_taken_for_one():
    pictures = [jpeg(scene(seed)) for seed in range(20, 24)]
    for number, old in enumerate(pictures):
        for new in pictures[number + 1 :]:
            assert framing(old, new).verdict == OTHER


def test_a_phone_that_writes_its_orientation_is_read_upright():
    lying = scene(4).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise
    found = framing(jpeg(scene(4)), jpeg(lying, exif=exif))
    assert (found.verdict, found.covered > 0.98) == (SAME, True)


def test_the_words_carry_the_figures():
    found = seen(lambda image: image.crop((270, 0, *SIZE)))
    assert found.text.startswith("取景相近：新照片拍到原照片 6")
    assert f"（{found.agreeing} 个对应点）" in found.text
    assert "特征太少，无法比较" in seen(lambda i: Image.new("RGB", SIZE)).text
    assert "看不出是同一处" in seen(lambda i: scene(9)).text
    assert found.figures()["covered"] == round(found.covered, 3)


HERE = Spot(39.935, 119.6, 10)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (None, None, "两张照片没有定位"),
        (None, HERE, "整改前照片没有定位"),
        (HERE, None, "整改后照片没有定位"),
        (HERE, HERE, "位置一致：相距约 0 米（定位精度 10 米、10 米）"),
        (HERE, Spot(39.9352, 119.6, 15), "位置一致：相距约 22 米（定位精度 10 米、15 米）"),
        (HERE, Spot(39.9353, 119.6, 15), "位置不一致：相距约 33 米（定位精度 10 米、15 米）"),
        (HERE, Spot(39.9353, 119.6), "位置一致：相距约 33 米（定位精度 10 米、未知）"),
    ],
)
def test_how_far_apart_the_photos_were_taken_is_said_with_what_it_is_worth(before, after, words):
    assert place_text(before, after) == words
