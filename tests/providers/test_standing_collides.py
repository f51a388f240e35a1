"""A suspension takes effect at the moment when enterprises are being assigned."""

import threading
import time

import pytest
from django.db import connection

from agencies.models import Assignment
from agencies.services import batch_assign
from common.errors import DomainError
from common.scope import acting_as
from tests import county as counties
from tests.providers import barring
from tests.providers.test_standing import now_day

pytestmark = pytest.mark.django_db(transaction=True)
MEANWHILE = 0.7  # seconds for which the first keeps its transaction open


class Race:
    """The first does its work and commits a little later; the second begins in between."""

    def __init__(self, first, second) -> None:
        self.done, self.order, self.errors = threading.Event(), [], {}
        self.first, self.second = first, second

    def run(self) -> None:
        threads = [threading.Thread(target=self._go, args=(name,)) for name in ("first", "second")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _go(self, name: str) -> None:
        actor, work = getattr(self, name)
        try:
            if name == "second":
                self.done.wait(10)
            with acting_as(actor):
                work()
                if name == "first":
                    self.done.set()
                    time.sleep(MEANWHILE)
                    self.order.append(name)
            if name == "second":
                self.order.append(name)
        except DomainError as error:
            self.errors[name] = error.message
        finally:
            connection.close()


@pytest.fixture
def scene():
    county = counties.build()
    found = barring.noticed(county)
    county.later(days=8)
    day = now_day(county)
    with acting_as(county.admin):
        fresh = counties.enterprise(county.zone, 50)

    def decide():
        barring.decide(county, found, from_on=day)

    def assign():
        batch_assign(actor=county.admin, batch=county.batch, enterprise_ids=[fresh.pk])

    return county, fresh, (county.admin, decide), (county.admin, assign)


def assigned(county, fresh) -> int:
    with acting_as(county.admin):
        return Assignment.objects.filter(enterprise=fresh).count()


def test_who_assigns_after_the_decision_waits_for_it_and_is_told(scene):
    county, fresh, decide, assign = scene
    race = Race(decide, assign)
    race.run()
    assert list(race.errors) == ["second"]
    assert "被中止服务" in race.errors["second"]
    assert assigned(county, fresh) == 0


def test_a_decision_waits_for_who_assigned_before_it(scene):
    county, fresh, decide, assign = scene
    race = Race(assign, decide)
    race.run()
    assert (race.errors, race.order) == ({}, ["first", "second"])
    assert assigned(county, fresh) == 1
