"""Which columns a file for an outside system has, by version: `data/outside_systems.json`.

The names of columns are ours until the system's operator gives his own [proposal]: his then go into
the system's own `columns`, with the next `version`. Each export keeps the version it was made by.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLES = {"enterprises": "企业基本信息", "hazards": "隐患台账", "rectifications": "整改情况"}
NOTICE = "列名由本平台拟定，该系统的运营方给出正式模板后再调整；本文件供人工导入或录入，没有与该系统联网。"


@dataclass(frozen=True, slots=True)
class System:
    """An outside system, and what its files look like: for each table (name of column, field)."""

    code: str
    name: str
    version: str
    columns: Mapping[str, Sequence[tuple[str, str]]]
    topics: Sequence[str]  # of guidance, under which its entry is kept (criterion 8)


@cache
def systems() -> dict[str, System]:
    """Return the known systems by code."""
    path = Path(__file__).parents[1] / "data" / "outside_systems.json"
    known = json.loads(path.read_text(encoding="utf-8"))
    return {
        given["code"]: System(
            given["code"],
            given["name"],
            given["version"],
            {
                table: [(label, field) for label, field in columns]
                for table, columns in (known["columns"] | given.get("columns", {})).items()
            },
            given["topics"],
        )
        for given in known["systems"]
    }


def choices() -> list[tuple[str, str]]:
    """Return (code, name) of each system."""
    return [(system.code, system.name) for system in systems().values()]
