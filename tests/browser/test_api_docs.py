"""The page about the API in Chromium, under the policy that its own answer names."""

import pytest

from tests import county as counties

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_the_page_shows_every_address_within_its_policy(page_for):
    county = counties.build(enterprises=1)
    page = page_for(county.inspector)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto("/api/docs/")
    page.get_by_text("上传操作").click(
        timeout=60_000
    )  # Swagger lays a hundred out on a busy machine
    page.wait_for_selector("text=sent_at")
    written = page.request.get("/api/schema/").json()["paths"].values()
    ways = {"get", "post", "put", "patch", "delete"}
    assert page.locator(".opblock").count() == sum(len(ways & way.keys()) for way in written)
    policy = answer.headers["content-security-policy"]
    assert "form-action 'none'" in policy
    assert "unsafe" not in policy
    own = page.evaluate("location.origin")
    assert all(url.startswith((own, "data:")) for url in asked)
