"""Each kind of act that waits: whose turn it is, that its page does it, and that it is gone once done."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.paging import counting
from common.scope import acting_as
from home.counting import counting_for, counts_of
from home.sources import SOURCES, sources_for
from home.waiting import waiting
from inspections.services import draw_commit, draw_freeze, draw_number, draw_reveal
from tenancy.actors import Actor
from tenancy.enums import ROLES_OF, OrgKind
from tests import county as counties
from tests import world
from tests.home.turns import STORIES
from tests.home.turns.base import counts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", STORIES)
def test_it_waits_its_page_does_it_and_then_it_is_gone(key, county):
    story = STORIES[key](county)
    actor, marker = next(story)
    before = counts(actor).get(key, 0)
    assert before
    with acting_as(actor):
        [(_, items), *_] = waiting(actor, key).groups
    pages = [world.client_of(actor).get(item.url) for item in items]
    assert {page.status_code for page in pages} == {200}
    assert any(marker in page.content.decode() for page in pages)
    with pytest.raises(StopIteration):
        next(story)
    assert counts(actor).get(key, 0) == before - 1


def test_every_kind_of_act_has_its_story():
    assert {source.key for source in SOURCES if source.is_todo} == set(STORIES)


def test_all_kinds_are_counted_in_one_statement(county):
    for actor in (county.admin, county.officer, county.lead, county.inspector, county.principal):
        with acting_as(actor), CaptureQueriesContext(connection) as captured:
            counts_of(actor)
        assert len(captured) == 1


def test_what_is_built_once_for_a_kind_of_actor_asks_of_each_for_himself(county):
    """Two of every role, a deputy, and an enterprise with a merged file: each as built for him alone."""
    for kind, role in ((kind, role) for kind, roles in ROLES_OF.items() for role in roles):
        low = "130121" if kind == OrgKind.AGENCY else ""
        first = Actor(
            user_id=7, membership_id=71, org_id=70, kind=kind, role=role, region_lo=low,
            region_hi=low and f"{low}:", user_name="甲",
        )  # fmt: skip
        for actor in (
            first,
            replace(first, user_id=8, membership_id=81, org_id=80, user_name="乙"),
            replace(first, region_lo=low[:2], region_hi=low and f"{low[:2]}:"),
            replace(first, deputy_for=72),
            replace(first, former_orgs=(68, 69)),
            replace(first, user_id=71, membership_id=7, org_id=7),
        ):
            with acting_as(actor), CaptureQueriesContext(connection) as captured:
                found = counting_for(actor)
                alone = counting([source.rows(actor) for source in sources_for(actor)])
            assert found == alone
            assert not captured.captured_queries


def test_a_draw_waits_for_each_step_of_the_agency_in_turn(county):
    only = counties.second_batch(county, 2)
    with acting_as(county.admin):
        found = draw_commit(actor=county.admin, batch=only.batch)
    counties.accepted(only)
    assert counts(county.admin)["draw"] == 1  # the list may be frozen
    with acting_as(county.admin):
        found = draw_freeze(actor=county.admin, draw=found)
    assert "draw" not in counts(county.admin)  # the provider's turn
    with acting_as(county.lead):
        found = draw_number(actor=county.lead, draw=found, number="20260831")
    assert counts(county.admin)["draw"] == 1
    with acting_as(county.admin):
        draw_reveal(actor=county.admin, draw=found)
    assert "draw" not in counts(county.admin)  # what was drawn has to be looked at
    assert counts(county.officer)["spot_check"] == 1
