"""An owner takes his enterprise up with the sheet that he was handed, and nobody else does."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from enterprises import claims
from enterprises.models import ClaimCode, Enterprise
from notifications.models import Notification
from tenancy.actors import SYSTEM
from tenancy.models import Membership
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
OWN = {"name": "李明", "username": "liming", "password": "kept-by-heart-9",
       "password_again": "kept-by-heart-9", "answer": "1647"}  # fmt: skip


@pytest.fixture
def county():
    """The second enterprise has no account yet."""
    return counties.build()


def issue(county, *enterprises) -> list[ClaimCode]:
    with acting_as(county.officer):
        return claims.claims_issue(
            actor=county.officer, enterprises=enterprises or [county.enterprises[1]]
        )


def url(claim: ClaimCode) -> str:
    return reverse("enterprises:claim", args=[claims.code_of(claim)])


def row(claim: ClaimCode) -> ClaimCode:
    with acting_as(SYSTEM):
        return ClaimCode.objects.get(pk=claim.pk)


def test_from_the_batch_to_the_owners_first_page(county):
    with acting_as(county.admin):
        Enterprise.objects.filter(pk=county.enterprises[1].pk).update(name="东风机械厂")
    desk = world.client_of(county.officer)
    page = f"/batches/{county.batch.pk}/claims/"
    assert "生成并打印（1 张）" in desk.get(page).content.decode()
    answer = desk.post(page)
    printed = desk.get(answer.url).content.decode()
    assert printed.count('class="claim-sheet"') == 1
    assert "东风机械厂" in printed
    code = re.search(r"([A-Z2-7]{5})-([A-Z2-7]{5})", printed)
    owner = Client()
    typed = owner.get("/claim/", {"code": f" {code[1].lower()} {code[2]} "})
    assert "东风机械厂" in owner.get(typed.url).content.decode()
    assert owner.post(typed.url, OWN).url == "/"
    with acting_as(SYSTEM):
        member = Membership.objects.get(user__username="liming")
    assert (member.role, member.org_id) == ("principal", county.enterprises[1].enterprise_org_id)
    assert owner.get("/deadlines/").status_code == 200
    assert "李明 已认领" in desk.get(page).content.decode()


def test_a_sheet_is_made_once_and_not_for_whom_somebody_is_there(county):
    [first] = issue(county, *county.enterprises)
    assert first.enterprise_id == county.enterprises[1].pk
    [again] = issue(county, *county.enterprises)
    assert again.pk == first.pk
    with pytest.raises(DomainError, match="没有可以生成认领单"):
        issue(county, county.enterprises[0])


def test_of_whom_nothing_is_known_there_is_no_sheet_but_a_link_to_the_file(county):
    with acting_as(county.officer):
        Enterprise.objects.filter(pk=county.enterprises[1].pk).update(phone="", principal_name="")
    page = world.client_of(county.officer).get("/enterprises/claims/").content.decode()
    assert f"/enterprises/{county.enterprises[1].pk}/edit/" in page


def test_without_a_telephone_the_principals_name_is_asked(county):
    with acting_as(county.officer):
        Enterprise.objects.filter(pk=county.enterprises[1].pk).update(phone="")
    [sheet] = issue(county)
    assert "主要负责人姓名" in Client().get(url(sheet)).content.decode()
    assert Client().post(url(sheet), {**OWN, "answer": "张 立新"}).status_code == 302


def test_five_wrong_answers_make_the_sheet_void_and_the_agency_is_told(county):
    [sheet] = issue(county)
    anybody = Client()
    for left in (4, 3, 2, 1):
        answer = anybody.post(url(sheet), {**OWN, "answer": "0000"})
        assert answer.status_code == 422
        assert f"还可以试{left}次" in answer.content.decode()
        assert 'value="liming"' in answer.content.decode()  # what was typed stays
    assert "已作废" in anybody.post(url(sheet), {**OWN, "answer": "0000"}).content.decode()
    for _ in range(95):
        assert anybody.post(url(sheet), OWN).status_code == 410
    assert row(sheet).withdrawn_reason == "核对错误5次"
    with acting_as(county.officer):
        assert Notification.objects.filter(kind="enterprise.claim").count() == 1
        assert AuditEntry.objects.filter(act="claimcode.wrong").count() == 5
    assert not User.objects.filter(username="liming").exists()


def test_a_right_answer_with_a_taken_name_costs_no_try(county):
    [sheet] = issue(county)
    taken = User.objects.order_by("pk").first().username
    answer = Client().post(url(sheet), {**OWN, "username": taken})
    assert "该登录名已被使用" in answer.content.decode()
    assert row(sheet).failures == 0


def test_a_sheet_is_used_once(county):
    [sheet] = issue(county)
    assert Client().post(url(sheet), OWN).status_code == 302
    again = Client().post(url(sheet), {**OWN, "username": "other"})
    assert again.status_code == 410
    assert "已使用过" in again.content.decode()


def test_the_answer_of_another_firm_is_wrong(county):
    with acting_as(county.officer):
        Enterprise.objects.filter(pk=county.enterprises[1].pk).update(phone="13900009999")
    [sheet] = issue(county)
    assert Client().post(url(sheet), OWN).status_code == 422  # the first firm's telephone
    assert row(sheet).failures == 1


def test_who_has_an_account_takes_another_firm_up_with_it(county):
    [sheet] = issue(county)
    owner = world.client_of(county.principal)
    assert "将以当前账号" in owner.get(url(sheet)).content.decode()
    assert owner.post(url(sheet), {"answer": "13405461647"}).status_code == 302
    with acting_as(SYSTEM):
        mine = Membership.objects.filter(user_id=county.principal.user_id, ended_at=None)
        assert mine.filter(role="principal").count() == 2


def test_after_its_days_a_sheet_is_void_and_a_new_one_is_made(county):
    [sheet] = issue(county)
    county.later(days=claims.DAYS + 1)
    answer = Client().get(url(sheet))
    assert (answer.status_code, "已失效" in answer.content.decode()) == (410, True)
    desk = world.client_of(county.officer)
    desk.post("/enterprises/claims/")
    with acting_as(county.officer):
        open_codes = ClaimCode.objects.filter(withdrawn_at=None)
        assert [one.enterprise_id for one in open_codes] == [sheet.enterprise_id]
        assert open_codes.get().pk != sheet.pk


def test_a_lost_sheet_is_made_void_with_its_reason(county):
    [sheet] = issue(county)
    desk = world.client_of(county.officer)
    page = reverse("enterprises:claim-withdraw", args=[sheet.pk])
    assert desk.post(page, {"reason": ""}).status_code == 422
    assert desk.post(page, {"reason": "遗失"}).status_code == 302
    assert Client().post(url(sheet), OWN).status_code == 410


@pytest.mark.parametrize("answer", ["１６４７", "1647", " 134-0546 1647", "²²²²", "张", "٤٥٦٧"])
def test_however_the_answer_is_typed_it_is_right_or_wrong(county, answer):
    [sheet] = issue(county)
    right = "1647" in answer or answer == "１６４７"
    code = Client().post(url(sheet), {**OWN, "answer": answer}).status_code
    assert (code, row(sheet).failures) == ((302, 0) if right else (422, 1))


@pytest.mark.parametrize("only", ["²", "-1", "x", "9" * 30])
def test_nonsense_in_the_address_is_no_error(county, only):
    page = world.client_of(county.officer).get("/enterprises/claims/", {"only": only})
    assert page.status_code == 200


def test_a_made_up_code_leads_nowhere(county):
    issue(county)
    for code in ("ABCDEFGHIJ", "x", "22222-22222", "认领"):
        answer = Client().get(reverse("enterprises:claim", args=[code]))
        assert (answer.status_code, "没有这个认领码" in answer.content.decode()) == (410, True)


def test_codes_are_nowhere_kept_and_outlive_a_new_key(county, settings):
    [sheet] = issue(county)
    code, old = claims.code_of(sheet), settings.SECRET_KEY
    assert code not in str(vars(row(sheet)))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "k" * 60, [old]
    assert claims.code_of(sheet) == code
    with acting_as(SYSTEM):
        assert claims.claim_open(code).pk == sheet.pk


def test_many_sheets_take_no_more_statements(django_assert_max_num_queries):
    desk = world.client_of(counties.build(enterprises=21).officer)
    printed = desk.get(desk.post("/enterprises/claims/").url).content.decode()
    assert printed.count('class="claim-sheet"') == 20
    for page in ("/enterprises/claims/", "/enterprises/claims/?print=1"):
        with django_assert_max_num_queries(15):
            assert desk.get(page).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_takes_the_enterprise_up():
    county = counties.build()
    [sheet] = issue(county)
    both = Barrier(2)

    def take(name: str) -> int:
        client = Client()
        both.wait()
        try:
            return client.post(url(sheet), {**OWN, "username": name}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(take, ("first", "second")))
    assert codes[0] == 302
    assert codes[1] in (410, 422)
    with acting_as(SYSTEM):
        org = county.enterprises[1].enterprise_org_id
        assert Membership.objects.filter(org_id=org, role="principal").count() == 1


@pytest.fixture
def counted(settings):
    """Guesses are counted, as they are outside the tests; the other limits are out of the way."""
    settings.RATELIMIT_ENABLE = True
    settings.RATE_LIMITS = {**dict.fromkeys(("public", "member", "heavy", "rare"), "9999/m"),
                            "guess": "20/h", "guess_all": "50/h"}  # fmt: skip
    cache.clear()
    yield
    cache.clear()


def made_up(number: int) -> str:
    return reverse("enterprises:claim", args=[f"{number:010}".translate(str.maketrans("01", "AB"))])


def guess(times: int, **more) -> list[int]:
    return [Client().get(made_up(n), **more).status_code for n in range(times)]


def test_a_hundred_guesses_from_one_address_are_stopped_and_another_goes_on(county, counted):
    [sheet] = issue(county)
    assert guess(100) == [410] * 20 + [429] * 80
    stopped = Client().get(url(sheet))  # nor is the right one looked up, or it would be told
    assert (stopped.status_code, "分钟后再试" in stopped.content.decode()) == (429, True)
    assert "监管部门当面办理" in stopped.content.decode()
    assert 0 < int(stopped["Retry-After"]) <= 3600
    assert Client().post(url(sheet), OWN).status_code == 429
    assert Client().get(url(sheet), REMOTE_ADDR="10.0.0.9").status_code == 200
    with acting_as(SYSTEM):
        assert AuditEntry.objects.filter(act="claimcode.guessed").count() == 1
    assert row(sheet).failures == 0


def test_guesses_from_many_addresses_keep_nobody_else_out(county, counted):
    [sheet] = issue(county)
    for number in range(4):
        guess(25, REMOTE_ADDR=f"10.0.1.{number}")
    assert Client().get(url(sheet), REMOTE_ADDR="10.0.2.1").status_code == 200


def test_who_types_the_codes_of_others_right_is_not_counted(county, counted):
    """A meeting's hall shares one address: sheets that are opened, used up or void are no guesses."""
    [sheet] = issue(county)
    assert [Client().get(url(sheet)).status_code for _ in range(30)] == [200] * 30
    assert Client().post(url(sheet), OWN).status_code == 302
    assert [Client().get(url(sheet)).status_code for _ in range(30)] == [410] * 30
