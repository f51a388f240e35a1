"""Lists of who can see what hold for the day they name, and making the sheet is on record."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from agencies.grants import officer_grant
from agencies.who_sees import people_on
from audit.models import AuditEntry
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.deputies import deputy_name
from tenancy.enums import Role
from tenancy.models import Membership
from tenancy.perm_words import WORDS
from tenancy.perms import PERMS
from tenancy.services import membership_end
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return counties.build()


def row(person):
    with acting_as(SYSTEM):
        return Membership.objects.select_related("user", "org").get(pk=person.member)


def names(county, day):
    with acting_as(county.admin):
        return [
            (one.membership.user.name, one.role_words) for one in people_on(county.zone.pk, day)
        ]


def test_every_permission_has_its_words():
    assert set(WORDS) == set(PERMS)
    assert len(set(WORDS.values())) == len(WORDS)


def test_it_is_as_of_the_day(county):
    today = timezone.localdate()
    with acting_as(SYSTEM):
        long_ago = timezone.now() - timedelta(days=30)
        Membership.objects.filter(org=county.zone.pk).update(joined_at=long_ago)
    with acting_as(county.admin):
        membership_end(actor=county.admin, membership=row(county.officer))
        deputy_name(
            actor=county.admin, membership=row(county.admin), to=row(county.second_officer),
            valid_from=today, valid_until=today + timedelta(days=2), reason="出差",
        )  # fmt: skip
    gone = county.officer.user_name
    assert gone not in [name for name, _ in names(county, today)]
    assert gone in [name for name, _ in names(county, today - timedelta(days=1))]
    assert any("代" in words for _, words in names(county, today))
    assert not any("代" in words for _, words in names(county, today + timedelta(days=3)))
    assert names(county, today - timedelta(days=31)) == []


def test_page_and_sheet_say_who_may_what_and_the_sheet_is_on_record(county):
    desk = world.client_of(county.admin)
    page = desk.get(reverse("agencies:who-sees")).content.decode()
    assert county.officer.user_name in page
    assert "现场检查" in page
    assert "河北冀安" in page or "开放给服务机构的企业档案" in page
    sheet = desk.post(reverse("agencies:who-sees-export"), {"day": "x"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(sheet.streaming_content)))
    text = str(book.get_sheet_by_index(0).to_python())
    assert county.officer.user_name in text
    assert county.admin.display in text
    with acting_as(SYSTEM):
        assert AuditEntry.objects.filter(act="access.list").count() == 1


def test_who_sees_one_enterprise(county):
    url = reverse("agencies:who-sees-enterprise", args=[county.enterprises[0].pk])
    page = world.client_of(county.admin).get(url).content.decode()
    with acting_as(county.admin):
        assert county.contract.provider_org.name in page
    assert county.inspector.user_name in page
    assert world.client_of(county.officer).get(url).status_code == 403
    assert world.client_of(county.lead).get(url).status_code == 403


def test_an_officer_does_not_read_it_and_nonsense_is_no_error(county):
    url = reverse("agencies:who-sees")
    assert world.client_of(county.officer).get(url).status_code == 403
    assert world.client_of(county.admin).get(url, {"day": "2026-02-31"}).status_code == 422
    assert world.client_of(county.principal).get(url).status_code == 200


def test_many_people_take_no_more_statements(county, django_assert_max_num_queries):
    for _ in range(15):
        world.member(county.zone.org, Role.OFFICER)
    desk = world.client_of(county.admin)
    with django_assert_max_num_queries(16):
        assert desk.get(reverse("agencies:who-sees")).status_code == 200


def test_who_sees_one_contract_and_its_sheet_is_on_record(county, django_assert_max_num_queries):
    with acting_as(county.admin):
        officer_grant(county.contract, row(county.officer))
    url = reverse("agencies:who-sees-contract", args=[county.contract.pk])
    desk = world.client_of(county.admin)
    seers = {one.who: one for one in desk.get(url).context["seers"]}
    with acting_as(county.admin):
        provider = county.contract.provider_org.name
    assert seers[f"{county.officer.user_name}（行政执法人员）"].what == "处理"
    assert seers[f"{county.second_officer.user_name}（行政执法人员）"].what == "查看"
    assert seers[f"{provider} {county.inspector.user_name}"].what == "到场检查 2 家"
    assert seers[provider].what == "查看企业档案 2 家"
    assert county.lead.user_name not in str(seers)  # the provider's own to list
    assert desk.get(url, {"day": "2026-02-31"}).status_code == 422
    sheet = desk.post(url, {"day": f"{timezone.localdate()}"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(sheet.streaming_content)))
    assert "到场检查 2 家" in str(book.get_sheet_by_index(0).to_python())
    with acting_as(SYSTEM):
        assert AuditEntry.objects.filter(act="access.list").count() == 1
    for person in (county.officer, county.lead):
        assert world.client_of(person).get(url).status_code == 403
    for _ in range(9):
        world.member(county.zone.org, Role.OFFICER)
    with django_assert_max_num_queries(16):
        desk.get(url)
