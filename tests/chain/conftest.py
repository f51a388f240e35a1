from collections.abc import Callable

import pytest

from audit.services import chain_seal, record
from common.scope import acting_as
from tenancy.actors import SYSTEM, Actor
from tenancy.enums import Role
from tenancy.models import Agency
from tests import world


@pytest.fixture
def zone() -> Agency:
    return world.agency()


@pytest.fixture
def admin(zone) -> Actor:
    return world.member(zone.org, Role.AGENCY_ADMIN, "王强")


@pytest.fixture
def seal(zone) -> Callable[[], int]:
    """Seal what waits in the zone's chain; say how many."""

    def sealed() -> int:
        with acting_as(SYSTEM):
            return chain_seal(agency_id=zone.pk)

    return sealed


@pytest.fixture
def acts(zone, admin, seal) -> Callable[[int], int]:
    """Do something so many times, and have it sealed."""

    def done(times: int) -> int:
        with acting_as(admin):
            for n in range(times):
                record(
                    actor=admin, act="hazard.found", subject=("inspections.hazard", str(n)),
                    summary=f"隐患{n}", agency_id=zone.pk, region_code=zone.region_code,
                )  # fmt: skip
        return seal()

    return done
