"""A year's accidents, cases and fines beside the same months of the year before (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Effects:
    """Sums over some months; fines in 10,000 yuan."""

    accidents: int
    deaths: int
    cases: int
    fines: Decimal


@dataclass(frozen=True, slots=True)
class SamePeriod:
    """Two years over the same months: only months noted in both are compared."""

    months: tuple[int, ...]
    now: Effects
    then: Effects


def same_period(
    now: Iterable[Mapping[str, Any]], then: Iterable[Mapping[str, Any]]
) -> SamePeriod | None:
    """Add up the months that both years have; None where there is none.

    A month that one of them lacks would make the other look better or worse than it was.
    """
    these, those = ({one["month"]: one for one in year} for year in (now, then))
    months = tuple(sorted(these.keys() & those.keys()))
    if not months:
        return None
    return SamePeriod(months, _sum(these, months), _sum(those, months))


def _sum(year: Mapping[int, Mapping[str, Any]], months: tuple[int, ...]) -> Effects:
    return Effects(
        **{f.name: sum(year[month][f.name] for month in months) for f in fields(Effects)}
    )


def change_words(now: Decimal | int, then: Decimal | int) -> str:
    """Say by how many per cent a figure changed; nothing is said of a change from zero."""
    if now == then:
        return "持平"
    if not then:
        return "—"
    share = (abs(Decimal(now) - then) * 100 / then).quantize(Decimal("0.1"))
    return f"{'增加' if now > then else '下降'}{share}%"


def period_words(months: tuple[int, ...]) -> str:
    """`1—9月`, or the months one by one where some are missing."""
    if len(months) > 1 and months == tuple(range(months[0], months[-1] + 1)):
        return f"{months[0]}—{months[-1]}月"
    return f"{'、'.join(map(str, months))}月"
