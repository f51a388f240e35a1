"""Every URL × everybody × own and foreign things → code. A URL that is not in the table fails."""

from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from common.scope import acting_as
from documents.models import Document
from enterprises.services import import_upload
from evidence.models import Photo
from inspections.services import extension_ask, rectification_submit
from scoring.models import PointCycle, RuleClause
from scoring.services import outputs_start, points_give
from scoring.services.points import Given
from tenancy.enums import Role
from tenancy.models import Invitation, Membership
from tenancy.services import invitation_create, invitation_token
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
LIST = Path(__file__).parent / "data" / "enterprise-list-2026.xlsx"
PEOPLE = ("admin", "officer", "lead", "inspector", "principal")
ALL, OFFICE, FIELD = (
    dict.fromkeys(PEOPLE, 200),
    {"admin": 200, "officer": 200},
    {"lead": 200, "inspector": 200},
)
AGENCY_AND_FIELD = OFFICE | FIELD
FIRM = {"principal": 200}
MANAGERS = {"admin": 200}
# name: (what its arguments are, who gets 200; everybody else gets 403, a stranger's thing is 404)
TABLE = {
    "home:front": ((), AGENCY_AND_FIELD | {"principal": 302}),
    "home:inbox": ((), ALL),
    "tenancy:switch": ((), ALL),
    "tenancy:people": ((), {"admin": 200, "principal": 200}),
    "tenancy:invite": ((), {"admin": 200, "principal": 200}),
    "tenancy:hand-over": ((), {"admin": 200, "principal": 200}),
    "tenancy:invitation": (("invitation",), MANAGERS | {"officer": 200}),
    "workflow:job": (("job",), OFFICE),
    "evidence:photo": (("photo",), ALL),
    "evidence:photo-original": (("photo",), ALL),
    "documents:list": ((), ALL),
    "documents:download": (("document",), dict.fromkeys(PEOPLE, 202)),
    "enterprises:list": ((), AGENCY_AND_FIELD),
    "enterprises:record": (("enterprise",), ALL),
    "enterprises:edit": (("enterprise",), OFFICE),
    "enterprises:invite": (("enterprise",), OFFICE),
    "enterprises:upload": ((), OFFICE),
    "enterprises:import": (("import",), OFFICE),
    "enterprises:import-rejected": (("import",), OFFICE),
    "providers:list": ((), AGENCY_AND_FIELD),
    "providers:new": ((), MANAGERS),
    "providers:record": (("provider",), AGENCY_AND_FIELD),
    "providers:invite": (("provider",), MANAGERS),
    "agencies:contract-list": ((), AGENCY_AND_FIELD),
    "agencies:contract-new": ((), MANAGERS),
    "agencies:contract": (("contract",), AGENCY_AND_FIELD),
    "agencies:batch-new": (("contract",), MANAGERS),
    "agencies:batch": (("batch",), AGENCY_AND_FIELD),
    "agencies:batch-build": (("batch",), MANAGERS),
    "agencies:inspectors": (("batch",), {"lead": 200}),
    "agencies:assignment": (("assignment",), AGENCY_AND_FIELD),
    "inspections:my-assignments": ((), FIELD),
    "inspections:assignment": (("assignment",), AGENCY_AND_FIELD),
    "inspections:visit-start": (("assignment",), FIELD),
    "inspections:visit": (("visit",), AGENCY_AND_FIELD),
    "inspections:hazard-new": (("visit",), FIELD),
    "inspections:visit-sign": (("visit",), FIELD),
    "inspections:visit-confirm": (("visit",), {"lead": 200}),
    "inspections:ledger": ((), AGENCY_AND_FIELD),
    "inspections:ledger-export": ((), AGENCY_AND_FIELD),
    "inspections:recheck-list": ((), FIELD),
    "inspections:extension-list": ((), OFFICE),
    "inspections:extension-answer": (("extension",), OFFICE),
    "inspections:hazard": (("hazard",), ALL),
    "inspections:hazard-edit": (("hazard",), {"lead": 200}),
    "inspections:submit": (("hazard",), FIELD | FIRM),
    "inspections:extension-ask": (("hazard",), FIRM),
    "inspections:recheck": (("hazard",), FIELD),
    "inspections:deadlines": ((), FIRM),
    "scoring:points": ((), OFFICE),
    "scoring:cycle": (("cycle",), OFFICE),
    "scoring:proposals": ((), {"officer": 200}),
    "scoring:give": (("contract", "enterprise"), {"officer": 200}),
    "scoring:outputs": (("contract",), OFFICE),
}
# Answer POST only; who may not, or is a stranger to the thing, is refused before anything happens.
POSTS = {
    "tenancy:invitation-withdraw": ("invitation",),
    "tenancy:member-end": ("membership",),
    "tenancy:member-password": ("membership",),
    "workflow:job-retry": ("job",),
    "agencies:contract-activate": ("contract",),
    "agencies:contract-complete": ("contract",),
    "agencies:contract-terminate": ("contract",),
    "agencies:officer-add": ("contract",),
    "agencies:officer-remove": ("contract", "membership"),
    "agencies:batch-assign": ("batch",),
    "inspections:visit-answer": ("visit",),
    "inspections:visit-answer-rest": ("visit",),
    "inspections:visit-note": ("visit",),
    "inspections:hazard-remove": ("hazard",),
    "inspections:major-report": ("hazard",),
}
PUBLIC = {"portal:check", "tenancy:invitation-accept"}
SHARED = {"providers:record"}  # known to everybody who signed in


def names(patterns=None, space: str = "") -> list[str]:
    found = []
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else space
            found += names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.append(space + pattern.name)
    return found


def test_every_url_stands_in_the_table():
    ours = {name for name in names() if ":" in name}
    assert ours == set(TABLE) | set(POSTS) | PUBLIC


class Scene:
    """A county and one of each thing that a URL may name."""

    def __init__(self, code: str, base: int) -> None:
        c = self.county = counties.build(code, base=base)
        first = counties.issued(c, hazards=3)
        with acting_as(c.principal):
            rectification_submit(
                actor=c.principal, hazard=first[0], text="已接地", responsible_person="张立新",
                done_on=first[0].found_on, photos=[counties.picture()],
            )  # fmt: skip
            extension = extension_ask(
                actor=c.principal, hazard=first[1], reason="配件未到", safeguard="停用",
                wanted_on=first[1].due_on.replace(month=7),
            )  # fmt: skip
        with acting_as(c.officer):
            clause = RuleClause.objects.get(code="15.5")
            points_give(
                actor=c.officer, enterprise=c.enterprises[0], contract=c.contract,
                given=[Given(first[0], clause)], signature=counties.picture(kind="PNG"),
                second_officer=Membership.objects.get(pk=c.second_officer.membership_id),
                representative_name="张立新",
            )  # fmt: skip
            job = outputs_start(actor=c.officer, contract=c.contract)
            draft = import_upload(
                actor=c.officer, agency=c.zone, content=LIST.read_bytes(), filename="a.xlsx"
            )
        with acting_as(c.admin):
            invitation = invitation_create(
                actor=c.admin, org=c.zone.org, role=Role.OFFICER, name="王新"
            )
            document = Document.objects.get(kind="suggestion")
            photo = Photo.objects.filter(subject_id=str(first[0].pk)).get()
            cycle = PointCycle.objects.get()
        self.things = {
            "invitation": invitation.pk, "membership": c.second_officer.membership_id, "job": job.pk,
            "photo": photo.pk, "document": document.pk, "enterprise": c.enterprises[0].pk,
            "import": draft.pk, "provider": c.contract.provider_org_id, "contract": c.contract.pk,
            "batch": c.batch.pk, "assignment": c.assignment.pk, "visit": first[0].visit_id,
            "extension": extension.pk, "hazard": first[0].pk, "cycle": cycle.pk,
        }  # fmt: skip

    def url(self, name: str, kinds: tuple[str, ...]) -> str:
        return reverse(name, args=[self.things[kind] for kind in kinds])


@pytest.fixture
def scene():
    return Scene("130371", 0)


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_gets_what_the_table_says(scene, client, who):
    world.sign_in(client, getattr(scene.county, who))
    for name, (kinds, codes) in TABLE.items():
        response = client.get(scene.url(name, kinds))
        expected = codes.get(who, 403)
        allowed = {expected} if expected != 403 else {403, 404}
        assert response.status_code in allowed, (name, who, response.status_code)


def test_without_signing_in_there_is_only_the_sign_in_page(scene, client):
    every = {n: k for n, (k, _) in TABLE.items()} | POSTS
    for name, kinds in every.items():
        response = (
            client.post(scene.url(name, kinds))
            if name in POSTS
            else client.get(scene.url(name, kinds))
        )
        assert (response.status_code, response.url.split("?")[0]) == (302, "/accounts/login/"), name


@pytest.mark.parametrize("who", PEOPLE)
def test_a_strangers_thing_is_not_found_or_not_allowed(scene, client, who):
    other = Scene("130400", 500)
    world.sign_in(client, getattr(other.county, who))
    for name, (kinds, codes) in TABLE.items():
        if not kinds or name in SHARED:
            continue
        response = client.get(scene.url(name, kinds))
        expected = 404 if who in codes else {403, 404}
        allowed = {404} if expected == 404 else {403, 404}
        assert response.status_code in allowed, (name, who, response.status_code)
    for name, kinds in POSTS.items():
        response = client.post(scene.url(name, kinds))
        assert response.status_code in (403, 404), (name, who, response.status_code)


def test_a_strangers_id_in_a_url_leaves_an_audit_row(scene, client):
    from audit.models import AuditEntry
    from tenancy.actors import SYSTEM

    other = Scene("130400", 500)
    world.sign_in(client, other.county.officer)
    client.get(scene.url("inspections:hazard", ("hazard",)))
    with acting_as(SYSTEM):
        row = AuditEntry.objects.get(act="access.not_found")
    assert (row.subject_id, row.org_id) == (str(scene.things["hazard"]), other.county.zone.pk)


def test_a_get_writes_nothing(scene, client):
    from audit.models import AuditEntry
    from tenancy.actors import SYSTEM

    world.sign_in(client, scene.county.admin)
    with acting_as(SYSTEM):
        before = AuditEntry.objects.count()
    for name, (kinds, codes) in TABLE.items():
        if codes.get("admin") == 200:
            client.get(scene.url(name, kinds))
    with acting_as(SYSTEM):
        assert AuditEntry.objects.count() == before
        assert Invitation.objects.count() == 1


def test_an_invitations_page_opens_with_its_token(scene, client):
    with acting_as(scene.county.admin):
        invitation = Invitation.objects.get()
    url = reverse("tenancy:invitation-accept", args=[invitation_token(invitation)])
    assert client.get(url).status_code == 200
    answer = {
        "username": "wangxin",
        "password": "kept-by-heart-9",
        "password_again": "kept-by-heart-9",
    }
    assert client.post(url, answer).status_code == 302
    assert client.get(url).status_code == 410


def test_a_papers_check_page_says_what_it_is_and_compares_files(scene, client):
    with acting_as(scene.county.admin):
        code = Document.objects.get(kind="suggestion").check_code
    page = client.get(reverse("portal:check", args=[code]))
    assert page.status_code == 200
    assert "隐患整改建议书" in page.content.decode()
    assert "北方铸造厂" not in page.content.decode()
    assert client.get(reverse("portal:check", args=["nosuchcode"])).status_code == 404
