"""The people who sign in, and the rules as they are where it counts."""

import pytest
from django.core.cache import cache

from tenancy.enums import OrgKind, Role
from tests import world


@pytest.fixture(autouse=True)
def rules_in_force(settings):
    """As in production, unlike in other tests; nothing is counted from the test before."""
    settings.MFA_REQUIRED = True
    cache.clear()


@pytest.fixture
def zone():
    return world.agency()


@pytest.fixture
def admin(zone):
    return world.member(zone.org, Role.AGENCY_ADMIN, "周管理")


@pytest.fixture
def officer(zone):
    return world.member(zone.org, Role.OFFICER, "王建国")


@pytest.fixture
def provider():
    return world.organization(OrgKind.PROVIDER, "安泰技术服务", "91130300MA0DEMA111")


@pytest.fixture
def manager(provider):
    return world.member(provider, Role.PROVIDER_ADMIN)


@pytest.fixture
def inspector(provider):
    return world.member(provider, Role.INSPECTOR)


@pytest.fixture
def principal():
    firm = world.organization(OrgKind.ENTERPRISE, "北方铸造厂", "91130371MA0DEMA179")
    return world.member(firm, Role.PRINCIPAL)
