"""Believable words and drawn pictures for the demonstration; nothing here is anybody's real record.

Each scene of `data/demo_scenes.json` tells one entry of the hazard library: where, what was seen, how
it was mended, why a recheck sends it back. `{slot}` is filled from the words of the firm's trade
(`data/demo_trades.json`) or with a number, `[a|b]` is a choice. A trade that lacks a word of a scene
cannot have that hazard, so no furniture maker leaks ammonia. The years and months in the words are
those before a story of June to August 2026. The same random state gives the same words and bytes.
"""

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Protocol

from PIL import Image, ImageDraw, ImageFont

from inspections.content import DATA, ContentError

FONT = (
    Path(__file__).resolve().parents[1]
    / "node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"
)
USUAL_STAFF = 40  # where the size of the firm is not told
COMMON_SURNAMES = 24
_CHOICE = re.compile(r"\[(?:(\w+):)?([^\[\]]*)\]")
_NAMED = re.compile(r"\[(\w+):")
_SLOT = re.compile(r"\{(\w+)\}")


class Entry(Protocol):
    """What is needed of a library entry: the file's row or the table's row."""

    @property
    def code(self) -> str:
        """Its code in the library."""

    @property
    def measure(self) -> str:
        """The measure that the library suggests."""


@dataclass(frozen=True, slots=True)
class DemoHazard:
    """The words of one hazard, from finding to recheck."""

    place: str
    description: str
    measure: str
    rectification_note: str
    rectification_failed_reason: str


@cache
def _data(name: str) -> Any:
    return json.loads((DATA / f"demo_{name}.json").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Firm:
    """What the words must fit: the enterprise as its list describes it.

    `hints` are products and risk factors in one string; `staff` is 0 and `special_operators` None
    where they are not known.
    """

    industry: str
    hints: str = ""
    staff: int = 0
    special_operators: int | None = None


def trade_of(firm: Firm) -> dict[str, Any]:
    """Return the trade within an industry, told by its products or risks (food within 轻工).

    ContentError for an industry that the demonstration does not know.
    """
    fitting = [one for one in _data("trades")["trades"] if one["industry"] == firm.industry]
    told = [one for one in fitting if any(word in firm.hints for word in one["words"])]
    plain = [one for one in fitting if one["name"] == firm.industry]
    for trade in told + plain:
        return dict(trade)
    raise ContentError(f"demo_trades.json: no trade for {firm.industry}")


def can_occur(code: str, firm: Firm) -> bool:
    """Say whether the firm can have that hazard; an entry without a scene never occurs."""
    scene = _data("scenes").get(code)
    if scene is None or scene.get("product", "") not in firm.hints:
        return False
    if scene.get("needs") == "operators" and firm.special_operators == 0:
        return False
    trade = trade_of(firm)
    if trade["name"] not in scene.get("trades", [trade["name"]]):
        return False
    return bool(_sightings(scene, _Words(Random(0), trade, firm.staff)))


def hazard_text(rng: Random, entry: Entry, firm: Firm) -> DemoHazard:
    """Return the words of a hazard of that entry at such a firm; ContentError if it cannot occur."""
    if not can_occur(entry.code, firm):
        raise ContentError(f"demo_scenes.json {entry.code}: cannot occur at {firm}")
    words = _Words(rng, trade_of(firm), firm.staff)
    variant, seen = rng.choice(_sightings(_data("scenes")[entry.code], words))
    return DemoHazard(
        place=words.fill(variant["place"]),
        description=words.fill(seen) + "。",
        measure=entry.measure.rstrip("。") + "。" + _phrase(rng, "addenda"),
        rectification_note=_note(rng, words.pick(variant["mended"])),
        rectification_failed_reason=words.pick(variant["failed"]) + "。",
    )


def _note(rng: Random, mended: str) -> str:
    return f"{_phrase(rng, 'openers')}{mended}。{_phrase(rng, 'closers')}"


def _sightings(scene: dict[str, Any], words: "_Words") -> list[tuple[dict[str, Any], str]]:
    """Return the variants of a scene with each text whose every slot this trade can fill."""
    return [
        (variant, text)
        for variant in scene["variants"]
        for text in variant["seen"]
        if words.can_fill(variant["place"] + text)
    ]


class _Words:
    """The words of one hazard: a slot once filled keeps its word to the end."""

    def __init__(self, rng: Random, trade: dict[str, Any], staff: int) -> None:
        self._rng, self._staff = rng, staff
        self._lists = _data("trades")["everywhere"] | trade["vocabulary"]
        self._filled: dict[str, str] = {}

    def can_fill(self, text: str) -> bool:
        """Say whether there is a word for every slot."""
        named = {found[1] for found in _NAMED.finditer(text)}
        return all(slot in named or self._knows(slot) for slot in _SLOT.findall(text))

    def fill(self, text: str) -> str:
        """Return the text with one of each choice and a word in each slot."""
        return self._fill_slots(_CHOICE.sub(self._choose, text))

    def pick(self, texts: list[str]) -> str:
        """Return one of the texts that can be filled."""
        return self.fill(self._rng.choice([text for text in texts if self.can_fill(text)]))

    def _choose(self, found: re.Match[str]) -> str:
        name, options = found[1], found[2].split("|")
        chosen = self._rng.choice(options)
        if not name:
            return chosen
        self._filled[name] = self._fill_slots(chosen)
        return self._filled[name]

    def _fill_slots(self, text: str) -> str:
        return _SLOT.sub(lambda found: self._word(found[1]), text)

    def _knows(self, slot: str) -> bool:
        if slot in NUMBERS:
            return self._staff > 0 or not slot.startswith("staff")
        known = self._lists.keys() | self._filled.keys() | set(PEOPLE)
        return slot in known or slot.removesuffix("_at") in self._lists

    def _word(self, slot: str) -> str:
        if slot not in self._filled:
            if slot in NUMBERS:
                self._filled[slot] = str(NUMBERS[slot](self))
            elif slot in PEOPLE:
                self._filled[slot] = self._person()
            else:
                self._draw(slot.removesuffix("_at"))
        return self._filled[slot]

    def _draw(self, name: str) -> None:
        """Draw a word; 冲压车间/冲床 is the place and the machine that stands there."""
        place, _, thing = self._rng.choice(self._lists[name]).rpartition("/")
        self._filled[f"{name}_at"], self._filled[name] = place, thing

    def _person(self) -> str:
        taken = {self._filled.get(slot) for slot in PEOPLE}
        names = [f"{surname}某" for surname in _data("phrases")["surnames"][:COMMON_SURNAMES]]
        return self._rng.choice([name for name in names if name not in taken])

    def number(self, slot: str) -> int:
        """Return a number that the words already hold, or draw it."""
        return int(self._word(slot))

    def between(self, low: int, high: int, step: int = 1) -> int:
        """Draw a number, both ends included."""
        return self._rng.randrange(low, max(high, low) + 1, step)

    @property
    def staff(self) -> int:
        """The people employed, or a usual number."""
        return self._staff or USUAL_STAFF


PEOPLE = ("name", "name2")
# n1 < n < m < m2, all within the size of the firm; the units stand in the words.
NUMBERS: dict[str, Callable[[_Words], object]] = {
    "no": lambda w: w.between(1, 3 if w.staff < 30 else 6),
    "n": lambda w: w.between(2, min(5, w.staff // 3)),
    "n1": lambda w: w.between(1, w.number("n") - 1),
    "m": lambda w: w.number("n") + w.between(1, min(5, w.staff // 6)),
    "m2": lambda w: w.number("m") + w.between(1, min(9, w.staff // 6)),
    "m3": lambda w: w.between(18, 46),
    "staff": lambda w: w.staff,
    "staff2": lambda w: w.staff + w.between(2, 9),
    "staff3": lambda w: w.staff - w.number("n"),
    "cm": lambda w: w.between(20, 60, 5),
    "cm2": lambda w: w.between(40, 120, 10),
    "cm3": lambda w: w.between(5, 20),
    "mm": lambda w: w.between(4, 12),
    "near": lambda w: w.between(1, 3),
    "near2": lambda w: w.between(2, 6),
    "area": lambda w: w.between(60, 400, 20),
    "area2": lambda w: w.between(2, 6),
    "len": lambda w: w.between(4, 25),
    "high": lambda w: w.between(22, 38) / 10,
    "kg": lambda w: w.between(10, 60, 5),
    "days": lambda w: w.between(3, 20),
    "hours": lambda w: w.between(1, 4),
    "months": lambda w: w.between(3, 14),
}


def _phrase(rng: Random, name: str) -> str:
    return str(rng.choice(_data("phrases")[name]))


def person_name(rng: Random) -> str:
    """Return a name that nobody in particular bears."""
    return _phrase(rng, "surnames") + _phrase(rng, "given_names")


def refusal_reason(rng: Random) -> str:
    """Return why a site representative does not sign."""
    return _phrase(rng, "refusals")


def extension_reason(rng: Random) -> tuple[str, str]:
    """Return why the enterprise needs longer, and what keeps people safe meanwhile."""
    return _phrase(rng, "extension_reasons"), _phrase(rng, "safeguards")


def extension_answer(rng: Random, *, is_granted: bool) -> str:
    """Return the regulator's answer."""
    return _phrase(rng, "answers_granted" if is_granted else "answers_refused")


def recheck_remark(rng: Random) -> str:
    """Return what the inspector notes on a recheck that is passed."""
    return _phrase(rng, "recheck_passed")


def spot_remark(rng: Random, *, is_agreed: bool) -> str:
    """Return what an officer notes on a spot check."""
    return _phrase(rng, "spot_agreed" if is_agreed else "spot_differed")


def process_note(rng: Random, found: int) -> str:
    """Return the process control record of a visit with so many findings."""
    return _phrase(rng, "process_notes").format(found=found)


SIZE, FLOOR, BAR = (800, 600), 430, 544  # pixels; where the floor and the caption begin
RED, GREEN, DARK, WHITE = "#b3261e", "#1e7a3c", "#28303a", "#ffffff"


def photo_kind(category: str, subcategory: str) -> str:
    """Return which drawing tells a hazard of that category best."""
    kinds = _data("pictures")["kinds_by_subcategory"]
    return str(kinds.get(category) or kinds.get(subcategory, "machine"))


def photo(rng: Random, kind: str, caption: str, *, is_after: bool = False) -> bytes:
    """Return a drawn JPEG, 800 x 600 pixels and under 60 KB, that nobody takes for a photograph.

    `kind` is one of `data/demo_pictures.json` (KeyError for another); the drawing before and after
    differ. 演示图片 stands across it, at its head and in the caption.
    """
    drawing = _data("pictures")["pictures"][kind]
    shade = rng.randint(222, 240)
    image = Image.new("RGB", SIZE, (shade, shade + 3, shade + 6))
    pen = ImageDraw.Draw(image)
    grey = rng.randint(176, 198)
    pen.rectangle((0, FLOOR, *SIZE), fill=(grey, grey, grey - 4))
    shift = (rng.randint(-18, 18), rng.randint(-8, 10))
    for shape in drawing["base"] + drawing["after" if is_after else "before"]:
        _shape(pen, shape, shift)
    _mark(pen, drawing["mark"], shift, is_after)
    image.paste("#6c7883", (0, 40), _watermark())
    _frame(pen, f"{drawing['label']} · {'整改后' if is_after else '整改前'}", caption)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72)
    return out.getvalue()


def signature(rng: Random) -> bytes:
    """Return a PNG of strokes, 360 x 140 pixels, that stand for a signature."""
    image = Image.new("L", (360, 140), 255)
    pen = ImageDraw.Draw(image)
    for start in (24, 128, 232):
        for _ in range(rng.randint(2, 4)):
            x, y = start + rng.randint(0, 50), rng.randint(24, 100)
            points = [(x, y)]
            turns = range(rng.randint(2, 4))
            points += [(x + rng.randint(0, 52), y + rng.randint(-20, 34)) for _ in turns]
            pen.line(points, fill=rng.randint(10, 60), width=rng.randint(3, 5), joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the demonstration's type face at a size in pixels."""
    if not FONT.exists():
        raise FileNotFoundError(f"{FONT.name} is not in node_modules; run npm ci")
    return ImageFont.truetype(str(FONT), size)


@cache
def _watermark() -> Image.Image:
    """The mask of 演示图片 across the picture; drawn once, for turning it takes time."""
    mask = Image.new("L", (SIZE[0], BAR - 40), 0)
    ImageDraw.Draw(mask).text((110, 180), "演示图片", font=font(140), fill=80)
    return mask.rotate(18, resample=Image.Resampling.BILINEAR)


def _shape(pen: ImageDraw.ImageDraw, shape: list[Any], shift: tuple[int, int]) -> None:
    """Draw [name, points, fill or words, colour of the line, width or size of the type]."""
    name, points, fill, colour, width = shape
    moved = [value + shift[index % 2] for index, value in enumerate(points)]
    if name == "line":
        pen.line(moved, fill=colour, width=width, joint="curve")
    elif name == "text":
        pen.text((moved[0], moved[1]), fill, font=font(width), fill=colour)
    else:
        getattr(pen, name)(moved, fill=fill, outline=colour, width=width if colour else 0)


def _mark(
    pen: ImageDraw.ImageDraw, mark: list[int], shift: tuple[int, int], is_after: bool
) -> None:
    """Ring the fault in red, or tick what is mended in green."""
    x, y, size = mark[0] + shift[0], mark[1] + shift[1], mark[2]
    if is_after:
        x, y = x + size, y - size // 2
        pen.line([x, y, x + 22, y + 26, x + 66, y - 40], fill=GREEN, width=12, joint="curve")
    else:
        pen.ellipse((x - size, y - size, x + size, y + size), outline=RED, width=6)


def _frame(pen: ImageDraw.ImageDraw, head: str, caption: str) -> None:
    pen.rectangle((0, 0, SIZE[0], 40), fill=DARK)
    pen.text((16, 2), f"演示图片（绘制，非实拍） · {head}", font=font(24), fill=WHITE)
    pen.rectangle((0, BAR, *SIZE), fill=DARK)
    words = caption
    while words and pen.textlength(words, font=font(24)) > SIZE[0] - 32:
        words = words[:-1]
    pen.text((16, BAR + 10), words, font=font(24), fill=WHITE)
