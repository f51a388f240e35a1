"""What can be entered for an owner without a phone: a questionnaire, a word on points, a self-check."""

from django.db.models import Q
from django.urls import reverse

from common.errors import DomainError
from common.scope import acting_as
from enterprises.entering import Duty, Kind, register_kind
from enterprises.models import EnteredAct, Enterprise
from scoring.models import PointAppeal, PointSheet, Questionnaire, RuleClause
from scoring.models.parties import MOST, QUESTIONS
from scoring.selectors import book_for
from scoring.services.books import clauses_of
from tenancy import clock
from tenancy.actors import Actor, entering_for

QUESTIONNAIRE, APPEAL, SELF_CHECK = "questionnaire", "appeal", "self_check"
ASKED = tuple(f"{n}. {words}（0至{MOST}分）" for n, words in enumerate(QUESTIONS, start=1))


def register() -> None:
    """Name the kinds. What judges a provider, and what it does not see, it does not enter."""
    register_kind(Kind(QUESTIONNAIRE, "评价服务机构", questionnaires))
    register_kind(Kind(APPEAL, "记分陈述申辩", appeals))
    register_kind(Kind(SELF_CHECK, "对表自查", self_checks, is_for_providers=True))


def questionnaires(actor: Actor, enterprise: Enterprise) -> list[Duty]:
    """Return the forms that are still to be filed, in their days."""
    rows = Questionnaire.objects.filter(
        enterprise__in=enterprise.files, filed_at=None, opened_at=None,
        due_on__gte=clock.today(enterprise.owner_agency_id),
    )  # fmt: skip
    return [
        Duty(
            f"{row.provider_name}（{row.contract_title}）",
            reverse("scoring:questionnaire-enter", args=[row.pk]),
            (*ASKED, "意见和建议"),
            row.due_on,
        )
        for row in rows.order_by("due_on", "pk")
    ]


def appeals(actor: Actor, enterprise: Enterprise) -> list[Duty]:
    """Return the sheets that nobody has spoken on, while the days last."""
    spoken = PointAppeal.objects.filter(enterprise__in=enterprise.files).values("sheet")
    rows = PointSheet.objects.filter(
        enterprise__in=enterprise.files, appeal_until__gte=clock.today(enterprise.owner_agency_id)
    )
    rows = rows.exclude(state=PointSheet.State.DRAFT).exclude(pk__in=spoken)
    return [
        Duty(
            f"{row.inspected_at:%Y-%m-%d}检查的记分表",
            reverse("scoring:appeal-enter", args=[row.pk]),
            (
                "□ 没有异议",
                *(f"□ 对第{one.code}款有异议：{one.fact}" for one in row.entries.order_by("code")),
                "理由",
            ),
            row.appeal_until,
        )
        for row in rows.order_by("appeal_until", "pk").prefetch_related("entries")
    ]


def clauses_for(actor: Actor, enterprise: Enterprise) -> list[RuleClause]:
    """Return the clauses in force, as the enterprise reads them; none where no book is."""
    assert enterprise.enterprise_org_id is not None  # every file has a body
    with acting_as(entering_for(actor, enterprise.enterprise_org_id)):
        try:
            book = book_for(enterprise, clock.today(enterprise.owner_agency_id))
        except DomainError:
            return []
        return list(clauses_of(book))


def self_checks(actor: Actor, enterprise: Enterprise) -> list[Duty]:
    """Return the table to be run over, where there is one."""
    lines = tuple(
        f"{one.code} {one.text}（没有、有、不涉及；有的写明情况）"
        for one in clauses_for(actor, enterprise)
    )
    url = reverse("scoring:self-check-enter", args=[enterprise.pk])
    return [Duty("按记分表逐款自查", url, lines)] if lines else []


def sealed_slips(actor: Actor) -> Q:
    """Return which photos are slips of questionnaires that are not opened yet: nobody's to read.

    A filed form is not in sight of its agency before it is opened; neither is what was signed.
    """
    if actor.is_enterprise:
        return Q(pk__in=[])
    opened = Questionnaire.objects.exclude(opened_at=None).values_list("pk", flat=True)
    acts = EnteredAct.objects.filter(kind=QUESTIONNAIRE)
    found = dict(acts.values_list("pk", "subject_id"))
    if not found:
        return Q(pk__in=[])
    known = {str(pk) for pk in opened.filter(pk__in=list(found.values()))}
    sealed = [str(act) for act, subject in found.items() if subject not in known]
    return Q(subject_type="enterprises.enteredact", subject_id__in=sealed)
