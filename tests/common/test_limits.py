"""How often somebody may ask, where he asks from, and what a page may load."""

import ast
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, RequestFactory
from redis.exceptions import ConnectionError as NoRedis

from common.net import client_ip
from tenancy.enums import Role
from tests import world

pytestmark = pytest.mark.django_db
CHECK = "/signing/"


@pytest.fixture(autouse=True)
def limited(settings):
    settings.RATELIMIT_ENABLE = True
    settings.RATE_LIMITS = {"public": "3/h", "member": "5/h", "heavy": "2/h"}
    cache.clear()


def asked(client: Client, times: int, url: str = CHECK, **more: str) -> list[int]:
    return [client.get(url, **more).status_code for _ in range(times)]


def test_an_address_that_asks_too_often_is_told_when_to_come_again(client):
    assert asked(client, 4) == [200, 200, 200, 429]
    refused = client.get(CHECK, headers={"Accept": "text/html"})
    assert "操作太频繁" in refused.content.decode()
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert asked(client, 1, REMOTE_ADDR="10.0.0.9") == [200]  # the neighbour


def test_a_program_is_refused_in_json(client):
    asked(client, 3)
    refused = client.get("/field/api/me", headers={"Accept": "*/*"})
    assert refused.status_code == 429
    assert "秒后再试" in refused.json()["message"]


def test_whoever_signed_in_is_counted_by_his_account_not_by_his_address():
    agency = world.agency()
    first, second = Client(), Client()
    world.sign_in(first, world.member(agency.org, Role.OFFICER))
    world.sign_in(second, world.member(agency.org, Role.OFFICER))
    assert asked(first, 6, "/hazards/") == [200] * 5 + [429]
    assert asked(second, 1, "/hazards/") == [200]


def test_what_is_work_is_limited_more_tightly(client):
    world.sign_in(client, world.member(world.agency().org, Role.OFFICER))
    assert asked(client, 3, "/hazards/export/") == [200, 200, 429]
    assert asked(client, 1, "/hazards/") == [200]


def test_without_a_cache_nobody_is_refused(client, monkeypatch):
    def away(*args, **kwargs):
        raise NoRedis("away")

    monkeypatch.setattr("common.limits.get_usage", away)
    assert asked(client, 5) == [200] * 5


@pytest.mark.parametrize(
    ("proxies", "heard", "expected"),
    [
        (0, "6.6.6.6", "127.0.0.1"),  # anybody may have written it
        (1, "6.6.6.6, 10.1.1.1", "10.1.1.1"),
        (2, "6.6.6.6, 10.1.1.1, 10.2.2.2", "10.1.1.1"),
        (2, "10.1.1.1", "127.0.0.1"),  # it did not come by the proxies
        (1, "", "127.0.0.1"),
    ],
)
def test_only_ones_own_proxies_are_believed(settings, proxies, heard, expected):
    settings.TRUSTED_PROXY_COUNT = proxies
    more = {"HTTP_X_FORWARDED_FOR": heard} if heard else {}
    assert client_ip(RequestFactory().get("/", **more)) == expected


def test_every_page_says_what_it_may_load(client):
    for url in ("/accounts/login/", CHECK, "/field/", "/nowhere/"):
        response = client.get(url)
        policy = response["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert "camera=(self)" in response["Permissions-Policy"]


def test_a_page_may_show_what_lies_in_the_store_and_lead_to_an_identity_provider():
    provider = {"id": "q", "name": "统一认证", "organization": "某局", "client_id": "c", "secret": "s",
                "server_url": "https://sso.example.cn/realms/q"}  # fmt: skip
    env = {
        **os.environ, "STORAGE_BUCKET": "anfu", "OIDC_PROVIDERS": json.dumps([provider]),
        "STORAGE_PUBLIC_ENDPOINT": "https://files.example.cn/s3", "TILE_URL": "https://t.example.cn/{z}",
    }  # fmt: skip
    words = "from config.settings import CONTENT_SECURITY_POLICY as p; print(p['DIRECTIVES'])"
    done = subprocess.run(
        [sys.executable, "-c", words], env=env, cwd=settings.BASE_DIR / "platform",
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    directives = ast.literal_eval(done.stdout)
    for name in ("img-src", "media-src", "connect-src"):
        assert "https://files.example.cn" in directives[name]
    assert "https://t.example.cn" in directives["img-src"]
    assert "https://sso.example.cn" in directives["form-action"]
    assert directives["script-src"] == ["'self'"]


def test_probes_from_within_need_no_https(client, settings):
    settings.RATE_LIMITS = {"public": "9/h", "member": "9/h", "heavy": "9/h"}
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get(CHECK).status_code == 301
