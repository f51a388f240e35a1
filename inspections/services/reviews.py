"""expert_review_open · review_follow · expert_add · expert_remove · opinion_give · expert_review_close:
experts look at a provider's report (专家审核); returned, it is corrected and looked at again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from agencies.models import Assignment, ServiceBatch
from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from documents.services import Issuer, document_issue
from inspections.models import ExpertOpinion, ExpertReview
from inspections.papers.supervision import expert_opinion
from notifications.services import notify
from tenancy import clock
from tenancy.actors import SYSTEM, Actor
from tenancy.enums import OrgKind
from tenancy.models import Agency, Membership, Organization
from tenancy.tasks import system_agency
from workflow.services import transition

State = ExpertReview.State
REVIEWED = ("project_report", "enterprise_report")  # kinds of papers that experts look at


@transaction.atomic
def expert_review_open(*, actor: Actor, document: Document) -> ExpertReview:
    """An officer has experts look at a report; a corrected one gets the next round."""
    if document.kind not in REVIEWED:
        raise DomainError("只审核项目总结报告和企业情况报告")
    if document.state != Document.State.ISSUED:
        raise DomainError("该报告已作废，请选择现在有效的报告")
    batch, assignment = _subject(document)
    ServiceBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    rounds = ExpertReview.objects.filter(batch=batch, assignment=assignment)
    if rounds.filter(document=document).exists():
        raise DomainError("这份报告已经组织过审核")
    if rounds.filter(state=State.OPEN).exists():
        raise DomainError("上一轮审核还没有结束")
    last = rounds.aggregate(last=Max("round"))["last"] or 0
    now = clock.now(batch.owner_agency_id)
    review = ExpertReview.objects.create(
        **_whose(batch, assignment), contract_id=batch.contract_id, batch=batch,
        assignment=assignment, document=document, round=last + 1, opened_at=now,
        opened_by_name=actor.display[:80],
    )  # fmt: skip
    record(actor=actor, act="expertreview.open", subject=review, summary=document.title, at=now)
    _tell(review, f"{document.title}：开始第{review.round}轮专家审核", now)
    return review


def _subject(document: Document) -> tuple[ServiceBatch, Assignment | None]:
    if document.subject_type == ServiceBatch._meta.label_lower:
        return ServiceBatch.objects.get(pk=document.subject_id), None
    assignment = Assignment.objects.select_related("batch").get(pk=document.subject_id)
    return assignment.batch, assignment


def _whose(batch: ServiceBatch, assignment: Assignment | None) -> dict[str, object]:
    """The review of one enterprise's report is not that enterprise's business."""
    tenant = assignment.tenant if assignment is not None else batch.tenant
    return {**tenant, "enterprise_org_id": None}


@transaction.atomic
def review_follow(*, actor: Actor, document: Document) -> ExpertReview | None:
    """After a corrected report took the place of one that experts returned: the next round begins.

    Reviews are the organizer's to write, so the system opens it; the same experts are asked.
    """
    before = ExpertReview.objects.filter(document=document.replaces_id, state=State.RETURNED)
    returned = before.first() if document.replaces_id is not None else None
    if returned is None:
        return None
    experts = list(returned.opinions.order_by("pk"))
    with acting_as(system_agency(document.owner_agency_id)):
        review = expert_review_open(actor=actor, document=document)
        ExpertOpinion.objects.bulk_create(
            ExpertOpinion(
                **review.tenant, review=review, name=one.name, unit=one.unit, title=one.title,
                certificate_number=one.certificate_number, conflict=one.conflict,
            )
            for one in experts
        )  # fmt: skip
        notify(
            org_id=review.owner_agency_id, kind="review.next", url=_url(review),
            title=f"{document.title}已更正，进入第{review.round}轮专家审核", at=review.opened_at,
        )  # fmt: skip
    return review


@transaction.atomic
def expert_add(
    *,
    actor: Actor,
    review: ExpertReview,
    name: str,
    unit: str,
    title: str,
    certificate_number: str = "",
    conflict: str = "",
) -> ExpertOpinion:
    """Ask an expert. One of the provider's own is refused; other ties are flagged and kept.

    DomainError names the field.
    """
    locked = _lock_open(review)
    name, unit = name.strip(), unit.strip()
    for field, value, words in (
        ("name", name, "请填写专家姓名"), ("unit", unit, "请填写专家单位"),
        ("title", title.strip(), "请填写职称或资格"),
    ):  # fmt: skip
        if not value:
            raise DomainError(words, field=field)
    ties = _ties(locked, name, unit)
    if locked.opinions.filter(name=name, unit=unit).exists():
        raise DomainError("这位专家已在本轮中", field="name")
    row = ExpertOpinion.objects.create(
        **locked.tenant, review=locked, name=name, unit=unit, title=title.strip(),
        certificate_number=certificate_number.strip(),
        conflict="；".join(filter(None, (conflict.strip(), *ties)))[:200],
    )  # fmt: skip
    record(
        actor=actor, act="expertreview.expert", subject=locked, data={"opinion": str(row.pk)},
        at=clock.now(locked.owner_agency_id),
    )  # fmt: skip
    return row


def _ties(review: ExpertReview, name: str, unit: str) -> list[str]:
    """Refuse the provider's own people and unit; return the other ties that the rows show."""
    provider = Organization.objects.get(pk=review.provider_org_id or 0)
    if unit == provider.name:
        raise DomainError("专家不能来自被审核的服务机构", field="unit")
    with acting_as(SYSTEM):  # who works for a provider is for itself to see
        people = Membership.objects.filter(org=provider.pk, user__name=name)
        mine = list(people.values_list("ended_at", flat=True))
    if None in mine:
        raise DomainError(f"{name}是被审核服务机构的在用人员，不能担任审核专家", field="name")
    ties = ["曾在被审核的服务机构任职"] if mine else []
    if review.batch.assignments.filter(enterprise__name=unit).exists():
        ties.append("来自本批次的企业")
    if Organization.objects.filter(kind=OrgKind.PROVIDER, name=unit).exists():
        ties.append("来自其他服务机构")
    return ties


@transaction.atomic
def expert_remove(*, actor: Actor, opinion: ExpertOpinion) -> None:
    """Take back that an expert was asked, before he has said anything."""
    locked = _lock_open(opinion.review)
    found = locked.opinions.filter(pk=opinion.pk, conclusion="")
    if not found.exists():
        raise DomainError("这位专家已出具意见，不能移出")
    data = {"opinion": str(opinion.pk)}
    now = clock.now(locked.owner_agency_id)
    record(actor=actor, act="expertreview.expert_remove", subject=locked, data=data, at=now)
    found.delete()


@transaction.atomic
def opinion_give(
    *, actor: Actor, opinion: ExpertOpinion, conclusion: str, points: str = ""
) -> ExpertOpinion:
    """Enter what an expert says; who returns the report says what is to be corrected."""
    locked = _lock_open(opinion.review)
    if conclusion not in ExpertOpinion.Conclusion.values:
        raise DomainError("请选择通过或退回", field="conclusion")
    if conclusion == ExpertOpinion.Conclusion.RETURNED and not points.strip():
        raise DomainError("退回的须写明需要修改的问题", field="points")
    row = locked.opinions.select_for_update(of=("self",), no_key=True).get(pk=opinion.pk)
    row.conclusion, row.points = conclusion, points.strip()
    row.given_at = clock.now(locked.owner_agency_id)
    row.save(update_fields=["conclusion", "points", "given_at"])
    record(
        actor=actor, act="expertreview.opinion", subject=locked, at=row.given_at,
        data={"opinion": str(row.pk), "conclusion": conclusion},
    )  # fmt: skip
    return row


@transaction.atomic
def expert_review_close(*, actor: Actor, review: ExpertReview, words: str = "") -> ExpertReview:
    """End a round once every expert has spoken: 专家审核意见 is issued, the provider reads it."""
    locked = _lock_open(review)
    opinions = list(locked.opinions.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if not opinions:
        raise DomainError("还没有专家")
    if silent := [one.name for one in opinions if not one.conclusion]:
        raise DomainError(f"还有专家没有出具意见：{'、'.join(silent)}")
    now = clock.now(locked.owner_agency_id)
    is_returned = any(o.conclusion == ExpertOpinion.Conclusion.RETURNED for o in opinions)
    closed = transition(
        actor=actor, row=locked, name="return_it" if is_returned else "pass_it", closed_at=now,
        words=words.strip(),
    )  # fmt: skip
    closed.opinions.update(issued_at=now)
    agency = Agency.objects.select_related("org").get(pk=closed.owner_agency_id)
    document_issue(
        actor=actor, kind="expert_opinion", subject=closed,
        content=expert_opinion(closed, opinions),
        title=f"{closed.document.title}专家审核意见（第{closed.round}轮）",
        issuer=Issuer(agency.pk, agency.short_name),
    )  # fmt: skip
    words = "退回修改，请更正后重新签发" if is_returned else "通过"
    _tell(closed, f"{closed.document.title}：第{closed.round}轮专家审核{words}", now)
    return closed


def _lock_open(review: ExpertReview) -> ExpertReview:
    locked = ExpertReview.objects.select_for_update(of=("self",), no_key=True).get(pk=review.pk)
    if locked.state != State.OPEN:
        raise DomainError(f"这一轮审核已经结束（{locked.get_state_display()}）")
    return locked


def _tell(review: ExpertReview, title: str, at: datetime) -> None:
    assert review.provider_org_id is not None  # a contract names its provider
    notify(org_id=review.provider_org_id, kind="review.moved", title=title, url=_url(review), at=at)


def _url(review: ExpertReview) -> str:
    return reverse("inspections:review", args=[review.pk])
