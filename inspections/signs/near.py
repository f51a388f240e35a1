"""Which of many perceptual hashes are near to some, without comparing each with each.

A hash of 64 bits is four bands of 16. Two hashes that differ in at most n bits differ in at most
n // 4 bits in one of the bands (pigeonhole). So each of the sought hashes is put into a table under
every band it may have with so many bits turned (17 for one bit, 137 for two), and any other hash
finds its candidates with four look-ups; only these are compared. A pool of m hashes costs 4 m
look-ups and m × s / 1,000 comparisons for s sought ones, where all against all would cost m × s.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from evidence.pictures import phash_distance

BANDS, WIDTH = 4, 16
MASK = (1 << WIDTH) - 1


class NearIndex:
    """The sought hashes, to be asked about others. Empty hashes are near to nothing."""

    def __init__(self, hashes: Iterable[str], bits: int) -> None:
        self.bits = bits
        self._tables: list[dict[int, list[str]]] = [defaultdict(list) for _ in range(BANDS)]
        for text in sorted({h for h in hashes if h}):
            for table, band in zip(self._tables, _bands(text), strict=True):
                for turned in _turned(band, bits // BANDS):
                    table[turned].append(text)

    def near(self, text: str) -> dict[str, int]:
        """Return {sought hash: bits in which it differs} for those within reach of `text`."""
        if not text:
            return {}
        candidates: set[str] = set()
        for table, band in zip(self._tables, _bands(text), strict=True):
            candidates.update(table.get(band, ()))
        distances = {c: phash_distance(text, c) for c in candidates}
        return {c: d for c, d in distances.items() if d <= self.bits}


def _bands(text: str) -> list[int]:
    value = int(text, 16)
    return [(value >> (WIDTH * n)) & MASK for n in range(BANDS)]


def _turned(band: int, most: int) -> Iterator[int]:
    """Yield the band with none, one, … `most` of its bits turned."""
    for count in range(most + 1):
        for places in combinations(range(WIDTH), count):
            turned = band
            for place in places:
                turned ^= 1 << place
            yield turned
