"""All that is watched of one contract, in a fixed number of statements (履约监督)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from agencies.models import Assignment, ServiceBatch, ServiceContract
from inspections.access import hazards_of, signs_seen
from inspections.models import (
    Complaint,
    Disclosure,
    DisclosureItem,
    ExpertReview,
    Hazard,
    Meeting,
    Severity,
    Sign,
    SupervisionRules,
    TeamMember,
    VerifiedBreach,
)
from inspections.models.hazards import HazardQuerySet
from inspections.supervision import planned_visits, rules_of
from tenancy.actors import Actor

MOST = 50  # major hazards that the page names; the ledger has them all


@dataclass(frozen=True, slots=True)
class MajorReport:
    """A major hazard: how long its first notice and its written report took, against the figures.

    Minutes to the notice, hours to the report (tenths, as text); None: there is none yet.
    """

    hazard: Hazard
    notice_minutes: int | None
    report_hours: str | None
    is_noticed_late: bool
    is_reported_late: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """What stands on the page of a contract; the last two are for the organizer alone."""

    numbers: dict[str, int]
    visits: dict[str, int]
    batches: list[ServiceBatch]
    majors: list[MajorReport]
    rules: SupervisionRules
    breaches: list[VerifiedBreach]
    signs: list[tuple[str, str, int]]


def overview(actor: Actor, contract: ServiceContract, today: date) -> Overview:
    """Return what is watched of a contract, as the actor may see it."""
    rules = rules_of(contract.owner_agency_id)
    majors = majors_of(actor, contract).select_related("enterprise")
    batches = contract.batches.select_related("visit_plan").order_by("pk")
    breaches = VerifiedBreach.objects.filter(contract=contract).order_by("-happened_on", "pk")
    return Overview(
        numbers=_numbers(contract, actor, rules),
        visits=planned_visits(contract.pk, today),
        batches=list(batches[:MOST]),
        majors=[_major(row, rules) for row in majors.order_by("-found_at", "pk")[:MOST]],
        rules=rules,
        breaches=list(breaches[:MOST]),
        signs=_signs(actor, contract) if actor.may("sign_view") else [],
    )


def _major(hazard: Hazard, rules: SupervisionRules) -> MajorReport:
    notice, report = hazard.major_noticed_at, hazard.major_reported_at
    minutes = int((notice - hazard.found_at).total_seconds()) // 60 if notice else None
    seconds = (report - hazard.found_at).total_seconds() if report else None
    return MajorReport(
        hazard=hazard,
        notice_minutes=minutes,
        report_hours=f"{seconds / 3600:.1f}" if seconds is not None else None,
        is_noticed_late=minutes is None or minutes > rules.notice_minutes,
        is_reported_late=seconds is None or seconds > rules.report_hours * 3600,
    )


def _signs(actor: Actor, contract: ServiceContract) -> list[tuple[str, str, int]]:
    """Return (kind, word, how many) of the signs that stand."""
    rows = signs_seen(actor).standing().filter(assignment__batch__contract=contract)
    counted = dict(rows.order_by().values_list("kind").annotate(n=Count("pk")))
    return [(kind, word, counted[kind]) for kind, word in Sign.Kind.choices if kind in counted]


def majors_of(actor: Actor, contract: Any) -> HazardQuerySet:
    """Return the major hazards that the provider found under a contract, of what the actor may see."""
    rows = hazards_of(actor).filter(assignment__batch__contract=contract)
    rows = rows.filter(severity=Severity.MAJOR, source=Hazard.Source.PROVIDER)
    return rows.exclude(state=Hazard.State.DISMISSED)


def _numbers(contract: ServiceContract, actor: Actor, rules: SupervisionRules) -> dict[str, int]:
    """Return every plain count of the page, in one statement."""
    mine = {"contract": OuterRef("pk")}
    of_batch = {"batch__contract": OuterRef("pk"), "withdrawn_at": None}
    team = TeamMember.objects.filter(**mine)
    told = DisclosureItem.objects.filter(disclosure__batch__contract=OuterRef("pk"))
    made = Disclosure.objects.filter(batch__contract=OuterRef("pk"))
    reviews = ExpertReview.objects.filter(**mine)
    held = Meeting.objects.filter(batch__contract=OuterRef("pk"), state=Meeting.State.HELD)
    asked: dict[str, QuerySet[Any]] = {
        "enterprises": Assignment.objects.filter(**of_batch),
        "guided": Assignment.objects.filter(**of_batch, guided_on__isnull=False),
        "team": team.filter(state__in=TeamMember.LIVE),
        "confirmed": team.filter(state=TeamMember.State.CONFIRMED),
        "breaches": VerifiedBreach.objects.filter(**mine, state=VerifiedBreach.State.STANDING),
        "both": Assignment.objects.filter(**of_batch, guided_on__isnull=False).filter(
            Exists(DisclosureItem.objects.filter(assignment=OuterRef("pk")))
        ),
        "disclosures": made,
        "acknowledged": made.filter(state=Disclosure.State.ACKNOWLEDGED),
        **{f"meeting_{kind}": held.filter(kind=kind) for kind in Meeting.Kind.values},
        **{f"review_{state}": reviews.filter(state=state) for state in ExpertReview.State.values},
    }
    if actor.may("complaint_handle"):
        complaints = Complaint.objects.filter(**mine)
        asked |= {f"complaint_{s}": complaints.filter(state=s) for s in Complaint.State.values}
    late = majors_of(actor, OuterRef("pk")).filter(
        Q(major_noticed_at=None)
        | Q(major_noticed_at__gt=F("found_at") + timedelta(minutes=rules.notice_minutes))
        | Q(major_reported_at=None)
        | Q(major_reported_at__gt=F("found_at") + timedelta(hours=rules.report_hours))
    )
    asked |= {"majors": majors_of(actor, OuterRef("pk")), "majors_late": late}
    row = ServiceContract.objects.filter(pk=contract.pk).annotate(
        **{f"n_{name}": _count(rows) for name, rows in asked.items()},
        n_told=_count(told.filter(assignment__withdrawn_at=None), "assignment"),
    )
    names = [*asked, "told"]
    values = row.values(*(f"n_{name}" for name in names)).get()
    return {name: values[f"n_{name}"] for name in names}


def _count(rows: QuerySet[Any], by: str = "pk") -> Coalesce:
    """Count the rows of a sub-select, or the different values of a field of theirs."""
    counted = rows.order_by().annotate(one=Value(1)).values("one")
    number = counted.annotate(n=Count(by, distinct=by != "pk")).values("n")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)
