"""Numbers have stars for whom they are not; each one that is opened stands in the audit."""

import io
import re
import zipfile

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEntry
from common.scope import acting_as
from common.text import masked
from documents.models import DeliveryConsent
from enterprises.models import Enterprise
from inspections.models import MeetingAttendance
from inspections.services import attendance_add
from providers.models import Provider
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tests import county as counties
from tests import world
from tests.scene import LIST
from tests.test_urls import PEOPLE, TABLE

pytestmark = pytest.mark.django_db
NUMBER, STARS = "13405461647", "134****1647"
OTHERS = ("13905461647", "0335-8051234")
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/enterprises/7/?q=%E5%BC%A0"}
# Papers bear the number whole (domain.md, appendix C); a copy of one to edit is its words.
PAPERS = {"documents:word"}
# What a body sees of itself; and of the list that an agency uploaded, its refused rows as typed.
OWN = {
    "principal": {"enterprises:record", "documents:paper"},
    "lead": {"providers:record"},
    "inspector": {"providers:record"},
    "admin": {"enterprises:import-rejected"},
    "officer": {"enterprises:import-rejected"},
}
MOBILE = re.compile(r"(?<![0-9a-f.-])1[3-9]\d{9}(?![0-9a-f-])")


def page(client, name: str, *args) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def show(client, row, field: str = "phone", **headers: str):
    address = reverse("tenancy:personal", args=[row._meta.label_lower, row.pk, field])
    return client.post(address, headers=headers)


def acts() -> list[AuditEntry]:
    with acting_as(SYSTEM):
        return list(AuditEntry.objects.filter(act="personal.show").order_by("id"))


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        (NUMBER, STARS),
        ("134 0546 1647", STARS),
        ("134-0546-1647", STARS),
        ("13405461647、13905461647", "134****1647、139****1647"),
        ("0335-8051234", "033****1234"),
        ("8051234", "80****34"),
        ("12350", "****"),
        ("张三 13405461647（微信同号）", "张三 134****1647（微信同号）"),
        ("130302199001011234", "130****1234"),
        ("13030219900101123X", "130****1123X"),
        ("zhang@example.cn", "z***@example.cn"),
        ("安服平台企业端", "安服平台企业端"),
        ("", ""),
        ("转801", "转801"),
    ],
)
def test_stars_stand_for_the_middle_of_each_number(text, stars):
    assert masked(text) == stars


@given(st.text(alphabet="0123456789 -—、()转a@.", max_size=60))
def test_stars_once_are_stars_for_good_and_no_five_digits_stay_together(text):
    assert masked(masked(text)) == masked(text)
    assert not re.search(r"\d{5}", masked(text))


@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_list_or_export_shows_a_whole_number_to_whom_it_is_not(client, scenes, who):
    scene, c = scenes[0], scenes[0].county
    with acting_as(c.admin):
        Provider.objects.update(phone=OTHERS[0])
        Enterprise.objects.exclude(enterprise_org=c.principal.org).update(phone=OTHERS[1])
    with acting_as(c.lead):
        open_meeting = counties.plan_meeting(c, "training")
        attendance_add(
            meeting=open_meeting, unit_name="某单位", person_name="李四", phone=OTHERS[0]
        )
    scene.things["meeting"] = open_meeting.pk
    world.sign_in(client, getattr(c, who))
    for name, (kinds, codes) in TABLE.items():
        if codes.get(who) != 200 or name in PAPERS:
            continue
        if name in OWN.get(who, ()):
            continue
        text = words(client.get(scene.url(name, kinds)))
        assert not any(number in text for number in (NUMBER, *OTHERS)), (name, who)
        assert not MOBILE.search(text), (name, who, MOBILE.findall(text))


def words(response) -> str:
    """What a response holds: of a sheet, all of its parts."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] != b"PK":
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "".join(packed.read(part).decode(errors="replace") for part in packed.namelist())


def test_an_uploaded_list_has_numbers_and_its_preview_stars(client, county):
    assert LIST.exists()
    world.sign_in(client, county.officer)
    rows = "企业名称,统一社会信用代码,联系电话\n北方厂,91130371MA0000007Q,13905461647\n"
    upload = io.BytesIO(rows.encode("utf-8-sig"))
    upload.name = "a.csv"
    preview = client.post(reverse("enterprises:upload"), {"file": upload}, follow=True)
    assert "139****1647" in preview.content.decode()
    assert "13905461647" not in preview.content.decode()


def test_a_phone_that_is_taken_along_has_stars(client, county):
    world.sign_in(client, county.inspector)
    place = client.get("/field/api/bundle").json()["places"][0]
    assert place["phone"] == STARS
    answer = client.post(f"/field/api/phones/{place['enterprise']}")
    assert (answer.json(), answer["Cache-Control"]) == ({"phone": NUMBER}, "no-store")
    [act] = acts()
    assert (act.membership_id, act.data["page"]) == (county.inspector.member, "/field/")
    world.sign_in(client, counties.build("130400", base=500).inspector)
    assert client.post(f"/field/api/phones/{place['enterprise']}").status_code == 404


def test_the_button_shows_one_number_and_writes_down_who_asked_for_what(client, county):
    firm = county.enterprises[0]
    world.sign_in(client, county.officer)
    text = page(client, "enterprises:record", firm.pk)
    assert STARS in text
    assert "显示" in text
    response = show(client, firm, **HTMX)
    assert NUMBER in response.content.decode()
    assert "<html" not in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    [act] = acts()
    assert act.membership_id == county.officer.member
    assert (act.subject_type, act.subject_id) == ("enterprises.enterprise", str(firm.pk))
    assert act.data == {"field": "phone", "page": "/enterprises/7/"}
    assert act.agency_id == county.zone.pk
    assert NUMBER not in f"{act.data}{act.summary}"


def test_without_script_the_number_has_a_page_of_its_own_with_the_way_back(client, county):
    world.sign_in(client, county.officer)
    response = show(client, county.enterprises[0], referer="http://testserver/enterprises/7/")
    assert NUMBER in response.content.decode()
    assert 'href="/enterprises/7/"' in response.content.decode()
    response = show(client, county.enterprises[0], referer="http://testserver//evil.example/")
    assert "evil" not in response.content.decode()


def test_its_own_number_a_body_sees_whole_and_nobody_is_asked(client, county):
    world.sign_in(client, county.principal)
    text = page(client, "enterprises:record", county.enterprises[0].pk)
    assert NUMBER in text
    assert "tenancy/personal" not in text
    with acting_as(county.admin):
        Provider.objects.update(phone=NUMBER)
    world.sign_in(client, county.lead)
    assert NUMBER in page(client, "providers:record", county.contract.provider_org_id)
    assert acts() == []


def test_an_assistant_sees_stars_and_has_no_button(client, county):
    assistant = world.member(county.zone.org, Role.ASSISTANT)
    world.sign_in(client, assistant)
    text = page(client, "enterprises:record", county.enterprises[0].pk)
    assert STARS in text
    assert "/personal/" not in text
    assert show(client, county.enterprises[0], **HTMX).status_code == 403
    assert acts() == []


def test_neither_a_stranger_nor_a_made_up_field_gets_anything(client, county):
    firm = county.enterprises[0]
    other = counties.build("130400", base=500)
    for actor in (other.officer, other.lead):
        world.sign_in(client, actor)
        assert show(client, firm, **HTMX).status_code == 404
    world.sign_in(client, county.officer)
    assert show(client, firm, "principal_name", **HTMX).status_code == 404
    for holder, pk in (("accounts.user", 1), ("enterprises.enterprise", "x"),
                       ("inspections.meetingattendance", "x")):  # fmt: skip
        address = reverse("tenancy:personal", args=[holder, pk, "phone"])
        assert client.post(address).status_code == 404
    assert client.get(reverse("tenancy:personal", args=["a", 1, "phone"])).status_code == 405
    assert acts() == []


def test_a_sheets_numbers_and_a_consents_contact_are_opened_one_at_a_time(client, scenes):
    c = scenes[0].county
    with acting_as(c.lead):
        meeting = counties.plan_meeting(c, "training")
        row = attendance_add(meeting=meeting, unit_name="某单位", person_name="李四", phone=NUMBER)
        assert MeetingAttendance.objects.get(pk=row.pk).phone == NUMBER
    with acting_as(c.officer):
        consent = DeliveryConsent.objects.get()
    world.sign_in(client, c.officer)
    assert NUMBER in show(client, row, **HTMX).content.decode()
    assert NUMBER in show(client, consent, "contact", **HTMX).content.decode()
    world.sign_in(client, c.lead)
    assert show(client, consent, "contact", **HTMX).status_code == 404
    assert len(acts()) == 2


def edited(firm: Enterprise, phone: str) -> dict[str, object]:
    return {
        "name": firm.name, "region_code": firm.region_code, "industry": firm.industry,
        "address": firm.address, "employee_count": firm.employee_count,
        "principal_name": firm.principal_name, "phone": phone,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "kept", "code"),
    [
        (STARS, NUMBER, 302),
        ("13905461647", "13905461647", 302),
        ("", "", 302),
        ("139****1647", NUMBER, 422),
    ],
)
def test_a_file_is_edited_without_its_number_being_shown(client, county, typed, kept, code):
    firm = county.enterprises[0]
    world.sign_in(client, county.officer)
    assert STARS in page(client, "enterprises:edit", firm.pk)
    response = client.post(reverse("enterprises:edit", args=[firm.pk]), edited(firm, typed))
    assert response.status_code == code
    with acting_as(county.officer):
        assert Enterprise.objects.get(pk=firm.pk).phone == kept
    if code == 422:
        assert "请填写完整号码" in response.content.decode()
