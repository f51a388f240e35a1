"""Can the same people have been where their visits say, and written it down there?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from common.geo import distance_m
from inspections.models.signs import Sign
from inspections.signs.facts import Facts, Finding, Span, VisitFact
from inspections.signs.presence import day_of, metres, span_of
from inspections.signs.thresholds import Thresholds

Kind = Sign.Kind
# Whoever has a day between two visits can have made the way at any speed worth asking about.
HORIZON = timedelta(days=1)


def of_journeys(facts: Facts, thresholds: Thresholds) -> Iterator[Finding]:
    """Yield what two or more visits of the same people ask; each side's own finding."""
    every = {v.id: v for v in (*facts.visits, *facts.companions)}
    own = {v.id for v in facts.visits}
    for (one, other), names in sorted(_pairs(every.values()).items()):
        yield from travel(every[one], every[other], names, own, thresholds)
    for visit in facts.visits:
        yield from tapped_at_once(visit, thresholds)
    yield from entered_at_once(every, own, thresholds)


def _pairs(visits: Iterable[VisitFact]) -> dict[tuple[str, str], list[str]]:
    """Return {(earlier visit, later visit) at two enterprises: who was at both}."""
    of_person: dict[int, list[tuple[str, VisitFact]]] = defaultdict(list)
    for visit in sorted(visits, key=lambda v: (v.arrived_at, v.id)):
        for member, name in visit.people:
            of_person[member].append((name, visit))
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for _, his in sorted(of_person.items()):
        for place, (name, earlier) in enumerate(his):
            for _, later in his[place + 1 :]:
                if later.arrived_at - earlier.left_at > HORIZON:
                    break
                if later.firm != earlier.firm:
                    found[earlier.id, later.id].append(name)
    return found


def travel(
    earlier: VisitFact, later: VisitFact, names: list[str], own: set[str], thresholds: Thresholds
) -> Iterator[Finding]:
    """The way between two visits takes longer than there was time, or they overlap."""
    overlap = (min(earlier.left_at, later.left_at) - later.arrived_at).total_seconds() / 60
    gap = max(-overlap, 0.0)
    figures: dict[str, Any] = {"人员": "、".join(names), "间隔（分钟）": round(gap)}
    words = []
    if overlap > thresholds.overlap_minutes:
        words.append(f"时间重叠{overlap:.0f}分钟")
        figures["重叠（分钟）"] = round(overlap)
    if earlier.where and later.where:
        distance = distance_m(earlier.where, later.where)
        figures |= {"直线距离（米）": round(distance), "速度（公里/时）": _speed(distance, gap)}
        if _is_too_fast(distance, gap, thresholds):
            words.append(
                f"相距{metres(distance)}、间隔{gap:.0f}分钟，速度超过每小时{thresholds.speed_kmh}公里"
            )
    if not words:
        return
    for here, there in ((earlier, later), (later, earlier)):
        if here.id in own:
            yield Finding(
                here.assignment, here.id, Kind.TRAVEL, f"{here.id}:{there.id}",
                f"{'、'.join(names)}{day_of(here)} {span_of(here)}在本企业，{_when(here, there)}在另一家企业："
                f"{'；'.join(words)}。请核实到场人员和时间。",
                {**figures, "本次": _times(here), "另一次": _times(there)},
                others=(there.id,),
            )  # fmt: skip


def _is_too_fast(distance: float, gap: float, thresholds: Thresholds) -> bool:
    is_near = distance <= thresholds.neighbour_metres
    return not is_near and distance / 1000 > thresholds.speed_kmh * gap / 60


def _speed(distance: float, gap: float) -> object:
    return round(distance / 1000 / (gap / 60)) if gap else "没有间隔"


def _when(here: VisitFact, there: VisitFact) -> str:
    is_same_day = here.arrived_at.date() == there.arrived_at.date()
    return span_of(there) if is_same_day else f"{day_of(there)} {span_of(there)}"


def _times(visit: VisitFact) -> str:
    return f"{day_of(visit)} {span_of(visit)}"


def tapped_at_once(visit: VisitFact, thresholds: Thresholds) -> Iterator[Finding]:
    """A long visit whose answers were all tapped into the phone within minutes.

    Asked of phones alone: a desk has a button that answers all the rest at once.
    """
    span = visit.tapped
    if span is None or visit.taps < thresholds.crowded_entries:
        return
    if span.minutes > thresholds.crowded_minutes:
        return
    if visit.minutes < thresholds.crowded_claim_minutes:
        return
    yield Finding(
        visit.assignment, visit.id, Kind.CROWDED, f"{visit.id}:taps",
        f"{day_of(visit)}停留{int(visit.minutes)}分钟，{visit.taps}项记录却都在{span.first:%H:%M}至{span.last:%H:%M}"
        f"的{span.minutes:.0f}分钟里点完。请核实是否边看边记。",
        {
            "停留（分钟）": int(visit.minutes), "手机记录": visit.taps, "录入用时（分钟）": round(span.minutes, 1),
        },
    )  # fmt: skip


def entered_at_once(
    every: Mapping[str, VisitFact], own: set[str], thresholds: Thresholds
) -> Iterator[Finding]:
    """Several visits of a longer time that one person entered together within minutes."""
    by_recorder: dict[int, list[VisitFact]] = defaultdict(list)
    for visit in every.values():
        if visit.entered is not None:
            by_recorder[visit.recorder].append(visit)
    companions: dict[str, set[str]] = defaultdict(set)
    for visits in by_recorder.values():
        for group in _groups(visits, thresholds):
            for visit in group:
                companions[visit.id] |= {v.id for v in group}
    for pk in sorted(companions.keys() & own):
        yield _entered(every[pk], [every[other] for other in sorted(companions[pk])])


def _groups(visits: list[VisitFact], thresholds: Thresholds) -> Iterator[list[VisitFact]]:
    """Yield every group that was entered within the minutes and claims a longer time."""
    spans = sorted(((_entered_span(v), v.id, v) for v in visits), key=lambda s: (s[0].first, s[1]))
    within = timedelta(minutes=thresholds.crowded_minutes)
    for place, (begin, _, _) in enumerate(spans):
        until, group = begin.first + within, []
        for span, _, visit in spans[place:]:
            if span.first > until:
                break
            if span.last <= until:
                group.append(visit)
        if len(group) >= thresholds.crowded_visits:
            claimed = _claimed(group)
            if claimed.minutes >= thresholds.crowded_claim_minutes:
                yield group


def _entered_span(visit: VisitFact) -> Span:
    assert visit.entered is not None  # looked at before
    return visit.entered


def _claimed(group: Iterable[VisitFact]) -> Span:
    group = list(group)
    return Span(min(v.arrived_at for v in group), max(v.left_at for v in group))


def _entered(visit: VisitFact, group: list[VisitFact]) -> Finding:
    claimed, spans = _claimed(group), [_entered_span(v) for v in group]
    entered = Span(min(s.first for s in spans), max(s.last for s in spans))
    others = tuple(v.id for v in group if v.id != visit.id)
    return Finding(
        visit.assignment, visit.id, Kind.CROWDED, f"{visit.id}:together",
        f"同一人的{len(group)}次检查（{claimed.first:%m-%d %H:%M}至{claimed.last:%m-%d %H:%M}）"
        f"都在{entered.first:%m-%d %H:%M}起的{entered.minutes:.0f}分钟里录入。请核实到场时间和原始记录。",
        {
            "一起录入的检查": len(group), "所称时间（分钟）": round(claimed.minutes),
            "录入用时（分钟）": round(entered.minutes, 1),
        },
        others=others,
    )  # fmt: skip
