"""The year's end of five hundred contracts, beside the same counts as bare SQL aggregates.

Each agency evaluates its own contracts, as its worker does; then all of them are frozen at once,
twice. Everything is taken back.
"""

import json
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402  (after Django is up)

from agencies.models import ServiceContract  # noqa: E402
from common.scope import acting_as  # noqa: E402
from inspections.models import Hazard  # noqa: E402
from scoring.appraisals.freezing import Asked, freeze, values_of  # noqa: E402
from scoring.appraisals.parameters import SchemeParameters  # noqa: E402
from scoring.appraisals.sources import ASKED, SOURCES, Source  # noqa: E402
from scoring.appraisals.standard import standard_scheme  # noqa: E402
from scoring.models import Appraisal  # noqa: E402
from scoring.services import appraisals_freeze  # noqa: E402
from stack import embedded  # noqa: E402
from tenancy.actors import SYSTEM, system_for  # noqa: E402
from tenancy.models import Agency  # noqa: E402
from tests.bench.data.levels import AS_OF  # noqa: E402

TURNS = 3
YEAR = AS_OF.year
BARE = f"""
{ASKED}, rows AS ({{rows}})
SELECT appraisal_id, {{sums}} FROM rows GROUP BY appraisal_id
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds, each the quietest of its turns; ratios are to the bare aggregates."""

    contracts: int
    indicators: int
    hazards: int
    bare_s: float
    at_once_s: float
    ratio: float
    by_agency_s: float
    by_agency_ratio: float
    same_hash: bool


def by_agency(contracts: Sequence[ServiceContract]) -> float:
    """Every agency evaluates its contracts: frozen, computed, written, each provider asked."""
    whose: dict[int, list[ServiceContract]] = defaultdict(list)
    for one in contracts:
        whose[one.owner_agency_id].append(one)
    with acting_as(SYSTEM):
        agencies = list(Agency.objects.select_related("org").filter(pk__in=whose))
    spent = 0.0
    for agency in agencies:
        actor = system_for(agency)
        with acting_as(actor):
            began = time.perf_counter()
            appraisals_freeze(actor=actor, contracts=whose[agency.pk], year=YEAR, at=AS_OF)
            spent += time.perf_counter() - began
            transaction.set_rollback(True)
    return spent


def at_once(contracts: Sequence[ServiceContract]) -> tuple[float, list[str]]:
    """All contracts counted, their records written and hashed, in one go; the hashes."""
    scheme = standard_scheme()
    with acting_as(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        rows = Appraisal.objects.bulk_create(
            Appraisal(
                **one.tenant, contract=one, year=YEAR, made_at=AS_OF, measures={}, input_sha256="",
                score=0, grade="D", scheme_version=scheme.version, state=Appraisal.State.FROZEN,
                purpose=Appraisal.Purpose.FINAL,
            )
            for one in contracts
        )  # fmt: skip
        asked = [Asked(row.pk, row.contract_id, scheme.parameters) for row in rows]
        began = time.perf_counter()
        found = freeze(asked, AS_OF)
        spent = time.perf_counter() - began
        transaction.set_rollback(True)
    return spent, [found[row.pk].sha256 for row in rows]


def bare(contracts: Sequence[ServiceContract]) -> float:
    """The same numerators and denominators by psycopg2 alone, as the owner, in one process."""
    values = values_of(SchemeParameters(), AS_OF)
    ids = [one.pk for one in contracts]
    with connection.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        began = time.perf_counter()
        for source in SOURCES:
            cursor.execute(bare_sql(source), {**values, "appraisals": ids, "contracts": ids})
            cursor.fetchall()
        return time.perf_counter() - began


def bare_sql(source: Source) -> str:
    """Return the counts of one kind of record as anybody would write them."""
    sums = []
    for one in source.readings:
        if one.numerator:
            sums += [
                f"sum({side}) FILTER (WHERE {one.counts})"
                for side in (one.numerator, one.denominator)
            ]
        else:
            sums += [f"count(*) FILTER (WHERE ({one.counts}) AND ({one.good}))",
                     f"count(*) FILTER (WHERE {one.counts})"]  # fmt: skip
    return BARE.format(rows=source.rows, sums=", ".join(sums))


def main() -> None:
    """Print the figures as JSON."""
    embedded.ensure_started()
    with acting_as(SYSTEM):
        contracts = list(ServiceContract.objects.select_related("provider_org").order_by("pk"))
        hazards = Hazard.objects.count()
    alone = min(bare(contracts) for _ in range(TURNS))
    once = [at_once(contracts) for _ in range(TURNS)]
    spent = min(seconds for seconds, _ in once)
    each = by_agency(contracts)
    figures: dict[str, Any] = asdict(Figures(
        contracts=len(contracts), indicators=len(standard_scheme().indicators), hazards=hazards,
        bare_s=round(alone, 2), at_once_s=round(spent, 2), ratio=round(spent / alone, 2),
        by_agency_s=round(each, 2), by_agency_ratio=round(each / alone, 2),
        same_hash=all(hashes == once[0][1] for _, hashes in once),
    ))  # fmt: skip
    print(json.dumps({"appraisals": figures}))


if __name__ == "__main__":
    main()
