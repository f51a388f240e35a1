"""Experts look at a report; returned, it is corrected and comes again; the count is kept."""

import pytest
from django.urls import reverse

from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from documents.services import document_render
from enterprises.models import Enterprise
from inspections.models import ExpertOpinion, ExpertReview
from inspections.services import (
    batch_accept,
    expert_add,
    expert_remove,
    expert_review_close,
    expert_review_open,
    opinion_give,
)
from inspections.services.projects import issue_project_report
from inspections.supervision import returns_of
from notifications.models import Notification
from tenancy.enums import Role
from tenancy.models import Membership
from tenancy.services import membership_end
from tests import county as counties
from tests import world
from workflow.services import job_part_run

pytestmark = pytest.mark.django_db
COUNTY = {"enterprises": 1}
EXPERT = {"name": "钱专家", "unit": "市安全工程学会", "title": "高级工程师"}


def paper(county, kind="enterprise_report"):
    with acting_as(county.admin):
        return Document.objects.filter(kind=kind, state="issued").latest("issued_at")


@pytest.fixture
def review(county):
    counties.accepted(county)
    report = paper(county)
    with acting_as(county.admin):
        return expert_review_open(actor=county.admin, document=report)


def judged(county, review, conclusion="passed", points="", **who):
    with acting_as(county.admin):
        opinion = expert_add(actor=county.admin, review=review, **EXPERT | who)
        return opinion_give(
            actor=county.admin, opinion=opinion, conclusion=conclusion, points=points
        )


def close(county, review):
    with acting_as(county.admin):
        return expert_review_close(actor=county.admin, review=review, words="总体可行")


def corrected(county):
    """What the report is made of changes, and the lead has the papers made anew."""
    with acting_as(county.admin):
        Enterprise.objects.filter(pk=county.enterprises[0].pk).update(products="铸件、机加工件")
    with acting_as(county.lead):
        job = batch_accept(actor=county.lead, batch=county.batch)
        while (
            part := job.parts.filter(state="pending").order_by("step", "pk").first()
        ) is not None:
            job_part_run(part.pk)


def test_a_returned_report_is_corrected_and_gets_the_next_round_by_itself(county, review):
    judged(county, review)
    judged(county, review, "returned", "整改照片不清", name="孙专家")
    assert close(county, review).state == "returned"
    with acting_as(county.admin):
        assert returns_of(county.contract.pk) == {("enterprise_report", county.assignment.pk): 1}
    corrected(county)
    with acting_as(county.admin):
        second = ExpertReview.objects.get(round=2)
        assert second.document.replaces_id == review.document_id
        assert sorted(second.opinions.values_list("name", flat=True)) == ["孙专家", "钱专家"]
        assert set(second.opinions.values_list("conclusion", flat=True)) == {""}
        for one in second.opinions.all():
            opinion_give(actor=county.admin, opinion=one, conclusion="passed")
    assert close(county, second).state == "passed"
    with acting_as(county.admin):
        assert returns_of(county.contract.pk) == {("enterprise_report", county.assignment.pk): 1}


def test_a_report_that_nobody_returned_begins_no_round_when_it_is_made_anew(county):
    counties.accepted(county)
    corrected(county)
    with acting_as(county.admin):
        assert not ExpertReview.objects.exists()
        assert returns_of(county.contract.pk) == {}


def test_a_batchs_report_goes_the_same_way(county):
    counties.accepted(county)
    with acting_as(county.lead):
        issue_project_report(actor=county.lead, batch=county.batch, problems="无", suggestions="无")
    report = paper(county, "project_report")
    with acting_as(county.admin):
        review = expert_review_open(actor=county.admin, document=report)
        assert review.assignment_id is None
    judged(county, review, "returned", "数字有误")
    close(county, review)
    county.later(hours=1)
    with acting_as(county.lead):
        issue_project_report(actor=county.lead, batch=county.batch, problems="改", suggestions="改")
    with acting_as(county.admin):
        assert ExpertReview.objects.filter(assignment=None).count() == 2
        assert returns_of(county.contract.pk) == {("project_report", county.batch.pk): 1}


def test_one_of_the_providers_own_is_no_expert_and_other_ties_are_flagged(county, review):
    with acting_as(county.admin):
        provider = county.contract.provider_org
        add = {"actor": county.admin, "review": review}
        with pytest.raises(DomainError, match="在用人员") as caught:
            expert_add(**add, **EXPERT | {"name": county.inspector.user_name})
        assert caught.value.field == "name"
        with pytest.raises(DomainError) as caught:
            expert_add(**add, **EXPERT | {"unit": provider.name})
        assert caught.value.field == "unit"
        tied = expert_add(**add, **EXPERT | {"unit": county.enterprises[0].name}, conflict="师生")
        assert tied.conflict == "师生；来自本批次的企业"
        assert expert_add(**add, **EXPERT).conflict == ""
        with pytest.raises(DomainError, match="已在本轮中"):
            expert_add(**add, **EXPERT)


def test_who_once_worked_there_is_flagged(county, review):
    with acting_as(county.admin):
        org = county.contract.provider_org
    boss, old = world.member(org, Role.PROVIDER_ADMIN), world.member(org, Role.INSPECTOR, "老孙")
    with acting_as(boss):
        membership_end(actor=boss, membership=Membership.objects.get(pk=old.member))
    with acting_as(county.admin):
        row = expert_add(actor=county.admin, review=review, **EXPERT | {"name": "老孙"})
    assert row.conflict == "曾在被审核的服务机构任职"


@pytest.mark.parametrize(
    ("conclusion", "points", "field"), [("", "", "conclusion"), ("returned", " ", "points")]
)
def test_who_returns_a_report_says_what_to_correct(county, review, conclusion, points, field):
    with acting_as(county.admin):
        opinion = expert_add(actor=county.admin, review=review, **EXPERT)
        with pytest.raises(DomainError) as caught:
            opinion_give(actor=county.admin, opinion=opinion, conclusion=conclusion, points=points)
    assert caught.value.field == field


def test_a_round_ends_when_the_last_has_spoken_and_then_stays_as_it_is(county, review):
    with acting_as(county.admin):
        with pytest.raises(DomainError, match="还没有专家"):
            expert_review_close(actor=county.admin, review=review)
        silent = expert_add(actor=county.admin, review=review, **EXPERT | {"name": "不语"})
        with pytest.raises(DomainError, match="不语"):
            expert_review_close(actor=county.admin, review=review)
        expert_remove(actor=county.admin, opinion=silent)
    given = judged(county, review)
    with acting_as(county.admin), pytest.raises(DomainError, match="已出具意见"):
        expert_remove(actor=county.admin, opinion=given)
    close(county, review)
    with acting_as(county.admin):
        with pytest.raises(DomainError, match="已经结束"):
            opinion_give(actor=county.admin, opinion=given, conclusion="returned", points="晚了")
        [opinion] = Document.objects.filter(kind="expert_opinion")
        assert opinion.content["result"] == "通过"
        assert opinion.content["summary"] == "总体可行"
        assert document_render(str(opinion.pk)).pages == 1


def test_one_report_is_looked_at_once_and_only_while_it_stands(county, review):
    with acting_as(county.admin):
        with pytest.raises(DomainError, match="已经组织过"):
            expert_review_open(actor=county.admin, document=review.document)
        record = Document.objects.filter(kind="service_record").first()
        with pytest.raises(DomainError, match="只审核"):
            expert_review_open(actor=county.admin, document=record)


def test_the_provider_reads_opinions_once_the_round_is_over_and_is_told(county, review):
    judged(county, review, "returned", "照片不清")
    with acting_as(county.lead):
        assert ExpertReview.objects.count() == 1
        assert not ExpertOpinion.objects.exists()
    close(county, review)
    with acting_as(county.lead):
        assert ExpertOpinion.objects.get().points == "照片不清"
        assert Notification.objects.filter(title__contains="退回修改").exists()
    with acting_as(county.principal):
        assert not ExpertReview.objects.exists()


def test_the_pages_of_a_review_go_the_whole_way(county, client):
    counties.accepted(county)
    report = paper(county)
    world.sign_in(client, county.lead)
    listed = reverse("inspections:review-list", args=[county.contract.pk])
    begin = reverse("inspections:review-open", args=[county.contract.pk])
    assert "可以组织审核" not in client.get(listed).content.decode()
    assert client.post(begin, {"document": report.pk}).status_code == 403
    world.sign_in(client, county.admin)
    assert report.title in client.get(listed).content.decode()
    assert client.post(begin, {"document": "nonsense"}).status_code == 404
    client.post(begin, {"document": report.pk})
    with acting_as(county.admin):
        review = ExpertReview.objects.get()
    new = reverse("inspections:expert-new", args=[review.pk])
    wrong = client.post(new, EXPERT | {"name": county.inspector.user_name})
    assert wrong.status_code == 422
    assert "不能担任审核专家" in wrong.content.decode()
    client.post(new, EXPERT)
    with acting_as(county.admin):
        opinion = ExpertOpinion.objects.get()
    client.post(reverse("inspections:opinion-give", args=[opinion.pk]), {"conclusion": "passed"})
    client.post(reverse("inspections:review-close", args=[review.pk]), {"words": "总体可行"})
    page = client.get(reverse("inspections:review", args=[review.pk])).content.decode()
    assert "专家审核意见" in page
