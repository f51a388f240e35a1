"""Pages when what is typed is wrong: the message is beside the field and nothing typed is lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from audit.models import AuditEntry
from common.scope import acting_as
from documents.models import Document
from inspections.models import Hazard
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.models import Membership
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"no picture", "不是可用的照片"), (b"x" * (30 * 2**20), "超过 20 MB")],
)
def test_a_file_that_is_no_photo_or_too_large_is_refused_and_the_words_kept(
    county, client, content, words
):
    [hazard] = counties.issued(county)
    world.sign_in(client, county.principal)
    typed = {
        "text": "已加装接地线<b>", "responsible_person": "张立新", "done_on": "2026-06-08",
        "photos": SimpleUploadedFile("a.jpg", content, "image/jpeg"),
    }  # fmt: skip
    response = client.post(f"/hazards/{hazard.pk}/submit/", typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert "已加装接地线&lt;b&gt;" in page
    with acting_as(county.principal):
        assert Hazard.objects.get().state == "issued"


def test_arriving_before_the_contract_is_refused_at_its_field(county, client):
    world.sign_in(client, county.inspector)
    response = client.post(
        f"/visits/of/{county.assignment.pk}/start/", {"arrived_at": "2026-05-20T09:00"}
    )
    assert response.status_code == 422
    assert "合同开始日期" in response.content.decode()


def test_an_inspector_without_the_grant_cannot_start(county, client):
    world.sign_in(client, county.idle_inspector)
    assert client.get(f"/visits/of/{county.assignment.pk}/start/").status_code == 403


def test_a_colleague_of_another_provider_is_no_choice_and_leaves_an_audit_row(county, client):

    other = counties.build("130400", base=500)
    world.sign_in(client, county.inspector)
    for stranger in (other.inspector.membership_id, 987654):
        response = client.post(
            f"/visits/of/{county.assignment.pk}/start/",
            {"arrived_at": "2026-06-08T09:00", "members": [stranger]},
        )
        assert response.status_code == 422
    with acting_as(SYSTEM):
        assert AuditEntry.objects.filter(act="field.refused").count() == 2


def test_an_entry_whose_text_we_lack_says_so(county, client):
    visit = counties.visit(county, hazards=0, sign=False)
    world.sign_in(client, county.inspector)
    page = client.get(f"/visits/{visit.pk}/hazards/new/", {"q": "第四条"}).content.decode()
    assert "条文原文未收录" in page


def test_who_has_two_memberships_picks_one_and_sees_only_its_things(county, client):

    with acting_as(SYSTEM):
        user = User.objects.get(pk=county.inspector.user_id)
        second = Membership.objects.create(user=user, org=county.zone.org, role=Role.OFFICER)
    world.sign_in(client, county.inspector)
    assert client.get("/", follow=True).request["PATH_INFO"] == "/switch/"
    assert client.get("/hazards/").status_code == 403
    client.post("/switch/", {"membership": second.pk})
    assert client.get("/points/").status_code == 200
    client.post("/switch/", {"membership": county.inspector.membership_id})
    assert client.get("/points/").status_code == 403


def test_the_printed_service_record_is_issued_only_after_the_signature(county):

    counties.visit(county, sign=False)
    with acting_as(county.lead):
        assert not Document.objects.filter(kind="service_record").exists()
    county.assignments.reverse()
    counties.visit(county)
    with acting_as(county.lead):
        assert Document.objects.filter(kind="service_record").count() == 1
