"""self_evaluation_file · questionnaire_file · third_party_ask · third_party_file · record_add:
what each party says of a provider, sealed until all is closed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from evidence.services import attachment_add
from notifications.services import notify
from scoring.appraisals.reading import rules_of
from scoring.models import (
    Appraisal,
    InquiryRecord,
    Questionnaire,
    SelfEvaluation,
    ThirdPartyReview,
)
from scoring.models.parties import MOST, QUESTIONS
from tenancy import clock
from tenancy.actors import SYSTEM, Actor, system_for
from tenancy.models import Agency, Membership

Files = Sequence[tuple[str, bytes]]
SALT = "scoring.third-party"


@transaction.atomic
def self_evaluation_file(
    *,
    actor: Actor,
    evaluation: SelfEvaluation,
    answers: Mapping[str, Mapping[str, str]],
    summary: str,
    files: Files = (),
) -> SelfEvaluation:
    """The provider says of each indicator what it would give itself, and why; once, in its days.

    `answers`: {indicator code: {"score": text of a Decimal, "words": text}}.
    """
    locked = SelfEvaluation.objects.select_for_update(of=("self",), no_key=True).get(
        pk=evaluation.pk
    )
    if locked.filed_at is not None:
        raise DomainError("自评已提交")
    if clock.today(locked.owner_agency_id) > locked.due_on:
        raise DomainError(f"自评期限{locked.due_on:%Y-%m-%d}已过")
    for one in locked.indicators:
        given = Decimal(answers.get(one["code"], {}).get("score") or "-1")
        if not 0 <= given <= Decimal(one["weight"]):
            raise DomainError(f"请在0到{one['weight']}之间自评{one['code']}", field=one["code"])
    locked.answers, locked.summary = dict(answers), summary.strip()
    locked.filed_at, locked.filed_by_name = clock.now(locked.owner_agency_id), actor.display[:80]
    locked.save()
    for name, content in files:
        attachment_add(actor=actor, subject=locked, filename=name, content=content)
    record(actor=actor, act="appraisal.self", subject=locked, summary=locked.contract_title)
    notify(
        org_id=locked.owner_agency_id, kind="appraisal.self", at=locked.filed_at,
        title=f"{locked.contract_title}：服务机构已提交自评",
        url=reverse("scoring:appraisal", args=[locked.appraisal_id]),
    )  # fmt: skip
    return locked


@transaction.atomic
def questionnaire_file(
    *, actor: Actor, form: Questionnaire, answers: Sequence[int], comment: str = "", ip: str = ""
) -> Questionnaire:
    """File an enterprise's form: once, in its days; doubts about who filed it are noted (3.4)."""
    locked = Questionnaire.objects.select_for_update(of=("self",), no_key=True).get(pk=form.pk)
    if locked.filed_at is not None:
        raise DomainError("本企业已提交过评价，不能再次提交")
    if locked.opened_at is not None or clock.today(locked.owner_agency_id) > locked.due_on:
        raise DomainError(f"评价已于{locked.due_on:%Y-%m-%d}截止")
    if len(answers) != len(QUESTIONS) or any(not 0 <= one <= MOST for one in answers):
        raise DomainError(f"请对{len(QUESTIONS)}项都给出0至{MOST}分")
    locked.answers, locked.comment = list(answers), comment.strip()
    locked.filed_at, locked.filed_by_name = clock.now(locked.owner_agency_id), actor.display[:80]
    locked.doubts = _doubts(actor, locked, ip)
    locked.save()
    record(actor=actor, act="appraisal.questionnaire", subject=locked)
    return locked


def _doubts(actor: Actor, form: Questionnaire, ip: str) -> list[str]:
    """Say what speaks against the form being the enterprise's own word; none of it refuses it."""
    with acting_as(SYSTEM):
        appraisal = Appraisal.objects.select_related("scheme").get(pk=form.appraisal_id)
        days = rules_of(appraisal.scheme).parameters.young_account_days
        filer = Membership.objects.get(pk=actor.member)
        staff = Membership.objects.filter(org_id=appraisal.contract.provider_org_id)
        young = filer.joined_at > max(
            form.assignment.created_at, timezone.now() - timedelta(days=days)
        )
        found = {
            "提交人也是服务机构的人员": staff.filter(user_id=filer.user_id).exists(),
            f"提交人的账号在服务开始以后、提交前{days}天内建立": young and not actor.is_entering,
            "与服务机构人员的登录地址相同": bool(ip)
            and UserSession.objects.filter(user__memberships__in=staff, ip=ip).exists(),
            "联系电话与服务机构人员相同": bool(filer.phone)
            and filer.phone in {one.phone for one in staff},
        }
    return [words for words, holds in found.items() if holds]


@transaction.atomic
def third_party_ask(*, actor: Actor, appraisal: Appraisal, body_name: str) -> ThirdPartyReview:
    """Name the third body whose word is asked; it files by a link of its own."""
    locked = Appraisal.objects.select_for_update(of=("self",), no_key=True).select_related("contract").get(
        pk=appraisal.pk
    )  # fmt: skip
    contract = locked.contract
    due = locked.scoring_due_on
    if locked.state != Appraisal.State.SCORING or locked.closed_at is not None or due is None:
        raise DomainError("只能在三方评价期间聘请第三方")
    if not body_name.strip():
        raise DomainError("请填写第三方机构名称", field="body_name")
    if contract.provider_org and body_name.strip() == contract.provider_org.name:
        raise DomainError("被考评的机构不能作为第三方", field="body_name")
    if ThirdPartyReview.objects.filter(appraisal=locked).exists():
        raise DomainError("已聘请第三方", field="body_name")
    made = ThirdPartyReview.objects.create(
        **{**locked.tenant, "provider_org_id": None}, appraisal=locked, due_on=due,
        body_name=body_name.strip(), contract_title=contract.title,
        provider_name=contract.provider_org.name if contract.provider_org else "",
    )  # fmt: skip
    record(actor=actor, act="appraisal.third_party", subject=made, summary=made.body_name)
    return made


def third_party_token(review: ThirdPartyReview) -> str:
    """Return what stands in the link: review and agency, signed by us."""
    return signing.dumps([str(review.pk), review.owner_agency_id], salt=SALT)


def third_party_of(token: str) -> ThirdPartyReview | None:
    """Return the review of a link; None for one that is not ours."""
    try:
        pk, agency_id = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    with acting_as(SYSTEM):
        return ThirdPartyReview.objects.filter(pk=UUID(pk), owner_agency_id=agency_id).first()


@transaction.atomic
def third_party_file(
    *, token: str, score: Decimal, opinion: str, person_name: str
) -> ThirdPartyReview:
    """File the third body's score: once, in its days; nobody reads it before all is closed."""
    review = third_party_of(token)
    if review is None:
        raise DomainError("链接无效")
    if not 0 <= score <= 100:
        raise DomainError("评分应在0到100之间", field="score")
    if not opinion.strip():
        raise DomainError("请填写评价意见", field="opinion")
    with acting_as(SYSTEM):
        agency = Agency.objects.select_related("org").get(pk=review.owner_agency_id)
        if review.opened_at is not None or clock.today_of(agency) > review.due_on:
            raise DomainError(f"评价已于{review.due_on:%Y-%m-%d}截止")
        changed = ThirdPartyReview.objects.filter(pk=review.pk, filed_at=None).update(
            score=score, opinion=opinion.strip(), filed_at=clock.now_of(agency),
            filed_by_name=person_name.strip()[:80],
        )  # fmt: skip
        if not changed:
            raise DomainError("评价已提交，不能再次提交")
        review.refresh_from_db()
    system = system_for(agency)
    with acting_as(system):
        record(
            actor=system, act="appraisal.third_party_file", subject=review,
            summary=f"{review.body_name} {review.filed_by_name}",
        )  # fmt: skip
    return review


@transaction.atomic
def record_add(
    *, actor: Actor, appraisal: Appraisal, files: Files = (), **fields: Any
) -> InquiryRecord:
    """Keep the raw record of an enforcement check or of a talk and inquiry (D1)."""
    if appraisal.state not in (Appraisal.State.FROZEN, Appraisal.State.SCORING):
        raise DomainError("考评结果已拟定，不能再增加原始记录")
    made = InquiryRecord.objects.create(
        **{**appraisal.tenant, "provider_org_id": None}, appraisal=appraisal,
        entered_at=clock.now(appraisal.owner_agency_id), entered_by_name=actor.display[:80],
        **fields,
    )  # fmt: skip
    for name, content in files:
        attachment_add(actor=actor, subject=made, filename=name, content=content)
    record(actor=actor, act="appraisal.record", subject=made, summary=str(made))
    return made
