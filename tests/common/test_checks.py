"""The start-up check: a role that row-level security does not bind is refused."""

import pytest
from django.db import connection

from common.checks import runtime_role

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_role_of_the_web_passes():
    assert runtime_role(["default"]) == []


def test_a_role_that_owns_tables_is_refused():
    with connection.as_owner():
        [error] = runtime_role(["default"])
    assert error.id == "anfu.E001"
