"""What waits for a provider: its leads, and each inspector for himself."""

from datetime import timedelta

from django.db.models import DateField, Exists, F, OuterRef
from django.db.models.functions import Cast

from agencies.grants import assigned_to
from agencies.models import (
    Assignment,
    Obligation,
    ObligationDelivery,
    ServiceBatch,
    ServiceContract,
)
from home.sources.base import PROVIDER, Rows, Source, of_provider
from inspections.access import LEADS
from inspections.models import (
    ExpertReview,
    Hazard,
    HazardCorrection,
    SpotCheckDraw,
    TeamMember,
    Visit,
    VisitPlan,
)
from providers.models import (
    SOON,
    PerformanceReport,
    Qualification,
    StaffCertificate,
    StandingDecision,
)
from scoring.models import Appraisal, AppraisalObjection, SelfEvaluation
from tenancy import clock
from tenancy.actors import Actor

ACTIVE = ServiceContract.State.ACTIVE


def granted(actor: Actor) -> Rows:
    """The enterprises that were put into his hands."""
    return assigned_to(actor.places).values("pk")


def _to_confirm(actor: Actor) -> Rows:
    found = of_provider(Hazard, actor, state=Hazard.State.FOUND)
    return Visit.objects.filter(pk__in=found.values("visit")).exclude(state=Visit.State.OPEN)


def _to_visit(actor: Actor) -> Rows:
    """Enterprises nobody has been to: leads see all of the provider's, others their own."""
    rows = of_provider(
        Assignment, actor, state=Assignment.Phase.WAITING, withdrawn_at=None,
        batch__contract__state=ACTIVE,
    )  # fmt: skip
    return rows if actor.role in LEADS else rows.filter(pk__in=granted(actor))


def _to_recheck(actor: Actor) -> Rows:
    """Of an enterprise that was taken out or handed over nobody of the provider rechecks."""
    rows = of_provider(Hazard, actor, state=Hazard.State.SUBMITTED, assignment__withdrawn_at=None)
    return rows if actor.role in LEADS else rows.filter(assignment__in=granted(actor))


def _majors(actor: Actor) -> Rows:
    """Major hazards without their written report, which is due within a day."""
    rows = of_provider(
        Hazard, actor, severity="major", major_reported_at=None, assignment__withdrawn_at=None
    ).exclude(state__in=(Hazard.State.DISMISSED, Hazard.State.CLOSED))
    rows = rows.annotate(report_on=Cast(F("found_on") + timedelta(days=1), DateField()))
    return rows if actor.role in LEADS else rows.filter(assignment__in=granted(actor))


def _undivided(actor: Actor) -> Rows:
    """Batches with an enterprise that nobody was put on."""
    nobodys = Assignment.objects.filter(
        batch=OuterRef("pk"), inspector=None, withdrawn_at=None, state=Assignment.Phase.WAITING
    )
    return of_provider(ServiceBatch, actor, contract__state=ACTIVE).filter(Exists(nobodys))


def _teamless(actor: Actor) -> Rows:
    team = TeamMember.objects.filter(contract=OuterRef("pk"), state__in=TeamMember.LIVE)
    return of_provider(ServiceContract, actor, state=ACTIVE).filter(~Exists(team))


def _returned(actor: Actor) -> Rows:
    """Reports that experts returned and that nobody has corrected: with that the next round begins."""
    rows = of_provider(ExpertReview, actor, state=ExpertReview.State.RETURNED)
    return rows.filter(document__state="issued")


def _deliveries(actor: Actor) -> Rows:
    """What no other record counts and nobody has handed in."""
    of_line = ObligationDelivery.objects.filter(withdrawn_at=None)
    direct = of_line.filter(obligation=OuterRef("pk"))
    before = of_line.filter(obligation__first=OuterRef("first"))
    root = of_line.filter(obligation=OuterRef("first"))
    rows = of_provider(
        Obligation, actor, kind=Obligation.Kind.OTHER, superseded_at=None, contract__state=ACTIVE
    )
    return rows.filter(~Exists(direct), ~Exists(before), ~Exists(root))


def _self_evaluations(actor: Actor) -> Rows:
    """Not filed, and not over: a provider sees its evaluation from the notice on."""
    noticed = Appraisal.objects.filter(pk=OuterRef("appraisal_id"), noticed_at__isnull=False)
    return of_provider(SelfEvaluation, actor, filed_at=None).filter(~Exists(noticed))


def _drafted_results(actor: Actor) -> Rows:
    """Results it may still object to, and has not."""
    rows = of_provider(Appraisal, actor, state=Appraisal.State.DRAFTED)
    said = AppraisalObjection.objects.filter(appraisal=OuterRef("pk"))
    return rows.filter(~Exists(said), objection_until__gte=clock.day_of_row())


def _statements(actor: Actor) -> Rows:
    rows = of_provider(StandingDecision, actor, state=StandingDecision.State.NOTICED)
    rows = rows.filter(respond_until__gte=clock.day_of_row())
    return rows.exclude(statements__kind="statement")


def _qualifications(actor: Actor) -> Rows:
    """Near their last day or past it, and no later one was entered in their place."""
    rows = of_provider(Qualification, actor, removed_at=None)
    later = Qualification.objects.filter(
        provider_org=OuterRef("provider_org"), kind=OuterRef("kind"), removed_at=None,
        valid_until__gt=OuterRef("valid_until"),
    )  # fmt: skip
    return rows.filter(~Exists(later), valid_until__lte=clock.day_of_row() + SOON)


def _certificates(actor: Actor) -> Rows:
    rows = of_provider(StaffCertificate, actor, removed_at=None)
    later = StaffCertificate.objects.filter(
        membership=OuterRef("membership"), kind=OuterRef("kind"), removed_at=None,
        valid_until__gt=OuterRef("valid_until"),
    )  # fmt: skip
    return rows.filter(~Exists(later), valid_until__lte=clock.day_of_row() + SOON)


SOURCES = (
    Source(
        "confirm", "待确认交底的隐患", "hazard_confirm", (PROVIDER,), _to_confirm,
        "inspections:visit-confirm", whose="enterprise__name",
    ),
    Source(
        "major", "要书面报告的重大隐患", "hazard_recheck", (PROVIDER,), _majors,
        "inspections:major-report", due="report_on", whose="enterprise__name", words="place",
    ),
    Source(
        "visit", "还没有去的企业", "my_assignments", (PROVIDER,), _to_visit,
        "inspections:assignment", due="planned_on", whose="enterprise__name",
    ),
    Source(
        "recheck", "待复查的整改", "hazard_recheck", (PROVIDER,), _to_recheck,
        "inspections:recheck", whose="enterprise__name", words="place", since="submitted_at",
    ),
    Source(
        "corrected", "已同意待签发的更正", "visit_reopen", (PROVIDER,),
        lambda a: of_provider(HazardCorrection, a, state=HazardCorrection.State.ALLOWED),
        "inspections:correction", whose="hazard__enterprise__name", words="hazard__place",
    ),
    Source(
        "team_name", "要提名项目组的合同", "team_name", (PROVIDER,), _teamless,
        "inspections:team-name", words="title",
    ),
    Source(
        "visit_plan", "要提交的评估计划", "visit_plan_edit", (PROVIDER,),
        lambda a: of_provider(VisitPlan, a, state__in=VisitPlan.OPEN),
        "inspections:visit-plan", url_arg="batch_id", words="batch__name",
    ),
    Source(
        "inspectors", "要安排评估人员的批次", "inspector_assign", (PROVIDER,), _undivided,
        "agencies:inspectors", words="name",
    ),
    Source(
        "draw_number", "要给出的抽查随机数", "draw_number", (PROVIDER,),
        lambda a: of_provider(SpotCheckDraw, a, state=SpotCheckDraw.State.FROZEN),
        "inspections:draw-number", url_arg="batch_id", words="batch__name",
    ),
    Source(
        "returned", "专家退回要更正的报告", "phase_move", (PROVIDER,), _returned,
        "inspections:review", whose="batch__name", words="document__title",
    ),
    Source(
        "delivery", "要登记的交付", "delivery_enter", (PROVIDER,), _deliveries,
        "agencies:delivery-new", due="due_on", whose="contract__title", words="name",
    ),
    Source(
        "self_evaluation", "要提交的自评", "appraisal_speak", (PROVIDER,), _self_evaluations,
        "scoring:self-evaluation", due="due_on", whose="agency_name", words="contract_title",
    ),
    Source(
        "object", "可以提出异议的考评结果", "appraisal_speak", (PROVIDER,), _drafted_results,
        "scoring:own-appraisal", due="objection_until", words="contract__title",
    ),
    Source(
        "statement", "可以陈述申辩的处理", "standing_answer", (PROVIDER,), _statements,
        "providers:standing", due="respond_until", words="name",
    ),
    Source(
        "qualification", "到期要换的资质", "credential_edit", (PROVIDER,), _qualifications,
        "providers:record", url_arg="provider_org_id", due="valid_until", words="kind",
    ),
    Source(
        "certificate", "到期要换的人员证书", "credential_edit", (PROVIDER,), _certificates,
        "providers:record", url_arg="provider_org_id", due="valid_until", words="holder_name",
    ),
    Source(
        "report", "没有提交的业绩报告", "report_write", (PROVIDER,),
        lambda a: of_provider(PerformanceReport, a, state=PerformanceReport.State.DRAFT),
        "providers:report", words="year",
    ),
)  # fmt: skip
