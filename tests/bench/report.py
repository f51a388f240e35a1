"""docs/performance.md from the figures of one run: what the machine was, the bars, one table."""

import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.bench.bars import (
    APPRAISALS,
    GROWTH,
    LIST_STATEMENTS,
    NOISE_MS,
    SLOWEST_MS,
    STATEMENTS,
    TURNS,
    TWO_WORKERS,
    WEB_MB,
    by_page,
    exponent,
    missed,
)
from tests.bench.data.levels import LEVELS

Figures = Mapping[str, Any]
HEAD = """# Performance

Written by `make bench` from its figures; edit `tests/bench/report.py` instead. Each level is an installation of its
own, built by `make bench-data LEVEL=…`: {levels}.

The machine: {machine}. Times are of the web as it is served (gunicorn), asked from the same machine.
A page is asked alone and by eight clients at once; statements are those sent to PostgreSQL, without BEGIN and COMMIT.
Alone it is asked again, {turns} times at most, while its slowest requests are far from its median: what else the
machine does only adds, so that the quietest turn is shown.
*Bare* are the same statements sent by psycopg2 alone and read to the end, *ratio* is the page to that.
Of each page the table shows the person for whom it is slowest; `var/bench.json` has all of them.
*Growth* is the exponent: 0 where the largest level costs what a county costs, 1 where cost grows with the enterprises.
"""


def machine() -> dict[str, Any]:
    """Return what the machine is, without its name or any path."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(), "memory_gb": round(memory / 2**30), "system": platform.system(),
        "python": platform.python_version(), "processor": _processor(),
    }  # fmt: skip


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def page_table(levels: Mapping[str, Figures]) -> Iterator[str]:
    """Yield the lines of the table of pages: the largest level, beside the county."""
    small, large = by_page(levels, "county"), by_page(levels, "province")
    factor = LEVELS["province"].enterprises / LEVELS["county"].enterprises
    yield (
        "| who | page | statements | KB | county p50 / p95 | province p50 / p95 | bare | ratio | "
        "eight clients p50 / p95 | growth |"
    )
    yield "| --- | --- |" + " ---: |" * 8
    for page in _slowest(large.values()):
        before = small.get((page["who"], page["page"]))
        alone, together = page["alone"], page["together"]
        county, growth = "", ""
        if before:
            county = f"{before['alone']['p50_ms']} / {before['alone']['p95_ms']}"
            growth = str(exponent(before["alone"]["p50_ms"], alone["p50_ms"], factor))
        yield (
            f"| {page['who']} | {page['page']} | {page['statements']} | {page['bytes'] // 1024} | "
            f"{county} | {alone['p50_ms']} / {alone['p95_ms']} | {page['bare_ms']} | "
            f"{alone['p50_ms'] / max(page['bare_ms'], 0.1):.1f} | "
            f"{together['p50_ms']} / {together['p95_ms']} | {growth} |"
        )


def _slowest(pages: Iterable[Figures]) -> list[Figures]:
    """Return each page once, as it is for whom it is slowest, in the order of their names."""
    found: dict[str, Figures] = {}
    for page in sorted(pages, key=lambda page: page["alone"]["p95_ms"]):
        found[page["page"]] = page
    return [found[name] for name in sorted(found)]


def work_table(levels: Mapping[str, Figures]) -> Iterator[str]:
    """Yield the lines of the table of writes and jobs, with the bare work beside."""
    yield "| work | " + " | ".join(levels) + " |"
    yield "| --- |" + " --- |" * len(levels)
    names = list(dict.fromkeys(n for level in levels.values() for n in level.get("work", {})))
    for name in names:
        cells = [_cell(level.get("work", {}).get(name, {})) for level in levels.values()]
        yield f"| {name} | " + " | ".join(cells) + " |"
    for name in ("cold_start_s", "web_peak_mb"):
        cells = [str(level.get(name, "")) for level in levels.values()]
        yield f"| {name} | " + " | ".join(cells) + " |"


def _cell(figures: Figures) -> str:
    return ", ".join(f"{name} {value}" for name, value in figures.items())


def growth_table(levels: Mapping[str, Figures]) -> Iterator[str]:
    """Yield how many pages grow how much from the smallest level to the largest."""
    small, large = by_page(levels, "county"), by_page(levels, "province")
    factor = LEVELS["province"].enterprises / LEVELS["county"].enterprises
    found = [
        exponent(small[key]["alone"]["p50_ms"], page["alone"]["p50_ms"], factor)
        for key, page in large.items()
        if key in small
    ]
    if not found:
        return
    yield "| exponent | pages |"
    yield "| --- | ---: |"
    steps = (-9.0, 0.02, 0.05, 0.1, 0.15, 9.0)
    for low, high in pairwise(steps):
        words = f"over {low}" if high == steps[-1] else f"up to {high}"
        yield f"| {words} | {sum(low < e <= high for e in found)} |"


def demo_table(figures: Figures) -> Iterator[str]:
    """Yield what was measured on the played contract, by phones and on the chain, as it was printed."""
    yield "| what | figures |"
    yield "| --- | --- |"
    for name, value in figures.items():
        if name not in ("levels", "machine"):
            cells = _flat(value) if isinstance(value, Mapping) else [str(value)]
            yield f"| {name} | {'; '.join(cells)} |"


def _flat(value: Figures, path: str = "") -> Iterator[str]:
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            yield from _flat(inner, f"{path}{name} ")
        else:
            yield f"{path}{name} {inner}"


def bars_text(figures: Figures) -> Iterator[str]:
    """Yield what the bars are and which are missed."""
    yield (
        f"Bars: a page takes {STATEMENTS} statements at most, a list {LIST_STATEMENTS}; at the province's level "
        f"95 of 100 requests of one client are answered in {SLOWEST_MS:.0f} ms, and in at most {GROWTH:.0f} times "
        f"what as long a page takes in a county (decision 0012); assigning a hundred enterprises takes 25 "
        f"statements at most; importing 5,000 rows takes 3 times reading and COPY alone at most; the overdue scan of "
        f"500,000 open hazards a minute at most; one clause given 100 ms at most; every total added up anew "
        f"4 times a bare sum of the same rows at most (decision 0013); five hundred contracts frozen for their "
        f"evaluation {APPRAISALS:.0f} times bare aggregates of the same counts at most; two workers make papers "
        f"{TWO_WORKERS} times as fast as one at least; the web takes {WEB_MB} MB a process at most. A page that "
        f"takes up to {NOISE_MS:.0f} ms is not judged by its growth."
    )
    yield ""
    found = missed(figures)
    yield "All of them hold." if not found else f"Missed ({len(found)}):"
    yield ""
    yield from (f"- {line}" for line in found)


def markdown(figures: Figures) -> str:
    """Return the whole page."""
    measured, made = figures["levels"], figures["machine"]
    levels = {name: measured[name] for name in LEVELS if name in measured}
    sizes = "; ".join(
        f"**{name}** {level.enterprises:,} enterprises, {level.hazards:,} hazards, {level.visits:,} visits, "
        f"{int(level.hazards * 0.4):,} point entries, {level.contracts} contracts"
        for name, level in LEVELS.items()
        if name in levels
    )
    told = (
        f"{made['cores']} cores ({made['processor']}), {made['memory_gb']} GB of memory, "
        f"{made['system']}, Python {made['python']}, embedded PostgreSQL 18"
    )
    parts = [
        HEAD.format(levels=sizes, machine=told, turns=TURNS),
        *bars_text(figures),
        "",
        "## Writes and jobs",
        "",
    ]
    parts += [
        *work_table(levels),
        "",
        "## A contract played through, the year's end, phones, the chain",
        "",
    ]
    parts += [*demo_table(figures), "", "## How pages grow from a county to a province", ""]
    parts += [*growth_table(levels), "", "## Pages", "", "Milliseconds.", "", *page_table(levels)]
    return "\n".join(parts) + "\n"
