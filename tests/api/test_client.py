"""The typed client, made from the schema, against the web as it is served: as several roles."""

import importlib
import sys
from datetime import timedelta
from io import BytesIO
from types import ModuleType
from typing import Any

import pytest

from api.services import token_revoke
from common.scope import acting_as
from tests import county as counties
from tests.api import client as making
from tests.api.asking import token_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Any:
    """The client, imported from where it was made."""
    folder = tmp_path_factory.mktemp("client")
    making.generate(folder)
    sys.path.insert(0, str(folder))
    yield lambda name="": importlib.import_module(f"{making.PACKAGE}{name}")
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith(making.PACKAGE)]:
        del sys.modules[name]


@pytest.fixture
def county():
    county = counties.build(enterprises=2)
    counties.issued(county, hazards=3)
    return county


@pytest.fixture
def client_of(made, live_server) -> Any:
    def client_of(actor: Any, *scopes: str, token: str = "") -> Any:
        return made().AuthenticatedClient(
            base_url=live_server.url, token=token or token_of(actor, *scopes)[1]
        )

    return client_of


@pytest.fixture
def ask(made) -> Any:
    """Call a generated function by `noun.name`: the whole answer, typed."""

    def ask(name: str, client: Any, *args: Any, **kwargs: Any) -> Any:
        module: ModuleType = made(f".api.{name}")
        return module.sync_detailed(*args, client=client, **kwargs)

    return ask


def test_a_ledger_is_read_to_its_end_and_filtered(county, client_of, ask, made):
    models = made(".models")
    for actor in (county.officer, county.lead, county.principal):
        client, found, after = client_of(actor), [], made(".types").UNSET
        while True:
            page = ask("hazards.list_hazards", client, limit=2, after=after).parsed
            found += page.items
            if page.next_ is None:
                break
            after = page.next_
        assert len({one.id for one in found}) == page.count == 3
        assert all(isinstance(one, models.Hazard) for one in found)
        state = models.ListHazardsState("submitted")
        assert ask("hazards.list_hazards", client, state=state).parsed.items == []
        one = ask("hazards.get_hazard", client, found[0].id).parsed
        assert one.number == found[0].number
        assert one.state == models.HazardState("issued")


def test_each_role_gets_its_own_and_is_told_why_not(county, client_of, ask):
    inspector, firm = client_of(county.inspector), client_of(county.principal)
    who = ask("me.who_am_i", inspector).parsed
    assert (who.member, who.org_name) == (county.inspector.member, county.inspector.org_name)
    assert ask("assignments.list_assignments", inspector).parsed.count > 0
    refused = ask("assignments.list_assignments", firm)
    assert refused.status_code == 403
    assert "assignments:read" in refused.parsed.message
    assert ask("enterprises.list_enterprises", firm).status_code == 403
    [paper, *_] = ask("documents.list_documents", firm).parsed.items
    got = ask("documents.get_document_file", firm, paper.id)
    assert got.status_code == 202  # no worker makes files here
    assert "正在制作" in got.parsed.message


def test_the_same_act_again_is_done_once_and_a_stale_one_not_at_all(county, client_of, ask, made):
    models, types = made(".models"), made(".types")
    firm, inspector = client_of(county.principal), client_of(county.inspector)
    hazard = ask("hazards.list_hazards", firm).parsed.items[0]
    read = ask("hazards.get_hazard", inspector, hazard.id)
    answers = []
    for _ in range(2):
        picture = types.File(BytesIO(counties.picture()), "a.jpg", "image/jpeg")
        body = models.RectificationSubmitRequest(
            text="已接地", photos=[picture], responsible_person="张立新", done_on=hazard.found_on
        )
        answers.append(
            ask("hazards.submit_rectification", firm, hazard.id, body=body, idempotency_key="a")
        )
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].parsed == answers[1].parsed
    assert len(answers[1].parsed.rectifications) == 1
    passed = models.HazardRecheckRequest(result=models.RecheckDecision("passed"))
    stale = ask(
        "hazards.recheck_hazard", inspector, hazard.id, body=passed, if_match=read.headers["ETag"]
    )
    assert stale.status_code == 412
    again = ask("hazards.get_hazard", inspector, hazard.id)
    done = ask(
        "hazards.recheck_hazard", inspector, hazard.id, body=passed, if_match=again.headers["ETag"]
    )
    assert (done.status_code, done.parsed.state) == (201, models.HazardState("closed"))


def test_a_broken_rule_comes_with_its_field(county, client_of, ask, made):
    firm = client_of(county.principal)
    hazard = ask("hazards.list_hazards", firm).parsed.items[0]
    body = made(".models").ExtensionAskRequest(
        wanted_on=hazard.due_on - timedelta(days=5), reason="配件未到", safeguard="停用"
    )
    refused = ask("hazards.ask_extension", firm, hazard.id, body=body)
    assert (refused.status_code, refused.parsed.field) == (422, "wanted_on")


def test_a_revoked_token_is_over_at_once(county, client_of, ask):
    token, secret = token_of(county.officer)
    client = client_of(county.officer, token=secret)
    assert ask("me.who_am_i", client).status_code == 200
    with acting_as(county.officer):
        token_revoke(actor=county.officer, token=token)
    refused = ask("me.who_am_i", client)
    assert (refused.status_code, refused.parsed.message) == (401, "令牌已吊销")
