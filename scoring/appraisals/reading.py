"""An evaluation as it stands: its scheme, its measures with what corrects them, what they come to."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from documents.frozen import freeze
from scoring.appraisals.composite import Composite, compose
from scoring.appraisals.documents import AppraisalIndicator
from scoring.appraisals.rules import Measure, Result, Scheme, Scored, appraise, rounded
from scoring.appraisals.sources import SATISFACTION
from scoring.appraisals.standard import standard_scheme
from scoring.documents import VersionMark
from scoring.models import Appraisal, AppraisalCorrection, AppraisalScheme, Questionnaire
from scoring.models.parties import MOST, QUESTIONS
from scoring.selectors import adopted_for

# Why a measure has no cases, where more can be said than that nothing applies.
WHY_NONE = {
    "missed": "没有抽查验收的企业",
    "major": "没有发现重大隐患",
    SATISFACTION: "没有可用的问卷",
    "entries": "没有须录入外部系统的事项",
}
FULL_FORM = MOST * len(QUESTIONS)


def scheme_in_force(region_code: str, day: date) -> AppraisalScheme | None:
    """Return the scheme of a day; None where nobody adopted one: the enclosed proposal holds."""
    rows = adopted_for(AppraisalScheme, region_code).filter(adopted_on__lte=day)
    return rows.prefetch_related("indicators").first()


def rules_of(scheme: AppraisalScheme | None) -> Scheme:
    """Return what a scheme computes with."""
    return scheme.as_scheme if scheme is not None else standard_scheme()


def scheme_mark(scheme: Scheme) -> VersionMark:
    """Return how papers name a scheme."""
    return VersionMark(scheme.name, scheme.version, scheme.is_proposal)


def stored(measures: Mapping[str, Measure]) -> dict[str, Any]:
    """Return measures as a row keeps them, decimals as text."""
    return {
        name: {"numerator": str(m.numerator), "denominator": str(m.denominator)}
        for name, m in measures.items()
    }


def frozen_measures(appraisal: Appraisal, scheme: Scheme) -> dict[str, Measure]:
    """Return {indicator code: what was frozen for it}."""
    found = {}
    for indicator in scheme.indicators:
        kept = appraisal.measures.get(indicator.measure, {})
        found[indicator.code] = Measure(
            Decimal(kept.get("numerator", "0")), Decimal(kept.get("denominator", "0"))
        )
    return found


def forms_of(appraisal: Appraisal) -> list[Questionnaire]:
    """Return the opened forms that count; before they are closed, none."""
    if appraisal.closed_at is None:
        return []
    rows = [form for form in appraisal.questionnaires.all() if form.filed_at and form.opened_at]
    return [form for form in rows if not form.excluded_reason]


def third_of(appraisal: Appraisal) -> Decimal | None:
    """Return the third body's opened score, if there is one."""
    third = getattr(appraisal, "third_party", None) if appraisal.closed_at else None
    return third.score if third is not None else None


def measures_now(appraisal: Appraisal, scheme: Scheme) -> dict[str, Measure]:
    """Return {indicator code: measure}: what was frozen, the forms, and what people corrected."""
    found = frozen_measures(appraisal, scheme)
    forms = [form.score for form in forms_of(appraisal)]
    for indicator in scheme.indicators:
        if indicator.measure == SATISFACTION:
            whole = Decimal(FULL_FORM * len(forms))
            found[indicator.code] = Measure(Decimal(sum(forms)), whole)
    for correction in corrections_of(appraisal).values():
        found[correction.code] = Measure(
            _plain(correction.numerator), _plain(correction.denominator)
        )
    return found


def _plain(value: Decimal) -> Decimal:
    """Return a number without the zeros of its column: papers say 1/2, not 1.00/2.00."""
    return value.to_integral() if value == value.to_integral() else value.normalize()


def corrections_of(appraisal: Appraisal) -> dict[str, AppraisalCorrection]:
    """Return {indicator code: the last word of a person on it}."""
    return {row.code: row for row in appraisal.corrections.all()}


def veto_words(appraisal: Appraisal) -> str:
    """Return why the grade is D whatever the score; '' where nothing was verified."""
    return "；".join(veto["words"] for veto in appraisal.vetoes)


def compute(appraisal: Appraisal, scheme: Scheme | None = None) -> tuple[Result, Composite]:
    """Compute an evaluation from what it stands on, by its own scheme or by another; no more."""
    rules = scheme or rules_of(appraisal.scheme)
    result = appraise(rules, measures_now(appraisal, rules))
    composite = compose(
        rules.parameters,
        buyer=result.exact,
        forms=[Decimal(form.score) for form in forms_of(appraisal)],
        served=len(appraisal.questionnaires.all()) if appraisal.closed_at else 0,
        third=third_of(appraisal),
        veto_reason=veto_words(appraisal),
    )
    return result, composite


def write(appraisal: Appraisal) -> None:
    """Compute an evaluation anew and keep what came out on its row (not saved)."""
    result, composite = compute(appraisal)
    notes = {code: row.reason for code, row in corrections_of(appraisal).items()}
    appraisal.results = freeze(tuple(_line(one, notes) for one in result.scored))
    appraisal.measured_weight = result.measured_weight
    appraisal.buyer_score = result.score
    served, third = composite.parties[1].score, composite.parties[2].score
    appraisal.served_score = rounded(served) if served is not None else None
    appraisal.third_score = rounded(third) if third is not None else None
    appraisal.parties = freeze(composite.parties)
    appraisal.flags = list(composite.flags)
    appraisal.score, appraisal.grade = composite.score, composite.grade
    appraisal.veto_reason = composite.veto_reason[:300]


def _line(one: Scored, notes: Mapping[str, str]) -> AppraisalIndicator:
    indicator, has_cases = one.indicator, one.measure.is_measured
    reason = one.reason
    if not has_cases and indicator.measure in WHY_NONE:
        full = "，按满分计" if one.score is not None else ""
        reason = f"{WHY_NONE[indicator.measure]}{full}"
    return AppraisalIndicator(
        code=indicator.code,
        group=indicator.group,
        name=indicator.name,
        weight=indicator.weight,
        point=indicator.point,
        scoring=indicator.scoring,
        method=indicator.method,
        numerator=one.measure.numerator if has_cases else None,
        denominator=one.measure.denominator if has_cases else None,
        deduction=one.deduction,
        score=rounded(one.score) if one.score is not None else None,
        unmeasured_reason=reason,
        note=notes.get(indicator.code, ""),
    )
