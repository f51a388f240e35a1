"""The same change to many files: looked at, noted, all or none, each by its own act."""

import pytest
from django.urls import reverse

from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from enterprises.bulk import MOST, enterprises_edit, plan_edit
from enterprises.models import Enterprise
from tenancy.enums import Role
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return counties.build(enterprises=4)


def edit(county, ids=None, actor=None, note="按分类名录核对", **more):
    actor = actor or county.officer
    values = more.pop("values", {"industry": "轻工", "risk_factors": "粉尘"})
    ids = [firm.pk for firm in county.enterprises] if ids is None else ids
    with acting_as(actor):
        return enterprises_edit(actor=actor, enterprise_ids=ids, values=values, note=note, **more)


def industries(county):
    with acting_as(county.admin):
        return list(Enterprise.objects.order_by("pk").values_list("industry", flat=True))


def test_each_file_changes_by_an_act_of_its_own_with_note_and_group(county):
    done = edit(county)
    assert (done.changed, done.unchanged, done.refused) == (4, 0, [])
    assert industries(county) == ["轻工"] * 4
    with acting_as(county.admin):
        acts = list(AuditEntry.objects.filter(act="enterprise.edit"))
    assert {act.summary for act in acts} == {"按分类名录核对"}
    assert {act.data["group"] for act in acts} == {str(done.group)}
    assert {tuple(act.data["fields"]) for act in acts} == {("industry", "risk_factors")}
    assert edit(county).unchanged == 4  # again, nothing is left to change


def test_what_is_left_empty_stays_as_it_is(county):
    edit(county, values={"risk_factors": "粉尘", "industry": ""})
    assert industries(county) == ["机械"] * 4


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"note": " "}, "note", "为什么"),
        ({"values": {}}, "industry", "至少"),
        ({"values": {"phone": "1"}}, "industry", "至少"),  # not a field of many
        ({"ids": []}, "", "请先选择"),
        ({"ids": list(range(1, MOST + 2))}, "", "一次最多"),
    ],
)
def test_bad_input_changes_nothing(county, more, field, words):
    with pytest.raises(DomainError, match=words) as error:
        edit(county, **more)
    assert (error.value.field or "") == field
    assert industries(county) == ["机械"] * 4


def test_a_superior_sees_them_and_does_not_edit_them_in_bulk(county):
    city = world.member(world.agency("1303").org, Role.OFFICER)
    with acting_as(city):
        rows = list(Enterprise.objects.all())
        planned = plan_edit(city, rows, {"industry": "轻工"})
    assert {one.refusal for one in planned} == {"不是本机关建立的档案"}
    with pytest.raises(DomainError, match="一家也没有改"):
        edit(county, actor=city)
    done = edit(county, actor=city, skips_refused=True)
    assert (done.changed, len(done.refused)) == (0, 4)
    assert industries(county) == ["机械"] * 4


def test_a_strangers_files_are_not_there(county):
    other = counties.build("130372", base=50)
    with pytest.raises(DomainError, match="请先选择"):
        edit(county, ids=[firm.pk for firm in other.enterprises])
    assert industries(other) == ["机械"] * 2


# pages


def test_chosen_on_the_list_looked_at_and_done(county, client):
    world.sign_in(client, county.officer)
    shown = client.get(reverse("enterprises:list")).content.decode()
    assert "批量修改" in shown
    url = reverse("enterprises:bulk-edit")
    ids = [firm.pk for firm in county.enterprises[:2]]
    assert "批量修改 2 家" in client.post(url, {"ids": ids}).content.decode()
    data = {"ids": ids, "industry": "轻工", "note": "按名录核对"}
    looked = client.post(url, {**data, "do": "preview"}).content.decode()
    assert "<del>机械</del> → <ins>轻工</ins>" in looked
    assert "要改 2 家" in looked
    assert industries(county) == ["机械"] * 4
    refused = client.post(url, {**data, "note": "", "do": "save"})
    assert refused.status_code == 422
    assert "轻工" in refused.content.decode()
    done = client.post(url, {**data, "do": "save"}, follow=True).content.decode()
    assert "已修改 2 家" in done
    assert industries(county) == ["轻工", "轻工", "机械", "机械"]


def test_all_of_a_filter_is_what_the_filter_lets_through(county, client):
    with acting_as(county.admin):
        Enterprise.objects.filter(pk=county.enterprises[0].pk).update(industry="建材")
    world.sign_in(client, county.officer)
    page = client.post(
        reverse("enterprises:bulk-edit"), {"all_of_filter": "1", "filter": "industry=机械"}
    )
    assert "批量修改 3 家" in page.content.decode()


def test_who_may_not_edit_files_sees_no_boxes_and_is_refused(county, client):
    world.sign_in(client, county.inspector)
    assert "批量修改" not in client.get(reverse("enterprises:list")).content.decode()
    assert client.post(reverse("enterprises:bulk-edit"), {"ids": ["1"]}).status_code == 403
    world.sign_in(client, county.officer)
    assert client.post(reverse("enterprises:bulk-edit"), {}).status_code == 302
    assert client.get(reverse("enterprises:bulk-edit")).status_code == 405
