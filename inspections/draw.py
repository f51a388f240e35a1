"""The draw of phase 4, pure: who is looked at again follows from published values alone.

    seed    = SHA-256(secret "\\n" list hash "\\n" provider's number)
    ticket  = SHA-256(seed "\\n" token), as hexadecimal text; low tickets are drawn first
    n       = min(N, max(minimum, ceil(ratio × N)))

Every enterprise with a major hazard is in, n growing if they are more. The other seats go to the
towns by their share of what is left (largest remainder); within a town half of the seats, rounded
up, go first to enterprises with signs from the visits, the rest to whoever has the lowest ticket.
`docs/draw.py` does the same in twenty lines, for anyone.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the frozen list. `token` stands for the enterprise where names are not shown."""

    token: str
    town: str
    is_major: bool
    signs: int


def sha256(*parts: str) -> str:
    """Return the SHA-256 of lines, 64 hexadecimal digits."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def list_hash(entries: Iterable[Entry]) -> str:
    """Return the hash that fixes a list: its canonical JSON, an array of four values per line."""
    rows = [[e.token, e.town, int(e.is_major), e.signs] for e in entries]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def sample_size(count: int, ratio: Decimal, minimum: int) -> int:
    """Return n = min(N, max(minimum, ceil(ratio × N))) (D12 leaves the ratio open; A2)."""
    wanted = int((ratio * count).to_integral_value(ROUND_CEILING))
    return min(count, max(minimum, wanted))


def draw(
    entries: Sequence[Entry], *, ratio: Decimal, minimum: int, secret: str, number: str
) -> list[tuple[Entry, str]]:
    """Return (entry, why) of the sample: majors first, then by town, in the order of tickets."""
    seed = sha256(secret, list_hash(entries), number)
    ordered = sorted(entries, key=lambda e: (sha256(seed, e.token), e.token))
    chosen = [(e, "有重大隐患") for e in ordered if e.is_major]
    rest = [e for e in ordered if not e.is_major]
    seats = max(sample_size(len(entries), ratio, minimum) - len(chosen), 0)
    towns: dict[str, list[Entry]] = defaultdict(list)
    for entry in rest:
        towns[entry.town].append(entry)
    shares = _shares({town: len(members) for town, members in towns.items()}, seats)
    for town in sorted(towns):
        chosen += _of_town(towns[town], shares[town])
    return chosen


def _shares(sizes: Mapping[str, int], seats: int) -> dict[str, int]:
    """Divide seats among towns in proportion to size: largest remainder, ties by code."""
    whole = sum(sizes.values())
    if not whole:
        return {}
    seats = min(seats, whole)
    exact = {town: Fraction(seats * size, whole) for town, size in sizes.items()}
    shares = {town: int(share) for town, share in exact.items()}
    by_remainder = sorted(sizes, key=lambda town: (shares[town] - exact[town], town))
    for town in by_remainder[: seats - sum(shares.values())]:
        shares[town] += 1
    return shares


def _of_town(members: Sequence[Entry], seats: int) -> list[tuple[Entry, str]]:
    suspicious = [e for e in members if e.signs][: (seats + 1) // 2]
    others = [e for e in members if e not in suspicious][: seats - len(suspicious)]
    return [(e, f"有{e.signs}个疑点，按镇街抽取") for e in suspicious] + [
        (e, "按镇街抽取") for e in others
    ]


def publication(
    *,
    entries: Sequence[Entry],
    commitment: str,
    ratio: Decimal,
    minimum: int,
    number: str = "",
    secret: str = "",
) -> dict[str, Any]:
    """Return what is published of a draw; with `secret` the draw is over and can be replayed."""
    body: dict[str, Any] = {
        "commitment": commitment,
        "ratio": str(ratio),
        "minimum": minimum,
        "list": [[e.token, e.town, int(e.is_major), e.signs] for e in entries],
        "list_sha256": list_hash(entries) if entries else "",
        "number": number,
        "secret": secret,
        "sample": [],
    }
    if secret:
        drawn = draw(entries, ratio=ratio, minimum=minimum, secret=secret, number=number)
        body["sample"] = [entry.token for entry, _ in drawn]
    return body
