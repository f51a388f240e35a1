"""Two files of one enterprise become one: what is closed, what both show, and how it is taken apart."""

import pytest
from django.urls import reverse

from agencies.services import assignment_restore, assignment_withdraw, batch_assign
from audit.models import AuditEntry
from common.errors import DomainError, Moved
from common.scope import acting_as
from enterprises.access import enterprise_for
from enterprises.claims import claims_issue
from enterprises.forms import EnterpriseFilter
from enterprises.merging import alike, files_merge, holds_of, merge_undo, why_alike
from enterprises.models import Enterprise, EnterpriseMerge
from enterprises.services import (
    certificate_add,
    enterprise_save,
    enterprises_import,
    read_list,
    risk_point_add,
)
from inspections.forms.visits import LedgerFilter
from inspections.models import Hazard
from inspections.services import inspection_begin, rectification_submit
from notifications.services import inbox, notify
from tenancy import clock
from tenancy.actors import SYSTEM, actor_for
from tenancy.enums import OrgKind, Role
from tenancy.models import Membership, Organization
from tenancy.services import invitation_create, organization_for
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return counties.build()


@pytest.fixture
def twin(county):
    """A second file of the first enterprise, nothing of it under way; it has a principal."""
    with acting_as(county.admin):
        return counties.enterprise(
            county.zone, 60, name="北方铸造厂0（新）", phone="13300000000", products="铸件",
            principal_name="", latitude="39.900000", longitude="119.600000",
        )  # fmt: skip


@pytest.fixture
def owner(twin):
    with acting_as(SYSTEM):
        return world.member(twin.enterprise_org, Role.PRINCIPAL)


def merge(county, former, into, actor=None, **more):
    actor = actor or county.officer
    with acting_as(actor):
        return files_merge(actor=actor, former=former, into=into, **{"reason": "重复导入"} | more)


def fresh(row):
    with acting_as(SYSTEM):
        return type(row).objects.get(pk=row.pk)


def actors_of(org_id):
    with acting_as(SYSTEM):
        rows = Membership.objects.own().filter(org_id=org_id).select_related("org", "user")
        return [actor_for(row) for row in rows.order_by("pk")]


def listed(actor, **query):
    with acting_as(actor):
        form = EnterpriseFilter(query, actor=actor)
        return set(form.rows().values_list("pk", flat=True))


def test_the_former_is_closed_and_kept_and_the_other_takes_what_was_chosen(county, twin):
    firm = county.enterprises[0]
    found = merge(county, twin, firm, taken=["products", "phone", "latitude"])
    kept, closed = fresh(firm), fresh(twin)
    assert (kept.products, kept.phone, str(kept.latitude)) == ("铸件", "13300000000", "39.900000")
    assert (kept.name, str(kept.longitude)) == (firm.name, "119.600000")  # a place is both numbers
    assert closed.merged_into_id == firm.pk
    assert (closed.name, closed.products) == (twin.name, "铸件")
    assert twin.pk not in listed(county.officer)
    assert firm.pk in listed(county.officer)
    assert "13300000000" not in str(fresh(found).before)  # what is personal stands encrypted
    with acting_as(county.admin):
        acts = AuditEntry.objects.filter(act="enterprise.merge").order_by("pk")
        assert {act.subject_id for act in acts} == {str(firm.pk), str(twin.pk)}
        assert {act.summary for act in acts} == {"重复导入"}


def test_a_closed_file_leads_to_the_other_and_takes_nothing_new(county, twin):
    firm, actor = county.enterprises[0], county.officer
    merge(county, twin, firm)
    with acting_as(actor):
        closed = fresh(twin)
        with pytest.raises(Moved) as moved:
            enterprise_for(actor, twin.pk)
        assert moved.value.url == reverse("enterprises:record", args=[firm.pk])
        for begin in (
            lambda: enterprise_save(actor=actor, enterprise=closed),
            lambda: risk_point_add(actor=actor, enterprise=closed, place="锅炉房", risk="爆炸"),
            lambda: batch_assign(actor=actor, batch=county.batch, enterprise_ids=[twin.pk]),
            lambda: inspection_begin(
                actor=actor, enterprise=closed, member_ids=[county.second_officer.member]
            ),
            lambda: files_merge(actor=actor, former=county.enterprises[1], into=twin, reason="x"),
        ):
            with pytest.raises(DomainError, match="已并入"):
                begin()


@pytest.mark.parametrize(
    ("change", "words", "field"),
    [
        ({"reason": " "}, "原因", "reason"),
        ({"former": "into"}, "另一份", None),
    ],
)
def test_bad_input_merges_nothing(county, twin, change, words, field):
    firm = county.enterprises[0]
    former = firm if change.pop("former", "") else twin
    with pytest.raises(DomainError, match=words) as error:
        merge(county, former, firm, **change)
    assert error.value.field == field
    assert fresh(twin).merged_into_id is None


def test_what_is_under_way_has_to_be_finished_first_and_the_page_says_where(county, twin):
    firm = county.enterprises[0]
    counties.visit(county, sign=False)
    with acting_as(county.officer):
        holds = holds_of(firm, twin)
        assert [hold.url for hold in holds] == [
            reverse("inspections:assignment", args=[county.assignment.pk]),
            reverse("inspections:visit", args=[county.assignment.visits.get().pk]),
        ]
        assert holds_of(twin, firm) == []  # the other way round nothing is in the way
    with pytest.raises(DomainError, match="还没有验收.*还没有签字"):
        merge(county, firm, twin)
    assert fresh(firm).merged_into_id is None


def test_both_in_one_batch_is_served_and_paid_once(county):
    one, other = county.enterprises
    with pytest.raises(DomainError, match="先收回任务"):
        merge(county, other, one)
    left = county.assignments[1]
    with acting_as(county.officer):
        assignment_withdraw(
            actor=county.officer, assignment=left, withdrawal="other", reason="重复"
        )
    merge(county, other, one)
    with acting_as(county.officer), pytest.raises(DomainError, match="已并入"):
        assignment_restore(actor=county.officer, assignment=left, reason="恢复")


def test_a_body_known_elsewhere_stays_open_and_the_other_way_round_is_offered(county, twin):
    neighbour = counties.build("130372", base=1000)
    with acting_as(neighbour.admin):
        Enterprise.objects.create(
            owner_agency=neighbour.zone, enterprise_org_id=twin.enterprise_org_id, name="分厂",
            credit_code=twin.credit_code, region_code="130372", industry="机械",
        )  # fmt: skip
    firm = county.enterprises[0]
    with acting_as(county.officer):
        [hold] = holds_of(twin, firm)
    assert hold.url == reverse("enterprises:merge", args=[twin.pk, firm.pk])
    with pytest.raises(DomainError, match="其他机关另有档案"):
        merge(county, twin, firm)


def test_two_agencies_files_are_not_merged_by_their_superior(county):
    neighbour = counties.build("130372", base=1000)
    city = world.member(world.agency("1303").org, Role.OFFICER)
    with pytest.raises(DomainError, match="同一个机关"):
        merge(county, neighbour.enterprises[0], county.enterprises[0], actor=city)


def test_a_superior_who_may_edit_both_merges_two_of_a_county(county, twin):
    city = world.member(world.agency("1303").org, Role.OFFICER)
    merge(county, twin, county.enterprises[0], actor=city)
    assert fresh(twin).merged_into_id == county.enterprises[0].pk


def finished(county):
    """The first enterprise is accepted; one hazard was found there and mended."""
    counties.accepted(county)
    with acting_as(county.officer):
        return Hazard.objects.get(enterprise=county.enterprises[0])


def test_the_owners_of_both_see_what_belonged_to_both_and_nobody_else_does(county, twin, owner):
    hazard, firm = finished(county), county.enterprises[0]
    other = world.member(county.enterprises[1].enterprise_org, Role.PRINCIPAL)
    with acting_as(owner):
        assert not Hazard.objects.exists()
    merge(county, firm, twin)
    both = actors_of(twin.enterprise_org_id)
    assert {actor.user_id for actor in both} == {owner.user_id, county.principal.user_id}
    for actor in both:
        assert actor.orgs == (twin.enterprise_org_id, firm.enterprise_org_id)
        with acting_as(actor):
            assert [one.pk for one in Hazard.objects.all()] == [hazard.pk]
            assert set(Enterprise.objects.values_list("pk", flat=True)) == {firm.pk, twin.pk}
            assert not EnterpriseMerge.objects.exists()  # who keeps the files alone
    assert actors_of(firm.enterprise_org_id) == []
    with acting_as(other):
        assert not Hazard.objects.exists()
    with acting_as(county.principal):  # the place that was ended gives nothing that is not there
        assert set(Enterprise.objects.values_list("pk", flat=True)) == {firm.pk}


def test_a_page_of_the_owner_lists_and_opens_what_belonged_to_the_former(county, twin, owner):
    hazard = finished(county)
    merge(county, county.enterprises[0], twin)
    client = world.client_of(owner)
    page = client.get(reverse("inspections:hazard", args=[hazard.pk]))
    assert hazard.description in page.content.decode()
    answer = client.get("/api/v1/hazards/").json()
    assert [row["id"] for row in answer["items"]] == [str(hazard.pk)]


def test_the_ledger_of_the_one_shows_the_hazards_of_both(county, twin):
    hazard = finished(county)
    merge(county, county.enterprises[0], twin)
    with acting_as(county.officer):
        form = LedgerFilter(
            {"enterprise": str(twin.pk)}, actor=county.officer, towns=[], providers=[]
        )
        assert [row.pk for row in form.rows()] == [hazard.pk]


def test_open_hazards_go_on_and_the_new_owner_mends_them(county, twin, owner):
    [hazard] = counties.issued(county)
    firm = county.enterprises[0]
    left = county.assignment
    with acting_as(county.officer):
        assignment_withdraw(
            actor=county.officer, assignment=left, withdrawal="other", reason="重复"
        )
    merge(county, firm, twin)
    mine = next(a for a in actors_of(twin.enterprise_org_id) if a.user_id == owner.user_id)
    with acting_as(mine):
        row = Hazard.objects.get(pk=hazard.pk)
        rectification_submit(
            actor=mine, hazard=row, text="已接地", responsible_person="李四",
            done_on=row.found_on, photos=[counties.picture((9, 9, 9))],
        )  # fmt: skip
    with acting_as(county.officer):
        assert Hazard.objects.get(pk=hazard.pk).state == "submitted"


def test_who_had_a_place_at_both_keeps_one(county, twin):
    with acting_as(SYSTEM):
        membership = Membership.objects.select_related("user").get(pk=county.principal.member)
        Membership.objects.create(
            user=membership.user, org=twin.enterprise_org, role=Role.PRINCIPAL
        )
    firm = county.enterprises[1]  # nobody's yet
    with acting_as(county.officer):
        assignment_withdraw(
            actor=county.officer, assignment=county.assignments[1], withdrawal="other", reason="x"
        )
    found = merge(county, twin, county.enterprises[0])
    assert len(actors_of(county.enterprises[0].enterprise_org_id)) == 1
    with acting_as(county.officer):
        merge_undo(actor=county.officer, merge=found, reason="弄错了")
    for org in (twin.enterprise_org_id, county.enterprises[0].enterprise_org_id):
        assert [a.user_id for a in actors_of(org)] == [membership.user_id]
    assert firm.pk in listed(county.officer)


def test_what_the_former_was_told_and_is_told_later_reaches_the_other(county, twin, owner):
    firm = county.enterprises[0]

    def tell(title):
        notify(org_id=firm.enterprise_org_id, kind="hazard.issued", title=title, url="/",
               at=clock.now(county.zone.pk))  # fmt: skip

    with acting_as(county.officer):
        tell("合并以前")
        for one in county.assignments[:1]:
            assignment_withdraw(
                actor=county.officer, assignment=one, withdrawal="other", reason="重复"
            )
    merge(county, firm, twin)
    with acting_as(county.officer):
        tell("合并以后")
    mine = next(a for a in actors_of(twin.enterprise_org_id) if a.user_id == owner.user_id)
    with acting_as(mine):
        titles = {row.title for row in inbox(mine)}
    assert {"合并以前", "合并以后"} <= titles


def test_registers_of_today_go_over_once_and_come_back(county, twin):
    firm, actor = county.enterprises[0], county.officer

    def live(row):
        with acting_as(actor):
            points = row.risk_points.filter(removed_at=None).values_list("place", flat=True)
            papers = row.certificates.filter(removed_at=None).values_list("holder_name", flat=True)
            return sorted(points), sorted(papers)

    with acting_as(actor):
        for row, places in ((firm, ("熔炼车间",)), (twin, ("熔炼车间", "锅炉房"))):
            for place in places:
                risk_point_add(actor=actor, enterprise=row, place=place, risk="爆炸")
        certificate_add(
            actor=actor, enterprise=twin, holder_name="李四", number="130300199001011234",
            category="电工作业", project="", valid_until=counties.NOW.date(), review_due_on=None,
        )  # fmt: skip
    found = merge(county, twin, firm)
    assert live(firm) == (["熔炼车间", "锅炉房"], ["李四"])
    assert live(twin) == ([], [])
    with acting_as(actor):
        merge_undo(actor=actor, merge=found, reason="弄错了")
    assert live(firm) == (["熔炼车间"], [])
    assert live(twin) == (["熔炼车间", "锅炉房"], ["李四"])


def test_undone_each_has_its_own_again_and_later_words_stay(county, twin, owner):
    firm = county.enterprises[0]
    found = merge(county, twin, firm, taken=["products", "phone"])
    with acting_as(county.officer):
        row = Enterprise.objects.get(pk=firm.pk)
        row.products = "铸件、锻件"  # somebody's later word
        enterprise_save(actor=county.officer, enterprise=row)
        merge_undo(actor=county.officer, merge=found, reason="两家不同")
    kept, opened = fresh(firm), fresh(twin)
    assert (kept.products, kept.phone) == ("铸件、锻件", firm.phone)
    assert opened.merged_into_id is None
    assert twin.pk in listed(county.officer)
    assert [a.user_id for a in actors_of(twin.enterprise_org_id)] == [owner.user_id]
    [own] = actors_of(firm.enterprise_org_id)
    assert own.orgs == (firm.enterprise_org_id,)
    with acting_as(SYSTEM):
        assert Organization.objects.get(pk=twin.enterprise_org_id).credit_code == twin.credit_code
    with acting_as(county.admin):
        assert AuditEntry.objects.filter(act="enterprise.unmerge").count() == 2
    with acting_as(county.officer), pytest.raises(DomainError, match="已经撤销"):
        merge_undo(actor=county.officer, merge=found, reason="再来")


def test_three_files_one_after_the_other_lead_straight_to_the_last(county, twin):
    with acting_as(county.admin):
        third = counties.enterprise(county.zone, 61, name="北方铸造厂0旧")
    first = merge(county, third, twin)
    second = merge(county, twin, county.enterprises[0])
    firm = county.enterprises[0]
    assert fresh(third).merged_into_id == firm.pk
    [own] = actors_of(firm.enterprise_org_id)
    assert own.orgs == tuple(f.enterprise_org_id for f in (firm, twin, third))
    with acting_as(county.officer):
        with pytest.raises(DomainError, match="先撤销那次合并"):
            merge_undo(actor=county.officer, merge=first, reason="x")
        merge_undo(actor=county.officer, merge=second, reason="x")
    assert fresh(third).merged_into_id == twin.pk
    [own] = actors_of(firm.enterprise_org_id)
    assert own.orgs == (firm.enterprise_org_id,)


def test_a_code_that_was_given_up_is_another_body_elsewhere(county, twin, owner):
    """Nobody sees by a merge what another region keeps under the former's code."""
    found = merge(county, twin, county.enterprises[0])
    neighbour = counties.build("130372", base=1000)
    with acting_as(neighbour.admin):
        org = organization_for(
            kind=OrgKind.ENTERPRISE, name="另一家", credit_code=twin.credit_code, is_training=True
        )
    assert org != twin.enterprise_org_id
    with acting_as(county.officer), pytest.raises(DomainError, match="已由另一单位使用"):
        merge_undo(actor=county.officer, merge=found, reason="x")
    assert fresh(twin).merged_into_id == county.enterprises[0].pk


def test_a_list_that_names_the_former_is_told_where_it_went(county, twin):
    merge(county, twin, county.enterprises[0])
    town = world.agency("130371101").region_name
    table = "企业名称,统一社会信用代码,所属镇街,所属行业\n" \
        f"改了名,{twin.credit_code},{town},机械\n"  # fmt: skip
    with acting_as(county.officer):
        result = read_list(agency=county.zone, content=table.encode(), filename="a.csv", answers={})
        done = enterprises_import(actor=county.officer, agency=county.zone, result=result)
    assert not done.is_written
    assert county.enterprises[0].credit_code in done.rejected[-1]["message"]
    assert fresh(twin).name == twin.name


def test_offers_and_sheets_of_the_former_are_void(county, twin):
    with acting_as(county.officer):
        invitation = invitation_create(
            actor=county.officer, org=twin.enterprise_org, name="李四", role=Role.PRINCIPAL
        )
        [code] = claims_issue(actor=county.officer, enterprises=[twin])
    merge(county, twin, county.enterprises[0])
    assert fresh(invitation).revoked_at is not None
    assert fresh(code).withdrawn_reason == "档案已合并"


def test_likely_ones_are_proposed_with_why(county, twin):
    firm = county.enterprises[0]
    with acting_as(county.officer):
        found = alike(firm)
        assert twin in found
        assert county.enterprises[1] in found
        assert why_alike(firm, county.enterprises[1]) == "同一负责人、同一电话、同一地址"
        assert why_alike(firm, twin) == "同一地址"


def test_pages_compare_ask_and_do_it(county, twin, owner):
    firm, client = county.enterprises[0], world.client_of(county.officer)
    page = client.get(reverse("enterprises:merge-choose", args=[firm.pk])).content.decode()
    assert twin.name in page
    found = client.get(reverse("enterprises:merge-choose", args=[firm.pk]), {"q": "铸造厂0（新"})
    assert twin.name in found.content.decode()
    address = reverse("enterprises:merge", args=[firm.pk, twin.pk])
    page = client.get(address).content.decode()
    assert "主要负责人 1 人" in page
    assert "13300000000" not in page
    wrong = client.post(address, {"products": "former", "reason": ""})
    assert wrong.status_code == 422
    assert fresh(twin).merged_into_id is None
    done = client.post(address, {"products": "former", "reason": "更名"})
    assert done.url == reverse("enterprises:record", args=[firm.pk])
    assert fresh(firm).products == "铸件"
    page = client.get(done.url).content.decode()
    assert f"{twin.name}</a>（{twin.credit_code}）" in page
    old = client.get(reverse("enterprises:record", args=[twin.pk])).content.decode()
    assert "这份档案已停用" in old
    assert reverse("enterprises:edit", args=[twin.pk]) not in old
    led = client.get(reverse("enterprises:risk-points", args=[twin.pk]))
    assert led.url == reverse("enterprises:record", args=[firm.pk])
    hit = client.get(reverse("home:search"), {"q": "铸造厂0（新"}).content.decode()
    assert f"已并入{firm.name}" in hit
    answer = client.get(f"/api/v1/enterprises/{twin.pk}/").json()
    assert answer["merged_into"] == firm.pk
    assert client.patch(
        f"/api/v1/enterprises/{twin.pk}/", {"products": "x"}, content_type="application/json"
    ).status_code in (409, 422, 428)
    with acting_as(county.officer):
        undo = reverse("enterprises:merge-undo", args=[EnterpriseMerge.objects.get().pk])
    assert client.post(undo, {"reason": ""}).status_code == 422
    assert client.post(undo, {"reason": "弄错"}).url == reverse(
        "enterprises:record", args=[twin.pk]
    )
    assert fresh(twin).merged_into_id is None


def test_strangers_find_nothing_and_helpers_may_not(county, twin):
    stranger = world.client_of(counties.build("130372", base=1000).officer)
    helper = world.client_of(world.member(county.zone.org, Role.ASSISTANT))
    firm = county.enterprises[0]
    found = merge(county, twin, firm)
    for address in (
        reverse("enterprises:merge-choose", args=[firm.pk]),
        reverse("enterprises:merge", args=[firm.pk, county.enterprises[1].pk]),
        reverse("enterprises:merge-undo", args=[found.pk]),
    ):
        assert stranger.get(address).status_code == 404
        assert helper.get(address).status_code == 403


def test_the_comparison_takes_as_many_statements_for_much_as_for_little(
    county, twin, django_assert_max_num_queries
):
    client, address = world.client_of(county.officer), ""
    address = reverse("enterprises:merge", args=[county.enterprises[0].pk, twin.pk])
    client.get(address)
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(60) as told:
            client.get(address)
        counts.append(len(told.captured_queries))
        with acting_as(county.officer):
            for number in range(5):
                risk_point_add(
                    actor=county.officer, enterprise=twin, place=f"{len(counts)}-{number}", risk="x"
                )
    assert counts[0] == counts[1]
