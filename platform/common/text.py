"""What people really type, made plain."""

import re
import unicodedata
from collections.abc import Mapping
from math import isfinite

INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")
BLANK = re.compile(r"\s+")
NUMBER = re.compile(r"\d(?:[\s\-—–.()（）]*\d){4,}")
UNPAIRED = re.compile("[\ud800-\udfff]")
MAILBOX = re.compile(r"([^\s@])[^\s@]*@")


def plain(text: str) -> str:
    """Half-width letters and digits, no invisible characters, single blanks, none at the ends.

    Only full-width ASCII is folded: Chinese punctuation stays as it is.
    """
    folded = "".join(_half_width(character) for character in INVISIBLE.sub("", text))
    return BLANK.sub(" ", folded).strip()


def squeeze(text: str) -> str:
    """`plain` without any blank: for codes and numbers."""
    return BLANK.sub("", plain(text))


def masked(text: str) -> str:
    """Return a text with stars for the middle of each number of five or more digits.

    Of eleven digits (a mobile phone) or more stay three and four, of seven to ten two and two, of
    fewer none; of a mailbox the first letter and what follows the @.
    """
    return MAILBOX.sub(r"\1***@", NUMBER.sub(_starred, text))


def _starred(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    first, last = (3, 4) if len(digits) >= 11 else (2, 2) if len(digits) >= 7 else (0, 0)
    return f"{digits[:first]}****{digits[len(digits) - last :]}"


def _half_width(character: str) -> str:
    if character == "\u3000":
        return " "
    if "０" <= character <= "９" or "Ａ" <= character <= "Ｚ" or "ａ" <= character <= "ｚ":
        return unicodedata.normalize("NFKC", character)
    return {"＋": "+", "－": "-", "．": ".", "，": ","}.get(character, character)


def has_control(text: str) -> bool:
    """Whether a text holds characters that no one types into a name."""
    return any(unicodedata.category(c) == "Cc" and c not in "\n\r\t" for c in text)


def is_storable(value: object) -> bool:
    """Whether PostgreSQL and UTF-8 can keep a JSON value: no NUL, no half of a character, no infinity."""
    if isinstance(value, str):
        return "\0" not in value and not UNPAIRED.search(value)
    if isinstance(value, Mapping):
        return all(is_storable(key) and is_storable(inner) for key, inner in value.items())
    if isinstance(value, list):
        return all(map(is_storable, value))
    return not isinstance(value, float) or isfinite(value)
