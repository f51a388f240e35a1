"""What waits for an actor: one source for each kind of act, with its rows, deadline and page.

A source says whose turn it is. It is not what a person may see: an officer sees every extension of
his region, and those that his own agency has to answer wait for him.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from agencies.access import EVERY_CONTRACT
from agencies.grants import assigned_to, supervised_contracts
from agencies.models import (
    Assignment,
    ChoiceInvite,
    Obligation,
    ObligationAcceptance,
    PaymentDecision,
    ServiceContract,
)
from documents.handing_over import awaiting
from documents.models import Document, SealApproval
from inspections.access import LEADS
from inspections.models import (
    Complaint,
    Disclosure,
    EnforcementReferral,
    Extension,
    Hazard,
    HazardCorrection,
    SpotCheck,
    TeamMember,
    Visit,
    VisitPlan,
    VisitReopening,
)
from providers.models import CrossRegionNotice, StandingDecision
from scoring.models import (
    Appraisal,
    AppraisalObjection,
    PointAppeal,
    Questionnaire,
    SelfEvaluation,
    ThresholdEvent,
)
from tenancy.actors import Actor
from tenancy.enums import OrgKind
from workflow.models import WorkTask

AGENCY, PROVIDER, ENTERPRISE = OrgKind.AGENCY, OrgKind.PROVIDER, OrgKind.ENTERPRISE
EVERYBODY = (AGENCY, PROVIDER, ENTERPRISE)
Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of act that waits. `due`, `whose` and `words` are paths from the row ('' for none).

    `url_arg` is the path of what the page's address names. `is_todo` is false for what only the
    calendar shows: somebody else's turn, which he follows.
    """

    key: str
    title: str
    perm: str
    kinds: tuple[OrgKind, ...]
    rows: Callable[[Actor], Rows]
    page: str
    url_arg: str = "pk"
    due: str = ""
    whose: str = ""
    words: str = ""
    joined: tuple[str, ...] = ()
    is_todo: bool = True

    def url(self, row: Any) -> str:
        """Return where the act is done."""
        if not self.page:
            return str(value(row, self.url_arg))
        return reverse(self.page, args=[value(row, self.url_arg)] if self.url_arg else [])

    def said(self, row: Any) -> tuple[str, str]:
        """Return whose it is and what it is about, '' where there is nothing to say."""
        whose, words = (
            str(value(row, path) or "") if path else "" for path in (self.whose, self.words)
        )
        return whose, words

    def ordered(self, actor: Actor) -> Rows:
        """Return the rows, the most urgent first."""
        # Without a name, select_related would join everything, and lose what he does not see.
        rows = self.rows(actor).select_related(*self.joined or (None,))
        first = (F(self.due).asc(nulls_last=True),) if self.due else ()
        return rows.order_by(*first, "pk")


def value(row: Any, path: str) -> Any:
    """Return what a path of fields leads to; None where it ends before."""
    for name in path.split("__"):
        row = getattr(row, name, None)
    return row


def sources_for(actor: Actor) -> list[Source]:
    """Return the kinds of act that may wait for this actor, by what he is and may."""
    return [s for s in SOURCES if s.is_todo and actor.kind in s.kinds and actor.may(s.perm)]


def dated_for(actor: Actor) -> list[Source]:
    """Return those with a day, and what he only follows: what his calendar shows."""
    return [s for s in SOURCES if s.due and actor.kind in s.kinds and actor.may(s.perm)]


def _own(model: Any, actor: Actor, **state: Any) -> Rows:
    return model.objects.filter(owner_agency=actor.org, **state)


def _in_hand(model: Any, actor: Actor, path: str, **state: Any) -> Rows:
    """The own agency's, of the contracts that he has a hand in (agencies.access)."""
    rows = _own(model, actor, **state)
    if actor.role in EVERY_CONTRACT:
        return rows
    return rows.filter(**{f"{path}__in": supervised_contracts(actor).values("pk")})


def _appeals(actor: Actor) -> Rows:
    """Whoever gave the points does not decide."""
    gave = Q(sheet__officer__in=actor.places) | Q(sheet__second_officer__in=actor.places)
    return _own(PointAppeal, actor, state=PointAppeal.State.ASKED).exclude(gave)


def _complaints(actor: Actor) -> Rows:
    mine = Q(handler=None) | Q(handler__in=actor.places)
    return _own(Complaint, actor, state__in=Complaint.OPEN).filter(mine)


def _payments(actor: Actor) -> Rows:
    rows = _own(PaymentDecision, actor, state=PaymentDecision.State.PROPOSED)
    return rows.exclude(proposed_by=actor.user_id)


def _approvals(actor: Actor) -> Rows:
    rows = SealApproval.objects.filter(
        org=actor.org, approved_at=None, refused_at=None, revoked_at=None
    )
    return rows.exclude(asked_by=actor.member)


def _obligations(actor: Actor) -> Rows:
    """Lines of running contracts that are not accepted in full, whatever was amended of them."""
    of_line = Coalesce("obligation__first_id", "obligation_id")
    accepted = ObligationAcceptance.objects.filter(revoked_at=None).annotate(from_line=of_line)
    accepted = accepted.filter(from_line=OuterRef("from_line"))
    total = accepted.order_by().values("from_line").annotate(total=Sum("quantity")).values("total")
    rows = _in_hand(
        Obligation, actor, "contract", superseded_at=None,
        contract__state=ServiceContract.State.ACTIVE,
    )  # fmt: skip
    rows = rows.annotate(from_line=Coalesce("first_id", "pk"), done=Coalesce(total, 0))
    return rows.filter(~Exists(accepted.filter(is_final=True)), done__lt=F("quantity"))


def _open_visits(actor: Actor) -> Rows:
    rows = Visit.objects.filter(state=Visit.State.OPEN)
    if actor.is_provider:
        rows = rows.filter(provider_org=actor.org)
    return rows if actor.role in LEADS else rows.filter(started_by__in=actor.places)


def _to_confirm(actor: Actor) -> Rows:
    found = Hazard.objects.filter(provider_org=actor.org, state=Hazard.State.FOUND)
    return Visit.objects.filter(pk__in=found.values("visit")).exclude(state=Visit.State.OPEN)


def _to_visit(actor: Actor) -> Rows:
    """Enterprises nobody has been to: leads see all of the provider's, others their own."""
    rows = Assignment.objects.filter(
        provider_org=actor.org, state=Assignment.Phase.WAITING, withdrawn_at=None,
        batch__contract__state=ServiceContract.State.ACTIVE,
    )  # fmt: skip
    return rows if actor.role in LEADS else rows.filter(pk__in=_granted(actor))


def _to_recheck(actor: Actor) -> Rows:
    rows = Hazard.objects.filter(provider_org=actor.org, state=Hazard.State.SUBMITTED)
    return rows if actor.role in LEADS else rows.filter(assignment__in=_granted(actor))


def _granted(actor: Actor) -> Rows:
    return assigned_to(actor.places).values("pk")


def _self_evaluations(actor: Actor) -> Rows:
    """Not filed, and not over: a provider sees its evaluation from the notice on."""
    noticed = Appraisal.objects.filter(pk=OuterRef("appraisal_id"), noticed_at__isnull=False)
    rows = SelfEvaluation.objects.filter(provider_org=actor.org, filed_at=None)
    return rows.filter(~Exists(noticed))


def _choices(actor: Actor) -> Rows:
    rows = ChoiceInvite.objects.filter(enterprise_org__in=actor.orgs, choice=None)
    return rows.filter(round__state="open").exclude(asked_at=None)


def _planned_visits(actor: Actor) -> Rows:
    rows = _in_hand(
        Assignment, actor, "batch__contract", state=Assignment.Phase.WAITING, withdrawn_at=None,
        batch__contract__state=ServiceContract.State.ACTIVE,
    )  # fmt: skip
    return rows.exclude(planned_on=None)


def _hazards_followed(actor: Actor) -> Rows:
    return _in_hand(
        Hazard, actor, "assignment__batch__contract", state__in=Hazard.DUE_STATES,
        assignment__withdrawn_at=None,
    )  # fmt: skip


SOURCES: tuple[Source, ...] = (
    # an enterprise's
    Source(
        "rectify", "要整改的隐患", "rectification_submit", (ENTERPRISE,),
        lambda a: Hazard.objects.filter(enterprise_org__in=a.orgs, state__in=Hazard.DUE_STATES),
        "inspections:hazard", due="due_on", words="place",
    ),
    Source(
        "choice", "选择服务机构", "provider_choose", (ENTERPRISE,), _choices,
        "agencies:choose", due="round__closes_on", words="round__title", joined=("round",),
    ),
    Source(
        "questionnaire", "评价服务机构", "questionnaire_fill", (ENTERPRISE,),
        lambda a: Questionnaire.objects.filter(
            enterprise_org__in=a.orgs, filed_at=None, opened_at=None
        ),
        "scoring:questionnaire", due="due_on", words="provider_name",
    ),
    Source(
        "paper", "等签收的文书", "receipt_give", (ENTERPRISE,),
        lambda a: Document.objects.filter(awaiting(), enterprise_org__in=a.orgs).defer("content"),
        "documents:receipt", words="title",
    ),
    # a provider's
    Source(
        "confirm", "待确认交底的隐患", "hazard_confirm", (PROVIDER,), _to_confirm,
        "inspections:visit-confirm", whose="enterprise__name", joined=("enterprise",),
    ),
    Source(
        "visit", "还没有去的企业", "my_assignments", (PROVIDER,), _to_visit,
        "inspections:assignment", due="planned_on", whose="enterprise__name",
        joined=("enterprise",),
    ),
    Source(
        "open_visit", "没有签字的检查", "visit_log", (PROVIDER, AGENCY), _open_visits,
        "inspections:visit", whose="enterprise__name", joined=("enterprise",),
    ),
    Source(
        "recheck", "待复查的整改", "hazard_recheck", (PROVIDER,), _to_recheck,
        "inspections:recheck", whose="enterprise__name", words="place", joined=("enterprise",),
    ),
    Source(
        "corrected", "已同意待签发的更正", "visit_reopen", (PROVIDER,),
        lambda a: HazardCorrection.objects.filter(
            provider_org=a.org, state=HazardCorrection.State.ALLOWED
        ),
        "inspections:correction", whose="hazard__enterprise__name", words="hazard__place",
        joined=("hazard__enterprise",),
    ),
    Source(
        "visit_plan", "要提交的评估计划", "visit_plan_edit", (PROVIDER,),
        lambda a: VisitPlan.objects.filter(provider_org=a.org, state__in=VisitPlan.OPEN),
        "inspections:visit-plan", url_arg="batch_id", words="batch__name", joined=("batch",),
    ),
    Source(
        "self_evaluation", "要提交的自评", "appraisal_speak", (PROVIDER,), _self_evaluations,
        "scoring:self-evaluation", due="due_on", whose="agency_name", words="contract_title",
    ),
    Source(
        "statement", "可以陈述申辩的处理", "standing_answer", (PROVIDER,),
        lambda a: StandingDecision.objects.filter(
            provider_org=a.org, state=StandingDecision.State.NOTICED
        ).exclude(statements__kind="statement"),
        "providers:standing", due="respond_until", words="name",
    ),
    # a regulator's
    Source(
        "extension", "待答复的延期申请", "extension_answer", (AGENCY,),
        lambda a: _own(Extension, a, state=Extension.State.ASKED),
        "inspections:extension-answer", due="old_due_on", whose="hazard__enterprise__name",
        words="hazard__place", joined=("hazard__enterprise",),
    ),
    Source(
        "correction", "待同意的更正", "correction_answer", (AGENCY,),
        lambda a: _own(HazardCorrection, a, state=HazardCorrection.State.ASKED),
        "inspections:correction", whose="hazard__enterprise__name", words="hazard__place",
        joined=("hazard__enterprise",),
    ),
    Source(
        "reopening", "待同意的重新打开检查", "correction_answer", (AGENCY,),
        lambda a: _own(VisitReopening, a, state=VisitReopening.State.ASKED),
        "inspections:reopening", whose="visit__enterprise__name", joined=("visit__enterprise",),
    ),
    Source(
        "event", "满12分、18分待抄报", "point_measure", (AGENCY,),
        lambda a: _own(ThresholdEvent, a, state=ThresholdEvent.State.DRAFTED),
        "scoring:event", whose="enterprise__name", joined=("enterprise",),
    ),
    Source(
        "appeal", "待答复的陈述申辩", "point_appeal_decide", (AGENCY,), _appeals,
        "scoring:appeal", due="decide_by", whose="enterprise__name", joined=("enterprise",),
    ),
    Source(
        "objection", "待答复的考评异议", "appraisal_manage", (AGENCY,),
        lambda a: _own(AppraisalObjection, a, state=AppraisalObjection.State.FILED).exclude(
            appraisal__drafted_by=a.member
        ),
        "scoring:objection", whose="provider_org__name", joined=("provider_org",),
    ),
    Source(
        "complaint", "要办理的投诉举报", "complaint_handle", (AGENCY,), _complaints,
        "inspections:complaint", due="due_on", whose="about_name",
    ),
    Source(
        "payment", "待批准的付款", "payment_approve", (AGENCY,), _payments,
        "agencies:payment", whose="contract__provider_org__name", words="contract__title",
        joined=("contract__provider_org",),
    ),
    Source(
        "obligation", "待验收的服务事项", "obligation_accept", (AGENCY,), _obligations,
        "inspections:obligations", url_arg="contract_id", due="due_on", whose="contract__title",
        words="name", joined=("contract",),
    ),
    Source(
        "team", "待确认的项目组成员", "team_confirm", (AGENCY,),
        lambda a: _in_hand(TeamMember, a, "contract", state=TeamMember.State.NAMED),
        "inspections:team", url_arg="contract_id", whose="contract__title", words="name",
        joined=("contract",),
    ),
    Source(
        "plan", "待批准的评估计划", "visit_plan_approve", (AGENCY,),
        lambda a: _in_hand(VisitPlan, a, "batch__contract", state=VisitPlan.State.SUBMITTED),
        "inspections:visit-plan", url_arg="batch_id", whose="batch__name", joined=("batch",),
    ),
    Source(
        "disclosure", "待签收的交底书", "disclosure_acknowledge", (AGENCY,),
        lambda a: _in_hand(Disclosure, a, "batch__contract", state=Disclosure.State.ISSUED),
        "inspections:disclosure", whose="batch__name", joined=("batch",),
    ),
    Source(
        "spot_check", "要抽查的企业", "spot_check", (AGENCY,),
        lambda a: _own(SpotCheck, a).exclude(state=SpotCheck.State.COMPARED),
        "inspections:spot-check", due="draw__batch__spot_check_due_on",
        whose="assignment__enterprise__name",
        joined=("draw__batch", "assignment__enterprise"),
    ),
    Source(
        "referral", "执法检查名单", "enforcement_act", (AGENCY,),
        lambda a: _own(EnforcementReferral, a).exclude(state__in=EnforcementReferral.OVER),
        "inspections:referral", whose="assignment__enterprise__name",
        joined=("assignment__enterprise",),
    ),
    Source(
        "standing", "待决定的机构处理", "standing_decide", (AGENCY,),
        lambda a: _own(StandingDecision, a, state=StandingDecision.State.NOTICED),
        "providers:standing", whose="name",
    ),
    Source(
        "notice", "待签收的跨区域告知", "cross_region_acknowledge", (AGENCY,),
        lambda a: _own(CrossRegionNotice, a, acknowledged_at=None),
        "providers:notice", whose="provider_org__name", joined=("provider_org",),
    ),
    # of more than one
    Source(
        "approval", "待批准的用印申请", "seal_approve", (AGENCY, PROVIDER), _approvals,
        "documents:seals", url_arg="", words="reason",
    ),
    Source(
        "task", "要处理的事项", "document_view", EVERYBODY,
        lambda a: WorkTask.objects.filter(org_id_for=a.org, done_at=None),
        "", url_arg="url", words="title",
    ),
    # only followed
    Source(
        "planned", "计划到企业", "assignment_view", (AGENCY,), _planned_visits,
        "inspections:assignment", due="planned_on", whose="enterprise__name",
        joined=("enterprise",), is_todo=False,
    ),
    Source(
        "deadline", "隐患整改到期", "hazard_ledger", (AGENCY,), _hazards_followed,
        "inspections:hazard", due="due_on", whose="enterprise__name", words="place",
        joined=("enterprise",), is_todo=False,
    ),
)  # fmt: skip
