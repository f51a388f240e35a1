"""Thousands of ids as one array find what IN finds."""

import pytest

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
