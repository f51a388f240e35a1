"""An owner without a phone: marked, entered for with his slip, by the right person; and no longer."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agencies.models import ProviderChoice
from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from enterprises import claims
from enterprises.entering import no_phone_note, was_entered_by
from enterprises.models import EnteredAct, NoPhone
from evidence.models import Photo
from inspections.models import Extension, Hazard, Rectification
from inspections.services import extension_answer, opinion_issue
from inspections.services.enforcement import Rechecked
from notifications.models import Notification
from notifications.services import notify
from scoring.models import PointAppeal, Questionnaire, SelfCheck
from scoring.services import appeal_decide, form_exclude, forms_close
from tenancy import clock
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.models import Membership
from tests import county as counties
from tests import world
from tests.agencies import market as markets
from tests.home.turns.base import counts
from tests.scoring import evaluated
from tests.scoring import township as townships

pytestmark = pytest.mark.django_db


def nobody_there(county) -> None:
    """The first enterprise's principal has no account any more."""
    with acting_as(SYSTEM):
        Membership.objects.filter(pk=county.principal.member).update(ended_at=counties.NOW)


def mark(county, enters="provider", enterprise=None, actor=None) -> NoPhone:
    nobody_there(county)
    with acting_as(actor or county.officer):
        return no_phone_note(
            actor=actor or county.officer, enterprise=enterprise or county.enterprises[0],
            enters=enters, reason="七十岁，没有手机",
        )  # fmt: skip


def slip(**more):
    photo = SimpleUploadedFile("slip.jpg", counties.picture((9, 8, 7)), "image/jpeg")
    return {"signer_name": "张立新", "signed_on": "2026-06-08", "slip": photo} | more


def entered(county, **by) -> EnteredAct:
    with acting_as(county.officer):
        return EnteredAct.objects.get(**by)


@pytest.fixture
def county():
    return counties.build()


def test_the_mark_says_why_and_who_enters_and_goes_when_the_owner_claims(county):
    firm = county.enterprises[1]
    url = reverse("enterprises:no-phone", args=[firm.pk])
    desk = world.client_of(county.officer)
    bare = desk.post(url, {"enters": "nobody", "reason": ""})
    assert bare.status_code == 422
    assert set(bare.context["form"].errors) == {"enters", "reason"}
    assert desk.post(url, {"enters": "provider", "reason": "没有手机"}).status_code == 302
    assert "已标注" in desk.post(url, {"enters": "provider", "reason": "再来"}).content.decode()
    record = desk.get(reverse("enterprises:record", args=[firm.pk])).content.decode()
    assert "由服务机构的评估人员代录" in record
    listed = world.client_of(county.inspector).get("/enterprises/without-phone/").content.decode()
    assert firm.name in listed
    with acting_as(county.officer):
        [sheet] = claims.claims_issue(actor=county.officer, enterprises=[firm])
    own = {"name": "李明", "username": "liming", "password": "kept-by-heart-9",
           "password_again": "kept-by-heart-9", "answer": "1647"}  # fmt: skip
    page = reverse("enterprises:claim", args=[claims.code_of(sheet)])
    assert Client().post(page, own).status_code == 302
    with acting_as(county.officer):
        ended = NoPhone.objects.get()
        assert (ended.ended_reason, ended.ended_by_name[-2:]) == ("企业已开通账号", "李明")
        assert AuditEntry.objects.filter(act="nophone.end").count() == 1


def test_who_has_an_account_is_not_marked(county):
    url = reverse("enterprises:no-phone", args=[county.enterprises[0].pk])
    answer = world.client_of(county.lead).post(url, {"enters": "provider", "reason": "没有手机"})
    assert answer.status_code == 422
    assert "企业已开通账号" in answer.content.decode()


def test_a_mark_is_taken_off_by_hand_with_a_reason(county):
    mark(county)
    url = reverse("enterprises:no-phone-end", args=[county.enterprises[0].pk])
    desk = world.client_of(county.lead)
    assert "reason" in desk.post(url, {"reason": " "}).context["form"].errors
    assert desk.post(url, {"reason": "买了手机"}).status_code == 302
    assert desk.get(url).status_code == 404


def test_an_inspector_enters_that_it_takes_longer_and_the_slip_stays_with_it(county):
    [hazard] = counties.issued(county, hazards=1)
    page = reverse("inspections:extension-enter", args=[hazard.pk])
    desk = world.client_of(county.inspector)
    said = {"wanted_on": f"{hazard.due_on + timedelta(days=3)}", "reason": "配件未到",
            "safeguard": "停用"}  # fmt: skip
    refused = desk.post(page, {**said, **slip()})
    assert "没有标注“无手机”" in refused.content.decode()  # the owner would do it himself
    mark(county)
    bare = desk.post(page, said)
    assert set(bare.context["form"].errors) == {"slip", "signer_name", "signed_on"}
    assert "配件未到" in bare.content.decode()
    late = desk.post(page, {**said, **slip(signed_on="2026-06-09")})
    assert "不能晚于今天" in str(late.context["form"].errors["signed_on"])
    no_picture = SimpleUploadedFile("slip.jpg", b"nothing", "image/jpeg")
    assert "slip" in desk.post(page, {**said, **slip(slip=no_picture)}).context["form"].errors
    with acting_as(county.officer):
        assert not Extension.objects.exists()  # nothing by halves
    assert desk.post(page, {**said, **slip()}).status_code == 302
    made = entered(county, kind="extension")
    with acting_as(county.lead):  # his provider sees slip and act
        asked = Extension.objects.get()
        assert asked.asked_by_name.endswith("（代录）")
        assert Photo.objects.get(subject_id=str(made.pk)).purpose == "slip"
    assert (made.subject_id, made.signer_name) == (str(asked.pk), "张立新")
    assert made.provider_org_id == county.contract.provider_org_id
    shown = desk.get(reverse("enterprises:entered", args=[county.enterprises[0].pk]))
    assert hazard.number in shown.content.decode()
    timeline = desk.get(reverse("inspections:hazard", args=[hazard.pk])).content.decode()
    assert "（代录）" in timeline


def test_who_entered_a_request_does_not_answer_it(county):
    [hazard] = counties.issued(county, hazards=1)
    mark(county, "agency")
    page = reverse("inspections:extension-enter", args=[hazard.pk])
    said = {
        "wanted_on": f"{hazard.due_on + timedelta(days=3)}",
        "reason": "配件",
        "safeguard": "停",
    }
    lead = world.client_of(county.lead).post(page, {**said, **slip()})
    assert "由监管部门代录" in lead.content.decode()
    assert world.client_of(county.officer).post(page, {**said, **slip()}).status_code == 302
    with acting_as(county.officer):
        asked = Extension.objects.get()
        with pytest.raises(DomainError, match="由你代企业录入"):
            extension_answer(
                actor=county.officer, extension=asked, decision="grant", granted_on=None, answer=""
            )
    assert "extension" not in counts(county.officer)
    assert counts(county.second_officer)["extension"] == 1
    with acting_as(county.second_officer):
        done = extension_answer(
            actor=county.second_officer, extension=asked, decision="grant", granted_on=None,
            answer="同意",
        )  # fmt: skip
    assert done.state == "granted"


def test_an_officer_enters_a_rectification_and_it_is_counted(county):
    [hazard] = counties.issued(county, hazards=1)
    desk = world.client_of(county.admin)
    page = reverse("inspections:submit", args=[hazard.pk])
    form = {"text": "已接地", "responsible_person": "张立新", "done_on": "2026-06-08"}
    photo = SimpleUploadedFile("after.jpg", counties.picture((1, 2, 3)), "image/jpeg")
    assert "slip" in desk.post(page, {**form, "photos": photo}).context["form"].errors
    photo.seek(0)
    assert desk.post(page, {**form, "photos": photo, "slip": slip()["slip"]}).status_code == 302
    with acting_as(county.officer):
        row = Rectification.objects.get()
        assert row.is_entered_for
        assert Hazard.objects.get().state == "submitted"
        assert was_entered_by(county.admin, row)
        assert not was_entered_by(county.officer, row)
    page = desk.get(reverse("agencies:contract", args=[county.contract.pk])).content.decode()
    assert "替 1 家企业录入 1 项：服务机构 0 项，监管部门 1 项" in page


def test_who_entered_a_rectification_does_not_sign_the_opinion_on_it(county):
    """An officer who writes for the owner what is mended is none of the two that recheck it."""
    order, officers = counties.ordered(county), counties.pair(county)
    nobody_there(county)
    county.later(days=3)
    with acting_as(county.officer):
        page = reverse("inspections:submit", args=[order.hazards.order_by("number").first().pk])
        form = {"text": "已接地", "responsible_person": "张立新",
                "done_on": f"{clock.today(county.zone.pk)}"}  # fmt: skip
    photo = SimpleUploadedFile("after.jpg", counties.picture((1, 2, 3)), "image/jpeg")
    desk = world.client_of(county.officer)
    assert desk.post(page, {**form, "photos": photo, "slip": slip()["slip"]}).status_code == 302
    with acting_as(county.officer):
        results = {str(one.pk): Rechecked("passed") for one in order.hazards.all()}
        with pytest.raises(DomainError, match="代企业录入了整改，不能复查"):
            opinion_issue(
                actor=county.officer, order=order, results=results, representative_name="张立新",
                **officers,
            )  # fmt: skip
        assert not Document.objects.filter(kind="recheck_opinion").exists()


def test_a_superior_looks_on_and_a_stranger_finds_nothing(county):
    mark(county)
    other = counties.build("130372", base=500)
    city = world.member(world.agency("1303").org, Role.OFFICER)
    url = reverse("enterprises:no-phone", args=[county.enterprises[0].pk])
    entered_page = reverse("enterprises:entered", args=[county.enterprises[0].pk])
    assert world.client_of(city).get(url).status_code == 404
    assert world.client_of(city).get(entered_page).status_code == 200
    for person in (other.officer, other.lead):
        assert world.client_of(person).get(entered_page).status_code == 404
        assert world.client_of(person).get(url).status_code == 404


def test_the_slip_lists_what_is_due_and_is_one_pdf_a_kind(county):
    [hazard] = counties.issued(county, hazards=1)
    mark(county)
    desk = world.client_of(county.lead)
    page = desk.get(reverse("enterprises:entered", args=[county.enterprises[0].pk]))
    kinds = [kind.key for kind, _ in page.context["duties"]]
    assert kinds == ["rectification", "extension", "self_check"]
    pk = county.enterprises[0].pk
    for kind in kinds:
        answer = desk.get(reverse("enterprises:entered-slip", args=[pk, kind]))
        assert (answer.status_code, answer.content[:4]) == (200, b"%PDF")
    nothing = reverse("enterprises:entered-slip", args=[pk, "questionnaire"])
    assert desk.get(nothing).status_code == 404
    assert hazard.number in page.content.decode()


def test_what_he_was_sent_is_told_by_word_of_mouth_and_noted(county):
    mark(county, "agency")
    firm = county.enterprises[0]
    with acting_as(county.officer):
        notify(
            org_id=firm.enterprise_org_id, kind="hazard.issued", title="3项隐患要整改", url="/",
            at=counties.NOW,
        )  # fmt: skip
    page = reverse("enterprises:entered", args=[firm.pk])
    desk = world.client_of(county.officer)
    [told] = [m for m in desk.get(page).context["told"] if m.title == "3项隐患要整改"]
    assert "3项隐患要整改" not in world.client_of(county.lead).get(page).content.decode()
    url = reverse("enterprises:entered-told", args=[firm.pk])
    desk.post(url, {"id": ["0"]})
    desk.post(url, {"id": [str(told.pk)]})
    assert told.pk not in [m.pk for m in desk.get(page).context["told"]]
    with acting_as(SYSTEM):
        row = Notification.objects.get(pk=told.pk)
        assert row.read_by_id == county.officer.member
        assert AuditEntry.objects.filter(act="nophone.told").count() == 1


def test_what_an_owner_chose_is_entered_by_the_agency_as_his_choice():
    market = markets.build()
    markets.opened(market)
    county, invite = market.county, markets.invite_of(market)
    mark(county, "agency", enterprise=invite.enterprise)
    page = reverse("agencies:choose-enter", args=[invite.pk])
    assert world.client_of(county.lead).get(page).status_code == 403
    desk = world.client_of(market.officer)
    _, chosen = markets.offers_of(market)
    assert desk.post(page, {"offer": chosen.pk, **slip()}).status_code == 302
    with acting_as(market.officer):
        row = ProviderChoice.objects.get()
        assert (row.made_as, row.offer_id) == ("enterprise", chosen.pk)
        assert row.made_by_name.endswith("（代录）")
        assert EnteredAct.objects.get().kind == "choice"


def test_a_questionnaire_is_entered_by_an_officer_only_and_stays_sealed(county):
    row = evaluated.asking(county)
    mark(county, "provider")
    with acting_as(county.officer):
        form = Questionnaire.objects.get(filed_at=None)
    page = reverse("scoring:questionnaire-enter", args=[form.pk])
    assert world.client_of(county.lead).get(page).status_code == 403  # it is the one judged
    desk = world.client_of(county.officer)
    answers = {f"q{n}": 8 for n in range(1, 11)}
    half = desk.post(page, {**answers, "q3": "", **slip(signed_on="2026-06-01")})
    assert "q3" in half.context["form"].errors
    assert desk.post(page, {**answers, **slip(signed_on="2026-06-01")}).status_code == 302
    made = entered(county, kind="questionnaire")
    with acting_as(county.officer):
        assert not Questionnaire.objects.filter(pk=form.pk).exists()  # sealed, for him as well
        photo = Photo.objects.get(subject_id=str(made.pk))
    listed = reverse("enterprises:entered", args=[form.enterprise_id])
    assert str(photo.pk) not in desk.get(listed).content.decode()
    reading = reverse("evidence:photo", args=[photo.pk])
    assert desk.get(reading).status_code == 404
    with acting_as(county.lead):
        assert not EnteredAct.objects.filter(pk=made.pk).exists()
        assert not Photo.objects.filter(pk=photo.pk).exists()
    with acting_as(county.officer):
        forms_close(actor=county.officer, appraisal=row, reason="已约定")
        opened = Questionnaire.objects.get(pk=form.pk)
        assert opened.filed_by_name.endswith("（代录）")
        with pytest.raises(DomainError, match="由你代企业录入"):
            form_exclude(actor=county.officer, form=opened, reason="存疑")
    assert str(photo.pk) in desk.get(listed).content.decode()


@pytest.fixture
def town():
    return townships.build()


def alone(town, enters="agency") -> None:
    with acting_as(SYSTEM):
        Membership.objects.filter(pk=town.principal.member).update(ended_at=townships.NOW)
    with acting_as(town.admin):
        no_phone_note(actor=town.admin, enterprise=town.firm, enters=enters, reason="没有手机")


def test_a_word_on_points_is_entered_by_neither_giver_nor_decided_by_who_entered(town):
    sheet = town.give("2.1", "3.2")
    alone(town)
    page = reverse("scoring:appeal-enter", args=[sheet.pk])
    with acting_as(town.admin):
        ids = [str(pk) for pk in sheet.entries.values_list("pk", flat=True)]
    said = {"says": "appeal", "entries": ids[:1], "reason": "当场已经改好",
            **slip(signed_on="2026-03-02")}  # fmt: skip
    giver = world.client_of(town.officer).post(page, said)
    assert "记分人员不能替企业录入" in giver.content.decode()
    desk = world.client_of(town.admin)
    bare = desk.post(page, {"says": "appeal", **slip(signed_on="2026-03-02")})
    assert set(bare.context["form"].errors) == {"entries", "reason"}
    said["slip"].seek(0)
    assert desk.post(page, said).status_code == 302
    with acting_as(town.admin):
        appeal = PointAppeal.objects.select_related("sheet__book", "enterprise").get()
        assert appeal.asked_by_name.endswith("（代录）")
        with pytest.raises(DomainError, match="由你代企业录入"):
            appeal_decide(actor=town.admin, appeal=appeal, rulings={}, answer="维持")
    assert "appeal" not in counts(town.admin)
    other = world.member(town.agency.org, Role.OFFICER)
    assert counts(other)["appeal"] == 1


def test_having_nothing_to_say_is_entered_as_well(town):
    sheet = town.give("2.1")
    alone(town)
    page = reverse("scoring:appeal-enter", args=[sheet.pk])
    desk = world.client_of(town.admin)
    assert desk.post(page, {"says": "waive", **slip(signed_on="2026-03-02")}).status_code == 302
    with acting_as(town.admin):
        assert PointAppeal.objects.get().state == "waived"


def test_a_self_check_is_entered_whole_and_shown_only_if_the_slip_says_so(town):
    alone(town)
    page = reverse("scoring:self-check-enter", args=[town.firm.pk])
    desk = world.client_of(town.admin)
    clauses = desk.get(page).context["clauses"]
    given = {f"{one.prefix}-result": "ok" for one in clauses}
    part = dict(list(given.items())[:-1])
    missing = desk.post(page, {**part, **slip(signed_on="2026-03-02")})
    assert "还有1款没有自查" in missing.content.decode()
    assert desk.post(page, {**given, **slip(signed_on="2026-03-02")}).status_code == 302
    with acting_as(town.admin):
        assert not SelfCheck.objects.exists()  # the enterprise's own business
        assert EnteredAct.objects.get().kind == "self_check"
    again = desk.post(page, {**given, **slip(signed_on="2026-03-02"), "is_shared": "on"})
    assert again.status_code == 302
    with acting_as(town.admin):
        assert SelfCheck.objects.get().started_by_name.endswith("（代录）")


def test_the_list_runs_the_same_statements_for_one_as_for_many(
    county, django_assert_max_num_queries
):
    mark(county)
    desk = world.client_of(county.officer)
    with django_assert_max_num_queries(40) as few:
        desk.get("/enterprises/without-phone/")
    with acting_as(county.admin):
        more = [counties.enterprise(county.zone, 100 + n) for n in range(8)]
    for firm in more:
        mark(county, enterprise=firm)
    with django_assert_max_num_queries(len(few)):
        page = desk.get("/enterprises/without-phone/")
    assert "共 9 家" in page.content.decode()
