"""People who do a contract's work and, where something dies under them, look and try again.

Visits come from phones, everything else that has a simple page through that page; so web, workers
and services are all in the way of each act. Whether a thing is done says the database.
"""

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
from common.errors import DomainError, StorageFull
from common.scope import acting_as
from inspections.models import GuidanceTopic, Hazard, Visit
from inspections.services import criterion_find, guidance_save
from scoring.models import PointEntry, RuleClause
from scoring.services import Given, points_give
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Membership
from tests import county as counties
from tests.faults.browser import Away, Browser, No, WebPhone
from tests.field.phone import photo
from workflow.models import Job

T = TypeVar("T")
FAULTS = (
    DatabaseError, InterfaceError, RedisError, KombuError, CeleryError, StorageFull, OSError,
    Away, No, DomainError,
)  # fmt: skip
PATIENCE = 300.0  # seconds in which one act must be through
CLAUSE = "15.5"
Phase = Assignment.Phase


class Lost(Exception):
    """Somebody was told that it is done, and it is not."""


def persistently(find: Callable[[], T | None], act: Callable[[], object]) -> T:
    """Do something that must be there once in the end: whoever does not know looks first."""
    deadline, told = time.monotonic() + PATIENCE, False
    while True:
        try:
            if (found := find()) is not None:
                return found
            if told:
                raise Lost("told that it is done, and it is not")
            told = bool(act())
        except FAULTS:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(random.uniform(0.2, 1.5))


@dataclass
class Town:
    """The county at work, and where its web is."""

    county: counties.County
    principals: dict[int, Actor]  # by enterprise
    address: str


@dataclass
class Person:
    """Plays the enterprises of his share, one after the other, in everybody's role."""

    town: Town
    share: list[Assignment]
    rng: random.Random
    accepts: bool = True  # one by one; otherwise the batch is accepted by a job
    said: list[str] = field(default_factory=list)  # ids that he was told are kept
    failed: BaseException | None = None
    browsers: dict[int, Browser] = field(default_factory=dict)

    def run(self) -> None:
        """Everything, to the accepted enterprise."""
        try:
            for assignment in self.share:
                self._enterprise(assignment)
        except BaseException as error:
            self.failed = error
        finally:
            connection.close()
            for browser in self.browsers.values():
                browser.close()

    def browser(self, actor: Actor) -> Browser:
        """The one that an actor is signed in with."""
        return self.browsers.setdefault(actor.member, Browser(actor, self.town.address))

    def _do(self, actor: Actor, find: Callable[[], T | None], act: Callable[[], object]) -> T:
        def found() -> T | None:
            with acting_as(actor):
                return find()

        return persistently(found, act)

    def _look(self, actor: Actor, find: Callable[[], T]) -> T:
        return self._do(actor, find, lambda: None)

    def _enterprise(self, assignment: Assignment) -> None:
        self._visit(assignment)
        visit = self._look(self.town.county.lead, Visit.objects.filter(assignment=assignment).first)
        assert visit is not None
        self._confirm(visit)
        hazards = self._look(self.town.county.lead, lambda: list(visit.hazards.order_by("number")))
        self._guide(assignment)
        self._points(assignment, hazards[0])
        for hazard in hazards:
            self._mend(hazard)
        if self.accepts:
            self._accept(assignment)
        self.said += [str(visit.pk), *(str(h.pk) for h in hazards)]

    def _visit(self, assignment: Assignment) -> None:
        """The inspector's phone has it all, and sends until it is told that all is done."""
        actor = self.town.county.inspector
        phone = self._look(actor, lambda: self._recorded(actor, assignment))
        phone.browser = self.browser(actor)
        done: list[bool] = []
        persistently(lambda: done[0] if done else None, lambda: self._send(phone, done))
        self.said += phone.told

    def _recorded(self, actor: Actor, assignment: Assignment) -> WebPhone:
        phone = WebPhone(actor, assignment)
        phone.start()
        phone.answer_all()
        for item in phone.items[: self.rng.randint(1, 3)]:
            phone.find(item, clause_code=CLAUSE, basis="安全生产法第三十六条")
        phone.do("note", text="查阅资料，现场检查")
        phone.sign()
        return phone

    def _send(self, phone: WebPhone, done: list[bool]) -> bool:
        if phone.send_all():
            done.append(True)
            return True
        raise Away("something of the visit waits")

    def _confirm(self, visit: Visit) -> None:
        lead = self.town.county.lead
        waiting = Hazard.objects.filter(visit=visit, state=Hazard.State.FOUND)
        self._do(
            lead,
            lambda: None if waiting.exists() else True,
            lambda: self.browser(lead).post(f"/visits/{visit.pk}/confirm/"),
        )

    def _guide(self, assignment: Assignment) -> None:
        lead = self.town.county.lead

        def guide() -> bool:
            today = timezone.localdate()
            for topic in GuidanceTopic.objects.filter(is_retired=False):
                guidance_save(
                    actor=lead, assignment=assignment, topic=topic, state="done", note="见档案柜",
                    done_on=today, helped_by_name="王工",
                )  # fmt: skip
            for number in range(1, 10):
                criterion_find(
                    actor=lead, assignment=assignment, number=number, result="ok", note="已核查"
                )
            return True

        self._look(lead, guide)
        later = (Phase.RECHECK, Phase.ACCEPTED, Phase.CONCLUDED)
        self._do(
            lead,
            Assignment.objects.filter(pk=assignment.pk, state__in=later).first,
            lambda: self.browser(lead).post(f"/assignments/{assignment.pk}/advance/") and None,
        )

    def _points(self, assignment: Assignment, hazard: Hazard) -> None:
        """Two officers give points for a finding; once it is mended they become fewer."""
        county = self.town.county
        officer = county.officer

        def give() -> bool:
            with acting_as(officer):
                points_give(
                    actor=officer, enterprise=assignment.enterprise, contract=county.contract,
                    given=[Given(RuleClause.objects.get(code=CLAUSE), hazard)],
                    second_officer=Membership.objects.get(pk=county.second_officer.member),
                    signature=counties.picture(kind="PNG"), representative_name="张立新",
                )  # fmt: skip
            return True

        self._do(officer, PointEntry.objects.filter(hazard=hazard).first, give)

    def _mend(self, hazard: Hazard) -> None:
        principal, lead = self.town.principals[hazard.enterprise_id], self.town.county.lead
        rows = Hazard.objects.filter(pk=hazard.pk)
        waits = rows.filter(state__in=(Hazard.State.SUBMITTED, Hazard.State.CLOSED))
        self._do(principal, waits.first, lambda: self._submit(principal, hazard))
        self._do(
            lead,
            rows.filter(state=Hazard.State.CLOSED).first,
            lambda: self.browser(lead).post(f"/hazards/{hazard.pk}/recheck/", data=PASSED),
        )

    def _submit(self, principal: Actor, hazard: Hazard) -> object:
        with acting_as(principal):
            today = clock.today(hazard.owner_agency_id)
        return self.browser(principal).post(
            f"/hazards/{hazard.pk}/submit/",
            data={"text": "已接地", "responsible_person": "张立新", "done_on": today.isoformat()},
            files={"photos": ("after.jpg", photo(self.rng.randrange(10**9)), "image/jpeg")},
        )

    def _accept(self, assignment: Assignment) -> None:
        lead = self.town.county.lead
        accepted = Assignment.objects.filter(pk=assignment.pk, state=Phase.ACCEPTED)
        self._do(
            lead,
            accepted.first,
            lambda: self.browser(lead).post(
                f"/assignments/{assignment.pk}/accept/", data={"conclusion": "passed"}
            ),
        )


PASSED = {"result": "passed"}


def start_job(town: Town, actor: Actor, path: str) -> Job:
    """Have a page start a job; it leads to the job's own page, also where one runs already."""
    browser, told = Browser(actor, town.address), list[str]()

    def find() -> Job | None:
        with acting_as(actor):
            return Job.objects.filter(pk__in=told).first()

    def start() -> bool:
        leads_to = browser.post(path).headers["Location"]
        if not leads_to.startswith("/jobs/"):
            raise No(f"{path} leads to {leads_to}")
        told.append(leads_to.split("/")[2])
        return True

    try:
        return persistently(find, start)
    finally:
        browser.close()


def together(people: list[Person]) -> None:
    """Let all work at once; the first failure is raised."""
    threads = [threading.Thread(target=person.run, daemon=True) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for person in people:
        if person.failed is not None:
            raise person.failed
