"""objection_file · objection_answer: what a provider says against its draft, and what is answered."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from common.errors import DomainError
from documents.services import Issuer, document_issue
from evidence.services import attachment_add
from inspections.services.visits import provider_issuer
from notifications.services import notify
from scoring.appraisals import papers
from scoring.appraisals.reading import rules_of, write
from scoring.models import Appraisal, AppraisalCorrection, AppraisalObjection
from scoring.services.appraisals import correct
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.selectors import is_same_person
from workflow.services import transition

Files = Sequence[tuple[str, bytes]]


@transaction.atomic
def objection_file(
    *, actor: Actor, appraisal: Appraisal, code: str, reason: str, files: Files = ()
) -> AppraisalObjection:
    """Object to one indicator, or ('' as `code`) to the whole, within the days; it is a paper."""
    today, at = clock.today(appraisal.owner_agency_id), clock.now(appraisal.owner_agency_id)
    if appraisal.state != Appraisal.State.DRAFTED or appraisal.objection_until is None:
        raise DomainError("现在不能提出异议")
    if today > appraisal.objection_until:
        raise DomainError(f"异议期已于{appraisal.objection_until:%Y-%m-%d}结束")
    if not reason.strip():
        raise DomainError("请写明异议和理由", field="reason")
    if code and code not in {line["code"] for line in appraisal.results}:
        raise DomainError("请选择考评表上的指标", field="code")
    if AppraisalObjection.objects.filter(appraisal=appraisal, code=code).exists():
        raise DomainError("已对这一项提出过异议", field="code")
    made = AppraisalObjection.objects.create(
        **appraisal.tenant, appraisal=appraisal, code=code, reason=reason.strip(), filed_at=at,
        filed_by_name=actor.display[:80],
    )  # fmt: skip
    for name, content in files:
        attachment_add(actor=actor, subject=made, filename=name, content=content)
    document_issue(
        actor=actor, kind="appraisal_objection", subject=made,
        content=papers.objection(made, [name for name, _ in files]),
        title=f"{appraisal.contract.title}考评异议书", issuer=provider_issuer(actor),
    )  # fmt: skip
    notify(
        org_id=appraisal.owner_agency_id, kind="appraisal.objection", at=at, is_urgent=True,
        title=f"{appraisal.contract.title}：服务机构对考评结果提出异议",
        url=reverse("scoring:objection", args=[made.pk]),
    )  # fmt: skip
    return made


@transaction.atomic
def objection_answer(
    *,
    actor: Actor,
    objection: AppraisalObjection,
    is_granted: bool,
    answer: str,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
) -> AppraisalObjection:
    """Answer an objection; granted, it corrects the measure and the result is computed anew.

    Whoever drafted the evaluation does not answer. DomainError names the field.
    """
    appraisal = Appraisal.objects.select_for_update(of=("self",), no_key=True).get(
        pk=objection.appraisal_id
    )
    if appraisal.state != Appraisal.State.DRAFTED:
        raise DomainError(f"考评现在是“{appraisal.get_state_display()}”，不能答复异议")
    if is_same_person(actor, appraisal.drafted_by_id):
        raise DomainError("拟定考评结果的人员不能答复异议，请由其他人员答复")
    if not answer.strip():
        raise DomainError("请写明答复意见", field="answer")
    before = papers.line_of(appraisal, objection.code)
    score_before = appraisal.score
    answered = transition(
        actor=actor, row=objection, name="grant" if is_granted else "refuse",
        answer=answer.strip(), answered_at=clock.now(appraisal.owner_agency_id),
        answered_by_name=actor.display[:80],
    )  # fmt: skip
    if is_granted:
        _correct(actor, appraisal, answered, numerator, denominator)
    agency = Agency.objects.select_related("org").get(pk=appraisal.owner_agency_id)
    document_issue(
        actor=actor, kind="appraisal_answer", subject=answered,
        content=papers.answer(answered, appraisal, agency, before, score_before),
        title=f"{appraisal.contract.title}考评异议答复书",
        issuer=Issuer(agency.pk, agency.short_name),
    )  # fmt: skip
    notify(
        org_id=int(appraisal.provider_org_id or 0), kind="appraisal.answer",
        title=f"{appraisal.contract.title}：考评异议{answered.get_state_display()}",
        url=reverse("scoring:own-appraisal", args=[appraisal.pk]),
        at=clock.now(appraisal.owner_agency_id),
    )  # fmt: skip
    return answered


def _correct(
    actor: Actor,
    appraisal: Appraisal,
    objection: AppraisalObjection,
    numerator: Decimal | None,
    denominator: Decimal | None,
) -> None:
    """A granted objection to an indicator says what is counted instead; to the whole, nothing."""
    if not objection.code:
        return
    if numerator is None or denominator is None:
        raise DomainError("异议成立的，请填写核定后的分子和分母", field="numerator")
    assert any(one.code == objection.code for one in rules_of(appraisal.scheme).indicators)
    cause = AppraisalCorrection.Cause.OBJECTION
    correct(actor, appraisal, objection.code, (numerator, denominator), cause, objection.answer)
    write(appraisal)
    appraisal.save()
