"""The scheme that comes with the software (domain.md 3.3): a proposal, in a sheet of its own."""

import csv
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from scoring.appraisals.rules import Indicator, Scheme

FILE = Path(__file__).parent.parent / "data" / "appraisal-scheme-v1.csv"
NAME = "服务机构绩效考评指标"


@lru_cache(maxsize=1)
def standard_scheme() -> Scheme:
    """Return the enclosed scheme, checked."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = tuple(_indicator(row) for row in csv.DictReader(file))
    scheme = Scheme(NAME, "v1", is_proposal=True, indicators=rows)
    scheme.check()
    return scheme


def _indicator(row: dict[str, str]) -> Indicator:
    figures = dict(pair.split("=") for pair in row.pop("figures").split(";") if pair)
    weight = Decimal(row.pop("weight"))
    given = {name: Decimal(value) for name, value in figures.items()}
    return Indicator(weight=weight, figures=given, **row)  # type: ignore[arg-type]
