"""The registers of an enterprise: what stands in them, under which heading."""

from datetime import date

import pytest
from lxml import html

from common.scope import acting_as
from enterprises.services import certificate_add, risk_point_add
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(county):
    with acting_as(county.lead):
        firm = county.enterprises[0]
        risk_point_add(actor=county.lead, enterprise=firm, place="锅炉房", risk="爆炸")
        certificate_add(
            actor=county.lead, enterprise=firm, holder_name="刘焊", number="T130371",
            category="焊接与热切割", project="", valid_until=date(2029, 6, 1), review_due_on=None,
        )  # fmt: skip
    return county


@pytest.mark.parametrize(
    ("page", "headings", "words"),
    [
        ("risk-points", ["重点部位", "风险", "现有管控措施", "登记", "操作"], "锅炉房"),
        (
            "certificates",
            ["姓名", "证号", "类别", "项目", "有效期至", "复审日期", "今天", "扫描件", "操作"],
            "刘焊",
        ),
    ],
)
def test_each_column_has_its_heading_in_the_table(client, county, page, headings, words):
    world.sign_in(client, county.lead)
    answer = client.get(f"/enterprises/{county.enterprises[0].pk}/{page}/")
    tree = html.fromstring(answer.content)
    assert [cell.text_content() for cell in tree.iterfind(".//thead//th")] == headings
    [row] = tree.findall(".//tbody/tr")
    assert words in row.text_content()
    assert len(row) == len(headings)
    before = tree.text_content().split("跳到正文")[0]
    assert headings[0] not in before  # nothing of the table slips in front of the page
