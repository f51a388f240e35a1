"""How many statements points take does not hang on how many there are already."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.scope import acting_as
from scoring.models import ThresholdEvent
from tests import county as counties
from tests import world
from tests.scoring import township as townships

pytestmark = pytest.mark.django_db
MANY = ("2.1", "3.1", "3.2", "4.1", "5.1", "10.1")  # no photo, no task, less than twelve


@pytest.fixture
def town():
    return townships.build()


def another(town, number: int):
    with acting_as(town.admin):
        return counties.enterprise(town.agency, number)


def statements(work) -> int:
    """Count what is sent, without what opens and closes a transaction and says who acts."""
    with CaptureQueriesContext(connection) as queries:
        work()
    bare = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SELECT set_config")
    return sum(not query["sql"].startswith(bare) for query in queries.captured_queries)


def test_points_take_the_same_statements_for_one_clause_as_for_six(town):
    town.give("2.1")  # the year's series of numbers are there
    firms = [another(town, number) for number in (7, 8)]
    given = [town.given(code) for code in MANY]
    one = statements(lambda: town.give(given[0], firm=firms[0]))
    six = statements(lambda: town.give(*given, firm=firms[1]))
    assert six == one


def test_crossing_a_threshold_takes_the_same_whatever_there_was_before(town):
    heavy = [town.given(code) for code in ("9.3", "9.4", "12.3")]
    counted = []
    for number, before in enumerate((["2.1"], ["2.1", "3.2", "10.1"])):
        firm = another(town, 7 + number)
        town.give(*before, firm=firm)
        counted.append(statements(lambda firm=firm: town.give(*heavy, firm=firm)))
    assert counted[0] == counted[1]
    with acting_as(town.admin):
        assert ThresholdEvent.objects.count() == 2


@pytest.mark.parametrize(
    "page", ["scoring:points", "scoring:events", "scoring:cycle", "scoring:firm"]
)
def test_pages_take_the_same_statements_for_few_as_for_many(town, client, page):
    world.sign_in(client, town.admin)

    def shown() -> int:
        args = {"scoring:cycle": [town.cycle().pk], "scoring:firm": [town.firm.pk]}.get(page, [])
        address = reverse(page, args=args)
        client.get(address)
        return statements(lambda: client.get(address))

    town.give("2.1", "9.3", "9.4", "12.3")
    few = shown()
    for number in range(5):
        town.later(hours=1)
        town.give(*MANY[: 2 + number])
        town.give("9.3", "9.4", "12.3", firm=another(town, 20 + number))
    assert shown() == few <= 20
