"""When somebody is there and where it is: what the order of a day is made from."""

from datetime import time

import pytest

from audit.models import AuditEntry
from common.scope import acting_as
from enterprises.forms import EnterpriseForm
from enterprises.models import Enterprise
from tests import world

pytestmark = pytest.mark.django_db
COUNTY = {"enterprises": 1}


def typed(county, **more):
    with acting_as(county.admin):
        firm = Enterprise.objects.get(pk=county.enterprises[0].pk)
        form = EnterpriseForm(instance=firm, agency=county.zone)
        return {name: form[name].value() or "" for name in form.fields} | more


def test_hours_and_place_are_kept_and_shown_and_the_record_names_them(county, client):
    world.sign_in(client, county.admin)
    pk = county.enterprises[0].pk
    data = typed(county, opens_at="08:30", closes_at="17:00", latitude="39.9", longitude="119.6")
    assert client.post(f"/enterprises/{pk}/edit/", data).status_code == 302
    with acting_as(county.admin):
        firm = Enterprise.objects.get(pk=pk)
        act = AuditEntry.objects.filter(act="enterprise.edit").latest("id")
    assert (firm.opens_at, firm.closes_at) == (time(8, 30), time(17))
    assert act.data["fields"] == ["opens_at", "closes_at", "latitude", "longitude"]
    assert "08:30 至 17:00" in client.get(f"/enterprises/{pk}/").content.decode()
    assert 'value="08:30"' in client.get(f"/enterprises/{pk}/edit/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"opens_at": "17:00", "closes_at": "08:00"}, "应晚于营业开始"),
        ({"opens_at": "08:00", "closes_at": "08:00"}, "应晚于营业开始"),
        ({"latitude": "39.9"}, "一起填写"),
        ({"latitude": "119.6", "longitude": "39.9"}, "填反了"),
        ({"latitude": "39.9", "longitude": "190"}, "180 以内"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(county, client, wrong, words):
    world.sign_in(client, county.officer)
    response = client.post(f"/enterprises/{county.enterprises[0].pk}/edit/", typed(county, **wrong))
    assert response.status_code == 422
    assert words in response.content.decode()


def test_an_inspector_notes_the_hours_on_site(county, client):
    world.sign_in(client, county.inspector)
    pk = county.enterprises[0].pk
    page = client.get(f"/enterprises/{pk}/facts/").content.decode()
    assert 'name="opens_at"' in page
    assert 'name="latitude"' not in page
