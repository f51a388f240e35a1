"""Pictures of the demonstration: a few of each drawing, made once, so that three months stay quick."""

import io
import math
from functools import cache
from random import Random

from PIL import Image, ImageDraw

from inspections import demo_text

VARIANTS = 5


@cache
def _drawn(kind: str, number: int, is_after: bool) -> bytes:
    rng = Random(f"{kind}-{number}-{is_after}")
    return demo_text.photo(rng, kind, f"第{number + 1}号示意图", is_after=is_after)


def picture(rng: Random, category: str, subcategory: str, *, is_after: bool = False) -> bytes:
    """A picture of what a hazard of that category looks like, before or after."""
    kind = demo_text.photo_kind(category, subcategory)
    return _drawn(kind, rng.randrange(VARIANTS), is_after)


SIZE, RED = 480, (200, 24, 32, 255)


def seal_picture(name: str) -> bytes:
    """A round seal with a star, crossed by 演示, as a PNG with a clear ground.

    The characters stand on the upper arc; nobody takes it for an office's own.
    """
    image = Image.new("RGBA", (SIZE, SIZE), (0, 0, 0, 0))
    pen, middle = ImageDraw.Draw(image), SIZE / 2
    pen.ellipse((8, 8, SIZE - 8, SIZE - 8), outline=RED, width=14)
    star = [
        (
            middle + radius * math.sin(turn * math.pi / 5),
            middle - radius * math.cos(turn * math.pi / 5),
        )
        for turn in range(10)
        for radius in [70 if turn % 2 == 0 else 28]
    ]
    pen.polygon(star, fill=RED)
    letters = name.removesuffix("（演示）")
    step = min(232 / max(len(letters) - 1, 1), 32)
    for place, letter in enumerate(letters):
        angle = (place - (len(letters) - 1) / 2) * step
        _stamp(image, letter, angle, middle)
    font = demo_text.font(54)
    pen.text((middle, SIZE - 92), "演示专用", font=font, fill=RED, anchor="mm")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _stamp(image: Image.Image, letter: str, angle: float, middle: float) -> None:
    tile = Image.new("RGBA", (80, 80), (0, 0, 0, 0))
    ImageDraw.Draw(tile).text((40, 40), letter, font=demo_text.font(46), fill=RED, anchor="mm")
    turned = tile.rotate(-angle, resample=Image.Resampling.BICUBIC)
    radians = math.radians(angle)
    x, y = middle + 178 * math.sin(radians), middle - 178 * math.cos(radians)
    image.alpha_composite(turned, (round(x - 40), round(y - 40)))
