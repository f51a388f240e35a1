"""A contract's obligations against the records: bought, done, accepted; and the records themselves.

However many obligations a contract has, they are asked for in a fixed number of statements.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import CharField, Count, Q, QuerySet
from django.db.models.functions import Cast

from agencies.models import (
    Assignment,
    Obligation,
    ObligationAcceptance,
    ObligationDelivery,
    ServiceContract,
)
from agencies.services.terms import delivered_by_line
from common.errors import Refused
from documents.models import Document
from inspections.burndown import Owed, Share, percent, shares
from inspections.models import Hazard, Meeting, Recheck, Visit
from tenancy import clock

Kind = Obligation.Kind
PAPERS = {Kind.REPORT: "enterprise_report", Kind.CONCLUSION: "conclusion"}


@dataclass(frozen=True, slots=True)
class Line:
    """One obligation, and how it stands."""

    obligation: Obligation
    share: Share
    today: date
    acceptances: Sequence[ObligationAcceptance] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How much was done."""
        return self.share.number

    @property
    def percent(self) -> int:
        """How much of what was bought is done, of 100."""
        return percent(self.done, self.obligation.quantity)

    @property
    def accepted(self) -> int:
        """How much was accepted."""
        return sum(one.quantity for one in self.acceptances)

    @property
    def open(self) -> int:
        """How much was done and not yet accepted."""
        return self.done - self.accepted

    @property
    def days_late(self) -> int:
        """By how many days what is owed is late, 0 where it is not."""
        is_short = self.done < self.obligation.quantity and not self.is_settled
        return max(0, (self.today - self.obligation.due_on).days) if is_short else 0

    @property
    def is_settled(self) -> bool:
        """Whether all was accepted, or what is missing was stated as not done."""
        return self.accepted >= self.obligation.quantity or any(
            a.is_final for a in self.acceptances
        )

    @property
    def results(self) -> dict[str, bool | None]:
        """{standard: whether it was met} of those agreed: once not met, not met; None before."""
        found: dict[str, bool | None] = {}
        for name, _, _ in self.obligation.standards:
            answers = [a.results[name] for a in self.acceptances if name in a.results]
            found[name] = all(answers) if answers else None
        return found

    @property
    def is_met(self) -> bool:
        """Whether all of it was accepted and every agreed standard met."""
        is_whole = self.accepted >= self.obligation.quantity
        return is_whole and all(met for met in self.results.values())


def lines_of(contract: ServiceContract, today: date) -> list[Line]:
    """Return how every obligation of a contract in force stands, by what is due first."""
    rows = list(
        Obligation.objects.filter(contract=contract, superseded_at=None).order_by("due_on", "pk")
    )
    if not rows:
        return []
    counts, delivered = done_by_kind(contract), delivered_by_line(contract)
    accepted = acceptances_by_line(contract)
    found: dict[int, Share] = {}
    for kind, done in counts.items():
        owed = [Owed(row.pk, row.quantity, row.due_on) for row in rows if row.kind == kind]
        found |= shares(owed, done)
    return [
        Line(
            obligation=row,
            share=found.get(row.pk, Share(0, delivered.get(row.line, 0))),
            today=today,
            acceptances=accepted.get(row.line, []),
        )
        for row in rows
    ]


def line_of(obligation: Obligation) -> Line | None:
    """Return how one obligation stands; None for one that was superseded."""
    contract = obligation.contract
    lines = lines_of(contract, clock.today_of(contract.owner_agency))
    return next((line for line in lines if line.obligation.pk == obligation.pk), None)


def line_in_force(obligation: Obligation) -> Line:
    """Return the same; one that was superseded is not found (404)."""
    line = line_of(obligation)
    if line is None:
        raise Refused(Obligation._meta.label_lower, obligation.pk)
    return line


def acceptances_by_line(contract: ServiceContract) -> Mapping[int, list[ObligationAcceptance]]:
    """Return {line: what was accepted of it} of a contract, in one statement."""
    rows = ObligationAcceptance.objects.filter(obligation__contract=contract, revoked_at=None)
    found = defaultdict(list)
    for row in rows.select_related("obligation").order_by("accepted_at", "pk"):
        found[row.obligation.line].append(row)
    return found


def done_by_kind(contract: ServiceContract) -> dict[str, int]:
    """Return {kind: how many records} of a contract, for the kinds that records count."""
    meetings = {
        row["kind"]: row["number"]
        for row in _meetings(contract).order_by().values("kind").annotate(number=Count("pk"))
    }
    papers = _papers(contract, PAPERS.values()).order_by().values("kind")
    issued = {row["kind"]: row["number"] for row in papers.annotate(number=Count("pk"))}
    training = meetings.pop(Meeting.Kind.TRAINING, 0)
    return {
        Kind.VISIT: _visits(contract).count(),
        Kind.RECHECK: _rechecks(contract).count(),
        Kind.TRAINING: training,
        Kind.MEETING: sum(meetings.values()),
        **{kind: issued.get(paper, 0) for kind, paper in PAPERS.items()},
    }


def records_of(obligation: Obligation) -> QuerySet[Any]:
    """Return every record that counts for obligations of this kind, in the order they count."""
    contract = obligation.contract
    kind = Kind(obligation.kind)
    if kind == Kind.VISIT:
        rows: QuerySet[Any] = _visits(contract).select_related("enterprise")
        return rows.order_by("arrived_at", "pk")
    if kind == Kind.RECHECK:
        rows = _rechecks(contract).select_related("hazard__enterprise")
        return rows.order_by("rechecked_at", "pk")
    if kind in (Kind.TRAINING, Kind.MEETING):
        is_training = Q(kind=Meeting.Kind.TRAINING)
        rows = _meetings(contract).filter(is_training if kind == Kind.TRAINING else ~is_training)
        return rows.order_by("starts_at", "pk")
    if kind in PAPERS:
        return _papers(contract, [PAPERS[kind]]).defer("content").order_by("issued_at", "pk")
    deliveries = ObligationDelivery.objects.filter(withdrawn_at=None)
    line = Q(obligation=obligation.line) | Q(obligation__first=obligation.line)
    return deliveries.filter(line).order_by("delivered_on", "pk")


def _visits(contract: ServiceContract) -> QuerySet[Visit]:
    """The provider's visits that the site representative signed."""
    return Visit.objects.filter(
        assignment__batch__contract=contract, state=Visit.State.SIGNED
    ).exclude(kind__in=Visit.OFFICIAL)


def _rechecks(contract: ServiceContract) -> QuerySet[Recheck]:
    """The provider's rechecks of what it found itself."""
    return Recheck.objects.filter(
        hazard__assignment__batch__contract=contract, hazard__source=Hazard.Source.PROVIDER
    )


def _meetings(contract: ServiceContract) -> QuerySet[Meeting]:
    return Meeting.objects.filter(batch__contract=contract, state=Meeting.State.HELD)


def _papers(contract: ServiceContract, kinds: Any) -> QuerySet[Document]:
    """Papers issued for the enterprises of the contract that still stand."""
    served = Assignment.objects.filter(batch__contract=contract)
    return Document.objects.filter(
        kind__in=list(kinds),
        state=Document.State.ISSUED,
        subject_type="agencies.assignment",
        subject_id__in=served.annotate(key=Cast("pk", CharField())).values("key"),
    )
