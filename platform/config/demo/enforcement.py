"""Phase 5 of the demonstration: who stands on the list, and what officers make of it."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from agencies.models import ServiceBatch
from common.scope import acting_as
from config.demo import words
from config.demo.county import Firm, risk_points_ok
from config.demo.moments import END, START, at
from inspections import demo_text
from inspections.models import EnforcementReferral, Hazard, RectificationOrder, ReferralFact, Visit
from inspections.selectors import checklist_items
from inspections.services import (
    Answers,
    answers_save,
    enforcement_begin,
    opinion_issue,
    order_issue,
    plan_make,
    referral_close,
    referral_remove,
    referrals_list_due,
    visit_sign,
)
from inspections.services.enforcement import Rechecked
from tenancy.models import Membership

if TYPE_CHECKING:
    from config.demo.story import Story


class Enforcement:
    """The daily list, and two officers who take one file after the other."""

    def __init__(self, story: "Story", firm: Firm, batch: ServiceBatch) -> None:
        self.story, self.firm, self.batch = story, firm, batch
        self.county, self.rng = story.county, story.rng
        self._seen: set[UUID] = set()

    def plan(self) -> None:
        """Every morning; new files are taken up within some days, the latest ones stay open."""
        day = START
        while day <= END:
            self.story.plan(at(day, 0, 20), self._list)
            day += timedelta(days=1)

    def _list(self, now: datetime) -> None:
        system = self.county.system
        with acting_as(system):
            referrals_list_due(actor=system, agency_id=self.county.zone.pk)
            rows = list(EnforcementReferral.objects.exclude(pk__in=self._seen).order_by("pk"))
        for row in rows:
            self._seen.add(row.pk)
            day = self._in_days(now.date(), 2, 6)
            self.story.plan(at(day, 10), partial(self._take_up, row.pk))

    def _in_days(self, start: date, least: int, most: int) -> date:
        return self.story.calendar.add(start, self.rng.randint(least, most)).date

    def _take_up(self, pk: UUID, now: datetime) -> None:
        """A refused signature that was put right is taken off; the rest gets its plan."""
        officer = self.county.officers[0]
        first, second = self._people()
        with acting_as(officer):
            row = EnforcementReferral.objects.select_related("assignment__enterprise").get(pk=pk)
            kinds = set(row.facts.values_list("kind", flat=True))
            if kinds == {ReferralFact.Kind.UNCOOPERATIVE} and self.rng.random() < 0.5:
                referral_remove(actor=officer, referral=row, reason=words.REMOVED)
                return
            firm = row.assignment.enterprise
            checked = self._in_days(now.date(), 1, 4)
            plan_make(
                actor=officer, referral=row, planned_on=checked, first_officer=first,
                second_officer=second, **words.PLAN,
                scale=f"{firm.industry}，员工{firm.employee_count or '—'}人，主要产品：{firm.products}",
            )  # fmt: skip
        self.story.plan(at(checked, 14), partial(self._check, row))

    def _people(self) -> tuple[Membership, Membership]:
        first, second = self.county.officers
        with acting_as(self.county.admin):
            rows = Membership.objects.select_related("user")
            return rows.get(pk=first.member), rows.get(pk=second.member)

    def _check(self, row: EnforcementReferral, now: datetime) -> None:
        officer, partner = self.county.officers
        with acting_as(officer):
            visit = enforcement_begin(actor=officer, referral=row, member_ids=[partner.member])
            items = checklist_items(visit)
            wrong = self.rng.sample(items, k=self.rng.choice((0, 1, 2, 3)))
            answers: Answers = {item.pk: ("ok", "") for item in items if item not in wrong}
            answers_save(actor=officer, visit=visit, answers={**answers, **risk_points_ok(visit)})
            for item in wrong:
                self.story.find(officer, visit, item)
        self.story.set_clock(now + timedelta(minutes=self.rng.randint(50, 100)))
        with acting_as(officer):
            visit = visit_sign(
                actor=officer, visit=visit, representative_post="主要负责人",
                representative_name=visit.enterprise.principal_name or "负责人",
                signature=demo_text.signature(self.rng),
            )  # fmt: skip
            found = list(visit.hazards.filter(state=Hazard.State.FOUND).order_by("number"))
            if not found:
                fresh = EnforcementReferral.objects.get(pk=row.pk)
                referral_close(actor=officer, referral=fresh, note=words.NOTHING_FOUND)
                return
        self.order(visit, found, now)

    def order(self, visit: Visit, found: list[Hazard], now: datetime) -> None:
        """Order what officers found to be mended; they come back after the last deadline."""
        officer = self.county.officers[0]
        first, second = self._people()
        days = {str(h.pk): self._in_days(now.date(), 3, 12) for h in found}
        with acting_as(officer):
            order = order_issue(
                actor=officer, visit=visit, deadlines=days, first_officer=first,
                second_officer=second,
            )  # fmt: skip
        self._plan_answer(order, max(days.values()))

    def _plan_answer(self, order: RectificationOrder, due: date) -> None:
        day = self._in_days(due, 1, 3)
        self.story.plan(at(day, 15), partial(self._answer, order))

    def _result(self, is_second: bool, again: date) -> Rechecked:
        """Mostly mended; else a further deadline, and the second time perhaps a case."""
        if self.rng.random() < 0.8:
            return Rechecked("passed")
        if is_second and self.rng.random() < 0.5:
            return Rechecked("failed", words.NOT_MENDED, is_case=True)
        return Rechecked("partial", words.NOT_YET, again)

    def _answer(self, order: RectificationOrder, now: datetime) -> None:
        officer = self.county.officers[0]
        first, second = self._people()
        again = self._in_days(now.date(), 5, 8)
        with acting_as(officer):
            fresh = RectificationOrder.objects.select_related("visit__enterprise").get(pk=order.pk)
            left = fresh.hazards.filter(state__in=Hazard.OPEN_STATES).order_by("number")
            is_second = fresh.state == RectificationOrder.State.ANSWERED
            results = {str(h.pk): self._result(is_second, again) for h in left}
            opinion_issue(
                actor=officer, order=fresh, results=results, first_officer=first,
                second_officer=second,
                representative_name=fresh.visit.enterprise.principal_name or "负责人",
            )  # fmt: skip
        if any(found.new_due_on for found in results.values()):
            self._plan_answer(order, again)
