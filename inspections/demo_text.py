"""Believable words and drawn pictures for the demonstration; nothing here is anybody's real record.

Each scene of `data/demo_scenes.json` tells one entry of the hazard library: where, what was seen, how
it was mended, why a recheck sends it back. `{slot}` is filled from the words of the firm's trade
(`data/demo_trades.json`) or with a number, `[a|b]` is a choice. A trade that lacks a word of a scene
cannot have that hazard, so no furniture maker leaks ammonia. The years and months in the words are
those before a story of June to August 2026. The same random state gives the same words and bytes.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Protocol

from inspections.content import DATA, ContentError

FONT = (
    Path(__file__).resolve().parents[1]
    / "node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"
)
USUAL_STAFF = 40  # where the size of the firm is not told
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
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


def trade_of(industry: str, hints: str = "") -> dict[str, Any]:
    """Return the trade within an industry, told by its products or risks (food within 轻工).

    ContentError for an industry that the demonstration does not know.
    """
    fitting = [trade for trade in _data("trades")["trades"] if trade["industry"] == industry]
    for trade in fitting:
        if any(word in hints for word in trade["words"]):
            return dict(trade)
    for trade in fitting:
        if trade["name"] == industry:
            return dict(trade)
    raise ContentError(f"demo_trades.json: no trade for {industry}")


def can_occur(code: str, industry: str, hints: str = "") -> bool:
    """Say whether the firm can have that hazard; an entry without a scene never occurs.

    `hints` are the firm's products and risk factors in one string.
    """
    scene = _data("scenes").get(code)
    if scene is None or scene.get("product", "") not in hints:
        return False
    trade = trade_of(industry, hints)
    return trade["name"] in scene.get("trades", [trade["name"]]) and bool(
        _seen(scene, _Words(Random(0), trade, 0))
    )


def hazard_text(
    rng: Random, entry: Entry, industry: str, *, hints: str = "", staff: int = 0
) -> DemoHazard:
    """Return the words of a hazard of that entry at such a firm; ContentError if it cannot occur.

    `staff` (people employed, 0 for unknown) keeps the numbers in the words within the firm's size.
    """
    if not can_occur(entry.code, industry, hints):
        raise ContentError(f"demo_scenes.json {entry.code}: cannot occur at {industry} {hints}")
    scene = _data("scenes")[entry.code]
    words = _Words(rng, trade_of(industry, hints), staff)
    place, seen = rng.choice(_seen(scene, words))
    return DemoHazard(
        place=words.fill(place),
        description=words.fill(seen) + "。",
        measure=_measure(rng, entry.measure),
        rectification_note=words.pick(scene["mended"], _phrases(rng, "openers")) + "。",
        rectification_failed_reason=words.pick(scene["failed"]) + "。",
    )


def _seen(scene: dict[str, Any], words: "_Words") -> list[tuple[str, str]]:
    """Return the (place, text) pairs whose every slot this trade can fill."""
    pairs = [(scene["place"], text) for text in scene["seen"]]
    pairs += [(other["place"], other["text"]) for other in scene.get("elsewhere", [])]
    return [(place, text) for place, text in pairs if words.can_fill(place + text)]


def _measure(rng: Random, measure: str) -> str:
    return measure.rstrip("。") + "。" + _phrases(rng, "addenda")


class _Words:
    """The words of one hazard: a slot once filled keeps its word to the end."""

    def __init__(self, rng: Random, trade: dict[str, Any], staff: int) -> None:
        self._rng, self._staff = rng, staff
        self._lists = _data("trades")["everywhere"] | trade["vocabulary"]
        self._filled: dict[str, str] = {}

    def can_fill(self, text: str) -> bool:
        """Say whether there is a word for every slot."""
        return all(self._knows(slot) for slot in _SLOT.findall(text))

    def fill(self, text: str) -> str:
        """Return the text with one of each choice and a word in each slot."""
        chosen = _CHOICE.sub(lambda found: self._rng.choice(found[1].split("|")), text)
        return _SLOT.sub(lambda found: self._word(found[1]), chosen)

    def pick(self, texts: list[str], opener: str = "") -> str:
        """Return one of the texts that can be filled."""
        return opener + self.fill(self._rng.choice([t for t in texts if self.can_fill(t)]))

    def _knows(self, slot: str) -> bool:
        if slot in NUMBERS:
            return self._staff > 0 or not slot.startswith("staff")
        return slot in self._lists or slot.removesuffix("_at") in self._lists or slot in PEOPLE

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
        names = [f"{surname}某" for surname in self._lists["surname"]]
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
    "no": lambda w: w.between(1, 4 if w.staff < 30 else 9),
    "n": lambda w: w.between(2, min(5, w.staff // 3)),
    "n1": lambda w: w.between(1, w.number("n") - 1),
    "m": lambda w: w.number("n") + w.between(1, min(5, w.staff // 6)),
    "m2": lambda w: w.number("m") + w.between(1, min(9, w.staff // 6)),
    "m3": lambda w: w.between(18, 46),
    "staff": lambda w: w.staff,
    "staff2": lambda w: w.staff + w.between(2, 9),
    "staff3": lambda w: w.staff - w.number("n"),
    "staff4": lambda w: w.between(max(3, w.staff // 3), max(4, w.staff * 4 // 5)),
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


def _phrases(rng: Random, name: str) -> str:
    return str(rng.choice(_data("phrases")[name]))


def person_name(rng: Random) -> str:
    """Return a name that nobody in particular bears."""
    return _phrases(rng, "surnames") + _phrases(rng, "given_names")


def refusal_reason(rng: Random) -> str:
    """Return why a site representative does not sign."""
    return _phrases(rng, "refusals")


def extension_reason(rng: Random) -> tuple[str, str]:
    """Return why the enterprise needs longer, and what keeps people safe meanwhile."""
    return _phrases(rng, "extension_reasons"), _phrases(rng, "safeguards")


def extension_answer(rng: Random, *, is_granted: bool) -> str:
    """Return the regulator's answer."""
    return _phrases(rng, "answers_granted" if is_granted else "answers_refused")


def recheck_remark(rng: Random) -> str:
    """Return what the inspector notes on a recheck that is passed."""
    return _phrases(rng, "recheck_passed")


def spot_remark(rng: Random, *, is_agreed: bool) -> str:
    """Return what an officer notes on a spot check."""
    return _phrases(rng, "spot_agreed" if is_agreed else "spot_differed")


def process_note(rng: Random, found: int) -> str:
    """Return the process control record of a visit with so many findings."""
    return _phrases(rng, "process_notes").format(found=found)
