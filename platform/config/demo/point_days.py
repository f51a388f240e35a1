"""Three days on which the demonstration's officers give points for what the provider found."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from common.scope import acting_as
from config.demo.moments import at
from inspections import demo_text
from inspections.models import Hazard
from scoring.models import RuleClause
from scoring.selectors import proposals
from scoring.services import points_give
from scoring.services.points import Given
from tenancy.actors import Actor
from tenancy.models import Membership

if TYPE_CHECKING:
    from config.demo.story import Story

DAYS = (date(2026, 7, 15), date(2026, 8, 14), date(2026, 8, 28))


class PointDays:
    """Points of the first contract."""

    def __init__(self, story: "Story") -> None:
        self.story, self.rng = story, story.rng
        with acting_as(story.county.system):
            self.clauses = {c.code: c for c in RuleClause.objects.all()}

    def plan(self) -> None:
        """Three afternoons."""
        for day in DAYS:
            self.story.plan(at(day, 15), self._points)

    def _points(self, moment: datetime) -> None:
        first, second = self.story.county.officers
        rng = self.rng
        with acting_as(first):
            partner = Membership.objects.get(pk=second.member)
            by_firm: dict[int, list[Hazard]] = {}
            for hazard in proposals(self.story.contracts[0].pk):
                by_firm.setdefault(hazard.enterprise_id, []).append(hazard)
            for hazards in by_firm.values():
                if hazards[0].enterprise_id in self.story.careless or rng.random() < 0.45:
                    self._give(first, partner, hazards)

    def _give(self, officer: Actor, partner: Membership, hazards: list[Hazard]) -> None:
        rng = self.rng
        # Where nothing is mended, officers look at everything.
        share = 1.0 if hazards[0].enterprise_id in self.story.careless else 0.5
        picked = [h for h in hazards if h.is_major or rng.random() < share][:14] or hazards[:1]
        given = []
        codes: set[str] = set()
        for hazard in picked:
            clause = self.clauses[hazard.clause_code]
            if clause.code in codes or (clause.is_major and not hazard.is_major):
                continue
            codes.add(clause.code)
            given.append(Given(hazard, clause))
        if not given:
            return
        refused = rng.random() < 0.06
        points_give(
            actor=officer,
            enterprise=hazards[0].enterprise,
            contract=self.story.contracts[0],
            given=given,
            second_officer=partner,
            signature=b"" if refused else demo_text.signature(rng),
            representative_name="" if refused else hazards[0].enterprise.principal_name,
            refusal_reason=demo_text.refusal_reason(rng) if refused else "",
            witness_name=demo_text.person_name(rng) if refused else "",
        )
