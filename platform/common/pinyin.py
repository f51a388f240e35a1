"""How Chinese is spelt: for search by initials, and for passwords that must not be a name.

The library pypinyin knows 47,000 phrases, which takes 50 MB in each process that imports it; all
but 3,000 are read as their characters are. So a process of its own asks it once (`pinyin_table`),
and what it found is kept in a file: a twentieth of that.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

from django.conf import settings

PROGRAM = "common.pinyin_table"
# Initials of surnames that are read otherwise within a word: Zeng, Shan, Xie, Zha, Qiu, Ge, Ou, Piao.
SURNAMES = {
    "曾": "z", "单": "s", "解": "x", "查": "z", "仇": "q", "盖": "g", "区": "o", "朴": "p",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """`characters`: {character: syllable}; `phrases`: {phrase: its syllables}, where they differ."""

    characters: Mapping[str, str]
    phrases: Mapping[str, tuple[str, ...]]
    longest: int

    def syllables(self, text: str) -> Iterator[str]:
        """Yield a syllable for each Chinese character, the longest phrase first; the rest as it is."""
        at = 0
        while at < len(text):
            size = self._phrase_at(text, at)
            if size > 1:
                yield from self.phrases[text[at : at + size]]
            else:
                yield self.characters.get(text[at], text[at])
            at += size

    def _phrase_at(self, text: str, at: int) -> int:
        sizes = range(min(self.longest, len(text) - at), 1, -1)
        return next((size for size in sizes if text[at : at + size] in self.phrases), 1)


def syllables(text: str) -> list[str]:
    """Return a text syllable by syllable; what is not Chinese stays, character by character."""
    return list(_table().syllables(text))


def initials(text: str) -> str:
    """Return what is typed to find a text: the initials, letters and digits in small letters."""
    return "".join(word[0] for word in syllables(text) if word.isalnum()).lower()


def search_words(text: str) -> str:
    """Return what a search looks at of a name: the name, and its initials."""
    return f"{text} {initials(text)}" if text else ""


def name_words(name: str) -> str:
    """Return the same of a person's name; some characters are read otherwise as a surname."""
    words = search_words(name)
    read = SURNAMES.get(name[:1])
    return f"{name} {read}{words[len(name) + 2 :]}" if read else words


@cache
def _table() -> Table:
    path = settings.VAR_DIR / f"pinyin-{version('pypinyin')}.json"
    if not path.exists():
        _make(path)
    found = json.loads(path.read_text())
    characters = {sign: word for word, signs in found["characters"].items() for sign in signs}
    phrases = {phrase: tuple(words.split()) for phrase, words in found["phrases"].items()}
    return Table(characters, phrases, max(map(len, phrases)))


def _make(path: Path) -> None:
    """Make the file whole or not at all; of two who come first at once, the later wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid4().hex}")
    try:
        with part.open("w") as file:
            subprocess.run([sys.executable, "-m", PROGRAM], stdout=file, check=True)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
