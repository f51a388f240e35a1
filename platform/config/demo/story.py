"""What happens from June to October 2026, in the order of the county's own clock.

A queue of moments: each sets the clock, acts through the services as the person whose turn it is,
and may queue what follows from it.
"""

import heapq
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from django.db import transaction

from agencies.models import Assignment, ServiceBatch, ServiceContract
from agencies.payments import PROPOSED
from agencies.services import (
    batch_assign,
    batch_create,
    contract_activate,
    contract_create,
    inspectors_assign,
    payment_plan_set,
    split_evenly,
)
from common.scope import acting_as
from config.demo.county import County, Firm, risk_points_ok
from config.demo.evaluation import Evaluation
from config.demo.five_phases import FivePhases
from config.demo.moments import CONTRACT_END, DAY, END, NEXT_END, NEXT_START, START, at
from config.demo.pictures import picture
from config.demo.point_days import PointDays
from config.demo.preparation import agree_on_plan, confirm_team
from enterprises.models import Enterprise
from inspections import demo_text
from inspections.models import ChecklistItem, Hazard, LibraryEntry, Severity, Visit
from inspections.selectors import checklist_items
from inspections.services import (
    Answers,
    answers_save,
    extension_ask,
    extension_grant,
    extension_refuse,
    hazard_add,
    hazard_recheck,
    hazards_confirm,
    hazards_mark_overdue,
    major_report,
    rectification_submit,
    visit_note,
    visit_refuse,
    visit_sign,
    visit_start,
)
from tenancy.actors import Actor
from tenancy.selectors import work_calendar
from tenancy.services import agency_clock_set
from tenancy.workdays import WorkCalendar

HARM = "可能造成人员伤亡，整改须停用有关设备，难度较大"
TEMPORARY = "已要求停止有关作业、撤出人员，并派专人看守"
PRICE = 4_800  # yuan an enterprise
SURVEY_DAYS = 26  # working days in which the hundred are visited
# Two inspectors go together: in turns to whose enterprise it is, so that nobody is in two places.
HOURS = ((9, 14), (11, 16))


class Story:
    """The queue, the clock and the county."""

    def __init__(self, county: County, rng: Random, tell: Callable[[datetime], None]) -> None:
        self.county, self.rng, self.tell = county, rng, tell
        self.words: dict[object, demo_text.DemoHazard] = {}
        self.careless: set[int] = set()
        self.calendar = work_calendar_of(county)
        self.contracts: list[ServiceContract] = []
        self.services: dict[int, FivePhases] = {}
        self._queue: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._serial = count()
        with acting_as(county.system):
            self.library = {e.code: e for e in LibraryEntry.objects.filter(is_retired=False)}

    def plan(self, moment: datetime, act: Callable[[datetime], None]) -> None:
        """Let something happen at a moment, if that is within the story."""
        if moment.date() <= END:
            heapq.heappush(self._queue, (moment, next(self._serial), act))

    def play(self) -> None:
        """Play everything to the end."""
        self.plan(at(START, 8), self._contracts)
        day = START
        while day <= END:
            self.plan(at(day, 0, 10), self._overdue)
            day += DAY
        PointDays(self).plan()
        Evaluation(self).plan()
        while self._queue:
            moment, _, act = heapq.heappop(self._queue)
            with transaction.atomic():
                self.set_clock(moment)
                act(moment)
            self.tell(moment)
        self.set_clock(at(END, 18))

    def set_clock(self, moment: datetime) -> None:
        """Let the county's time be this."""
        with acting_as(self.county.system):
            agency_clock_set(agency=self.county.zone, at=moment)

    # contract, batch, assignment

    def _contracts(self, moment: datetime) -> None:
        first, second = self.county.providers
        whole = [e.pk for e in self.county.enterprises]
        special = [
            e.pk
            for e in self.county.enterprises
            if "粉尘爆炸" in e.risk_factors or "液氨" in e.risk_factors
        ][:25]
        name = "社会化服务"
        span = START, CONTRACT_END
        whole_service = self._contract(first, name, "FW", whole, SURVEY_DAYS, START, span)
        whole_service.kick_off(at(START, 8, 20))
        whole_service.plan_whole()
        name, begins = "粉尘涉爆和液氨制冷专项服务", date(2026, 7, 6)
        half_service = self._contract(second, name, "ZX", special, 10, begins, span)
        self.plan(at(begins, 8), half_service.kick_off)
        half_service.plan_half()
        self.plan(at(NEXT_START, 8), self._next_contract)

    def _next_contract(self, moment: datetime) -> None:
        whole = [e.pk for e in self.county.enterprises]
        span = NEXT_START, NEXT_END
        service = self._contract(
            self.county.providers[0], "秋季社会化服务", "QJ", whole, SURVEY_DAYS, NEXT_START, span
        )
        service.kick_off(at(NEXT_START, 8, 20))

    def _contract(
        self,
        firm: Firm,
        name: str,
        mark: str,
        enterprise_ids: list[int],
        days: int,
        first: date,
        span: tuple[date, date],
    ) -> FivePhases:
        admin = self.county.admin
        with acting_as(admin):
            contract = contract_create(
                actor=admin,
                provider_org_id=firm.org.pk,
                number=f"YS-2026-{mark}",
                title=f"2026年开发区安全生产{name}（演示）",
                kind=ServiceContract.Kind.GOVERNMENT_PURCHASE,
                signed_on=span[0] - 4 * DAY,
                starts_on=span[0],
                ends_on=span[1],
                amount=Decimal(PRICE * len(enterprise_ids)),
            )
            payment_plan_set(actor=admin, contract=contract, shares=PROPOSED)
            contract = contract_activate(actor=admin, contract=contract)
            batch = batch_create(
                actor=admin,
                contract=contract,
                name=f"{name}2026年第一批",
                code=f"{mark}26",
                starts_on=first,
                ends_on=span[1],
            )
            batch_assign(actor=admin, batch=batch, enterprise_ids=enterprise_ids)
            self.contracts.append(contract)
        service = self.services[batch.pk] = FivePhases(self, firm, batch)
        confirm_team(self.county, firm, contract)
        self._send_inspectors(firm, batch, days, first)
        agree_on_plan(self.county, firm, batch)
        return service

    def _send_inspectors(self, firm: Firm, batch: ServiceBatch, days: int, first: date) -> None:
        with acting_as(firm.lead):
            assignments = list(batch.assignments.select_related("enterprise", "batch__contract"))
            people = [i.membership_id for i in firm.inspectors if i.membership_id is not None]
            inspectors_assign(actor=firm.lead, batch=batch, plan=split_evenly(assignments, people))
            own = list(
                batch.assignments.select_related("enterprise", "batch__contract").order_by(
                    "inspector_id", "region_code", "pk"
                )
            )
            loads: dict[int, int] = {}
            for assignment in own:
                turn = loads.setdefault(assignment.inspector_id or 0, 0)
                loads[assignment.inspector_id or 0] += 1
                per_day = -(-len(own) // (len(people) * days))
                turns = HOURS[people.index(assignment.inspector_id or 0) % 2]
                self._plan_visit(firm, assignment, first, turn // per_day, turns[turn % per_day])

    def _plan_visit(
        self, firm: Firm, assignment: Assignment, first: date, day_number: int, hour: int
    ) -> None:
        day = self.calendar.add(first - DAY, day_number + 1).date
        moment = at(day, hour, self.rng.randint(0, 15))
        Assignment.objects.filter(pk=assignment.pk).update(planned_on=day)
        self.plan(moment, lambda now: self._visit(firm, assignment, now))

    # on site

    def _visit(self, firm: Firm, assignment: Assignment, now: datetime) -> None:
        rng = self.rng
        number = [i.membership_id for i in firm.inspectors].index(assignment.inspector_id)
        actor, other = firm.inspectors[number], firm.inspectors[number ^ 1]
        partner = [] if rng.random() < 0.04 else [other.membership_id]
        place = rng.random() > 0.03
        with acting_as(actor):
            visit = visit_start(
                actor=actor,
                assignment=assignment,
                latitude=_beside(assignment.enterprise.latitude, rng) if place else None,
                longitude=_beside(assignment.enterprise.longitude, rng) if place else None,
                accuracy=rng.randint(5, 40) if place else None,
                member_ids=[pk for pk in partner if pk is not None],
            )
            failed = self._answer(actor, visit)
            if rng.random() > 0.05:
                visit_note(visit=visit, process_note=demo_text.process_note(rng, failed))
        minutes = rng.randint(22, 34) if rng.random() < 0.05 else rng.randint(55, 100)
        leaving = now + timedelta(minutes=minutes)
        self.set_clock(leaving)
        self._leave(firm, actor, visit)
        self.plan(
            at(self.calendar.add(now.date(), 1).date, 9, rng.randint(0, 50)),
            lambda then: self._confirm(firm, visit, then),
        )

    def _answer(self, actor: Actor, visit: Visit) -> int:
        rng = self.rng
        items = checklist_items(visit)
        bad = rng.sample(items, k=min(len(items), max(0, round(rng.gauss(8.2, 3)))))
        answers: Answers = {
            item.pk: ("ok" if rng.random() > 0.12 else "na", "")
            for item in items
            if item not in bad
        }
        answers_save(actor=actor, visit=visit, answers={**answers, **risk_points_ok(visit)})
        for item in bad:
            self.find(actor, visit, item)
        return len(bad)

    def find(self, actor: Actor, visit: Visit, item: ChecklistItem) -> None:
        """Write down what is wrong behind a question, with its picture."""
        rng, firm = self.rng, _firm(visit.enterprise)
        entry = self._entry(item, firm)
        if entry is None:  # nothing of this question can be wrong at such a firm
            answers_save(actor=actor, visit=visit, answers={item.pk: ("ok", "")})
            return
        words = demo_text.hazard_text(rng, entry, firm)
        is_pictured = rng.random() < 0.9 or item.is_photo_required
        hazard = hazard_add(
            actor=actor,
            visit=visit,
            item=item,
            entry=entry,
            place=words.place,
            description=words.description,
            severity=entry.severity,
            category=entry.category,
            subcategory=entry.subcategory,
            basis=entry.basis,
            clause_code=entry.clause_code,
            measure=words.measure,
            photos=[picture(rng, entry.category, entry.subcategory)] if is_pictured else [],
        )
        self.words[hazard.pk] = words
        if hazard.is_major:
            hours = rng.choice((3, 6, 20, 22, 30)) if rng.random() < 0.3 else rng.randint(2, 20)
            self.plan(
                hazard.found_at + timedelta(hours=hours), lambda now: self._report(actor, hazard)
            )

    def _entry(self, item: ChecklistItem, firm: demo_text.Firm) -> LibraryEntry | None:
        """Choose what is wrong: mostly something general, now and then a major hazard."""
        rng = self.rng
        offered = [self.library[c] for c in item.library_codes if demo_text.can_occur(c, firm)]
        general = [entry for entry in offered if entry.severity == Severity.GENERAL]
        major = [entry for entry in offered if entry.severity == Severity.MAJOR]
        if major and rng.random() < (0.05 if general else 0.12):
            return rng.choice(major)
        return rng.choice(general) if general else None

    def _report(self, actor: Actor, hazard: Hazard) -> None:
        words = self.words[hazard.pk]
        with acting_as(actor):
            major_report(
                actor=actor,
                hazard=hazard,
                causes=f"{words.place}：{words.description}",
                harm=HARM,
                treatment=words.measure,
                temporary_measures=TEMPORARY,
            )

    def _leave(self, firm: Firm, actor: Actor, visit: Visit) -> None:
        rng = self.rng
        with acting_as(actor):
            if rng.random() < 0.04:
                visit_refuse(
                    actor=actor,
                    visit=visit,
                    refusal_reason=demo_text.refusal_reason(rng),
                    witness_name=demo_text.person_name(rng),
                )
            else:
                visit_sign(
                    actor=actor,
                    visit=visit,
                    representative_name=visit.enterprise.principal_name
                    or demo_text.person_name(rng),
                    representative_post="主要负责人",
                    signature=demo_text.signature(rng),
                )

    def _confirm(self, firm: Firm, visit: Visit, now: datetime) -> None:
        service = self.services[visit.served.batch_id]
        service.settle_file(visit.enterprise_id, now)
        with acting_as(firm.lead):
            hazards_confirm(actor=firm.lead, visit=visit)
            hazards = list(visit.hazards.filter(state=Hazard.State.ISSUED).order_by("number"))
        if self.rng.random() < 0.7:
            received = at(self.calendar.add(now.date(), 1).date, 11, self.rng.randint(0, 59))
            self.plan(received, lambda then: service.receive(visit.enterprise_id))
        is_careless = self.rng.random() < 0.08
        if is_careless:
            self.careless.add(visit.enterprise_id)
        for hazard in hazards:
            self._plan_mending(firm, hazard, now, is_careless)

    # what the enterprise does

    def _plan_mending(self, firm: Firm, hazard: Hazard, now: datetime, is_careless: bool) -> None:
        rng, chance = self.rng, self.rng.random()
        if chance < (0.5 if is_careless else 0.006):
            return  # never mended
        late = chance < (0.8 if is_careless else 0.1)
        if chance > 0.97:
            day = max(now.date() + DAY, hazard.due_on - 2 * DAY)
            self.plan(at(day, 10, rng.randint(0, 50)), lambda then: self._ask(firm, hazard))
            return
        span = max((hazard.due_on - now.date()).days, 1)
        day = now.date() + timedelta(
            days=span + rng.randint(1, 12) if late else rng.randint(1, span)
        )
        self.plan(
            at(day, rng.randint(8, 17), rng.randint(0, 59)),
            lambda then: self._submit(firm, hazard, then),
        )

    def _fresh(self, hazard: Hazard, states: Sequence[str]) -> Hazard | None:
        """The hazard as it is now, if it still waits; a withdrawn enterprise's is out of sight."""
        rows = Hazard.objects.select_related("enterprise")
        return rows.filter(pk=hazard.pk, state__in=states).first()

    def _submit(self, firm: Firm, hazard: Hazard, now: datetime) -> None:
        rng = self.rng
        by_inspector = rng.random() < 0.08
        actor = (
            self._inspector_of(firm, hazard)
            if by_inspector
            else self.county.principals[hazard.enterprise_id]
        )
        with acting_as(actor):
            fresh = self._fresh(hazard, Hazard.DUE_STATES)
            if fresh is None:
                return
            rectification_submit(
                actor=actor,
                hazard=fresh,
                text=self.words[fresh.pk].rectification_note,
                responsible_person=fresh.enterprise.principal_name or "负责人",
                done_on=max(fresh.found_on, now.date() - rng.randint(0, 2) * DAY),
                cost=decimal_of(rng.choice((0, 50, 200, 480, 1200, 3600)), 2),
                photos=[picture(rng, fresh.category, fresh.subcategory, is_after=True)],
                slip=picture(rng, "基础管理", "", is_after=True) if by_inspector else b"",
            )
        wait = rng.randint(1, 6) if rng.random() < 0.93 else rng.randint(9, 14)
        day = self.calendar.add(now.date(), wait).date
        self.plan(
            at(day, rng.randint(9, 16), rng.randint(0, 59)),
            lambda then: self._recheck(firm, hazard, then, by_inspector),
        )

    def _inspector_of(self, firm: Firm, hazard: Hazard) -> Actor:
        with acting_as(firm.lead):
            pk = Assignment.objects.values_list("inspector_id", flat=True).get(pk=hazard.served_id)
        return next(i for i in firm.inspectors if i.membership_id == pk)

    def _ask(self, firm: Firm, hazard: Hazard) -> None:
        rng, county = self.rng, self.county
        principal = county.principals[hazard.enterprise_id]
        with acting_as(principal):
            fresh = self._fresh(hazard, Hazard.DUE_STATES)
            if fresh is None:
                return
            wanted = self.calendar.add(fresh.due_on, rng.randint(3, 10)).date
            reason, safeguard = demo_text.extension_reason(rng)
            extension = extension_ask(
                actor=principal,
                hazard=fresh,
                reason=reason,
                safeguard=safeguard,
                wanted_on=wanted,
            )
        officer = county.officers[0]
        with acting_as(officer):
            if rng.random() < 0.8:
                extension_grant(
                    actor=officer, extension=extension, granted_on=wanted, answer="同意"
                )
            else:
                extension_refuse(
                    actor=officer, extension=extension, answer="理由不充分，请按期整改"
                )
        mend = at(wanted - DAY, 11, rng.randint(0, 59))
        self.plan(mend, lambda then: self._submit(firm, hazard, then))

    # recheck, deadlines, points

    def _recheck(self, firm: Firm, hazard: Hazard, now: datetime, by_other: bool) -> None:
        rng = self.rng
        actor = firm.lead if by_other else self._inspector_of(firm, hazard)
        with acting_as(actor):
            fresh = self._fresh(hazard, [Hazard.State.SUBMITTED])
            if fresh is None:
                return
            failed = rng.random() < 0.08
            due = self.calendar.add(now.date(), rng.randint(3, 6)).date
            hazard_recheck(
                actor=actor,
                hazard=fresh,
                result="failed" if failed else "passed",
                reason=self.words[fresh.pk].rectification_failed_reason if failed else "",
                new_due_on=due if failed else None,
            )
        if failed:
            again = at(due - DAY, 10, rng.randint(0, 59))
            self.plan(max(again, now + DAY), lambda then: self._submit(firm, hazard, then))

    def _overdue(self, moment: datetime) -> None:
        with acting_as(self.county.system):
            hazards_mark_overdue(actor=self.county.system, agency_id=self.county.zone.pk)


def _firm(enterprise: Enterprise) -> demo_text.Firm:
    """What the words must fit."""
    return demo_text.Firm(
        industry=enterprise.industry,
        hints=f"{enterprise.products} {enterprise.risk_factors}",
        staff=enterprise.employee_count or 0,
        special_operators=enterprise.special_operator_count,
    )


def _beside(degrees: Decimal | None, rng: Random) -> Decimal:
    """Return where a phone says it is: some fifty metres off, and once in fifty times kilometres."""
    share = rng.random()
    return decimal_of(float(degrees or 0) + (0.02 if share > 0.98 else (share - 0.5) / 1000))


def decimal_of(value: float, places: int = 6) -> Decimal:
    """A Decimal with so many places."""
    return Decimal(f"{value:.{places}f}")


def work_calendar_of(county: County) -> WorkCalendar:
    """The county's working days."""
    with acting_as(county.system):
        return work_calendar(county.zone.pk)
