"""Tokens of programs: made by a person, never more than he is, and over when he is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from api.access import tokens_own
from api.models import ApiToken
from api.scopes import NOUNS, scopes_of
from api.services import MOST_TOKENS, token_make, token_revoke
from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.models import Membership, Organization
from tenancy.services import membership_end
from tests import county as counties
from tests import world
from tests.api.asking import V1, Program, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return counties.build(enterprises=1)


def refusal(secret: str) -> tuple[int, str]:
    answer = Client().get(f"{V1}me/", headers={"Authorization": f"Bearer {secret}"})
    return answer.status_code, answer.json().get("message", "")


def changed(token: ApiToken, **values: object) -> None:
    with acting_as(SYSTEM):
        ApiToken.objects.filter(pk=token.pk).update(**values)


def test_a_token_acts_as_its_holder_and_says_so(county):
    token, secret = token_of(county.officer, "hazards:read", "visits:read")
    who = Program(county.officer, secret=secret).get("me/").json()
    assert (who["member"], who["role"]) == (county.officer.member, "officer")
    assert who["scopes"] == ["hazards:read", "visits:read"]
    assert who["token"]["prefix"] == token.prefix == secret[: len(token.prefix)]


def test_the_secret_is_kept_nowhere(county):
    _, secret = token_of(county.officer)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM api_apitoken t WHERE t::text LIKE %s", [f"%{secret}%"])
        assert cursor.fetchone() == (0,)


def test_a_token_that_gives_nothing_says_why(county, settings):
    cases = {
        "令牌已吊销": {"revoked_at": timezone.now()},
        "令牌已过期，请重新建立": {
            "created_at": timezone.now() - timedelta(days=2),
            "expires_at": timezone.now() - timedelta(days=1),
        },
        "该令牌不允许从这个网络地址使用": {"networks": ["203.0.113.0/24"]},
    }
    for words, values in cases.items():
        token, secret = token_of(county.officer)
        changed(token, **values)
        assert refusal(secret) == (401, words)
    assert refusal("anfu_nothing") == (401, "令牌无效")
    assert refusal("") == (401, "令牌无效")
    _, secret = token_of(county.officer, networks=("127.0.0.0/8",))
    assert refusal(secret)[0] == 200
    settings.MFA_REQUIRED = True
    assert refusal(secret) == (401, "令牌所属的账号还没有设置两步验证")
    _, secret = token_of(county.inspector)
    assert refusal(secret)[0] == 200  # of whom no second factor is asked


def test_a_leavers_token_is_over_with_him(county):
    _, ended = token_of(county.inspector)
    _, inactive = token_of(county.officer)
    with acting_as(county.admin):
        User.objects.filter(pk=county.officer.user_id).update(is_active=False)
    with acting_as(SYSTEM):
        body = Organization.objects.get(pk=county.contract.provider_org_id)
    lead = world.member(body, Role.PROVIDER_ADMIN)
    with acting_as(lead):
        membership_end(
            actor=lead, membership=Membership.objects.get(pk=county.inspector.membership_id)
        )
    assert refusal(ended) == (401, "令牌所属的身份已停用")
    assert refusal(inactive) == (401, "令牌所属的账号已停用")


def test_a_bad_token_is_not_made_good_by_a_session_beside_it(county, client):
    world.sign_in(client, county.officer)
    assert client.get(f"{V1}me/").status_code == 200
    assert client.get(f"{V1}me/", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_token_opens_no_page(county):
    _, secret = token_of(county.admin)
    for path in ("/tokens/", "/tokens/new/", "/hazards/", "/field/api/me", "/people/"):
        answer = Client().get(path, headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code in (302, 401), path
    schema = Client().get("/api/schema/", headers={"Authorization": f"Bearer {secret}"})
    assert schema.status_code == 200


def test_each_scope_lets_its_noun_and_its_way_through_and_no_other(scenes):
    scene = scenes[0]
    things = scene.things
    paths = {
        "enterprises": f"enterprises/{things['enterprise']}/",
        "contracts": f"contracts/{things['contract']}/",
        "payments": f"payments/{things['paid']}/",
        "assignments": f"assignments/{things['assignment']}/",
        "visits": f"visits/{things['visit']}/",
        "hazards": f"hazards/{things['hazard']}/",
        "meetings": f"meetings/{things['meeting']}/",
        "teams": f"teams/{things['team_member']}/",
        "visit-plans": f"visit-plans/{things['visit_plan']}/",
        "reviews": f"reviews/{things['review']}/",
        "disclosures": f"disclosures/{things['disclosure']}/",
        "corrections": f"corrections/{things['correction']}/",
        "historical-hazards": f"historical-hazards/{things['historical']}/",
        "obligations": f"obligations/{things['obligation']}/",
        "documents": f"documents/{things['document']}/",
        "points": f"points/{things['cycle']}/",
        "appraisals": f"appraisals/{things['appraisal']}/",
        "providers": f"providers/{things['provider']}/",
        "library": f"library/{things['library_entry']}/",
        "notifications": "notifications/",
        "jobs": f"jobs/{things['job']}/",
    }
    writes = {
        "enterprises": "PATCH", "assignments": "withdrawal/", "visits": "confirmation/",
        "hazards": "rechecks/", "meetings": "minutes/", "teams": "confirmation/",
        "visit-plans": "return/", "disclosures": "acknowledgement/", "corrections": "answer/",
        "historical-hazards": "settlement/", "obligations": "acceptances/",
        "documents": "receipt/", "notifications": "read/",
    }  # fmt: skip
    assert set(paths) == {noun.name for noun in NOUNS}
    assert set(writes) == {noun.name for noun in NOUNS if noun.writes}
    admin = scene.county.admin
    with acting_as(admin):
        allowed = [scope for scope, _ in scopes_of(admin)]
    for scope in allowed:
        token, secret = token_of(admin, scope)
        program = Program(admin, secret=secret)
        for noun, path in paths.items():
            answer = program.get(path)
            assert (answer.status_code == 200) == (scope == f"{noun}:read"), (scope, noun)
            if answer.status_code != 200:
                assert f"{noun}:read" in answer.json()["message"]
            if noun not in writes:
                continue
            if writes[noun] == "PATCH":
                answer = program.patch(path, {"name": 5})
            else:
                answer = program.post(path + writes[noun], {"ids": 5, "answer": 5, "note": 5})
            said = answer.json()["message"]
            assert answer.status_code in (400, 403, 422)
            assert (f"{noun}:write" in said) == (scope != f"{noun}:write"), (scope, noun)
        with acting_as(admin):
            token_revoke(actor=admin, token=token)  # nobody has more than twenty


def test_nobody_gives_away_what_his_role_has_not(county):
    day = timezone.localdate() + timedelta(days=9)
    bad = [
        ({"scopes": ["points:read"]}, "scopes"), ({"scopes": []}, "scopes"),
        ({"scopes": ["everything:write"]}, "scopes"),
        ({"expires_on": timezone.localdate() + timedelta(days=400)}, "expires_on"),
        ({"expires_on": timezone.localdate() - timedelta(days=1)}, "expires_on"),
    ]  # fmt: skip
    with acting_as(county.lead):
        for values, field in bad:
            asked = {"name": "x", "scopes": ["hazards:read"], "expires_on": day, **values}
            with pytest.raises(DomainError) as refused:
                token_make(actor=county.lead, **asked)
            assert refused.value.field == field
        for _ in range(MOST_TOKENS):
            token_make(actor=county.lead, name="x", scopes=["hazards:read"], expires_on=day)
        with pytest.raises(DomainError, match="在用的令牌"):
            token_make(actor=county.lead, name="x", scopes=["hazards:read"], expires_on=day)


def test_making_using_and_revoking_stand_in_the_log_and_use_once_an_hour(county):
    program = Program(county.officer)
    for _ in range(3):
        assert program.get("hazards/").status_code == 200
    with acting_as(county.officer):
        [token] = tokens_own(county.officer)
        assert token.last_used_at is not None
    changed(token, last_used_at=timezone.now() - timedelta(hours=2))
    program.get("hazards/")
    with acting_as(county.officer):
        token_revoke(actor=county.officer, token=token)
        with pytest.raises(DomainError, match="已经吊销"):
            token_revoke(actor=county.officer, token=token)
    with acting_as(SYSTEM):
        rows = AuditEntry.objects.filter(subject_type="api.apitoken", subject_id=str(token.pk))
        rows = rows.order_by("id")
        acts = list(rows.values_list("act", flat=True))
    assert acts == ["token.make", "token.use", "token.use", "token.revoke"]


def test_a_known_token_costs_one_statement(county):
    program = Program(county.lead)
    program.get("me/")
    with CaptureQueriesContext(connection) as queries:
        assert program.get("me/").status_code == 200
    statements = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) == 1, statements


def test_a_token_asks_as_often_as_one_person_may_and_for_itself_alone(county, settings):
    settings.RATELIMIT_ENABLE = True
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "member": "3/m"}
    first, second = Program(county.officer), Program(county.officer)
    codes = [first.get("me/").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    refused = first.get("me/")
    assert int(refused["Retry-After"]) > 0
    assert "秒后再试" in refused.json()["message"]
    assert second.get("me/").status_code == 200


def test_the_page_makes_shows_once_lists_and_revokes(county, client):
    world.sign_in(client, county.officer)
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    asked = {"name": "区数据中心", "scopes": ["hazards:read"], "expires_on": day, "networks": "x"}
    wrong = client.post("/tokens/new/", asked)
    assert wrong.status_code == 422
    assert "“x”不是网络地址" in wrong.content.decode()
    assert "区数据中心" in wrong.content.decode()
    made = client.post("/tokens/new/", {**asked, "networks": "10.0.0.8\n10.1.0.0/16\n"})
    assert made.status_code == 201
    secret = made.context["secret"]
    assert secret in made.content.decode()
    page = client.get("/tokens/").content.decode()
    assert "区数据中心" in page
    assert "10.1.0.0/16" in page
    assert secret not in page
    token = made.context["token"]
    assert client.post(f"/tokens/{token.pk}/revoke/").status_code == 302
    assert refusal(secret) == (401, "令牌已吊销")
    for values in ({"scopes": ["points:write"]}, {"expires_on": "2000-01-01"}, {"scopes": []}):
        assert client.post("/tokens/new/", {**asked, "networks": "", **values}).status_code == 422


def test_an_administrator_sees_and_revokes_those_of_his_people_and_nobody_elses(county, client):
    token, secret = token_of(county.officer)
    stranger, _ = token_of(county.lead)
    world.sign_in(client, county.admin)
    page = client.get("/tokens/people/").content.decode()
    assert token.prefix in page
    assert stranger.prefix not in page
    assert client.post(f"/tokens/{stranger.pk}/revoke/").status_code == 404
    assert client.post(f"/tokens/{token.pk}/revoke/").status_code == 302
    assert refusal(secret)[0] == 401
    world.sign_in(client, county.second_officer)
    assert client.get("/tokens/people/").status_code == 403
    assert client.post(f"/tokens/{token.pk}/revoke/").status_code == 404


def test_tokens_and_kept_answers_are_hidden_by_the_database_itself(county):
    token_of(county.officer)
    for actor, number in ((county.officer, 1), (county.admin, 1), (county.lead, 0), (None, 0)):
        with acting_as(actor), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM api_apitoken")
            assert cursor.fetchone() == (number,)
