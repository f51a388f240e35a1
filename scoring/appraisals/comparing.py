"""What a scheme changes: against another, and over contracts that were measured before."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal

from scoring.appraisals.parameters import LABELS
from scoring.appraisals.reading import compute
from scoring.appraisals.rules import FORMULAE, Indicator, Scheme
from scoring.appraisals.sources import MEASURES
from scoring.models import Appraisal
from tenancy.access import within
from tenancy.actors import Actor

NAMES = {
    "group": "一级要素", "name": "二级要素", "weight": "标准分值", "measure": "计量",
    "formula": "计分公式", "figures": "公式参数", "full_without_cases": "没有适用情形时按满分计",
    "point": "考评要点", "scoring": "评分标准", "method": "考评方式", "duty": "职责出处",
}  # fmt: skip
MOST = 200  # past evaluations that a try-out goes over, the newest


@dataclass(frozen=True, slots=True)
class SchemeChange:
    """One difference of an indicator or of a parameter; '' before is new, '' after is gone."""

    where: str
    label: str
    before: str
    after: str


def scheme_changes(before: Scheme, after: Scheme) -> list[SchemeChange]:
    """Return what `after` changes."""
    return [*_indicators(before, after), *_parameters(before, after)]


def _indicators(before: Scheme, after: Scheme) -> Iterator[SchemeChange]:
    old, new = ({i.code: i for i in one.indicators} for one in (before, after))
    for code in sorted({*old, *new}):
        if code not in new:
            yield SchemeChange(code, "指标", old[code].name, "")
        elif code not in old:
            yield SchemeChange(code, "指标", "", f"{new[code].name} {new[code].weight}分")
        else:
            yield from _fields(old[code], new[code])


def _fields(old: Indicator, new: Indicator) -> Iterator[SchemeChange]:
    for name, label in NAMES.items():
        pair = (_words(old, name), _words(new, name))
        if pair[0] != pair[1]:
            yield SchemeChange(new.code, label, *pair)


def _words(indicator: Indicator, name: str) -> str:
    value = getattr(indicator, name)
    if name == "measure":
        return MEASURES.get(value, value)
    if name == "formula":
        return FORMULAE[value].label
    if name == "figures":
        labels = FORMULAE[indicator.formula].fields
        return "，".join(f"{labels.get(n, n)} {v.normalize():f}" for n, v in value.items()) or "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value or "—"


def _parameters(before: Scheme, after: Scheme) -> Iterator[SchemeChange]:
    for one in fields(before.parameters):
        pair = [getattr(scheme.parameters, one.name) for scheme in (before, after)]
        if pair[0] != pair[1]:
            yield SchemeChange("参数", LABELS[one.name], str(pair[0]), str(pair[1]))


@dataclass(frozen=True, slots=True)
class Tried:
    """One past evaluation, as it was and as a scheme would have made it."""

    appraisal: Appraisal
    after: Decimal
    grade_after: str

    @property
    def grade_before(self) -> str:
        """What was decided."""
        return self.appraisal.grade

    @property
    def moved(self) -> Decimal:
        """By how much the score would differ."""
        return self.after - self.appraisal.score


def tried(scheme: Scheme, actor: Actor) -> list[Tried]:
    """Try a scheme over the newest evaluation of each contract of the region; nothing is written.

    What the evaluations counted was frozen; a measure of theirs that counts otherwise under the new
    parameters (distance, minutes, hours) stays as it was counted.
    """
    rows = Appraisal.objects.filter(within(actor)).exclude(state=Appraisal.State.SUPERSEDED)
    rows = rows.select_related("contract__provider_org", "third_party", "scheme")
    newest = rows.order_by("contract_id", "-purpose", "-made_at").distinct("contract_id")
    newest = newest.prefetch_related("corrections", "questionnaires")
    found = [_tried(scheme, row) for row in newest[:MOST]]
    return sorted(found, key=lambda one: -abs(one.moved))


def _tried(scheme: Scheme, row: Appraisal) -> Tried:
    _, whole = compute(row, scheme)
    return Tried(row, whole.score, whole.grade)
