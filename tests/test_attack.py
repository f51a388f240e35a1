"""What `make attack` detects: each of its eyes is shown something that it must not miss."""

import io
import json
import zipfile
from dataclasses import replace
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse

from common.scope import acting_as
from config.urls import urlpatterns as all_urls
from documents.pdf import render
from enterprises.models import Enterprise
from tenancy.actors import SYSTEM
from tests import county as counties
from tests import world
from tests.attack import canaries, pages, policies, raw_sql, whose
from tests.attack.owner import owner
from tests.attack.people import Attacker, Victim
from tests.attack.probes import Attack, Report, Request
from tests.attack.routes import Calibration, Route, routes
from tests.attack.rows import Watch
from tests.attack.undo import undone
from tests.documents.samples import context, suggestion

pytestmark = pytest.mark.django_db(transaction=True)  # the owner's own connection sees the rows
WORD = "饕餮乙"


def careless(request, pk: int) -> HttpResponse:
    """A page that asks for a row and forgets whose it is."""
    with acting_as(SYSTEM):
        return HttpResponse(Enterprise.objects.get(pk=pk).name)


urlpatterns = [*all_urls, path("careless/<int:pk>/", careless, name="careless")]


@pytest.fixture
def theirs():
    county = counties.build("130400", base=500)
    canaries.plant("owner_agency_id", county.zone.pk)
    return county


@pytest.fixture
def victim(theirs) -> Victim:
    things = {"enterprise": theirs.enterprises[0].pk, "contract": theirs.contract.pk}
    return Victim("them", "owner_agency_id", theirs.zone.pk, things, ())


@pytest.fixture
def stranger() -> Attacker:
    mine = counties.build()
    return signed_in(mine.admin, enterprise=mine.enterprises[0].pk)


def signed_in(actor, **things) -> Attacker:
    client = Client(raise_request_exception=False)
    world.sign_in(client, actor)
    return Attacker("somebody", actor, client, things)


def test_what_the_victims_own_people_see_and_do_would_count_as_a_leak(theirs, victim):
    report = Report()
    attack = Attack(signed_in(theirs.admin), victim, report)
    firm, contract = theirs.enterprises[0].pk, theirs.contract.pk
    url = reverse("enterprises:record", args=[firm])
    attack.probe("page", Request("GET", url, is_foreign=True))
    attack.probe("act", Request("POST", reverse("agencies:contract-complete", args=[contract])))
    attack.probe("number", Request("POST", _personal(firm)))
    found = "\n".join(report.wrong)
    assert "answered 200" in found
    assert canaries.mark(victim.value) in found
    assert canaries.number(victim.value) in found
    assert "changed rows of agencies_servicecontract" in found
    with acting_as(theirs.admin):
        theirs.contract.refresh_from_db()
    assert theirs.contract.state == "active", "and is taken back"


def _personal(firm: int) -> str:
    return reverse("tenancy:personal", args=["enterprises.enterprise", firm, "phone"])


def test_a_stranger_gets_nothing_of_it(stranger, victim):
    report = Report()
    attack = Attack(stranger, victim, report)
    firm = victim.things["enterprise"]
    for url in (reverse("enterprises:record", args=[firm]), reverse("enterprises:list")):
        attack.probe("page", Request("GET", url, is_foreign=str(firm) in url))
    attack.probe("number", Request("POST", _personal(firm), is_foreign=True))
    assert not report.wrong
    assert report.sent.total() == 3


def test_a_careless_page_is_attacked_without_anybody_saying_so(settings, stranger, victim):
    settings.ROOT_URLCONF = __name__
    [route] = [route for route in routes() if route.name == "careless"]
    [opened] = Calibration([stranger]).opened(route)
    assert opened.kinds == ("enterprise",)
    report = Report()
    pages.attack_things(Attack(stranger, victim, report), [opened])
    assert any("gave away" in words for words in report.wrong)
    assert any("answered 200" in words for words in report.wrong)


def test_a_route_that_own_things_do_not_open_is_known(stranger):
    route = Route("inspections:hazard", "hazards/<uuid:pk>/", (int,))
    assert Calibration([stranger]).opened(route) == []


@pytest.mark.parametrize("status", [410, 429, 500, 200, 302])
def test_only_a_refusal_counts_as_one(stranger, victim, monkeypatch, status):
    report = Report()
    answer = HttpResponse(status=status, headers={"Location": "/"} if status == 302 else {})
    monkeypatch.setattr(Attacker, "send", lambda *args, **more: answer)
    Attack(stranger, victim, report).probe("page", Request("GET", "/", is_foreign=True))
    assert len(report.wrong) == 1


def test_a_row_hung_on_the_victims_is_seen(stranger, victim):
    watch = Watch(victim.column, victim.value)
    with undone():
        with acting_as(SYSTEM):
            mine = Enterprise.objects.get(pk=stranger.things["enterprise"])
            row = {"enterprise_id": mine.pk, "batch_id": _a_batch(victim), "state": "waiting"}
            owner_agency, region = mine.owner_agency_id, mine.region_code
            mine.assignments.model.objects.create(
                **row, owner_agency_id=owner_agency, region_code=region
            )
        assert "hung a row of agencies_assignment by batch_id" in watch.changes()
    assert watch.changes() == []


def _a_batch(victim: Victim) -> int:
    with owner() as cursor:
        cursor.execute(
            "SELECT id FROM agencies_servicebatch WHERE owner_agency_id = %s", [victim.value]
        )
        return cursor.fetchone()[0]


def test_a_policy_that_is_off_lets_raw_sql_through(stranger, victim):
    report = Report()
    raw_sql.attack_tables(stranger, victim, report)
    assert not report.wrong
    [policy] = [
        p for p in policies.policies() if (p.table, p.name) == ("enterprises_enterprise", "tenant")
    ]
    with owner() as cursor, policies.switched_off(cursor, policy):
        raw_sql.attack_tables(stranger, victim, report)
    for what in ("read", "locked", "changed", "removed", "forged"):
        assert any(what in words and "enterprises_enterprise" in words for words in report.wrong), (
            what
        )
    with owner() as cursor:
        cursor.execute(
            "SELECT 1 FROM enterprises_enterprise WHERE owner_agency_id = %s", [victim.value]
        )
        assert cursor.fetchall(), "and is taken back"


def test_a_policy_matters_or_it_does_not(stranger, victim):
    found = {(p.table, p.name): p for p in policies.policies()}
    closed = found["enterprises_enterprise", "tenant"]
    useless = policies.Policy("enterprises_enterprise", "tenant", "SELECT", closed.using, None)
    assert policies.matters(closed, "id", [stranger], [victim])
    inside = signed_in_everywhere()
    assert not policies.matters(useless, "id", [inside], [victim])


def signed_in_everywhere() -> Attacker:
    return Attacker("the system", SYSTEM, Client())


def test_words_are_found_in_archives_papers_and_escapes():
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a/b.txt", WORD)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.zip", inner.getvalue())
    paper = replace(suggestion(), provider_name=WORD)
    escaped = json.dumps({"name": WORD}).encode()
    for body in (
        outer.getvalue(),
        render("documents/suggestion.html", context(paper)).content,
        escaped,
        b"&#39253;&#39214;&#20057;",
        quote(WORD).encode(),
    ):
        assert canaries.leaked(body, [WORD]) == [WORD], body[:40]
    assert canaries.leaked(escaped, [WORD], sent=WORD) == []


def test_every_table_says_whose_its_rows_are_or_is_known_to_be_nobodys():
    known = whose.conditions("owner_agency_id", 1)
    shown = [m._meta.db_table for m in whose.all_models()]
    nobodys = {t for t in shown if t not in known} - whose.BEFORE_SIGN_IN
    assert nobodys == NOBODYS
    assert set(raw_sql.without_policy()) <= whose.BEFORE_SIGN_IN


# Content that is the same for everybody, and what is published for the whole platform.
NOBODYS = {
    "notifications_channel",
    "inspections_acceptancecriterion", "inspections_checklistitem", "inspections_checklisttemplate",
    "inspections_guidancetopic", "inspections_libraryentry", "audit_publishedday",
}  # fmt: skip
