"""A program: print what pypinyin knows as JSON, without the phrases that can be done without.

{"characters": {syllable: its characters}, "phrases": {phrase: its syllables}}. With the phrases that
stay every phrase of pypinyin is read as pypinyin reads it.
"""

import json
import sys

from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from common.pinyin import Table


def main() -> None:
    """Print the table."""
    signs = [chr(code) for code in PINYIN_DICT if code < 0x10000]  # none beyond stands in a name
    characters = {sign: lazy_pinyin(sign)[0] for sign in signs}
    phrases: dict[str, tuple[str, ...]] = {}
    table = Table(characters, phrases, max(map(len, PHRASES_DICT)))
    for phrase in sorted(PHRASES_DICT, key=len):  # a longer one may have a shorter one within
        words = tuple(lazy_pinyin(phrase))
        if words != tuple(table.syllables(phrase)):
            phrases[phrase] = words
    by_syllable: dict[str, str] = {}
    for sign, word in characters.items():
        by_syllable[word] = by_syllable.get(word, "") + sign
    joined = {phrase: " ".join(words) for phrase, words in phrases.items()}
    json.dump({"characters": by_syllable, "phrases": joined}, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
