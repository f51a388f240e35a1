"""A made-up year, played through the real services in a transaction that is taken back.

{"cycle": 2026, "trainings": 0, "inspections": [{"on": "2026-03-01", "refusal": false,
 "entries": [{"clause": "10.1", "units": 1, "outcome": "open|timely|overdue|onsite"}]}]}
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from PIL import Image

from accounts.models import User
from common.scope import acting_as
from enterprises.models import Enterprise
from scoring.models import PointCycle, PointEntry, RuleBook, RuleClause, ThresholdEvent
from scoring.points import Total
from scoring.selectors import cycle_total_of
from scoring.services import Given, entry_recheck, points_give, training_record
from scoring.services.books import rule_book_adopt
from tenancy.actors import SYSTEM, Actor, actor_for
from tenancy.enums import OrgKind, Role
from tenancy.models import Agency, Membership
from tenancy.services import agency_clock_set, agency_create, organization_for

REGION = "990101"  # no real one: nothing of an installation lies in it
OUTCOMES = ("open", "timely", "overdue", "onsite")
MORNING, NOON, EVENING = time(9), time(12), time(18)


class ScenarioError(ValueError):
    """The file is no scenario; the message says where."""


@dataclass(frozen=True, slots=True)
class Act:
    """One moment of the year: an inspection, what a recheck of it found, or a training."""

    at: datetime
    inspection: Mapping[str, Any] | None = None
    recheck_of: tuple[int, int] | None = None
    is_mended: bool = True


@dataclass(slots=True)
class Stage:
    """Who plays: a training agency with two officers, and one enterprise."""

    agency: Agency
    officers: tuple[Actor, Actor]
    firm: Enterprise
    given: dict[tuple[int, int], PointEntry] = field(default_factory=dict)


def play(scenario: Mapping[str, Any], book: RuleBook | None = None) -> dict[str, Any]:
    """Return {points, events, why} of a scenario; ScenarioError or DomainError where it is wrong.

    Without `book` the table that comes with the software counts. Nothing is kept.
    """
    year = _checked(scenario)
    with transaction.atomic(), acting_as(SYSTEM, atomic=False):
        try:
            stage = _stage(year, book)
            for act in sorted(_acts(scenario), key=lambda one: one.at):
                _do(stage, act)
            _train(stage, year, int(scenario.get("trainings", 0)))
            return _result(stage, year)
        finally:
            transaction.set_rollback(True)


def _checked(scenario: Mapping[str, Any]) -> int:
    year = scenario.get("cycle")
    if not isinstance(year, int) or not 2000 <= year <= 2100:
        raise ScenarioError("cycle 应为年度，例如 2026")
    if not isinstance(scenario.get("inspections", []), list):
        raise ScenarioError("inspections 应为列表")
    trainings = scenario.get("trainings", 0)
    if not isinstance(trainings, int) or isinstance(trainings, bool) or trainings < 0:
        raise ScenarioError("trainings 应为不小于0的整数")
    return year


def _acts(scenario: Mapping[str, Any]) -> Iterator[Act]:
    for number, inspection in enumerate(scenario.get("inspections", [])):
        where = f"inspections[{number}]"
        try:
            on = date.fromisoformat(inspection["on"])
        except (KeyError, TypeError, ValueError):
            raise ScenarioError(f"{where}.on 应为日期，例如 2026-03-01") from None
        if on.year != scenario["cycle"]:
            raise ScenarioError(f"{where}.on 不在 {scenario['cycle']} 年度")
        yield Act(_at(on, MORNING), inspection={**inspection, "on": on, "number": number})
        for place, entry in enumerate(inspection.get("entries", [])):
            outcome = entry.get("outcome", "open")
            if outcome not in OUTCOMES:
                raise ScenarioError(
                    f"{where}.entries[{place}].outcome 应为{'、'.join(OUTCOMES)}之一"
                )
            if outcome == "timely":
                yield Act(_at(on, EVENING), recheck_of=(number, place))
            elif outcome == "overdue":
                later = _at(on + timedelta(days=1), NOON)
                yield Act(later, recheck_of=(number, place), is_mended=False)


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


def _stage(year: int, book: RuleBook | None) -> Stage:
    start = _at(date(year, 1, 1), time(0))
    agency = agency_create(
        region_code=REGION, region_name="试算", name="试算机构", short_name="试算",
        is_training=True, training_now=start,
    )  # fmt: skip
    people = tuple(_officer(agency, number) for number in (1, 2))
    org_id = organization_for(
        kind=OrgKind.ENTERPRISE, name="试算企业", credit_code="91990101MA00000000", is_training=True
    )
    firm = Enterprise.objects.create(
        owner_agency=agency, region_code=REGION, enterprise_org_id=org_id, name="试算企业",
        credit_code="91990101MA00000000", industry="机械", principal_name="试算", search_text="试算",
    )  # fmt: skip
    rule_book_adopt(
        actor=SYSTEM, agency=agency, version="试算", adopted_on=start.date(), copy_of=book
    )
    return Stage(agency, people, firm)  # type: ignore[arg-type]


def _officer(agency: Agency, number: int) -> Actor:
    user = User.objects.create(username=f"scenario-{number}", name=f"试算人员{number}")
    made = Membership.objects.create(
        user=user, org=agency.org, role=Role.OFFICER, certificate_number=f"试算{number}"
    )
    return actor_for(Membership.objects.select_related("org__agency", "user").get(pk=made.pk))


def _do(stage: Stage, act: Act) -> None:
    agency_clock_set(agency=stage.agency, at=act.at)
    if act.inspection is not None:
        _inspect(stage, act.inspection)
    elif act.recheck_of is not None:
        entry = stage.given[act.recheck_of]
        with acting_as(stage.officers[0], atomic=False):
            entry_recheck(
                actor=stage.officers[0], entry=entry, is_mended=act.is_mended,
                reason="" if act.is_mended else "未整改",
            )  # fmt: skip


def _inspect(stage: Stage, inspection: Mapping[str, Any]) -> None:
    where = f"inspections[{inspection['number']}]"
    clauses = {c.code: c for c in RuleClause.objects.filter(book__owner_agency=stage.agency)}
    entries: Sequence[Mapping[str, Any]] = inspection.get("entries", [])
    given = []
    for place, entry in enumerate(entries):
        clause = clauses.get(str(entry.get("clause")))
        if clause is None:
            raise ScenarioError(
                f"{where}.entries[{place}].clause：记分表没有第{entry.get('clause')}款"
            )
        given.append(
            Given(
                clause=clause,
                units=_units(entry, f"{where}.entries[{place}]"),
                fact="试算",
                is_corrected_on_site=entry.get("outcome") == "onsite",
                due_on=inspection["on"],
                photos=[_picture()] if clause.is_major else [],
            )  # fmt: skip
        )
    first, second = stage.officers
    with acting_as(first, atomic=False):
        sheet = points_give(
            actor=first, enterprise=stage.firm, contract=None, given=given,
            second_officer=Membership.objects.get(pk=second.member), refusal_reason="试算",
            witness_name="试算", is_obstructed=bool(inspection.get("refusal", False)),
        )  # fmt: skip
        rows = PointEntry.objects.filter(sheet=sheet).order_by("pk")
        for place, row in enumerate(rows):
            stage.given[(inspection["number"], place)] = row


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 32)).save(out, "PNG")
    return out.getvalue()


def _units(entry: Mapping[str, Any], where: str) -> int:
    units = entry.get("units", 1)
    if not isinstance(units, int) or isinstance(units, bool) or units < 1:
        raise ScenarioError(f"{where}.units 应为正整数")
    return units


def _train(stage: Stage, year: int, trainings: int) -> None:
    for number in range(trainings):
        day = date(year, 12, 31) - timedelta(days=trainings - number - 1)
        agency_clock_set(agency=stage.agency, at=_at(day, EVENING))
        with acting_as(stage.officers[0], atomic=False):
            training_record(
                actor=stage.officers[0], enterprise=stage.firm, person_name=f"试算{number}",
                held_on=day, hours=Decimal(2), trainer_name="试算", score=100,
            )  # fmt: skip


def _result(stage: Stage, year: int) -> dict[str, Any]:
    cycle = PointCycle.objects.filter(enterprise=stage.firm, year=year).first()
    total = cycle_total_of(cycle) if cycle else Total()
    events = ThresholdEvent.objects.filter(enterprise=stage.firm).exclude(
        state=ThresholdEvent.State.CANCELLED
    )
    return {
        "points": f"{total.net:.1f}",
        "events": [event.kind.upper() for event in events.order_by("kind")],
        "why": why(total),
    }


def why(total: Total) -> dict[str, Any]:
    """Return what a total is made of, as JSON."""
    return {
        "gross": f"{total.gross:.1f}",
        "surcharge": f"{total.surcharge:.1f}",
        "refusal_surcharge": f"{total.obstruction:.1f}",
        "timely_reduction": f"{total.timely_reduction:.1f}",
        "training_reduction": f"{total.training_reduction:.1f}",
        "reduction": f"{total.reduction:.1f}",
        "waived": total.waived,
        "colour": total.colour,
        "entries": [
            {
                "clause": line.clause.code, "base": f"{line.base:.1f}", "repeats": line.repeats,
                "points": f"{line.points:.1f}", "reduction": f"{line.reduction:.1f}",
                "surcharge": f"{line.surcharge:.1f}", "waived": line.is_waived, "why": line.why,
            }
            for line in total.lines
        ],
    }  # fmt: skip
