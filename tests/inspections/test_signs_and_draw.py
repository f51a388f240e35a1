"""What a draw freezes of signs, and who may see them."""

import pytest
from django.urls import reverse

from common.scope import acting_as
from evidence.models import Photo
from inspections.models import (
    Hazard,
    Sign,
    SignThresholds,
    SpotCheck,
    SpotCheckDraw,
    Visit,
)
from inspections.services import (
    assignment_accept,
    draw_commit,
    draw_freeze,
    phase_advance,
)
from inspections.signs.update import signs_update
from tenancy.enums import Role
from tests import county as counties
from tests import world
from tests.inspections.signs_kit import (
    LIST,
    SET,
    dismiss,
    one,
    plain_hazard,
    plain_photo,
    plain_visits,
    update,
)

pytestmark = pytest.mark.django_db


def test_the_draw_freezes_the_signs_that_stand_and_the_provider_reads_their_number_only(client):
    county = counties.build("130372", base=100, enterprises=1)
    counties.issued(county)
    update(county)
    dismiss(county, one(county, "alone"))
    accepted_and_frozen(county)
    with acting_as(county.admin):
        [entry] = SpotCheckDraw.objects.get().entries
        kinds = {s.kind for s in Sign.objects.filter(pk__in=entry["signs"])}
    assert "alone" not in kinds
    assert "no_accuracy" in kinds
    url = reverse("inspections:draw", args=[county.batch.pk])
    for actor, is_told in ((county.admin, True), (county.officer, True), (county.lead, False)):
        world.sign_in(client, actor)
        page = client.get(url).content.decode()
        assert f"{len(kinds)} 个" in page
        assert ("定位可疑" in page) is is_told


def accepted_and_frozen(county) -> None:
    with acting_as(county.admin):
        draw = draw_commit(actor=county.admin, batch=county.batch)
    counties.guide(county)
    with acting_as(county.lead):
        phase_advance(actor=county.lead, assignment=county.assignment)
        [hazard] = Hazard.objects.all()
    counties.mend(county, hazard)
    with acting_as(county.lead):
        assignment_accept(actor=county.lead, assignment=county.assignment)
    with acting_as(county.admin):
        draw_freeze(actor=county.admin, draw=draw)


def test_who_will_look_for_himself_sees_no_sign_of_the_enterprise_until_he_has_signed(client):
    county = counties.build("130372", base=100, enterprises=1)
    counties.drawn(county)
    sign = one(county, "no_accuracy")
    page = f"/visits/of/{county.assignment.pk}/"
    draw, url = f"/batches/{county.batch.pk}/draw/", f"/signs/{sign.pk}/dismiss/"
    for actor, is_seen in ((county.officer, False), (county.admin, True)):
        world.sign_in(client, actor)
        assert [sign.text in client.get(u).content.decode() for u in (LIST, page)] == [is_seen] * 2
        assert ("定位可疑" in client.get(draw).content.decode()) is is_seen
        assert (client.post(url, {"reason": ""}).status_code == 422) is is_seen
    with acting_as(county.officer):
        SpotCheck.objects.filter(assignment=county.assignment).update(state="submitted")
    world.sign_in(client, county.officer)
    assert sign.text in client.get(LIST).content.decode()


def test_a_blind_officer_is_not_led_to_the_enterprise_by_another_ones_sign(client):
    county = counties.build("130372", base=100, enterprises=1)
    counties.drawn(county)
    second = counties.second_batch(county, 2)
    with acting_as(county.admin):
        drawn_visit = Visit.objects.get(assignment=county.assignment)
        drawn_photo = Photo.objects.filter(purpose="before").first()
    [visit] = plain_visits(second, second.assignments)
    plain_photo(second, plain_hazard(second, visit, 9), drawn_photo.sha256)
    with acting_as(county.admin):
        signs_update(actor=county.admin, batch=second.batch)
    url = f"{LIST}?kind=photo_seen&batch={second.batch.pk}"
    name = county.enterprises[0].name
    for actor, is_named in ((county.admin, True), (county.officer, False)):
        world.sign_in(client, actor)
        page = client.get(url).content.decode()
        assert (name in page, str(drawn_visit.pk) in page) == (is_named, is_named)
        assert ("1 次现在不能看的检查" in page) is not is_named


def test_the_provider_and_the_enterprise_see_nothing(county, client):
    counties.visit(county)
    update(county)
    sign = one(county, "alone")
    for actor in (county.lead, county.inspector, county.principal):
        with acting_as(actor):
            assert Sign.objects.count() == SignThresholds.objects.count() == 0
        world.sign_in(client, actor)
        assert client.get(LIST).status_code == 403
        assert client.get(SET).status_code == 403
        assert client.post(f"/signs/{sign.pk}/dismiss/", {"reason": "核实"}).status_code == 403
    world.sign_in(client, county.lead)
    assert sign.text not in client.get(f"/visits/of/{county.assignment.pk}/").content.decode()
    assert one(county, "alone").dismissed_at is None


def test_another_agencys_sign_is_not_there_and_a_superior_only_looks(county, client):
    counties.visit(county)
    update(county)
    url = f"/signs/{one(county, 'alone').pk}/dismiss/"
    other = counties.build("130400", base=500)
    world.sign_in(client, other.officer)
    assert client.post(url, {"reason": "核实"}).status_code == 404
    assert "没有待核实的疑点" in client.get(LIST).content.decode()
    city = world.agency("1303", now=counties.NOW)
    world.sign_in(client, world.member(city.org, Role.OFFICER))
    page = client.get(LIST).content.decode()
    assert "单人到场" in page
    assert "确定排除" not in page
    assert client.post(url, {"reason": "核实"}).status_code == 403
    world.sign_in(client, world.member(county.zone.org, Role.ASSISTANT))
    assert "确定排除" not in client.get(LIST).content.decode()
    assert client.post(url, {"reason": "核实"}).status_code == 403
    assert one(county, "alone").dismissed_at is None
