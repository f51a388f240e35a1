"""Pictures of the demonstration: a few drawings, each time seen from elsewhere and in another light.

The drawings are made once, so that three months stay quick.
"""

import io
import math
from functools import cache
from random import Random

from PIL import Image, ImageChops, ImageDraw

from inspections import demo_text

VARIANTS = 5
SEEN, GROUND = (720, 540), (96, 96, 92)


@cache
def _drawn(kind: str, number: int, is_after: bool) -> Image.Image:
    rng = Random(f"{kind}-{number}-{is_after}")
    content = demo_text.photo(rng, kind, f"第{number + 1}号示意图", is_after=is_after)
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB")


def picture(rng: Random, category: str, subcategory: str, *, is_after: bool = False) -> bytes:
    """A picture of what a hazard of that category looks like, before or after."""
    kind = demo_text.photo_kind(category, subcategory)
    drawn = _drawn(kind, rng.randrange(VARIANTS), is_after)
    return _taken(drawn, Random(rng.getrandbits(32)))


def _taken(drawn: Image.Image, rng: Random) -> bytes:
    """Return the drawing as a camera sees it: no two alike, as no two photos are."""
    width, height = SEEN
    zoom, tilt = rng.uniform(0.6, 1.1), rng.uniform(-0.25, 0.25)
    across, down = zoom * math.cos(tilt), zoom * math.sin(tilt)
    x, y = drawn.width * rng.uniform(0.42, 0.58), drawn.height * rng.uniform(0.42, 0.58)
    view = (
        across, -down, x - across * width / 2 + down * height / 2,
        down, across, y - down * width / 2 - across * height / 2,
    )  # fmt: skip
    seen = drawn.transform(
        SEEN, Image.Transform.AFFINE, view, Image.Resampling.BILINEAR, fillcolor=GROUND
    )
    light = Image.linear_gradient("L").point(lambda grey: 110 + grey * 145 // 255)
    light = light.rotate(rng.uniform(0, 360), fillcolor=180).resize(SEEN).convert("RGB")
    out = io.BytesIO()
    ImageChops.multiply(seen, light).save(out, "JPEG", quality=75)
    return out.getvalue()


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
