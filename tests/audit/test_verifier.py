"""The algebra of a chain: whatever is done to it is found, and called by its name and place."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.verify_chain import (
    CHANGED,
    FORGED,
    GENESIS,
    INSERTED,
    REMOVED,
    REORDERED,
    REWRITTEN,
    TRUNCATED,
    Head,
    Link,
    Walk,
    canonical,
    link_hash,
    read_link,
)

LENGTH = 12


def text(number: int, words: str = "") -> str:
    act = {"at": "2026-06-08T02:00:00.000000+00:00", "actor_name": "王强", "act": "hazard.found"}
    return canonical({**act, "data": {"n": number, "words": words}})


def sealed(texts: list[str]) -> list[Link]:
    links, previous = [], GENESIS
    for place, each in enumerate(texts, start=1):
        previous = link_hash(previous, each)
        links.append(Link(place, previous, each))
    return links


def chain(length: int = LENGTH) -> list[Link]:
    return sealed([text(n) for n in range(1, length + 1)])


def renumbered(links: list[Link]) -> list[Link]:
    return [Link(place, link.hash, link.text) for place, link in enumerate(links, start=1)]


def head(links: list[Link], place: int) -> dict[int, Head]:
    return {place: Head("2026-06-08", place, links[place - 1].hash)}


def problems(links, heads=None):
    walk = Walk(heads or {})
    found = [problem for link in links for problem in walk.follow(link)]
    return [*found, *walk.finish()]


def told(links, heads=None):
    return [(problem.kind, problem.sequence) for problem in problems(links, heads)]


def swapped(links: list[Link], i: int, j: int) -> list[Link]:
    """The same places, with the acts of two exchanged."""
    a, b = links[i - 1], links[j - 1]
    out = list(links)
    out[i - 1], out[j - 1] = Link(i, a.hash, b.text), Link(j, b.hash, a.text)
    return out


places = st.integers(1, LENGTH)


def test_a_chain_as_it_was_sealed_is_whole():
    links = chain()
    assert told(links, head(links, LENGTH)) == []


@given(places)
def test_a_changed_act_is_named(place):
    links = chain()
    links[place - 1] = Link(place, links[place - 1].hash, text(place, "改过"))
    assert told(links) == [(CHANGED, place)]


@given(places)
def test_an_act_taken_away_is_named(place):
    links = chain()
    links[place - 1] = Link(place, links[place - 1].hash, None)
    assert told(links) == [(REMOVED, place)]


@given(st.integers(1, LENGTH - 1))
def test_an_act_taken_away_with_its_seal_leaves_a_gap(place):
    links = chain()
    del links[place - 1]
    assert told(links) == [(REMOVED, place)]


@given(st.integers(1, LENGTH - 1))
def test_a_gap_closed_by_new_numbers_is_found_and_a_published_head_says_what_it_is(place):
    links = chain()
    published = head(links, LENGTH)
    del links[place - 1]
    links = renumbered(links)
    assert told(links) == [(CHANGED, place)]
    assert told(links, published) == [(CHANGED, place), (REMOVED, LENGTH - 1)]


@given(st.integers(1, LENGTH - 1))
def test_a_forged_seal_is_told_from_a_changed_act(place):
    links = chain()
    links[place - 1] = Link(place, "f" * 64, links[place - 1].text)
    assert told(links) == [(FORGED, place)]


@given(st.integers(1, LENGTH), st.integers(1, 3), st.booleans())
def test_acts_put_in_between_are_named(place, count, is_sealed_well):
    links = chain()
    previous = links[place - 2].hash if place > 1 else GENESIS
    strangers = []
    for n in range(count):
        previous = link_hash(previous, text(900 + n)) if is_sealed_well else "f" * 64
        strangers.append(Link(0, previous, text(900 + n)))
    links[place - 1 : place - 1] = strangers
    assert told(renumbered(links)) == [(INSERTED, n) for n in range(place, place + count)]


@given(st.lists(places, min_size=2, max_size=2, unique=True))
def test_two_acts_that_changed_places_are_named(pair):
    first, second = sorted(pair)
    found = problems(swapped(chain(), first, second))
    assert [(p.kind, p.sequence) for p in found] == [(REORDERED, first), (REORDERED, second)]
    assert f"现在排在第{second}号" in found[0].words


@given(st.lists(places, min_size=2, max_size=2, unique=True))
def test_two_places_exchanged_with_their_seals_are_named(pair):
    first, second = sorted(pair)
    links = chain()
    links[first - 1], links[second - 1] = links[second - 1], links[first - 1]
    found = told(renumbered(links))
    assert {(REORDERED, first), (REORDERED, second)} <= set(found)
    assert {kind for kind, _ in found} == {REORDERED}
    assert len(found) <= 4  # the neighbours behind may be named too


@given(st.integers(1, LENGTH - 1), st.integers(1, LENGTH))
def test_an_end_cut_off_is_given_away_by_what_was_published(kept, published):
    links = chain()
    expected = [(TRUNCATED, kept + 1)] if published > kept else []
    assert told(links[:kept], head(links, published)) == expected
    assert told(links[:kept]) == []


@given(places)
def test_a_chain_written_anew_is_given_away_by_what_was_published(place):
    links = chain()
    forged = sealed([text(n, "改过" if n == place else "") for n in range(1, LENGTH + 1)])
    assert told(forged) == []
    assert told(forged, head(links, LENGTH)) == [(REWRITTEN, LENGTH)]


def test_days_that_went_wrong_the_same_way_are_told_once():
    links = chain()
    heads = {n: Head(f"2026-06-{n:02}", n, links[n - 1].hash) for n in (3, 6, 9)}
    (problem,) = problems(links[:2], heads)
    assert "2026-06-03" in problem.words
    assert "此后公布的2次也都如此" in problem.words


OPERATIONS = st.sampled_from(["change", "drop", "cut", "forge", "swap", "insert", "reverse"])


@given(st.data())
def test_whatever_is_done_to_a_chain_is_found(data):
    """Several things at once may hide each other's names, never that something is wrong."""
    links = chain()
    published = head(links, LENGTH)
    for operation in data.draw(st.lists(OPERATIONS, min_size=1, max_size=4)):
        if len(links) < 3:
            break
        at = data.draw(st.integers(0, len(links) - 1))
        to = data.draw(st.integers(0, len(links) - 1))
        old = links[at]
        if operation == "change":
            links[at] = Link(old.sequence, old.hash, text(700 + at))
        elif operation == "drop":
            links[at] = Link(old.sequence, old.hash, None)
        elif operation == "cut":
            del links[at]
        elif operation == "forge":
            links[at] = Link(old.sequence, f"{at:064x}", old.text)
        elif operation == "swap":
            links[at], links[to] = links[to], links[at]
        elif operation == "insert":
            links.insert(at, Link(0, f"{at + 99:064x}", text(800 + at)))
        else:
            links.reverse()
    tampered = renumbered(links) if data.draw(st.booleans()) else links
    assert (told(tampered, published) == []) == (tampered == chain())


def test_a_part_in_the_middle_is_checked_by_itself():
    links = chain()
    walk = Walk(place=4, seal=links[3].hash)
    assert [p for link in links[4:8] for p in walk.follow(link)] == []
    assert list(walk.finish(until=8)) == []


def test_a_part_that_ends_too_early_is_missed():
    links = chain()
    walk = Walk(place=4, seal=links[3].hash)
    assert [p for link in links[4:7] for p in walk.follow(link)] == []
    assert [(p.kind, p.sequence) for p in walk.finish(until=8)] == [(REMOVED, 8)]


def test_memory_does_not_grow_with_the_chain_nor_with_what_is_wrong():
    def peak(length: int) -> int:
        tracemalloc.start()
        walk = Walk()
        for place in range(1, length + 1):
            for _ in walk.follow(Link(place, "0" * 64, text(place))):
                pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    assert peak(3_000) < peak(300) * 1.5


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.integers())
def test_an_acts_text_leaves_an_export_as_it_went_in(words, number, integer):
    act = canonical({"summary": words, "data": {'","act":': number, "n": integer}})
    line = f'{{"sequence":7,"hash":"{"a" * 64}","act":{act}}}\n'
    assert read_link(line) == Link(7, "a" * 64, act)


@pytest.mark.parametrize("line", ["", "{}", '{"sequence":1,"hash":"a"', '{"sequence":1,"act":{}'])
def test_a_line_that_is_none_is_refused(line):
    with pytest.raises((ValueError, KeyError)):
        read_link(line)
