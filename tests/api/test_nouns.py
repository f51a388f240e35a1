"""Who reads what through `/api/v1/`: as on the pages, by session and by token."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Assignment
from common.scope import acting_as
from documents.models import Document
from enterprises.models import Enterprise
from tenancy.actors import SYSTEM
from tests import county as counties
from tests import world
from tests.api.asking import V1, Program
from webhooks.catalogue import RECORDS as RECORDS_OF_EVENTS
from webhooks.catalogue import record_of

pytestmark = pytest.mark.django_db
PEOPLE = ("admin", "officer", "lead", "inspector", "principal")
OFFICE, FIELD = ("admin", "officer"), ("lead", "inspector")
# name of the address: (what it names, who may)
LISTS = {
    "enterprises": (*OFFICE, *FIELD),
    "contracts": (*OFFICE, *FIELD),
    "batches": (*OFFICE, *FIELD),
    "payments": (*OFFICE, *FIELD),
    "library": (*OFFICE, *FIELD),
    "assignments": (*OFFICE, *FIELD),
    "visits": (*OFFICE, *FIELD),
    "hazards": PEOPLE,
    "extensions": OFFICE,
    "meetings": (*OFFICE, *FIELD),
    "team-members": (*OFFICE, *FIELD),
    "visit-plans": (*OFFICE, *FIELD),
    "reviews": (*OFFICE, *FIELD),
    "disclosures": (*OFFICE, *FIELD),
    "corrections": (*OFFICE, *FIELD),
    "historical-hazards": OFFICE,
    "obligations": (*OFFICE, *FIELD),
    "documents": PEOPLE,
    "points": (*OFFICE, "principal"),
    "point-events": OFFICE,
    "appraisals": (*OFFICE, *FIELD),
    "providers": (*OFFICE, *FIELD),
    "standing": (*OFFICE, *FIELD),
    "notifications": PEOPLE,
}
RECORDS = {
    "enterprise": ("enterprise", PEOPLE),
    "contract": ("contract", (*OFFICE, *FIELD)),
    "batch": ("batch", (*OFFICE, *FIELD)),
    "payment": ("paid", (*OFFICE, *FIELD)),
    "standing-decision": ("decision", (*OFFICE, *FIELD)),
    "library-entry": ("library_entry", (*OFFICE, *FIELD)),
    "assignment": ("assignment", (*OFFICE, *FIELD)),
    "visit": ("visit", (*OFFICE, *FIELD)),
    "hazard": ("hazard", PEOPLE),
    "meeting": ("meeting", (*OFFICE, *FIELD)),
    "team-member": ("team_member", (*OFFICE, *FIELD)),
    "visit-plan": ("visit_plan", (*OFFICE, *FIELD)),
    "review": ("review", (*OFFICE, *FIELD)),
    "disclosure": ("disclosure", (*OFFICE, *FIELD)),
    "correction": ("correction", PEOPLE),
    "historical-hazard": ("historical", OFFICE),
    "obligation": ("obligation", (*OFFICE, *FIELD)),
    "document": ("document", PEOPLE),
    "document-file": ("document", PEOPLE),
    "point-year": ("cycle", (*OFFICE, "principal")),
    "point-event": ("event", OFFICE),
    "appraisal": ("appraisal", (*OFFICE, *FIELD)),
    "provider": ("provider", (*OFFICE, *FIELD)),
    "job": ("job", OFFICE),
}
# Each is refused, whoever may not or is a stranger to the thing, before anything is looked at.
ACTS = {
    "assignment-inspector": ("assignment", ("lead",)),
    "assignment-withdrawal": ("assignment", ("admin",)),
    "visit-confirmation": ("visit", ("lead",)),
    "hazard-rectifications": ("hazard", PEOPLE),  # all but the principal enter for him
    "hazard-extensions": ("hazard", ("principal",)),
    "hazard-rechecks": ("hazard", FIELD),
    "extension-answer": ("extension", OFFICE),
    "meeting-minutes": ("meeting", (*OFFICE, "lead")),
    "team-confirmation": ("team_member", ("admin",)),
    "team-rejection": ("team_member", ("admin",)),
    "visit-plan-return": ("visit_plan", ("admin",)),
    "disclosure-acknowledgement": ("disclosure", ("admin",)),
    "correction-application": ("correction", ("lead",)),
    "correction-answer": ("correction", OFFICE),
    "historical-hazard-settlement": ("historical", OFFICE),
    "obligation-acceptances": ("obligation", ("admin",)),
    "document-receipt": ("document", PEOPLE),
}
KNOWN_TO_ALL = {"provider"}


def where(scene, name: str, kind: str = "") -> str:
    args = [scene.things[kind]] if kind else []
    return reverse(f"api:{name}", args=args).removeprefix(V1)


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_reads_what_his_pages_show_him(scenes, who):
    scene, other = scenes
    program = Program(getattr(scene.county, who))
    stranger = Program(getattr(other.county, who))
    for name, people in LISTS.items():
        answer = program.get(where(scene, name))
        assert answer.status_code == (200 if who in people else 403), (name, answer.content)
    for name, (kind, people) in RECORDS.items():
        path = where(scene, name, kind)
        answer = program.get(path)
        allowed = {200, 202} if who in people else {403, 404}
        assert answer.status_code in allowed, (name, answer.content)
        if name not in KNOWN_TO_ALL:
            assert stranger.get(path).status_code in {403, 404}, name
    for name, (kind, people) in ACTS.items():
        path = where(scene, name, kind)
        allowed = {400, 415, 422, 201, 200} if who in people else {403, 404}
        assert program.post(path, {"x": 1}).status_code in allowed, name
        assert stranger.post(path, {"x": 1}).status_code in {403, 404, 415}, name


def test_no_list_shows_anything_of_another_tenant(scenes):
    mine, other = scenes
    programs = {who: [Program(getattr(s.county, who)) for s in scenes] for who in PEOPLE}
    for name, people in LISTS.items():
        for who in people:
            seen = [
                {item["id"] for item in program.everything(where(s, name), limit=200)}
                for s, program in zip((mine, other), programs[who], strict=True)
            ]
            assert seen[0], (name, who)
            if name == "providers":  # who serves is for everybody to know, and the same for all
                assert seen[0] == seen[1] >= {s.things["provider"] for s in scenes}, who
            else:
                assert not seen[0] & seen[1], (name, who)


def test_a_session_reads_the_same_and_writes_with_the_pages_token(scenes, client):
    scene = scenes[0]
    world.sign_in(client, scene.county.officer)
    path = V1 + where(scene, "hazard", "hazard")
    assert client.get(path).json() == Program(scene.county.officer).get(
        where(scene, "hazard", "hazard")
    ).json()  # fmt: skip


def test_nobody_is_told_to_sign_in(client, scenes):
    for name in LISTS:
        answer = client.get(V1 + where(scenes[0], name))
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert "身份" in answer.json()["message"]


def test_a_telephone_has_its_stars_but_for_its_own_body(scenes):
    scene = scenes[0]
    path = where(scene, "enterprise", "enterprise")
    with acting_as(SYSTEM):
        whole = Enterprise.objects.get(pk=scene.things["enterprise"]).phone
    assert whole
    assert Program(scene.county.principal).get(path).json()["phone"] == whole
    for who in ("officer", "lead"):
        assert "*" in Program(getattr(scene.county, who)).get(path).json()["phone"]


def test_filters_are_those_of_the_page_and_nonsense_is_named(scenes):
    scene = scenes[0]
    program = Program(scene.county.officer)
    states = {h["state"] for h in program.get("hazards/", {"state": "submitted"}).json()["items"]}
    assert states == {"submitted"}
    page = program.client
    world.sign_in(page, scene.county.officer)
    for query in ({"overdue": "now"}, {"state": "submitted"}, {"severity": "general"}, {"q": "FW"}):
        shown = page.get("/hazards/", query).context["slice"]
        listed = program.everything("hazards/", query)
        assert [str(row.pk) for row in shown] == [item["id"] for item in listed]
    wrong = program.get("hazards/", {"state": "nowhere"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "state")
    assert wrong.json()["message"].startswith("状态：")
    other = scenes[1].things["batch"]
    assert program.get("hazards/", {"batch": other}).status_code == 422


def test_a_list_is_read_to_its_end_without_gap_or_repetition(scenes):
    program = Program(scenes[0].county.admin)
    for name in LISTS:
        whole = program.get(where(scenes[0], name), {"limit": 200}).json()
        assert whole["next"] is None
        assert whole["count"] == len(whole["items"]), name
        by_one = program.everything(where(scenes[0], name))
        assert [i["id"] for i in by_one] == [i["id"] for i in whole["items"]], name


def test_the_orders_of_the_page_are_those_of_the_list(scenes):
    program = Program(scenes[0].county.admin)
    for sort, field in (("number", "number"), ("-found", "found_on"), ("due", "due_on")):
        values = [item[field] for item in program.everything("hazards/", {"sort": sort})]
        assert values == sorted(values, reverse=sort.startswith("-"))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"), ({"limit": "201"}, "limit"), ({"limit": "²"}, "limit"),
        ({"limit": "x"}, "limit"), ({"limit": ""}, "limit"), ({"after": "x"}, "after"),
        ({"after": "WyJhIl0"}, "after"), ({"after": "WyJhIiwiYiJd"}, "after"),
        ({"sort": "cost"}, "sort"),
    ],
)  # fmt: skip
def test_a_page_that_is_none_is_refused_by_its_field(scenes, query, field):
    answer = Program(scenes[0].county.officer).get("hazards/", query)
    code = 400 if field == "limit" else 422
    assert (answer.status_code, answer.json()["field"]) == (code, field)


@pytest.mark.parametrize("who", ["officer", "lead"])
def test_a_list_runs_as_many_statements_for_two_rows_as_for_six(who):
    county = counties.build(enterprises=2)
    counties.issued(county, hazards=2)
    program = Program(getattr(county, who))
    names = ("enterprises/", "assignments/", "visits/", "hazards/", "documents/", "contracts/")

    def statements() -> dict[str, int]:
        found = {}
        for name in names:
            program.get(name)  # what is known of a list for five minutes
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert program.get(name).status_code == 200
            found[name] = len(queries)
        return found

    few = statements()
    with acting_as(county.admin):
        for number in range(2, 6):
            firm = counties.enterprise(county.zone, 900 + number)
            one = Assignment.objects.get(pk=county.assignment.pk)
            Assignment.objects.create(
                **{**one.tenant, "enterprise_org_id": firm.enterprise_org_id}, batch=one.batch,
                enterprise=firm,
            )  # fmt: skip
    counties.issued(counties.second_batch(county, 7), hazards=4)
    assert statements() == few


def test_a_paper_is_known_by_the_hash_of_its_file_or_of_its_content(scenes):
    scene, other = scenes
    with acting_as(SYSTEM):
        paper = Document.objects.get(pk=scene.things["document"])
        Document.objects.filter(pk=paper.pk).update(file="a.pdf", file_sha256="ab" * 32, size=1)
    lead, stranger = Program(scene.county.lead), Program(other.county.lead)
    for digest in ("ab" * 32, "AB" * 32, paper.content_sha256):
        found = lead.get("documents/", {"q": digest}).json()
        assert [one["id"] for one in found["items"]] == [str(paper.pk)]
        assert found["items"][0]["state"] == "issued"
        assert stranger.get("documents/", {"q": digest}).json()["items"] == []
    assert lead.get("documents/", {"q": "cd" * 32}).json()["items"] == []


def test_an_events_record_is_read_where_it_says_by_whoever_it_is_told_to(scenes):
    scene = scenes[0]
    things = {
        "agencies.assignment": "assignment", "agencies.paymentdecision": "paid",
        "agencies.servicebatch": "batch", "agencies.servicecontract": "contract",
        "documents.document": "document", "inspections.hazard": "hazard",
        "inspections.visit": "visit", "providers.standingdecision": "decision",
        "scoring.appraisal": "appraisal",
    }  # fmt: skip
    assert set(things) == set(RECORDS_OF_EVENTS)
    for actor in (scene.county.admin, scene.county.lead, scene.county.principal):
        program = Program(actor)
        for subject, thing in things.items():
            name = record_of(actor.kind, subject)
            if not name:
                assert actor.is_enterprise
                continue
            path = reverse(name, args=[scene.things[thing]]).removeprefix(V1)
            assert program.get(path).status_code == 200, (subject, actor.role)


def test_batches_are_filtered_by_contract_and_standing_by_its_pages_filter(scenes):
    scene = scenes[0]
    program = Program(scene.county.lead)
    contract = scene.things["contract"]
    found = program.everything("batches/", {"contract": contract})
    assert {one["contract"] for one in found} == {contract}
    assert scene.things["batch"] in {one["id"] for one in found}
    assert program.everything("batches/", {"contract": 0}) == []
    own = program.everything("standing/")
    assert [one["id"] for one in own] == [scene.things["decision"]]
    assert program.everything("standing/", {"measure": "revoke"}) == []
    for query in ({"contract": "x"}, {"contract": -1}):
        assert program.get("batches/", query).status_code == 422
    for query in ({"state": "x"}, {"everybody": "2"}):
        assert program.get("standing/", query).status_code == 422
