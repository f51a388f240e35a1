"""The pages of an organisation's addresses: registering with errors kept, the log, what buttons do."""

import pytest
from django.urls import reverse

from common.scope import acting_as
from tenancy.actors import SYSTEM
from tests import world
from tests.webhooks.conftest import again, ping, send
from webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_for(county):
    return world.client_of


def test_registering_shows_the_secret_once(county, receiver):
    client = world.client_of(county.admin)
    typed = {"url": receiver.url, "description": "市局平台", "kinds": ["hazard.issued"]}
    page = client.post(reverse("webhooks:new"), typed)
    with acting_as(county.admin):
        endpoint = Endpoint.objects.get()
    assert page.status_code == 200
    assert endpoint.secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    for name in ("endpoint", "edit"):
        shown = client.get(reverse(f"webhooks:{name}", args=[endpoint.pk])).content.decode()
        assert endpoint.secret not in shown
    again_page = client.post(reverse("webhooks:new"), typed)  # the page loaded anew
    assert (again_page.status_code, "已经登记过" in again_page.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"url": "https://127.0.0.1/"}, "内部网络"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, "内部网络"),
        ({"url": "http://example.com/"}, "须以 https:// 开头"),
        ({"url": ""}, "网址"),
        ({"kinds": []}, "事件"),
        ({"kinds": ["made.up"]}, "made.up"),
        ({"description": "长" * 101}, "100"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_kept(county, typed, words):
    client = world.client_of(county.admin)
    good = {"url": "https://10.0.0.1/", "description": "市局平台", "kinds": ["hazard.issued"]}
    page = client.post(reverse("webhooks:new"), good | typed)
    text = page.content.decode()
    assert page.status_code == 422
    assert words in text
    assert (good | typed)["description"] in text
    with acting_as(SYSTEM):
        assert not Endpoint.objects.exists()


def test_the_log_is_filtered_and_paged_in_a_fixed_number_of_statements(
    county, endpoint_of, django_assert_max_num_queries
):
    endpoint = endpoint_of(county.admin)
    client = world.client_of(county.admin)
    url = reverse("webhooks:endpoint", args=[endpoint.pk])
    for _ in range(60):
        ping(county.admin, endpoint)
    with django_assert_max_num_queries(18):
        page = client.get(url).content.decode()
    assert page.count("测试事件</a>") == 50
    assert "下一页" in page
    send()
    assert "没有符合条件" in client.get(url, {"state": "failed"}).content.decode()
    assert "共 60 条" in client.get(url, {"state": "done", "kind": "webhook.test"}).content.decode()
    assert client.get(url, {"state": "nonsense"}).status_code == 200


def test_buttons_do_what_they_say(county, endpoint_of, receiver):
    endpoint = endpoint_of(county.admin)
    client = world.client_of(county.admin)

    def press(name: str, pk=endpoint.pk, **typed):
        return client.post(reverse(f"webhooks:{name}", args=[pk]), typed, follow=True)

    assert "十几秒" in press("test").content.decode()
    with acting_as(county.admin):
        row = Delivery.objects.get()
    assert "已在等待" in press("resend", row.pk).content.decode().replace("已经在等待", "已在等待")
    press("pause")
    assert again(endpoint).state == Endpoint.State.PAUSED
    assert "没有启用" in press("test").content.decode()
    press("resume")
    send()
    page = client.get(reverse("webhooks:delivery", args=[row.pk])).content.decode()
    assert ("204" in page, str(row.event_id) in page) == (True, True)
    assert "没有未送达" in press("resend-failed", since="2026-01-01").content.decode()
    assert "不能晚于今天" in press("resend-failed", since="2999-01-01").content.decode()
    assert again(endpoint).secret not in press("pause").content.decode()
    fresh = press("rotate").content.decode()
    assert again(endpoint).secret in fresh
    press("remove")
    with acting_as(SYSTEM):
        assert not Endpoint.objects.exists()


def test_only_administrators_get_there(county, endpoint_of):
    endpoint = endpoint_of(county.admin)
    for person, code in ((county.officer, 403), (county.lead, 403), (county.principal, 404)):
        client = world.client_of(person)
        assert client.get(reverse("webhooks:endpoint", args=[endpoint.pk])).status_code == code
