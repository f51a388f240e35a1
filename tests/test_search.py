"""The search of everything: what it finds by, and for whom."""

import pytest
from django.urls import reverse

from common.scope import acting_as
from documents.models import Document
from enterprises.search import firms_named
from enterprises.services import certificate_add, enterprise_save
from home.search import groups
from inspections.access import hazards_of
from tests import county as counties
from tests import world
from tests.bench.bare import is_control
from tests.scoring import evaluated

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(county):
    with acting_as(county.officer):
        for firm, name in zip(county.enterprises, ("恒瑞铸造厂", "海港机械公司"), strict=True):
            firm.name, firm.principal_name = name, {"恒瑞铸造厂": "曾国强"}.get(name, "李娜")
            enterprise_save(actor=county.officer, enterprise=firm)
    return county


def asked(actor, text):
    """{what it is called: titles} of what somebody finds."""
    with acting_as(actor):
        return {group.name: [hit.title for hit in group.hits] for group in groups(actor, text)}


@pytest.mark.parametrize("text", ["恒瑞", "铸造厂", "hrzzc", "HRZ", "曾国", "zgq"])
def test_a_firm_is_found_by_part_of_a_name_by_initials_and_by_its_principal(county, text):
    assert asked(county.officer, text)["企业"] == ["恒瑞铸造厂"]


def test_a_firm_is_found_by_its_credit_code(county):
    code = county.enterprises[1].credit_code
    assert asked(county.officer, code[8:])["企业"] == ["海港机械公司"]


def test_hazards_are_found_by_number_words_and_the_initials_of_the_enterprise(county):
    [row] = evaluated.hazards(county, closed=0, open_=1)
    for text in (row.number, "未接地", county.enterprises[0].name[:2], "hrzz"):
        assert asked(county.officer, text)["隐患"] == ["未接地"], text
        assert asked(county.lead, text)["隐患"] == ["未接地"], text


@pytest.mark.parametrize("many", [0, 200])
def test_the_hazards_found_last_are_the_first_of_all_that_match(county, monkeypatch, many):
    """A word of many enterprises is looked for in what is not over; one of few in everything."""
    monkeypatch.setattr("inspections.models.hazards.MANY_FIRMS", many)
    evaluated.hazards(county, closed=3, open_=4)
    with acting_as(county.officer):
        rows = hazards_of(county.officer)
        number = rows[0].number
        expected = {"未接地": 4, "恒瑞": 7 if many else 4, number: 1, "nothing": 0}
        for word, count in expected.items():
            words = {word: firms_named(word)}
            matching = rows.matching(words).order_by("-found_on", "-pk")
            keys = list(matching.values_list("pk", flat=True))
            assert len(keys) == count, word
            assert rows.found_last(words, 3) == keys[:3], word


def paper_of(county) -> Document:
    counties.issued(county)
    with acting_as(county.officer):
        return Document.objects.filter(enterprise_org=county.enterprises[0].enterprise_org)[0]


def test_papers_are_found_by_number_and_by_the_initials_of_their_enterprise(county):
    paper = paper_of(county)
    for text in (paper.number, "hrzzc", "zgq"):
        assert asked(county.officer, text)["文书"].count(paper.title) == 1, text


def test_people_are_found_by_name_and_initials(county):
    with acting_as(county.officer):
        certificate_add(
            actor=county.officer, enterprise=county.enterprises[0], holder_name="刘焊",
            number="T130371198001011234", category="电工作业", project="",
            valid_until=counties.NOW.date(), review_due_on=None,
        )  # fmt: skip
    assert asked(county.officer, "lh")["特种作业人员"] == ["刘焊"]
    assert asked(county.principal, "刘焊")["特种作业人员"] == ["刘焊"]
    mine = county.officer.user_name
    assert mine in asked(county.admin, mine)["本单位人员"]
    assert "本单位人员" not in asked(county.officer, mine)  # no page of his leads there


def test_a_person_of_a_team_is_found_once(county):
    name = county.inspector.user_name
    found = asked(county.officer, name)["项目组人员"]
    assert found == [name]
    assert asked(county.lead, name)["项目组人员"] == [name]


def test_contracts_and_providers(county):
    title = county.contract.title
    assert asked(county.officer, title[:4])["合同"] == [title]
    with acting_as(county.officer):
        body = county.contract.provider_org.name
    assert asked(county.officer, body[:4])["服务机构"] == [body]
    assert asked(county.officer, body[:4])["合同"] == [title]


def test_nobody_finds_what_he_may_not_see(county):
    evaluated.hazards(county, closed=0, open_=1)
    paper = paper_of(county)
    other = counties.build("139902")
    for stranger in (other.officer, other.lead, other.principal):
        for text in ("恒瑞", "hrzzc", "未接地", paper.number, county.inspector.user_name):
            assert not {"企业", "隐患", "文书", "项目组人员"} & asked(stranger, text).keys()


def test_an_enterprise_does_not_find_what_was_not_issued_to_it(county):
    counties.visit(county)
    assert "隐患" in asked(county.lead, "未接地")
    assert "隐患" not in asked(county.principal, "未接地")


def test_an_enterprise_finds_its_own(county):
    evaluated.hazards(county, closed=0, open_=1)
    assert asked(county.principal, "未接地") == {"隐患": ["未接地"]}


def test_more_leads_to_the_list_with_the_words(county, client):
    evaluated.hazards(county, closed=0, open_=12)
    world.sign_in(client, county.officer)
    page = client.get(reverse("home:search"), {"q": "未接地"})
    [group] = page.context["groups"]
    assert len(group.hits) == 8
    assert client.get(group.more).context["count"] == 12


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "在任何一页按 /"), ("厂", "至少两个字"), ("长" * 61, "最多 60 个字"), ("没有的", "没有找到"),
     ("%_", "没有找到"), ("a\x00b", "没有找到"), ("<b>x", "&lt;b&gt;x")],
)  # fmt: skip
def test_what_finds_nothing_says_why(county, client, text, words):
    world.sign_in(client, county.officer)
    page = client.get(reverse("home:search"), {"q": text})
    assert page.status_code == 200
    assert words in page.content.decode()


def test_as_one_types_only_the_hits_come(county, client):
    world.sign_in(client, county.officer)
    page = client.get(reverse("home:search"), {"q": "恒瑞"}, headers={"HX-Request": "true"})
    text = page.content.decode()
    assert "恒瑞铸造厂" in text
    assert "<html" not in text


def test_a_search_takes_a_fixed_number_of_statements(county, client, django_assert_max_num_queries):
    paper_of(county)
    world.sign_in(client, county.officer)
    url = reverse("home:search")
    for text in ("恒瑞", "hrzzc", county.contract.title[:4]):
        client.get(url, {"q": text})
        with django_assert_max_num_queries(24) as captured:
            client.get(url, {"q": text})
        sent = [query for query in captured.captured_queries if not is_control(query["sql"])]
        assert len(sent) <= 20
        evaluated.hazards(county, closed=3, open_=9)
