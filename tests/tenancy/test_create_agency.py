"""The operator's command, and passwords mended without us."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.models import Agency, Membership
from tests import world

pytestmark = pytest.mark.django_db
NAMES = {"region_name": "某区", "short_name": "某", "admin_name": "王新"}


def create(code="130371", name="某区应急管理局"):
    out = StringIO()
    call_command("create_agency", code, name, stdout=out, **NAMES)
    return out.getvalue()


def test_the_first_administrator_signs_up_by_the_printed_link(client):
    printed = create()
    link = printed.split("：")[-1].strip().partition("/join/")[2]
    answer = {
        "username": "boss",
        "password": "kept-by-heart-9",
        "password_again": "kept-by-heart-9",
    }
    assert client.post(f"/join/{link}", answer).status_code == 302
    assert client.get("/people/").url == "/accounts/2fa/"  # before that he sets up a second step
    with acting_as(SYSTEM):
        assert Membership.objects.get().role == Role.AGENCY_ADMIN


def test_an_agency_hangs_below_the_nearest_one_above_it():
    create("13", "某省应急管理厅")
    create("130371", "某区应急管理局")
    with acting_as(SYSTEM):
        assert Agency.objects.get(region_code="130371").parent.region_code == "13"


@pytest.mark.parametrize("code", ["x", "1", "13a371", "1234567890123"])
def test_a_code_that_is_none_is_refused(code):
    with pytest.raises(CommandError, match="行政区划代码"):
        create(code)


def test_the_same_agency_twice_is_refused():
    create()
    with pytest.raises(CommandError, match="已存在"):
        create()


def test_an_administrators_link_sets_a_new_password_once(client):
    zone = world.agency()
    admin = world.member(zone.org, Role.AGENCY_ADMIN)
    officer = world.member(zone.org, Role.OFFICER)
    world.sign_in(client, admin)
    page = client.post(f"/people/{officer.membership_id}/password/")
    link = page.context["link"].partition("testserver")[2]
    client.logout()
    form_url = client.get(link, follow=True).request["PATH_INFO"]
    new = {"password1": "brand-new-word-7", "password2": "brand-new-word-7"}
    assert client.post(form_url, new).status_code == 302
    sign_in = {"login": _name(officer), "password": "brand-new-word-7"}
    assert client.post("/accounts/login/", sign_in).url == "/"
    client.logout()
    assert "已经用过或者失效" in client.get(link, follow=True).content.decode()


def _name(actor):

    return User.objects.get(pk=actor.user_id).username
