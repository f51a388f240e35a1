"""An owner without a phone signs on paper; it is entered for him with that paper."""

import pytest
from django.urls import reverse

from common.scope import acting_as
from inspections.models import Rectification
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db


def test_the_slip_of_what_is_to_be_mended_is_at_hand_and_its_photo_is_asked_for():
    county = counties.build()
    [hazard] = counties.issued(county, hazards=1)
    desk = world.client_of(county.inspector)
    slip = reverse("enterprises:entered-slip", args=[hazard.enterprise_id, "rectification"])
    assert desk.get(slip)["Content-Type"] == "application/pdf"
    page = reverse("inspections:submit", args=[hazard.pk])
    assert slip in desk.get(page).content.decode()
    lists = reverse("enterprises:entered", args=[hazard.enterprise_id])
    visited = desk.get(reverse("inspections:assignment", args=[county.assignment.pk]))
    assert lists in visited.content.decode()
    assert hazard.number in desk.get(lists).content.decode()
    answer = desk.post(page, {"text": "已加防护罩", "responsible_person": "张立新"})
    assert "slip" in answer.context["form"].errors
    assert "已加防护罩" in answer.content.decode()
    with acting_as(county.lead):
        assert not Rectification.objects.exists()
