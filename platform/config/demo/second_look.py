"""Phase 4 of the demonstration: list, number, draw, the officers' own look, the notice."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from agencies.models import ServiceBatch
from common.scope import acting_as
from config.demo import words
from config.demo.county import Firm, risk_points_ok
from config.demo.enforcement import Enforcement
from config.demo.moments import at
from inspections import demo_text
from inspections.models import Hazard, SpotCheck, SpotCheckDraw, Visit
from inspections.selectors import checklist_items
from inspections.services import (
    Answers,
    answers_save,
    draw_announce,
    draw_freeze,
    draw_number,
    draw_reveal,
    spot_check_begin,
    spot_check_compare,
    visit_sign,
)
from inspections.services.draws import findings_of, proposed_pairs

if TYPE_CHECKING:
    from config.demo.story import Story

PER_DAY = 4
HOURS = (9, 11, 14, 16)
ANNOUNCED = date(2026, 9, 16)


class SecondLook:
    """The agency's steps, with the provider's number between them."""

    def __init__(
        self, story: "Story", firm: Firm, batch: ServiceBatch, enforcement: Enforcement
    ) -> None:
        self.story, self.firm, self.batch, self.enforcement = story, firm, batch, enforcement
        self.county, self.rng = story.county, story.rng

    def plan(self, accepted: date) -> None:
        """Three steps on the working days after acceptance; the visits are planned by the draw."""
        add = self.story.calendar.add
        self.story.plan(at(add(accepted, 1).date, 9), self._freeze)
        self.story.plan(at(add(accepted, 2).date, 9), self._number)
        self.story.plan(at(add(accepted, 2).date, 15), self._reveal)
        self.story.plan(at(ANNOUNCED, 15), self._announce)

    def _draw(self) -> SpotCheckDraw:
        return SpotCheckDraw.objects.get(batch=self.batch)

    def _freeze(self, now: datetime) -> None:
        with acting_as(self.county.admin):
            draw_freeze(actor=self.county.admin, draw=self._draw())

    def _number(self, now: datetime) -> None:
        number = f"{self.rng.randrange(10**12):012}"
        with acting_as(self.firm.lead):
            draw_number(actor=self.firm.lead, draw=self._draw(), number=number)

    def _reveal(self, now: datetime) -> None:
        with acting_as(self.county.admin):
            draw_reveal(actor=self.county.admin, draw=self._draw())
            checks = list(
                SpotCheck.objects.filter(draw__batch=self.batch).order_by("assignment_id")
            )
        for turn, check in enumerate(checks):
            day = self.story.calendar.add(now.date(), 1 + turn // PER_DAY).date
            moment = at(day, HOURS[turn % PER_DAY], self.rng.randint(0, 20))
            self.story.plan(moment, partial(self._look, check))

    def _look(self, check: SpotCheck, now: datetime) -> None:
        officer, partner = self.county.officers
        with acting_as(officer):
            visit = spot_check_begin(
                actor=officer, spot_check=check, member_ids=[partner.member],
                latitude=None, longitude=None, accuracy=None,
            )  # fmt: skip
            self._answer(visit, check)
        self.story.set_clock(now + timedelta(minutes=self.rng.randint(45, 90)))
        with acting_as(officer):
            visit_sign(
                actor=officer, visit=visit, representative_post="主要负责人",
                representative_name=visit.enterprise.principal_name or "负责人",
                signature=demo_text.signature(self.rng),
            )  # fmt: skip
            fresh = SpotCheck.objects.get(pk=check.pk)
            spot_check_compare(
                actor=officer, spot_check=fresh, pairs=proposed_pairs(*findings_of(fresh)),
                opinion=self.rng.choice(words.SPOT_OPINION),
            )  # fmt: skip
            found = list(visit.hazards.filter(state=Hazard.State.FOUND).order_by("number"))
        if found:
            self.enforcement.order(visit, found, now)

    def _answer(self, visit: Visit, check: SpotCheck) -> None:
        """Officers meet what is still open, and now and then something that nobody wrote down."""
        rng, items = self.rng, checklist_items(visit)
        with acting_as(self.county.system):
            left = Hazard.objects.filter(
                assignment=check.assignment_id, source="provider", state__in=Hazard.OPEN_STATES
            )
            seen = set(left.exclude(item=None).values_list("item_id", flat=True))
        wrong = [item for item in items if item.pk in seen and rng.random() < 0.8]
        others = [item for item in items if item.pk not in seen]
        wrong += rng.sample(others, k=rng.choice((0, 0, 0, 1, 1, 2)))
        answers: Answers = {item.pk: ("ok", "") for item in items if item not in wrong}
        answers_save(
            actor=self.county.officers[0], visit=visit, answers={**answers, **risk_points_ok(visit)}
        )
        for item in wrong:
            self.story.find(self.county.officers[0], visit, item)

    def _announce(self, now: datetime) -> None:
        with acting_as(self.county.admin):
            draw_announce(actor=self.county.admin, draw=self._draw(), requirement=words.REQUIREMENT)
