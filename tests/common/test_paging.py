"""Pages by key: every row once, forwards and back, whatever the order."""

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as NoRedis

from common import paging
from common.paging import count_up_to, keyset
from common.scope import acting_as
from enterprises.models import Enterprise
from tenancy.enums import Role
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    zone = world.agency()
    actor = world.member(zone.org, Role.OFFICER)
    with acting_as(actor):
        for number in range(23):
            counties.enterprise(zone, number, name=f"厂{number % 4}", employee_count=number % 5)
    return actor


@pytest.mark.parametrize("order", [["id"], ["-id"], ["name", "id"], ["-employee_count", "id"]])
def test_walking_forwards_and_back_meets_every_row_once(officer, order):
    with acting_as(officer):
        rows = Enterprise.objects.all()
        expected = list(rows.order_by(*order).values_list("pk", flat=True))
        page, there = keyset(rows, order=order, size=5), []
        while True:
            there += [row.pk for row in page]
            if not page.after:
                break
            page = keyset(rows, order=order, size=5, after=page.after)
        back = [row.pk for row in page]
        while page.before:
            page = keyset(rows, order=order, size=5, before=page.before)
            back = [row.pk for row in page] + back
    assert there == expected
    assert back == expected


@pytest.mark.parametrize("token", ["x", "bm90anNvbg", "WzEsMiwzXQ", "%%%"])
def test_a_token_that_is_not_ours_is_the_first_page(officer, token):
    with acting_as(officer):
        rows = Enterprise.objects.all()
        assert [r.pk for r in keyset(rows, order=["id"], size=5, after=token)] == [
            r.pk for r in keyset(rows, order=["id"], size=5)
        ]


def test_counting_stops_at_its_limit(officer):
    with acting_as(officer):
        assert count_up_to(Enterprise.objects.all(), limit=10) == 11
        assert count_up_to(Enterprise.objects.all(), limit=100) == 23


@pytest.fixture
def few_are_many(monkeypatch):
    monkeypatch.setattr(paging, "MANY", 10)
    cache.clear()
    yield 10
    cache.clear()


def test_that_there_are_too_many_to_count_is_asked_once_by_each(
    officer, few_are_many, django_assert_num_queries
):
    rows = Enterprise.objects.all()
    with acting_as(officer):
        assert count_up_to(rows, limit=10) == 11
        with django_assert_num_queries(0):
            assert count_up_to(rows, limit=10) == 11
        assert count_up_to(rows.filter(pk__lt=0), limit=10) == 0
        assert count_up_to(rows.none(), limit=10) == 0
    with acting_as(None):
        assert count_up_to(rows, limit=10) == 0


def test_without_a_cache_everything_is_counted(officer, few_are_many, monkeypatch):
    class Away:
        def get(self, key):
            raise NoRedis("away")

    monkeypatch.setattr(paging, "cache", Away())
    with acting_as(officer):
        assert count_up_to(Enterprise.objects.all(), limit=10) == 11
