"""Thousands of ids as one array find what IN finds."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from common.db.lookups import array_text
from common.ids import uuid7
from common.scope import acting_as
from enterprises.models import Enterprise
from inspections.models import Hazard
from tenancy.actors import SYSTEM
from tests import county as counties

pytestmark = pytest.mark.django_db


def test_an_array_finds_what_in_finds_by_number_by_text_and_by_what_it_hangs_on():
    county = counties.build()
    [hazard] = counties.issued(county)
    firm, other = county.enterprises
    with acting_as(SYSTEM):
        assert list(Enterprise.objects.filter(pk__any_of=[firm.pk, 0])) == [firm]
        codes = [other.credit_code, "none"]
        assert list(Enterprise.objects.filter(credit_code__any_of=codes)) == [other]
        assert list(Hazard.objects.filter(enterprise__pk__any_of=[hazard.enterprise_id])) == [
            hazard
        ]
        assert list(Hazard.objects.filter(pk__any_of=[hazard.pk, uuid7()])) == [hazard]


def test_an_empty_array_finds_nothing():
    counties.build()
    with acting_as(SYSTEM):
        assert Enterprise.objects.exists()
        assert not Enterprise.objects.filter(pk__any_of=[]).exists()
        assert not Hazard.objects.filter(pk__any_of=[]).exists()


def read(values, kind):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [array_text(values)])
        return cursor.fetchone()[0]


@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20)))
def test_texts_come_to_the_database_as_they_are(values):
    assert read(values, "text") == values


@given(st.lists(st.integers(-(2**62), 2**62)))
def test_numbers_too(values):
    assert read(values, "bigint") == values


@given(st.lists(st.uuids()))
def test_ids_too(values):
    assert [str(one) for one in read(values, "text")] == [str(one) for one in values]
