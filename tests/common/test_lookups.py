"""One of many values, as the database is told of them."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from common.db.lookups import array_text

pytestmark = pytest.mark.django_db


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
