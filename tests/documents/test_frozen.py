import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.frozen import ThawError, canonical_json, content_sha256, freeze, thaw
from tests.documents.samples import PAPERS


@dataclass(frozen=True)
class Leaf:
    name: str
    on: date
    amount: Decimal | None
    image: bytes = b""


@dataclass(frozen=True)
class Tree:
    count: int
    is_open: bool
    at: datetime
    leaves: tuple[Leaf, ...]
    first: Leaf | None
    marks: dict[str, int]


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
LEAVES = st.builds(
    Leaf,
    name=TEXT,
    on=st.dates(),
    amount=st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2),
    image=st.binary(max_size=20),
)
MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)
TREES = st.builds(
    Tree,
    count=st.integers(),
    is_open=st.booleans(),
    at=MOMENTS,
    leaves=st.lists(LEAVES, max_size=3).map(tuple),
    first=st.none() | LEAVES,
    marks=st.dictionaries(TEXT, st.integers(), max_size=3),
)


@given(TREES)
def test_what_was_frozen_thaws_to_the_same_content_and_hash(tree):
    again = thaw(Tree, json.loads(canonical_json(tree)))
    assert again == tree
    assert content_sha256(again) == content_sha256(tree)


@given(TREES, TREES)
def test_only_equal_contents_share_a_hash(one, other):
    assert (content_sha256(one) == content_sha256(other)) == (freeze(one) == freeze(other))


@pytest.mark.parametrize("content", PAPERS.values(), ids=PAPERS)
def test_every_paper_comes_back_from_its_json(content):
    assert thaw(type(content), json.loads(canonical_json(content))) == content


def test_the_form_is_sorted_compact_and_readable():
    assert canonical_json({"乙": Decimal("1.50"), "a": (date(2026, 6, 3), None)}) == (
        '{"a":["2026-06-03",null],"乙":"1.50"}'.encode()
    )


def test_one_moment_has_one_form_in_every_time_zone():
    noon = datetime(2026, 6, 3, 12, tzinfo=timezone(timedelta(hours=8)))
    assert freeze(noon) == freeze(noon.astimezone(UTC)) == "2026-06-03T04:00:00+00:00"


@pytest.mark.parametrize(
    "value",
    [1.5, datetime(2026, 6, 3), Decimal("NaN"), {1: "a"}, object()],  # noqa: DTZ001
)
def test_what_has_no_single_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical_json(value)


LEAF = {"name": "a", "on": "2026-06-03", "amount": "1.0"}


def test_a_field_with_a_default_may_be_missing():
    assert thaw(Leaf, LEAF) == Leaf("a", date(2026, 6, 3), Decimal("1.0"))


@pytest.mark.parametrize(
    "wrong",
    [
        LEAF | {"on": "yesterday"},
        LEAF | {"amount": "much"},
        LEAF | {"amount": 1},
        LEAF | {"name": 3},
        LEAF | {"image": "*"},
        LEAF | {"colour": "red"},
        {"name": "a"},
        ["a"],
    ],
)
def test_data_that_do_not_fit_the_class_are_refused_with_the_field(wrong):
    with pytest.raises(ThawError, match="Leaf"):
        thaw(Leaf, wrong)


def test_a_truth_value_is_no_number():
    tree = Tree(1, True, datetime(2026, 6, 3, tzinfo=UTC), (), None, {})
    with pytest.raises(ThawError, match=r"Tree\.count"):
        thaw(Tree, freeze(tree) | {"count": True})


def test_a_change_anywhere_changes_the_hash():
    ledger = PAPERS["ledger"]
    rows = (*ledger.rows[:-1], replace(ledger.rows[-1], note="更正"))
    assert content_sha256(replace(ledger, rows=rows)) != content_sha256(ledger)
