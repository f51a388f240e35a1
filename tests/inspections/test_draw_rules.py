"""The draw of phase 4: who is in, how many, and that anyone gets the same from what is published."""

import json
import math
import runpy
import sys
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.draw import Entry, draw, publication, sample_size, sha256

SCRIPT = Path(__file__).parents[2] / "docs" / "draw.py"
TOWNS = st.sampled_from(["130371001", "130371002", "130371003", "130371100"])
LISTS = st.lists(
    st.tuples(TOWNS, st.sampled_from([False, False, False, True]), st.integers(0, 3)), max_size=120
).map(lambda rows: [Entry(f"t{n:03}", *row) for n, row in enumerate(rows)])
RATIOS = st.sampled_from([Decimal("0.05"), Decimal("0.2"), Decimal("0.333"), Decimal(1)])
MINIMA = st.integers(0, 30)
SECRETS = st.text("0123456789abcdef", min_size=64, max_size=64)
NUMBERS = st.text("0123456789", min_size=4, max_size=40)


def replayed(body: dict, folder: Path) -> object:
    """What docs/draw.py says of a publication: 0, or the message with which it ends."""
    file = folder / "published.json"
    file.write_text(json.dumps(body, ensure_ascii=False), "utf-8")
    before, sys.argv = sys.argv, ["draw.py", str(file)]
    try:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    except SystemExit as ended:
        return ended.code
    except AssertionError as error:
        return str(error)
    finally:
        sys.argv = before
    return None


@given(LISTS, RATIOS, MINIMA, SECRETS, NUMBERS)
def test_every_major_is_in_and_the_rest_by_town_and_by_signs(
    entries, ratio, minimum, secret, number
):
    drawn = [
        e for e, _ in draw(entries, ratio=ratio, minimum=minimum, secret=secret, number=number)
    ]
    majors = [e for e in entries if e.is_major]
    size = min(len(entries), max(minimum, math.ceil(Fraction(ratio) * len(entries))))
    assert sample_size(len(entries), ratio, minimum) == size
    assert len(drawn) == len(set(drawn)) == max(size, len(majors))
    assert set(majors) <= set(drawn) <= set(entries)
    rest = [e for e in entries if not e.is_major]
    seats = max(size - len(majors), 0)
    for town, members in Counter(e.town for e in rest).items():
        mine = [e for e in drawn if e.town == town and not e.is_major]
        exact = Fraction(seats * members, len(rest))
        assert math.floor(exact) <= len(mine) <= math.ceil(exact)
        with_signs = sum(e.signs > 0 for e in rest if e.town == town)
        assert sum(e.signs > 0 for e in mine) >= min((len(mine) + 1) // 2, with_signs)


@settings(max_examples=60, deadline=None)
@given(LISTS.filter(bool), RATIOS, MINIMA, SECRETS, NUMBERS)
def test_anyone_gets_the_same_sample_from_what_is_published(
    tmp_path_factory, entries, ratio, minimum, secret, number
):
    body = publication(
        entries=entries, commitment=sha256(secret), ratio=ratio, minimum=minimum, number=number,
        secret=secret,
    )  # fmt: skip
    assert replayed(body, tmp_path_factory.mktemp("draw")) == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"secret": "0" * 64}, "committed"),
        ({"number": "99999999"}, "differs"),
        ({"sample": ["t001"]}, "differs"),
        ({"list_sha256": "0" * 64}, "frozen"),
        ({"ratio": "0.9"}, "differs"),
    ],
)
def test_whatever_is_changed_afterwards_is_noticed(change, said, tmp_path):
    entries = [Entry(f"t{n:03}", "130371001", n == 3, n % 2) for n in range(40)]
    body = publication(
        entries=entries, commitment=sha256("ab" * 32), ratio=Decimal("0.2"), minimum=10,
        number="20260831", secret="ab" * 32,
    )  # fmt: skip
    assert replayed(body, tmp_path) == 0
    assert said in str(replayed(body | change, tmp_path))


def test_nothing_is_revealed_before_the_draw():
    body = publication(entries=[], commitment=sha256("ab" * 32), ratio=Decimal("0.2"), minimum=10)
    assert (body["secret"], body["sample"], body["list_sha256"]) == ("", [], "")
