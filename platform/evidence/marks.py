"""The viewing copy: a reading copy with its drawing, and under it when and where it was taken.

The band stands under the picture and hides nothing of it. Also the picture shown in place of one
that may not be. Pure.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.timezone import localtime
from PIL import Image, ImageDraw, ImageFont

from common.fonts import SANS, font_file
from evidence.drawings import paint

GROUND, INK = (24, 28, 34), (255, 255, 255)
BETWEEN = "  ·  "
CLOCKS_AGREE = timedelta(minutes=2)


def mark_words(
    *,
    taken_at: datetime | None,
    phone_taken_at: datetime | None,
    latitude: Decimal | None,
    longitude: Decimal | None,
    accuracy: int | None,
    arrived_at: datetime,
) -> list[str]:
    """Return what the band says, piece by piece; a line may end between two pieces."""
    words = [f"拍摄 {localtime(taken_at):%Y-%m-%d %H:%M:%S}" if taken_at else "拍摄时间未知"]
    if phone_taken_at and (not taken_at or abs(taken_at - phone_taken_at) > CLOCKS_AGREE):
        words.append(f"手机时钟 {localtime(phone_taken_at):%Y-%m-%d %H:%M:%S}")
    if latitude is None or longitude is None:
        words.append("无定位")
    else:
        within = f" ±{accuracy} m" if accuracy is not None else ""
        words.append(f"{latitude:.5f}, {longitude:.5f}{within}")
    words.append(f"到达 {localtime(arrived_at):%Y-%m-%d %H:%M}")
    return words


def marked_copy(
    reading: bytes, *, words: Sequence[str], drawing: Sequence[Mapping[str, Any]]
) -> bytes:
    """Return a picture (JPEG) with its drawing in it and the words in a band under it."""
    with Image.open(io.BytesIO(reading)) as opened:
        image = opened.convert("RGB")
    paint(image, drawing)
    size = min(max(round(max(image.size) / 62), 13), 26)
    width = max(image.width, round(max(_font(size).getlength(word) for word in words)) + 2 * size)
    band = _band(width, size, words)
    whole = Image.new("RGB", (width, image.height + band.height), GROUND)
    whole.paste(image, ((width - image.width) // 2, 0))
    whole.paste(band, (0, image.height))
    return _jpeg(whole)


def notice_picture(text: str) -> bytes:
    """Return a picture that says why another one is not shown."""
    image = Image.new("RGB", (480, 360), GROUND)
    ImageDraw.Draw(image).text((240, 180), text, fill=INK, font=_font(30), anchor="mm")
    return _jpeg(image)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_file(SANS)), size)


def _band(width: int, size: int, words: Sequence[str]) -> Image.Image:
    lines = _lines(words, _font(size), width - 2 * size)
    step, edge = round(size * 1.5), round(size * 0.6)
    band = Image.new("RGB", (width, step * len(lines) + 2 * edge), GROUND)
    pen = ImageDraw.Draw(band)
    for number, line in enumerate(lines):
        middle = edge + step * number + step // 2
        pen.text((size, middle), line, fill=INK, font=_font(size), anchor="lm")
    return band


def _lines(words: Sequence[str], font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        longer = lines[-1] + BETWEEN + word
        if font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
