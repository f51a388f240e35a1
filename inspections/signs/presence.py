"""Were they there, long enough, and in numbers? Each visit by itself."""

from collections.abc import Iterator, Sequence

from common.geo import distance_m
from inspections.models.signs import Sign
from inspections.signs.facts import Facts, Finding, TrackPoint, VisitFact
from inspections.signs.thresholds import Thresholds

Kind = Sign.Kind


def of_presence(facts: Facts, thresholds: Thresholds) -> Iterator[Finding]:
    """Yield what single visits, and enterprises without a finding, ask."""
    for visit in facts.visits:
        yield from short(visit, thresholds)
        yield from far(visit, thresholds)
        yield from odd_place(visit, thresholds)
        yield from alone(visit, thresholds)
    yield from nothing_found(facts)


def day_of(visit: VisitFact) -> str:
    """06-08."""
    return f"{visit.arrived_at:%m-%d}"


def span_of(visit: VisitFact) -> str:
    """09:00至10:10, with the day of leaving where that is another."""
    is_same_day = visit.left_at.date() == visit.arrived_at.date()
    return f"{visit.arrived_at:%H:%M}至{visit.left_at:{'%H:%M' if is_same_day else '%m-%d %H:%M'}}"


def metres(value: float) -> str:
    """640米, 12.5公里."""
    return f"{value:.0f}米" if value < 10_000 else f"{value / 1000:,.1f}公里"


def short(visit: VisitFact, thresholds: Thresholds) -> Iterator[Finding]:
    """Stayed less than the minimum, or less than it takes to enter what was entered."""
    least = thresholds.stay_minutes if visit.is_survey else thresholds.recheck_minutes
    need = needed_minutes(visit, thresholds)
    reasons = []
    if visit.minutes < least:
        reasons.append(f"少于最短停留{least}分钟")
    if visit.minutes < need:
        phones = f"，{visit.phones}部手机分摊" if visit.phones > 1 else ""
        reasons.append(
            f"登记{visit.answers}项回答、{visit.hazards + visit.rechecks}项隐患至少约需{need:.0f}分钟{phones}"
        )
    if reasons:
        stayed = int(visit.minutes)
        yield Finding(
            visit.assignment, visit.id, Kind.SHORT, visit.id,
            f"{day_of(visit)}停留{stayed}分钟（{span_of(visit)}），{'；'.join(reasons)}。请核实是否逐项看过。",
            {
                "停留（分钟）": stayed, "最短停留（分钟）": least, "符合和不符合的回答": visit.answers,
                "登记的隐患": visit.hazards, "复查的隐患": visit.rechecks, "登记所需（分钟）": round(need, 1),
                "登记的手机": visit.phones,
            },
        )  # fmt: skip


def needed_minutes(visit: VisitFact, thresholds: Thresholds) -> float:
    """Return how long it takes at least to enter it all; phones share the work."""
    answers = visit.answers * thresholds.answer_seconds / 60
    hazards = (visit.hazards + visit.rechecks) * thresholds.hazard_minutes
    return (answers + hazards) / max(visit.phones, 1)


def far(visit: VisitFact, thresholds: Thresholds) -> Iterator[Finding]:
    """Arrived, or mostly was, further from the enterprise than the place's own error explains."""
    if visit.firm_place is None:
        return
    figures: dict[str, object] = {"允许（米）": thresholds.far_metres}
    words = []
    arrival = TrackPoint(visit.place, visit.accuracy) if visit.place else None
    for name, point in (("到达位置", arrival), ("轨迹中位点", visit.middle)):
        if point is None:
            continue
        distance = distance_m(visit.firm_place, point.place)
        figures[f"{name}距企业（米）"] = round(distance)
        figures[f"{name}精度（米）"] = "未知" if point.accuracy is None else round(point.accuracy)
        if distance > max(thresholds.far_metres, point.accuracy or 0):
            words.append(f"{name}距企业登记坐标{metres(distance)}")
    if words:
        figures["轨迹点"] = len(visit.track)
        yield Finding(
            visit.assignment, visit.id, Kind.FAR, visit.id,
            f"{day_of(visit)}{'，'.join(words)}，超过{thresholds.far_metres}米和定位误差。"
            "请核实是否到场，或企业坐标是否登记有误。",
            figures,
        )  # fmt: skip


def odd_place(visit: VisitFact, thresholds: Thresholds) -> Iterator[Finding]:
    """A place that is missing, claims to be perfect, says too little, or never trembles."""
    for name, words, figures in _oddities(visit, thresholds):
        yield Finding(
            visit.assignment, visit.id, Kind.NO_ACCURACY, f"{visit.id}:{name}",
            f"{day_of(visit)}{words}", figures,
        )  # fmt: skip


def _oddities(
    visit: VisitFact, thresholds: Thresholds
) -> Iterator[tuple[str, str, dict[str, object]]]:
    accuracy, track = visit.accuracy, visit.track
    if visit.place is None and not track:
        yield "none", "没有定位，不能证明到场。请核实是否关闭了定位。", {"轨迹点": 0}
    zeros = sum(p.accuracy == 0 for p in track)
    if accuracy == 0 or zeros:
        words = "定位精度为0米。真实定位总有误差，虚拟定位软件常报0。请核实手机和到场情况。"
        yield "zero", words, {"到达定位精度（米）": _known(accuracy), "精度为0的轨迹点": zeros}
    if visit.place and accuracy is not None and accuracy > thresholds.coarse_metres:
        words = f"定位精度只有{metres(accuracy)}，说明不了在哪里。请核实到场情况。"
        limit = thresholds.coarse_metres
        yield "coarse", words, {"到达定位精度（米）": round(accuracy), "精度最差（米）": limit}
    if len(track) >= thresholds.still_points and len({p.place for p in track}) == 1:
        words = (
            f"{len(track)}个轨迹点的坐标完全相同。真实定位每次都有细小差别。请核实手机和到场情况。"
        )
        yield "still", words, {"轨迹点": len(track), "不同坐标": 1}


def _known(value: float | None) -> object:
    return "未知" if value is None else round(value)


def alone(visit: VisitFact, thresholds: Thresholds) -> Iterator[Finding]:
    """Fewer people than must come."""
    if len(visit.people) >= thresholds.people:
        return
    names = "、".join(name for _, name in visit.people)
    yield Finding(
        visit.assignment, visit.id, Kind.ALONE, visit.id,
        f"{day_of(visit)}只有{len(visit.people)}人到场（{names}），应不少于{thresholds.people}人。"
        "请核实是否有人没有登记。",
        {"到场人数": len(visit.people), "最少到场人数": thresholds.people},
    )  # fmt: skip


def nothing_found(facts: Facts) -> Iterator[Finding]:
    """Surveyed on site and not one finding; after a further survey it is asked anew."""
    with_hazards = {hazard.assignment for hazard in facts.hazards}
    for assignment in facts.assignments:
        surveys = [
            v for v in facts.visits
            if v.assignment == assignment and v.is_survey and v.is_on_site
        ]  # fmt: skip
        if surveys and assignment not in with_hazards:
            yield _nothing(assignment, surveys)


def _nothing(assignment: int, surveys: Sequence[VisitFact]) -> Finding:
    last = max(surveys, key=lambda v: (v.arrived_at, v.id))
    minutes, answers = sum(int(v.minutes) for v in surveys), sum(v.answers for v in surveys)
    return Finding(
        assignment, last.id, Kind.NOTHING, last.id,
        f"现场排查{len(surveys)}次共{minutes}分钟，{answers}项回答，没有查出一项隐患。请抽看是否确实没有。",
        {"现场排查": len(surveys), "停留合计（分钟）": minutes, "符合和不符合的回答": answers},
    )  # fmt: skip
