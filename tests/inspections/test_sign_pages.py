"""The pages of signs: list, dismissal, thresholds."""

from dataclasses import replace

import pytest

from common.errors import DomainError
from common.scope import acting_as
from inspections.models import (
    Sign,
    SignThresholds,
)
from inspections.services import (
    thresholds_save,
)
from inspections.signs.thresholds import ABOUT, DEFAULTS
from inspections.signs.update import thresholds_of
from tests import county as counties
from tests import world
from tests.inspections.signs_kit import (
    LIST,
    SET,
    dismiss,
    furnished,
    many,
    one,
    only,
    statements,
    stored,
    update,
)

pytestmark = pytest.mark.django_db


def test_the_list_is_filtered_by_its_address(county, client):
    counties.visit(county, hazards=2)
    counties.visit(only(county, 1))
    update(county)
    dismiss(county, stored(county, kind="alone")[0])
    world.sign_in(client, county.officer)
    firm, provider = county.enterprises[1], county.contract.provider_org_id

    def shown(**query) -> int:
        return len(client.get(LIST, query).context["slice"].rows)

    assert shown() == 5
    assert shown(kind="photo_seen") == 2
    assert shown(q=firm.name) == 3
    assert shown(assignment=county.assignments[1].pk, kind="alone") == 1
    assert shown(batch=county.batch.pk, provider=provider) == 5
    assert shown(state="dismissed") == 1
    assert (shown(state="all"), shown(state="lapsed")) == (6, 0)
    assert (shown(kind="nonsense"), shown(provider=987654)) == (0, 0)
    assert shown(sort="-firm") == 5
    page = client.get(LIST, {"state": "dismissed"}).content.decode()
    assert "共 1 个，已经排除" in page
    assert "电话核实，同事迟到" in page


def test_dismissing_needs_a_reason_keeps_the_filter_and_can_be_taken_back(county, client):
    counties.visit(county)
    update(county)
    sign = one(county, "alone")
    world.sign_in(client, county.officer)
    url, long = f"/signs/{sign.pk}/dismiss/?kind=alone", "核" * 201
    for typed, words in (("", "请填写排除原因"), (long, "200")):
        answer = client.post(url, {"reason": typed})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert typed in answer.content.decode()
    done = client.post(url, {"reason": "同事<b>后到"})
    assert done.url == f"{LIST}?kind=alone&undo={sign.pk}"
    page = client.get(done.url).content.decode()
    assert "同事&lt;b&gt;后到" in page
    assert "没有符合条件的疑点" in page
    again = client.post(url, {"reason": "又一次"})
    assert "已由" in again.content.decode()
    assert "又一次" in again.content.decode()
    back = client.post(f"/signs/{sign.pk}/restore/?kind=alone")
    assert back.url == f"{LIST}?kind=alone"
    assert "已恢复" in client.get(back.url).content.decode()
    assert one(county, "alone").dismissed_at is None


def test_the_list_and_the_enterprise_cost_the_same_for_few_and_many(county, client):
    furnished(county, county.assignments, 0)
    update(county)
    world.sign_in(client, county.officer)
    pages = [LIST, f"{LIST}?sort=-firm", f"/visits/of/{county.assignment.pk}/"]
    few = {}
    for url in pages:
        client.get(url)
        few[url] = statements(lambda url=url: client.get(url))
    furnished(county, many(county, 48), 10)
    update(county)
    assert {url: statements(lambda url=url: client.get(url)) for url in pages} == few
    with acting_as(county.admin):
        assert Sign.objects.standing().count() > 50


def test_pages_of_the_list_follow_one_another(county, client):
    furnished(county, [*county.assignments, *many(county, 48)], 0)
    update(county)
    world.sign_in(client, county.officer)
    seen, token = [], ""
    while True:
        page = client.get(LIST, {"after": token, "sort": "kind"}).context["slice"]
        seen += [row.pk for row in page.rows]
        token = page.after
        if not token:
            break
    assert len(seen) == len(set(seen)) == len(stored(county, lapsed_at=None))


def test_thresholds_are_an_agencys_own_with_who_and_when(county, client, tasks_are_kept):
    other = counties.build("130400", base=500)
    world.sign_in(client, county.officer)
    assert client.get(SET).status_code == 403
    world.sign_in(client, county.admin)
    page = client.get(SET).content.decode()
    assert "现在全部是默认值" in page
    values = {name: about.default for name, about in ABOUT.items()}
    wrong = client.post(SET, values | {"photo_bits": 12, "copies": "三"})
    assert wrong.status_code == 422
    assert "应在0至11位之间" in wrong.content.decode()
    assert "请填写整数" in wrong.content.decode()
    assert client.post(SET, values | {"copies": 5, "people": ""}).url == LIST
    with acting_as(county.admin):
        row = SignThresholds.objects.get()
        assert (row.values, row.changed_by_name) == ({"copies": 5}, county.admin.display)
        assert row.changed_at == counties.NOW
        assert thresholds_of(county.zone.pk) == replace(DEFAULTS, copies=5)
    with acting_as(other.admin):
        assert thresholds_of(other.zone.pk) == DEFAULTS
    assert "1项与默认值不同" in client.get(SET).content.decode()
    with acting_as(county.admin), pytest.raises(DomainError, match="应在1至10人之间"):
        thresholds_save(actor=county.admin, values={"people": 0})
