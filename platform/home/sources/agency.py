"""What waits for a regulator in its supervision: hazards, spot checks, points, standing."""

from datetime import timedelta

from django.db.models import DateField, Exists, OuterRef, Q
from django.db.models.functions import TruncDate

from agencies.models import Assignment, ServiceBatch, ServiceContract
from documents.handing_over import awaiting_by_hand
from documents.models import Document
from enterprises.entering import own_entries
from enterprises.models import EnterpriseImport
from home.sources.base import AGENCY, Rows, Source, in_hand, own
from inspections.access import corrections_of, disclosures_of, hazards_of, reopenings_of, reviews_of
from inspections.models import (
    Complaint,
    Disclosure,
    EnforcementReferral,
    ExpertReview,
    Extension,
    Hazard,
    HazardCorrection,
    HistoricalHazard,
    RectificationOrder,
    SpotCheck,
    SpotCheckDraw,
    TeamMember,
    VisitPlan,
    VisitReopening,
)
from providers.models import (
    CrossRegionNotice,
    Qualification,
    StaffCertificate,
    StandingDecision,
    StandingStatement,
)
from scoring.models import Interview, PointAppeal, SheetDraft, ThresholdEvent
from tenancy import clock
from tenancy.actors import Actor

HAND_OVER = timedelta(days=90)  # since its issue that a paper is asked after [proposal]


def _extensions(actor: Actor) -> Rows:
    """Whoever entered one for its enterprise does not answer it."""
    rows = own(Extension, actor, state=Extension.State.ASKED)
    rows = rows.filter(hazard__in=hazards_of(actor).values("pk"))
    return rows.exclude(pk__in=own_entries(actor, Extension))


def _corrections(actor: Actor) -> Rows:
    """A provider's to answer; officers' own take a second officer, and nobody else."""
    rows = corrections_of(actor).filter(owner_agency=actor.org, state=HazardCorrection.State.ASKED)
    by_officers = Q(needs_consent=False)
    if actor.may("enforcement_act"):
        return rows.exclude(by_officers, asked_by__in=actor.places)
    return rows.exclude(by_officers)


def _appeals(actor: Actor) -> Rows:
    """Whoever gave the points, or entered the appeal for its enterprise, does not decide."""
    gave = Q(sheet__officer__in=actor.places) | Q(sheet__second_officer__in=actor.places)
    rows = own(PointAppeal, actor, state=PointAppeal.State.ASKED).exclude(gave)
    return rows.exclude(pk__in=own_entries(actor, PointAppeal))


def _complaints(actor: Actor) -> Rows:
    mine = Q(handler=None) | Q(handler__in=actor.places)
    return own(Complaint, actor, state__in=Complaint.OPEN).filter(mine)


def _draws(actor: Actor) -> Rows:
    """Batches whose draw has come to a step of the agency's own that can be taken now.

    The commitment has to be out before the list stands; it is asked for from the first recheck on.
    """
    state = SpotCheckDraw.State
    rechecking = Assignment.objects.filter(
        batch=OuterRef("pk"), withdrawn_at=None,
        state__in=(Assignment.Phase.RECHECK, Assignment.Phase.ACCEPTED),
    )  # fmt: skip
    checks = SpotCheck.objects.filter(draw=OuterRef("draw"))
    step = (
        (Q(draw=None, recheck_completed_on=None) & Exists(rechecking))
        | Q(draw__state=state.COMMITTED, recheck_completed_on__isnull=False)
        | Q(draw__state=state.NUMBERED)
        | (Q(draw__state=state.DRAWN) & ~Exists(checks.exclude(state=SpotCheck.State.COMPARED)))
    )
    return in_hand(ServiceBatch.objects.filter(step), actor, "contract")


def _spot_checks(actor: Actor) -> Rows:
    return own(SpotCheck, actor).exclude(state=SpotCheck.State.COMPARED)


def _referrals(actor: Actor) -> Rows:
    """What was ordered waits for its recheck, as an order."""
    over = (*EnforcementReferral.OVER, EnforcementReferral.State.ORDERED)
    return own(EnforcementReferral, actor).exclude(state__in=over)


def _left_behind(actor: Actor) -> Rows:
    """What the firms of a provider that is out have handed in: officers recheck it."""
    return own(
        Hazard, actor, state=Hazard.State.SUBMITTED,
        assignment__withdrawal=Assignment.Withdrawal.HANDED_OVER,
    )  # fmt: skip


def _to_decide(actor: Actor) -> Rows:
    """Once the body was heard, or its days are over; whoever drafted it does not decide."""
    rows = own(StandingDecision, actor, state=StandingDecision.State.NOTICED)
    heard = Exists(StandingStatement.objects.filter(decision=OuterRef("pk"), kind="statement"))
    over = Q(respond_until__lt=clock.day_of_row())
    return rows.filter(heard | over).exclude(drafted_by__in=actor.places)


def _repairs(actor: Actor) -> Rows:
    rows = own(StandingStatement, actor, kind=StandingStatement.Kind.REPAIR, answered_at=None)
    rows = rows.filter(decision__state=StandingDecision.State.EFFECTIVE)
    return rows.exclude(decision__drafted_by__in=actor.places)


def _papers(actor: Actor) -> Rows:
    """Those of the own agency that its people hand over and write down; older ones the list has."""
    rows = Document.objects.filter(awaiting_by_hand(), issuer_org=actor.org)
    return rows.filter(issued_at__gte=clock.day_of_row() - HAND_OVER)


def _planned_visits(actor: Actor) -> Rows:
    rows = Assignment.objects.filter(
        state=Assignment.Phase.WAITING, withdrawn_at=None,
        batch__contract__state=ServiceContract.State.ACTIVE,
    ).exclude(planned_on=None)  # fmt: skip
    return in_hand(rows, actor, "batch__contract")


def _hazards_followed(actor: Actor) -> Rows:
    rows = hazards_of(actor).filter(
        state__in=Hazard.DUE_STATES, assignment__withdrawn_at=None
    )  # fmt: skip
    return in_hand(rows, actor, "assignment__batch__contract")


SOURCES = (
    Source(
        "extension", "待答复的延期申请", "extension_answer", (AGENCY,), _extensions,
        "inspections:extension-answer", due="old_due_on", whose="hazard__enterprise__name",
        words="hazard__place",
    ),
    Source(
        "correction", "待同意的更正", "correction_answer", (AGENCY,), _corrections,
        "inspections:correction", whose="hazard__enterprise__name", words="hazard__place",
    ),
    Source(
        "reopening", "待同意的重新打开检查", "correction_answer", (AGENCY,),
        lambda a: reopenings_of(a).filter(
            owner_agency=a.org, state=VisitReopening.State.ASKED
        ),
        "inspections:reopening", whose="visit__enterprise__name",
    ),
    Source(
        "left_behind", "待复查的移交整改", "handed_recheck", (AGENCY,), _left_behind,
        "inspections:recheck", whose="enterprise__name", words="place",
    ),
    Source(
        "deliver", "要当面送达的文书", "receipt_record", (AGENCY,), _papers,
        "documents:receipt", words="title",
    ),
    Source(
        "team", "待确认的项目组成员", "team_confirm", (AGENCY,),
        lambda a: in_hand(
            TeamMember.objects.filter(state=TeamMember.State.NAMED), a, "contract"
        ),
        "inspections:team", url_arg="contract_id", whose="contract__title", words="name",
    ),
    Source(
        "plan", "待批准的评估计划", "visit_plan_approve", (AGENCY,),
        lambda a: in_hand(
            VisitPlan.objects.filter(state=VisitPlan.State.SUBMITTED), a, "batch__contract"
        ),
        "inspections:visit-plan", url_arg="batch_id", whose="batch__name",
    ),
    Source(
        "disclosure", "待签收的交底书", "disclosure_acknowledge", (AGENCY,),
        lambda a: in_hand(
            disclosures_of(a).filter(state=Disclosure.State.ISSUED), a, "batch__contract"
        ),
        "inspections:disclosure", whose="batch__name",
    ),
    Source(
        "review", "进行中的专家审核", "expert_review_edit", (AGENCY,),
        lambda a: in_hand(
            reviews_of(a).filter(state=ExpertReview.State.OPEN), a, "contract"
        ),
        "inspections:review", whose="batch__name", words="document__title",
    ),
    Source(
        "draw", "要办理的抽查步骤", "draw_hold", (AGENCY,), _draws,
        "inspections:draw", due="spot_check_due_on", words="name",
    ),
    Source(
        "spot_check", "要抽查的企业", "spot_check", (AGENCY,), _spot_checks,
        "inspections:spot-check", due="draw__batch__spot_check_due_on",
        whose="assignment__enterprise__name",
    ),
    Source(
        "referral", "执法检查名单", "enforcement_act", (AGENCY,), _referrals,
        "inspections:referral", whose="assignment__enterprise__name",
    ),
    Source(
        "order", "待复查的责令整改", "enforcement_act", (AGENCY,),
        lambda a: own(RectificationOrder, a).exclude(state=RectificationOrder.State.DONE),
        "inspections:opinion", due="recheck_due_on", whose="visit__enterprise__name",
        words="document__number",
    ),
    Source(
        "sheet_draft", "备好的记分表", "points_give", (AGENCY,),
        lambda a: own(SheetDraft, a),
        "scoring:give-firm", url_arg="enterprise_id", whose="enterprise__name",
    ),
    Source(
        "appeal", "待答复的陈述申辩", "point_appeal_decide", (AGENCY,), _appeals,
        "scoring:appeal", due="decide_by", whose="enterprise__name",
    ),
    Source(
        "event", "满12分、18分待抄报", "point_measure", (AGENCY,),
        lambda a: own(ThresholdEvent, a, state=ThresholdEvent.State.DRAFTED),
        "scoring:event", whose="enterprise__name",
    ),
    Source(
        "interview", "要进行的约谈", "point_measure", (AGENCY,),
        lambda a: own(Interview, a, state=Interview.State.PLANNED).annotate(
            planned_on=TruncDate("planned_at", output_field=DateField())
        ),
        "scoring:interview-hold", due="planned_on", whose="enterprise__name",
    ),
    Source(
        "complaint", "要办理的投诉举报", "complaint_handle", (AGENCY,), _complaints,
        "inspections:complaint", due="due_on", whose="about_name",
    ),
    Source(
        "verify", "待核验的机构资质", "credential_verify", (AGENCY,),
        lambda a: own(Qualification, a, verified_at=None, removed_at=None),
        "providers:record", url_arg="provider_org_id", whose="provider_org__name", words="kind",
    ),
    Source(
        "verify_staff", "待核验的人员证书", "credential_verify", (AGENCY,),
        lambda a: own(StaffCertificate, a, verified_at=None, removed_at=None),
        "providers:record", url_arg="provider_org_id", whose="provider_org__name",
        words="holder_name",
    ),
    Source(
        "standing_draft", "待告知的机构处理", "standing_draft", (AGENCY,),
        lambda a: own(StandingDecision, a, state=StandingDecision.State.DRAFTED),
        "providers:standing", whose="name",
    ),
    Source(
        "standing", "待决定的机构处理", "standing_decide", (AGENCY,), _to_decide,
        "providers:standing", whose="name",
    ),
    Source(
        "repair", "待答复的修复申请", "standing_decide", (AGENCY,), _repairs,
        "providers:standing", url_arg="decision_id", whose="decision__name",
    ),
    Source(
        "notice", "待签收的跨区域告知", "cross_region_acknowledge", (AGENCY,),
        lambda a: own(CrossRegionNotice, a, acknowledged_at=None),
        "providers:notice", whose="provider_org__name",
    ),
    Source(
        "historical", "没有办结的历史隐患", "historical_settle", (AGENCY,),
        lambda a: own(
            HistoricalHazard, a, state=HistoricalHazard.State.OPEN, ended_at=None
        ),
        "inspections:historical", whose="enterprise__name", words="place",
    ),
    Source(
        "import", "没有确认的导入", "enterprise_import", (AGENCY,),
        lambda a: own(
            EnterpriseImport, a, state=EnterpriseImport.State.DRAFT, uploaded_by__in=a.places
        ),
        "enterprises:import", words="filename",
    ),
    # only followed
    Source(
        "planned", "计划到企业", "assignment_view", (AGENCY,), _planned_visits,
        "inspections:assignment", due="planned_on", whose="enterprise__name", is_todo=False,
    ),
    Source(
        "deadline", "隐患整改到期", "hazard_ledger", (AGENCY,), _hazards_followed,
        "inspections:hazard", due="due_on", whose="enterprise__name", words="place", is_todo=False,
    ),
)  # fmt: skip
