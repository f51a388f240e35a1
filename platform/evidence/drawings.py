"""Arrows and circles over a photo: what counts as one (docs/field.md), and how they are painted.

Points are shares (0–1) of the upright picture's width and height. A circle's `from` is its centre
and `to` a point on it; an arrow points at `to`. Pure.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image, ImageDraw

from common.errors import DomainError

KINDS = ("arrow", "circle")
MOST = 50
YELLOW, DARK = (255, 221, 0, 255), (20, 20, 20, 255)  # one of them shows on any ground
FINER = 2  # painted at twice the size, then reduced: smooth edges
HEAD = 5.5  # length of an arrow's head in widths of its line

Point = tuple[float, float]


def drawing_checked(drawing: object) -> list[dict[str, Any]]:
    """Return a drawing as it is kept; DomainError (field `drawing`) for anything else."""
    if not isinstance(drawing, Sequence) or isinstance(drawing, str | bytes):
        raise DomainError("标注须是一列箭头或圆圈", field="drawing")
    if len(drawing) > MOST:
        raise DomainError(f"一张照片最多 {MOST} 个标注", field="drawing")
    return [_shape(shape) for shape in drawing]


def _shape(shape: object) -> dict[str, Any]:
    if not isinstance(shape, Mapping) or shape.get("kind") not in KINDS:
        raise DomainError("标注只能是箭头或圆圈", field="drawing")
    return {
        "kind": shape["kind"],
        "from": _point(shape.get("from")),
        "to": _point(shape.get("to")),
    }


def _point(point: object) -> list[float]:
    if not isinstance(point, Sequence) or isinstance(point, str | bytes) or len(point) != 2:
        raise DomainError("标注的位置不对", field="drawing")
    for share in point:
        is_number = isinstance(share, int | float) and not isinstance(share, bool)
        if not is_number or not 0 <= share <= 1:  # NaN is in no range
            raise DomainError("标注超出了照片", field="drawing")
    return [round(float(share), 5) for share in point]


def paint(image: Image.Image, drawing: Sequence[Mapping[str, Any]]) -> None:
    """Paint a checked drawing into an RGB picture."""
    if not drawing:
        return
    width, height = (side * FINER for side in image.size)
    layer = Image.new("RGBA", (width, height))
    pen = ImageDraw.Draw(layer)
    line = max(4, round(max(width, height) / 180))
    for shape in drawing:
        start = (shape["from"][0] * width, shape["from"][1] * height)
        end = (shape["to"][0] * width, shape["to"][1] * height)
        draw = _arrow if shape["kind"] == "arrow" else _circle
        draw(pen, start, end, line)
    # Reduced with its own transparency, so that no dark seam stands around the lines.
    layer = layer.resize(image.size, Image.Resampling.BOX)
    image.paste(layer, mask=layer)


def _arrow(pen: ImageDraw.ImageDraw, start: Point, end: Point, line: int) -> None:
    length = math.dist(start, end)
    if length < line:
        return _circle(pen, start, (start[0] + 2 * line, start[1]), line)
    along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    head = min(HEAD * line, length)
    for colour, more in ((DARK, line * 0.6), (YELLOW, 0.0)):
        # The line ends inside the head, or its blunt end would stand out at the tip.
        neck = _from(end, along, -head * 0.7)
        pen.line([_from(start, along, -more), neck], fill=colour, width=round(line + 2 * more))
        pen.polygon(_head(end, along, head, more), fill=colour)
    return None


def _head(end: Point, along: Point, head: float, more: float) -> list[Point]:
    """The triangle at the tip, `more` pixels bigger on every side."""
    across = (-along[1], along[0])
    tip = _from(end, along, 2 * more)
    base, half = _from(end, along, -head - more), head * 0.5 + 1.6 * more
    return [tip, _from(base, across, half), _from(base, across, -half)]


def _from(point: Point, direction: Point, by: float) -> Point:
    return (point[0] + direction[0] * by, point[1] + direction[1] * by)


def _circle(pen: ImageDraw.ImageDraw, centre: Point, on: Point, line: int) -> None:
    radius = max(math.dist(centre, on), 2 * line)
    for colour, more in ((DARK, line * 0.6), (YELLOW, 0.0)):
        outer = radius + line / 2 + more
        box = (centre[0] - outer, centre[1] - outer, centre[0] + outer, centre[1] + outer)
        pen.ellipse(box, outline=colour, width=round(line + 2 * more))
