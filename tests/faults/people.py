"""People who do a contract's work and, where something dies under them, look and try again."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from celery.exceptions import CeleryError
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from agencies.models import Assignment
from common.errors import StorageFull
from common.scope import acting_as
from inspections.models import GuidanceTopic, Hazard, Visit
from inspections.selectors import checklist_items
from inspections.services import (
    answers_save,
    assignment_accept,
    criterion_find,
    guidance_save,
    hazard_add,
    hazard_recheck,
    hazards_confirm,
    phase_advance,
    rectification_submit,
    visit_note,
    visit_sign,
    visit_start,
)
from scoring.services import outputs_start
from tenancy.actors import Actor
from tests import county as counties
from tests.field.phone import photo
from workflow.models import Job

T = TypeVar("T")
FAULTS = (DatabaseError, InterfaceError, RedisError, KombuError, CeleryError, StorageFull, OSError)
PATIENCE = 600.0  # seconds in which one act must be through
HAZARDS = 3
AFTER_GUIDANCE = (
    Assignment.Phase.RECHECK, Assignment.Phase.ACCEPTED, Assignment.Phase.CONCLUDED
)  # fmt: skip


def persistently(find: Callable[[], T | None], act: Callable[[], T]) -> T:
    """Do something that must be there once in the end: whoever does not know looks first."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if (found := find()) is not None:
                return found
            return act()
        except FAULTS:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(random.uniform(0.2, 1.5))


@dataclass
class Person:
    """Plays the enterprises of his share, one after the other."""

    county: counties.County
    share: list[Assignment]
    principals: dict[int, Actor]  # by enterprise
    rng: random.Random
    said: list[str] = field(default_factory=list)  # ids that he was told are kept
    failed: list[BaseException] = field(default_factory=list)

    def run(self) -> None:
        """Everything, to the accepted enterprise."""
        try:
            for assignment in self.share:
                self._enterprise(assignment)
        except BaseException as error:
            self.failed.append(error)
        finally:
            connection.close()

    def _do(self, actor: Actor, find: Callable[[], T | None], act: Callable[[], T]) -> T:
        def within(step: Callable[[], T | None]) -> Callable[[], T | None]:
            def run() -> T | None:
                with acting_as(actor):
                    return step()

            return run

        return persistently(within(find), within(act))  # type: ignore[arg-type]

    def _enterprise(self, assignment: Assignment) -> None:
        visit = self._visit(assignment)
        self._confirm(visit)
        hazards = self._hazards(visit)
        self._guide(assignment)
        for hazard in hazards:
            self._mend(hazard)
        self._accept(assignment)
        self.said += [str(visit.pk), *(str(h.pk) for h in hazards)]

    def _visit(self, assignment: Assignment) -> Visit:
        actor = self.county.inspector
        visits = Visit.objects.filter(assignment=assignment)
        visit = self._do(
            actor, visits.first, lambda: visit_start(actor=actor, assignment=assignment)
        )
        self._do(
            actor,
            lambda: None if visit.answers.count() == 0 else visit,
            lambda: self._answer(visit),
        )
        for number in range(HAZARDS):
            place = f"{number + 1}号车间"
            self._do(actor, Hazard.objects.filter(visit=visit, place=place).first,
                     lambda place=place: self._find(visit, place))  # type: ignore[misc]  # fmt: skip
        return self._do(
            actor, visits.filter(state=Visit.State.SIGNED).first, lambda: self._sign(visit)
        )

    def _answer(self, visit: Visit) -> Visit:
        items = checklist_items(visit)
        answers_save(
            actor=self.county.inspector, visit=visit, answers={i.pk: ("ok", "") for i in items}
        )
        visit_note(visit=visit, process_note="查阅资料，现场检查")
        return visit

    def _find(self, visit: Visit, place: str) -> Hazard:
        return hazard_add(
            actor=self.county.inspector, visit=visit, place=place, description="配电箱箱门未接地",
            severity="general", category="现场管理", basis="安全生产法第三十六条", measure="加装接地线",
            clause_code="15.5", photos=[photo(self.rng.randrange(10**9))],
        )  # fmt: skip

    def _sign(self, visit: Visit) -> Visit:
        return visit_sign(
            actor=self.county.inspector, visit=Visit.objects.get(pk=visit.pk),
            representative_name="张立新", representative_post="厂长",
            signature=counties.picture(kind="PNG"),
        )  # fmt: skip

    def _confirm(self, visit: Visit) -> None:
        lead = self.county.lead
        waiting = Hazard.objects.filter(visit=visit, state=Hazard.State.FOUND)
        self._do(lead, lambda: None if waiting.exists() else True,
                 lambda: bool(hazards_confirm(actor=lead, visit=visit)) or True)  # fmt: skip

    def _hazards(self, visit: Visit) -> list[Hazard]:
        rows = Hazard.objects.filter(visit=visit).order_by("number")
        return self._do(self.county.lead, lambda: list(rows), lambda: list(rows))

    def _guide(self, assignment: Assignment) -> None:
        lead = self.county.lead

        def guide() -> bool:
            for topic in GuidanceTopic.objects.filter(is_retired=False):
                guidance_save(
                    actor=lead, assignment=assignment, topic=topic, state="done", note="见档案柜",
                    done_on=timezone.localdate(), helped_by_name="王工",
                )  # fmt: skip
            for number in range(1, 10):
                criterion_find(
                    actor=lead, assignment=assignment, number=number, result="ok", note="已核查"
                )
            return True

        self._do(lead, lambda: None, guide)
        done = Assignment.objects.filter(pk=assignment.pk, state__in=AFTER_GUIDANCE)
        self._do(lead, done.first, lambda: phase_advance(actor=lead, assignment=assignment))

    def _mend(self, hazard: Hazard) -> None:
        principal = self.principals[hazard.enterprise_id]
        rows = Hazard.objects.filter(pk=hazard.pk)
        waits = rows.filter(state__in=(Hazard.State.SUBMITTED, Hazard.State.CLOSED))
        self._do(principal, waits.first, lambda: self._submit(principal, hazard))
        lead = self.county.lead
        self._do(lead, rows.filter(state=Hazard.State.CLOSED).first,
                 lambda: hazard_recheck(actor=lead, hazard=hazard, result="passed"))  # fmt: skip

    def _submit(self, principal: Actor, hazard: Hazard) -> Hazard:
        rectification_submit(
            actor=principal, hazard=hazard, text="已接地", responsible_person="张立新",
            done_on=hazard.found_on, photos=[photo(self.rng.randrange(10**9))],
        )  # fmt: skip
        return hazard

    def _accept(self, assignment: Assignment) -> None:
        lead = self.county.lead
        accepted = Assignment.objects.filter(pk=assignment.pk, state=Assignment.Phase.ACCEPTED)
        self._do(lead, accepted.first, lambda: assignment_accept(actor=lead, assignment=assignment))


def outputs(county: counties.County) -> Job:
    """The officer asks for the three outputs of the contract."""
    officer = county.officer

    def run(step: Callable[[], T]) -> T:
        with acting_as(officer):
            return step()

    jobs = Job.objects.filter(subject_type="agencies.servicecontract")
    return persistently(
        lambda: run(jobs.first),
        lambda: run(lambda: outputs_start(actor=officer, contract=county.contract)),
    )


def together(people: list[Person]) -> None:
    """Let all work at once; the first failure is raised."""
    threads = [threading.Thread(target=person.run, daemon=True) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for person in people:
        if person.failed:
            raise person.failed[0]
