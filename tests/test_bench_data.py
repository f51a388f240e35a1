"""The data of the bench at its smallest: believable, whole, and everybody can sign in to it."""

import pytest
from django.db.models import Count, F, Q
from django.test import Client

from accounts.models import User
from agencies.models import Assignment, ServiceContract
from audit.chain import chain_problems
from common import credit_code
from common.scope import acting_as
from enterprises.models import Enterprise
from inspections.models import Hazard, Recheck, Rectification, Visit
from scoring.models import PointCycle, PointEntry
from scoring.selectors import cycle_total_of
from tenancy.actors import SYSTEM
from tenancy.models import Agency, Membership
from tests import world
from tests.bench.data.build import build
from tests.bench.data.levels import LEVELS
from tests.bench.data.schema import described
from tests.bench.data.tree import PASSWORD
from tests.bench.pages import people

pytestmark = pytest.mark.django_db(transaction=True)
TINY = LEVELS["tiny"]
PAGES = ("/", "/hazards/", "/enterprises/", "/contracts/", "/documents/", "/points/", "/visits/mine/",
         "/deadlines/", "/hazards/recheck/")  # fmt: skip


@pytest.fixture
def schema_before():
    before = described()
    build(TINY, 1)
    return before


def test_a_level_has_what_it_says_and_the_schema_is_the_migrated_one(schema_before):
    assert described() == schema_before
    with acting_as(SYSTEM):
        assert Enterprise.objects.count() == TINY.enterprises
        assert Hazard.objects.count() == TINY.hazards
        assert Visit.objects.count() == TINY.visits
        assert ServiceContract.objects.count() == TINY.contracts
        assert PointEntry.objects.count() == TINY.hazards * 2 // 5
        believable()
        whole()
    everybody_signs_in()


def believable() -> None:
    """Dates fit, codes are right, states are of every kind."""
    assert set(Hazard.objects.values_list("state", flat=True)) == set(Hazard.State.values)
    assert not Hazard.objects.filter(rectified_on__lt=F("found_on")).exists()
    assert not Hazard.objects.filter(rechecked_on__lt=F("rectified_on")).exists()
    assert not Hazard.objects.filter(due_on__lte=F("found_on")).exists()
    assert not Hazard.objects.filter(closed_at__lt=F("issued_at")).exists()
    assert not Rectification.objects.filter(done_on__lt=F("hazard__found_on")).exists()
    assert not Recheck.objects.filter(rechecked_at__lt=F("rectification__submitted_at")).exists()
    assert not any(credit_code.problem(e.credit_code) for e in Enterprise.objects.all())
    assert set(Assignment.objects.values_list("state", flat=True)) == set(Assignment.Phase.values)
    lengths = {len(code) for code in Agency.objects.values_list("region_code", flat=True)}
    assert lengths == {2, 4, 6, 9}
    several = Agency.objects.values("region_code").annotate(n=Count("pk")).filter(n__gt=1)
    assert several.exists()


def whole() -> None:
    """Chains hold, totals are what the rules say, a hazard's closing has its recheck."""
    for agency in Agency.objects.all():
        assert not list(chain_problems(agency_id=agency.pk))
    for cycle in PointCycle.objects.order_by("pk")[:30]:
        assert cycle.total == cycle_total_of(cycle).net
    closed = Hazard.objects.filter(state="closed").annotate(
        passed=Count("rechecks", filter=Q(rechecks__result="passed"))
    )
    assert not closed.exclude(passed=1).exists()


def everybody_signs_in() -> None:
    """Each role's pages answer, to a password or to the session."""
    for name, actor in people():
        client = Client()
        world.sign_in(client, actor)
        codes = {page: client.get(page).status_code for page in PAGES}
        assert set(codes.values()) <= {200, 302, 403}, (name, codes)
        assert 200 in codes.values(), name
    with acting_as(SYSTEM):
        user = User.objects.get(username="13-officer1")
        assert Membership.objects.filter(user=user).exists()
    assert user.check_password(PASSWORD)
