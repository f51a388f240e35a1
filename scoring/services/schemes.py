"""scheme_draft · indicator_save · indicator_remove · scheme_edit · scheme_adopt · scheme_drop:
the scheme of the evaluation, from a draft to the day it is adopted."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from common.errors import DomainError
from scoring.appraisals.parameters import SchemeParameters
from scoring.appraisals.rules import Indicator, SchemeError, check_indicator
from scoring.appraisals.sources import MEASURES
from scoring.appraisals.standard import standard_scheme
from scoring.models import AppraisalScheme, SchemeIndicator
from scoring.services.versions import (
    locked_draft,
    owner_of,
    version_adopt,
    version_create,
    version_drop,
    version_record,
)
from tenancy import clock
from tenancy.actors import Actor


@transaction.atomic
def scheme_draft(
    *, actor: Actor, version: str, based_on: AppraisalScheme | None = None, note: str = ""
) -> AppraisalScheme:
    """Begin a new version: a copy of another, or of the enclosed proposal. DomainError names the field."""
    agency = owner_of(AppraisalScheme, actor)
    source = based_on.as_scheme if based_on is not None else standard_scheme()
    scheme = version_create(
        AppraisalScheme, agency, version, note=note, based_on=based_on,
        is_proposal=source.is_proposal, parameters=source.parameters.as_data,
    )  # fmt: skip
    SchemeIndicator.objects.bulk_create(
        _row(scheme, indicator, place) for place, indicator in enumerate(source.indicators)
    )
    version_record(actor, scheme, "draft")
    return scheme


def columns_of(indicator: Indicator) -> dict[str, Any]:
    """Return an indicator's own columns."""
    names = (
        "code", "group", "name", "weight", "measure", "formula", "full_without_cases", "point",
        "scoring", "method", "duty",
    )  # fmt: skip
    figures = {name: str(value) for name, value in indicator.figures.items()}
    return {**{name: getattr(indicator, name) for name in names}, "figures": figures}


def _row(scheme: AppraisalScheme, indicator: Indicator, place: int) -> SchemeIndicator:
    return SchemeIndicator(
        scheme=scheme, region_code=scheme.region_code, position=place, **columns_of(indicator)
    )


@transaction.atomic
def indicator_save(
    *,
    actor: Actor,
    scheme: AppraisalScheme,
    data: Indicator,
    indicator: SchemeIndicator | None = None,
) -> SchemeIndicator:
    """Add an indicator to a draft, or write one anew. DomainError names the field."""
    locked = locked_draft(actor, scheme)
    if data.measure not in MEASURES:
        raise DomainError("请选择计量", field="measure")
    try:
        check_indicator(data)
    except SchemeError as error:
        raise DomainError(str(error), field="formula") from None
    others = locked.indicators.filter(code=data.code)
    if indicator is not None:
        others = others.exclude(pk=indicator.pk)
    if others.exists():
        raise DomainError(f"指标{data.code}已存在", field="code")
    saved = indicator or _row(locked, data, locked.indicators.count())
    for name, value in columns_of(data).items():
        setattr(saved, name, value)
    saved.save()
    return saved


@transaction.atomic
def indicator_remove(*, actor: Actor, indicator: SchemeIndicator) -> None:
    """Take an indicator out of a draft."""
    locked_draft(actor, indicator.scheme)
    indicator.delete()


@transaction.atomic
def scheme_edit(
    *,
    actor: Actor,
    scheme: AppraisalScheme,
    parameters: Mapping[str, Any],
    note: str,
    is_proposal: bool,
) -> AppraisalScheme:
    """Write a draft's parameters and what it says of itself."""
    locked = locked_draft(actor, scheme)
    try:
        locked.parameters = SchemeParameters.of(parameters).as_data
    except ValueError as error:
        raise DomainError(str(error)) from None
    locked.note, locked.is_proposal = note.strip(), is_proposal
    locked.save(update_fields=["parameters", "note", "is_proposal"])
    return locked


@transaction.atomic
def scheme_adopt(*, actor: Actor, scheme: AppraisalScheme, adopted_on: date) -> AppraisalScheme:
    """Adopt a draft whose weights make 100, from a day on; after that nothing of it changes."""
    locked = locked_draft(actor, scheme)
    if adopted_on < clock.today(locked.owner_agency_id):
        raise DomainError("施行日期不能早于今天", field="adopted_on")
    try:
        locked.as_scheme.check()
    except SchemeError as error:
        raise DomainError(str(error)) from None
    return version_adopt(actor, locked, adopted_on)


@transaction.atomic
def scheme_drop(*, actor: Actor, scheme: AppraisalScheme) -> None:
    """Throw a draft away."""
    version_drop(actor, scheme)
