"""Of very many rows it is said that there are more than are counted; of what is hidden, nothing."""

import pytest
from django.urls import reverse

from common.scope import acting_as
from documents.access import documents_of
from documents.models import Document
from home.search import SHOWN, groups
from inspections.forms import visits as forms
from inspections.models import Hazard
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
COUNTY = {"enterprises": 1}
FIRM = "北方铸造厂"


@pytest.fixture
def county(county):
    """One batch drawn, so that its officer is blind to it, with a late hazard in it."""
    counties.drawn(county)
    with acting_as(county.admin):
        rows = Hazard.objects.filter(assignment=county.assignment).exclude(state="dismissed")
        rows.filter(pk=rows[0].pk).update(
            state="issued", closed_at=None, is_overdue=True, was_overdue=True
        )
    return county


def counted(client, actor):
    world.sign_in(client, actor)
    context = client.get("/hazards/").context
    return context["count"], context["late"]


def test_what_is_far_from_counted_hides_the_same_from_a_blind_officer(client, county, monkeypatch):
    exact = [counted(client, actor) for actor in (county.admin, county.officer)]
    assert exact[0][0] > exact[1][0]
    assert exact[0][1] > exact[1][1]
    monkeypatch.setattr(forms, "FAR", 0)
    assert [counted(client, actor) for actor in (county.admin, county.officer)] == exact


def test_a_search_finds_a_blind_officer_no_paper_that_his_list_hides(client, county):
    found = {}
    for actor in (county.admin, county.officer):
        world.sign_in(client, actor)
        for url in ("/documents/", f"/documents/?q={FIRM}"):
            found[actor, url] = {row.pk for row in client.get(url).context["slice"]}
    of_admin, of_officer = found[county.admin, url], found[county.officer, url]
    assert of_officer < of_admin
    assert of_officer <= found[county.officer, "/documents/"]
    with acting_as(county.admin):
        hidden = Document.objects.filter(pk__in=of_admin - of_officer)
        assert hidden.filter(provider_org__isnull=False).exists()


@pytest.mark.parametrize(("limit", "number"), [("LATEST", 1), ("LATEST", 50), ("FOUND", 0)])
def test_the_search_of_everything_shows_a_blind_officer_just_what_his_list_does(
    county, monkeypatch, limit, number
):
    """However it comes to its papers: the last made first, all that were found, or in order."""
    monkeypatch.setattr(f"home.search.{limit}", number)
    shown = {}
    for actor in (county.admin, county.officer):
        with acting_as(actor):
            papers = documents_of(actor).filter(title__contains=FIRM)
            last = papers.order_by("-issued_at", "-pk").values_list("pk", flat=True)[:SHOWN]
            found = [group for group in groups(actor, FIRM) if group.name == "文书"]
            shown[actor] = [hit.url for group in found for hit in group.hits]
            assert shown[actor] == [reverse("documents:paper", args=[pk]) for pk in last]
    assert len(shown[county.officer]) < len(shown[county.admin])


def test_more_papers_than_are_counted_are_too_many_to_print(client, county, monkeypatch):
    world.sign_in(client, county.admin)
    assert "合并打印一次最多" not in client.get("/documents/").content.decode()
    monkeypatch.setattr("documents.views.MANY_ROWS", 0)
    assert "合并打印一次最多" in client.get("/documents/").content.decode()
