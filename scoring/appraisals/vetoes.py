"""What makes a provider fail whatever its score (一票否决, domain.md 3.3)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from agencies.models import ServiceContract
from inspections.models import BreachKind, VerifiedBreach
from scoring.appraisals.rules import Scheme

ONCE = (
    BreachKind.FALSE_REPORT, BreachKind.LOWERED, BreachKind.EXTRA_FEE, BreachKind.CONCEALED,
    BreachKind.LENT, BreachKind.UNSERVED, BreachKind.SUBCONTRACTED, BreachKind.BOTH_SIDES,
)  # fmt: skip


def vetoes_of(
    contracts: Sequence[ServiceContract], rules: Mapping[str, Scheme]
) -> dict[int, list[dict[str, str]]]:
    """Return {contract: vetoes}, each with its kind, words and the breach that it rests on.

    One verified breach of a kind in `ONCE` is enough; not coming to a visit counts from so many
    times on as the scheme says. `rules`: {region code: scheme}. One statement for all contracts.
    """
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    absent: dict[int, list[VerifiedBreach]] = defaultdict(list)
    rows = VerifiedBreach.objects.filter(
        contract__in=contracts, state=VerifiedBreach.State.STANDING
    )
    for row in rows.order_by("happened_on", "pk"):
        if row.kind in ONCE:
            found[row.contract_id].append(_veto(row, row.get_kind_display()))
        elif row.kind == BreachKind.ABSENT:
            absent[row.contract_id].append(row)
    for contract in contracts:
        missed = absent[contract.pk]
        if len(missed) >= rules[contract.region_code].parameters.absences_for_veto:
            words = f"{missed[0].get_kind_display()}{len(missed)}次"
            found[contract.pk].append(_veto(missed[0], words))
    return dict(found)


def _veto(row: VerifiedBreach, words: str) -> dict[str, str]:
    return {"kind": row.kind, "breach": str(row.pk),
            "words": f"{words}（{row.happened_on:%Y-%m-%d}）"}  # fmt: skip
