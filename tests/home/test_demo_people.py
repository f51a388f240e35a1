"""Whoever the demonstration names can sign in with what it prints, and nobody else is named."""

from datetime import UTC, datetime
from random import Random

import pytest
from django.test import Client

from accounts.models import User
from common.scope import acting_as
from config.demo.county import PASSWORD, build_county, sign_ins
from tenancy.actors import SYSTEM
from tenancy.enums import OrgKind, Role
from tenancy.models import Organization
from tests import world

pytestmark = pytest.mark.django_db


def test_everybody_who_is_printed_signs_in(django_user_model):
    real = world.member(world.organization(OrgKind.PROVIDER, "真实机构", "x"), Role.PROVIDER_ADMIN)
    county = build_county(Random(1), datetime(2026, 6, 1, 1, tzinfo=UTC))
    changed = User.objects.get(username="officer2")
    changed.set_password("Kept-by-heart-9")
    changed.save()
    told = sign_ins()
    names = [name for name, _, _ in told]
    assert {"admin", "leader", "lead-a", "manager-b", "inspector-a4", "town004"} <= set(names)
    assert "officer2" not in names  # what is printed would not be true of him
    assert User.objects.get(pk=real.user_id).username not in names
    firm = county.enterprises[-1]
    for name in [*names, f"firm{firm.credit_code[-6:].lower()}"]:
        client = Client()
        answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
        assert (answer.status_code, "_auth_user_id" in client.session) == (302, True), name
    with acting_as(SYSTEM):
        kinds = Organization.objects.filter(name__in={org for _, org, _ in told})
        assert not kinds.filter(kind=OrgKind.ENTERPRISE).exists()
