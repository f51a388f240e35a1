"""Three days on which officers give points for what the provider found, and what follows from it."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from common.scope import acting_as
from config.demo.moments import DAY, END, at
from config.demo.pictures import picture
from inspections import demo_text
from inspections.models import Hazard
from scoring.models import PointAppeal, PointEntry, PointSheet, RuleClause
from scoring.selectors import pictured, proposals
from scoring.services import (
    Given,
    Ruling,
    appeal_decide,
    appeal_make,
    points_give,
    thresholds_send_due,
)
from scoring.services.following import hazards_follow_missed
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
        """Three afternoons, the nights after them, and one enterprise that speaks up."""
        for day in DAYS:
            self.story.plan(at(day, 15), self._points)
        night = DAYS[0] + DAY
        while night <= END:
            self.story.plan(at(night, 0, 20), self._night)
            night += DAY
        self.story.plan(at(DAYS[0] + DAY, 10), self._appeal)

    def _night(self, moment: datetime) -> None:
        system, agency_id = self.story.county.system, self.story.county.zone.pk
        with acting_as(system):
            hazards_follow_missed(actor=system, agency_id=agency_id)
            thresholds_send_due(actor=system, agency_id=agency_id)

    def _appeal(self, moment: datetime) -> None:
        """One that had mended in time what it got points for says so, and is right."""
        with acting_as(self.story.county.system):
            rows = PointEntry.objects.filter(sheet__state=PointSheet.State.SIGNED)
            rows = rows.exclude(cycle__enterprise__in=self.story.careless)
            entry = rows.select_related("sheet").order_by("issued_at", "pk").first()
        if entry is None:
            return
        principal = self.story.county.principals[entry.sheet.enterprise_id]
        with acting_as(principal):
            appeal = appeal_make(
                actor=principal, sheet=entry.sheet, entries=[entry.pk],
                reason="检查当日已有并张贴，检查人员未查看到，附照片。",
                photos=[picture(self.rng, "基础管理", "", is_after=True)],
            )  # fmt: skip
        self.story.plan(at(moment.date() + 4 * DAY, 14), lambda now: self._decide(appeal, entry))

    def _decide(self, appeal: PointAppeal, entry: PointEntry) -> None:
        admin = self.story.county.admin
        with acting_as(admin):
            appeal_decide(
                actor=admin, appeal=PointAppeal.objects.get(pk=appeal.pk),
                rulings={entry.pk: Ruling("revoked", "经现场核实，当日已有")},
                answer="申辩理由成立，予以撤销。",
            )  # fmt: skip

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
        with_photo = pictured(hazard.pk for hazard in picked)
        for hazard in picked:
            clause = self.clauses[hazard.clause_code]
            is_shown = hazard.is_major and str(hazard.pk) in with_photo
            if clause.code in codes or (clause.is_major and not is_shown):
                continue
            codes.add(clause.code)
            given.append(Given(clause, hazard))
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
