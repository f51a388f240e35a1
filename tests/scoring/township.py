"""A township that gives points, and one enterprise that gets them: no contract, no provider."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from common.scope import acting_as
from enterprises.models import Enterprise
from scoring.models import PointCycle, PointEntry, PointSheet, RuleBook, RuleClause, ThresholdEvent
from scoring.services import Given, points_give, rule_book_adopt
from tenancy.actors import Actor, system_for
from tenancy.enums import Role
from tenancy.models import Agency, Membership
from tenancy.services import agency_clock_set
from tests import county as counties
from tests import world

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # a Monday, ten o'clock
SIGNED = {"signature": counties.picture(kind="PNG"), "representative_name": "张立新"}
V8A = ("14.3", "15.4", "8.4", "2.1", "10.1")


@dataclass
class Township:
    """Everybody of it."""

    agency: Agency
    admin: Actor
    officer: Actor
    second: Actor
    principal: Actor
    firm: Enterprise
    book: RuleBook

    def at(self, moment: datetime) -> None:
        """Set its clock."""
        with acting_as(self.admin):
            agency_clock_set(agency=self.agency, at=moment)

    def later(self, **span: int) -> None:
        """Let time go by."""
        with acting_as(self.admin):
            now = Agency.objects.get(pk=self.agency.pk).training_now
        self.at(now + timedelta(**span))

    def clause(self, code: str) -> RuleClause:
        """A clause of the book in force."""
        with acting_as(self.admin):
            return RuleClause.objects.get(book=self.book, code=code)

    def given(self, code: str, **more: object) -> Given:
        """A clause as officers saw it themselves."""
        clause = self.clause(code)
        photos = [counties.picture()] if clause.is_major else []
        return Given(clause, **{"fact": "现场查见", "photos": photos} | more)

    def give(
        self, *codes: str | Given, firm: Enterprise | None = None, **more: object
    ) -> PointSheet:
        """Two officers give clauses on one sheet, signed unless told otherwise."""
        given = [self.given(one) if isinstance(one, str) else one for one in codes]
        with acting_as(self.officer):
            values = {"second_officer": self.partner} | SIGNED | more
            return points_give(
                actor=self.officer, enterprise=firm or self.firm, contract=None, given=given,
                **values,
            )  # fmt: skip

    @property
    def partner(self) -> Membership:
        """The second officer as a member."""
        return Membership.objects.get(pk=self.second.member)

    def cycle(self, year: int = 2026) -> PointCycle:
        """The enterprise's points of a year."""
        with acting_as(self.admin):
            return PointCycle.objects.select_related("book").get(enterprise=self.firm, year=year)

    def event(self, kind: str = "reached_12") -> ThresholdEvent:
        """What the enterprise reached."""
        with acting_as(self.admin):
            return ThresholdEvent.objects.select_related("enterprise").get(
                enterprise=self.firm, kind=kind
            )

    def entry(self, code: str) -> PointEntry:
        """The one entry of a clause."""
        with acting_as(self.admin):
            return PointEntry.objects.select_related("cycle").get(code=code)

    @property
    def system(self) -> Actor:
        """Who works at night."""
        with acting_as(self.admin):
            return system_for(Agency.objects.select_related("org").get(pk=self.agency.pk))


def build(code: str = "130371", number: int = 0) -> Township:
    """A region with a rule book in force and one enterprise."""
    agency = world.agency(code, now=NOW)
    admin = world.member(agency.org, Role.AGENCY_ADMIN)
    with acting_as(admin):
        firm = counties.enterprise(agency, number)
        book = rule_book_adopt(
            actor=admin, agency=agency, version="v1", adopted_on=date(2025, 1, 1)
        )
        org = firm.enterprise_org
    return Township(
        agency, admin, world.member(agency.org, Role.OFFICER),
        world.member(agency.org, Role.OFFICER), world.member(org, Role.PRINCIPAL), firm, book,
    )  # fmt: skip
