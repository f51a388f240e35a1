"""The bars that pages and jobs are held to, and how cost grows from a county to a province."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

STATEMENTS, LIST_STATEMENTS = 20, 15
SLOWEST_MS = 150.0  # 95 of 100 requests of one client, at the province's level
GROWTH = 2.0  # of that, province to county
NOISE_MS = 15.0  # a page this quick at both levels is not judged by its growth
TURNS, QUIET = 4, 1.25  # times a page is asked at most; 95 of 100 to the median, on a quiet machine
WEB_MB = 200
APPRAISALS = (
    2.0  # times bare aggregates: five hundred contracts counted, their records kept and hashed
)
TWO_WORKERS = 1.6  # times as fast as one, making papers
# Work: (what, figure, most), each beside the bare work of the same run where it is a ratio.
WORK_BARS = (
    ("assign", "statements", 25), ("import", "ratio", 3.0), ("earlier_year", "ratio", 3.0),
    ("overdue", "seconds_per_500000", 60.0),
    ("points", "ms", 100.0), ("recount", "ratio", 4.0),
)  # fmt: skip
Figures = Mapping[str, Any]


def missed(figures: Figures) -> list[str]:
    """Return a sentence for every bar that is missed."""
    levels: Mapping[str, Figures] = figures["levels"]
    found = [*_pages_missed(levels)]
    faster = figures.get("phase_3_papers", {}).get("two_as_fast_as_one", TWO_WORKERS)
    if faster < TWO_WORKERS:
        found.append(f"two workers make papers {faster} times as fast as one")
    counted = figures.get("appraisals", {}).get("ratio", APPRAISALS)
    if counted > APPRAISALS:
        found.append(f"the year's end takes {counted} times bare aggregates")
    for name, level in levels.items():
        if level.get("web_peak_mb", 0) > WEB_MB:
            found.append(f"{name}: the web takes {level['web_peak_mb']} MB a process")
        for work, figure, most in WORK_BARS:
            value = level.get("work", {}).get(work, {}).get(figure)
            if value is not None and value > most:
                found.append(f"{name}: {work} {figure} is {value}, over {most}")
    return found


def _pages_missed(levels: Mapping[str, Figures]) -> Iterator[str]:
    for name, level in levels.items():
        for page in level.get("pages", []):
            most = LIST_STATEMENTS if is_list(page["page"]) else STATEMENTS
            if page["statements"] > most:
                yield f"{name}: {label(page)} takes {page['statements']} statements, over {most}"
    small, large = by_page(levels, "county"), by_page(levels, "province")
    for key, page in large.items():
        slow = page["alone"]["p95_ms"]
        if slow > SLOWEST_MS:
            yield f"province: {label(page)} takes {slow} ms"
        before = small.get(key)
        if before and slow > NOISE_MS and slow > GROWTH * _allowed(before, page):
            yield f"province: {label(page)} takes {slow} ms, {before['alone']['p95_ms']} in a county"


def _allowed(small: Figures, large: Figures) -> float:
    """Return a county's milliseconds for as long a page as the province's.

    A list of which a county fills a corner says nothing about a full one (docs/decisions/0012).
    """
    longer = max(1.0, large["bytes"] / small["bytes"])
    return float(small["alone"]["p95_ms"]) * longer


def is_list(name: str) -> bool:
    """Whether it is a list and not a board, a home or a record of many parts."""
    return "-list" in name or name.split(" ")[0] in LISTS


LISTS = {"enterprises:list", "documents:list", "inspections:ledger", "scoring:points",
         "providers:list", "home:inbox"}  # fmt: skip


def label(page: Figures) -> str:
    """Return whose page it is and which."""
    return f"{page['page']} ({page['who']})"


def by_page(levels: Mapping[str, Figures], name: str) -> dict[tuple[str, str], Figures]:
    """Return the pages of one level by who and which."""
    return {(p["who"], p["page"]): p for p in levels.get(name, {}).get("pages", [])}


def exponent(small: float, large: float, factor: float) -> float:
    """Return e where cost grows like size to the power of e; `factor` is how much larger it is."""
    return round(math.log(max(large, 0.1) / max(small, 0.1)) / math.log(factor), 2)
