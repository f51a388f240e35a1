from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from common.errors import Refused
from enterprises.models import Enterprise
from scoring.models import (
    Appraisal,
    AppraisalObjection,
    AppraisalScheme,
    Consequence,
    Interview,
    PointAppeal,
    PointCycle,
    PointEntry,
    PointEvent,
    PointSheet,
    PointTraining,
    Questionnaire,
    RuleBook,
    RuleClause,
    SchemeIndicator,
    SelfCheck,
    SelfCheckItem,
    SelfEvaluation,
    ThresholdEvent,
)
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor
from tenancy.models import TenantModel
from workflow.models import Job

TRYOUT = "points_tryout"
Own = TypeVar("Own", bound=TenantModel)


def cycle_for(actor: Actor | None, pk: object) -> PointCycle:
    """Return a cycle of the actor's region, or of the actor's own enterprise."""
    _require_points(actor)
    return visible_or_404(PointCycle.objects.select_related("enterprise", "book"), pk)


def _require_points(actor: Actor | None) -> Actor:
    """Return the actor if he looks at points at all: a regulator, or an enterprise at its own."""
    if actor is None or not (actor.may("points_view") or actor.may("points_own")):
        raise PermissionDenied("points_view")
    return actor


def book_for_reader(actor: Actor | None, pk: object) -> RuleBook:
    """Return a rule book of the actor's region or of one above it."""
    require(actor, "points_view")
    return visible_or_404(RuleBook.objects.select_related("based_on"), pk)


def draft_for(actor: Actor | None, pk: object) -> RuleBook:
    """Return a draft of the actor's own agency."""
    actor = require(actor, "rule_book_edit")
    rows = RuleBook.objects.filter(owner_agency=actor.org_id, state=RuleBook.State.DRAFT)
    return visible_or_404(rows.select_related("based_on"), pk)


def clause_for(book: RuleBook, pk: object) -> RuleClause:
    """Return a clause of a book that the actor may edit."""
    return visible_or_404(book.clauses.prefetch_related("variants"), pk)


def sheet_for(actor: Actor | None, pk: object) -> PointSheet:
    """Return a sheet of the actor's region, or one that was given to the actor's enterprise."""
    _require_points(actor)
    rows = PointSheet.objects.exclude(state=PointSheet.State.DRAFT)
    return visible_or_404(rows.select_related("enterprise", "cycle__book", "book", "contract"), pk)


def own_sheet_for(actor: Actor | None, pk: object) -> PointSheet:
    """Return a sheet that was given to the actor's own enterprise."""
    require(actor, "points_own")
    return sheet_for(actor, pk)


def entry_for(actor: Actor | None, pk: object) -> PointEntry:
    """Return an entry that the actor's own agency gave."""
    actor = require(actor, "points_view")
    rows = PointEntry.objects.filter(owner_agency=actor.org_id).select_related("clause", "cycle")
    return visible_or_404(rows, pk)


def point_event_for(actor: Actor | None, pk: object) -> PointEvent:
    """Return a change of points that the actor's own agency made, other than by an appeal."""
    actor = require(actor, "points_view")
    rows = PointEvent.objects.filter(owner_agency=actor.org_id, appeal=None)
    return visible_or_404(rows.select_related("cycle__enterprise", "cycle__book", "entry"), pk)


def appeal_for(actor: Actor | None, pk: object) -> PointAppeal:
    """Return an appeal of the actor's region, or of the actor's enterprise."""
    _require_points(actor)
    rows = PointAppeal.objects.select_related("enterprise", "sheet__book", "cycle__book")
    return visible_or_404(rows, pk)


def event_for(actor: Actor | None, pk: object) -> ThresholdEvent:
    """Return a threshold event of the actor's region."""
    require(actor, "points_view")
    return visible_or_404(ThresholdEvent.objects.select_related("enterprise", "cycle"), pk)


def own(actor: Actor | None, row: Own) -> Own:
    """Return a row that the actor's own agency keeps: those above it look, they do not act for it."""
    if actor is None or row.owner_agency_id != actor.org_id:
        raise Refused(row._meta.label_lower, row.pk)
    return row


def consequence_for(actor: Actor | None, pk: object) -> Consequence:
    """Return a measure of the actor's region."""
    require(actor, "points_view")
    return visible_or_404(Consequence.objects.select_related("enterprise"), pk)


def interview_for(actor: Actor | None, pk: object) -> Interview:
    """Return a talk that the actor's own agency called."""
    actor = require(actor, "points_view")
    rows = Interview.objects.filter(owner_agency=actor.org_id).select_related("enterprise", "cycle")
    return visible_or_404(rows, pk)


def own_enterprise(actor: Actor | None) -> Enterprise:
    """Return the enterprise that the actor acts for: of several sites the first."""
    actor = require(actor, "points_own")
    found = Enterprise.objects.filter(enterprise_org=actor.org_id).order_by("pk").first()
    if found is None:
        raise Refused(Enterprise._meta.label_lower, actor.org_id)
    return found


def training_for(actor: Actor | None, pk: object) -> PointTraining:
    """Return a session of the actor's own enterprise."""
    require(actor, "points_own")
    return visible_or_404(PointTraining.objects.select_related("enterprise"), pk)


def self_check_for(actor: Actor | None, pk: object) -> SelfCheck:
    """Return a round of the actor's own enterprise, or one that was shared with the regulator."""
    _require_points(actor)
    return visible_or_404(SelfCheck.objects.select_related("book", "enterprise"), pk)


def self_check_item_for(actor: Actor | None, pk: object) -> SelfCheckItem:
    """Return an answer of the actor's own enterprise."""
    require(actor, "points_own")
    return visible_or_404(SelfCheckItem.objects.select_related("clause", "check_of"), pk)


def tryout_for(actor: Actor | None, pk: object) -> tuple[Job, RuleBook]:
    """Return a try-out of the actor's region, with its book."""
    actor = require(actor, "rule_book_edit")
    job = visible_or_404(Job.objects.filter(kind=TRYOUT), pk)
    return job, book_for_reader(actor, job.frozen["book"])


def appraisal_for(actor: Actor | None, pk: object) -> Appraisal:
    """Return an evaluation of the actor's region."""
    require(actor, "appraisal_view")
    return visible_or_404(_appraisals(), pk)


def _appraisals() -> QuerySet[Appraisal]:
    return Appraisal.objects.select_related(
        "contract__provider_org", "scheme", "owner_agency__org", "corrects", "third_party"
    )


def own_appraisal_for(actor: Actor | None, pk: object) -> Appraisal:
    """Return an evaluation of the actor's own provider, once it has been given notice."""
    actor = require(actor, "appraisal_own")
    return visible_or_404(_appraisals().filter(provider_org=actor.org_id), pk)


def objection_for(actor: Actor | None, pk: object) -> AppraisalObjection:
    """Return an objection of the actor's region."""
    require(actor, "appraisal_view")
    rows = AppraisalObjection.objects.select_related("appraisal__contract__provider_org")
    return visible_or_404(rows, pk)


def self_evaluation_for(actor: Actor | None, pk: object) -> SelfEvaluation:
    """Return what the actor's own provider is asked about itself."""
    actor = require(actor, "appraisal_own")
    return visible_or_404(SelfEvaluation.objects.filter(provider_org=actor.org_id), pk)


def questionnaire_for(actor: Actor | None, pk: object) -> Questionnaire:
    """Return a form that the actor's own enterprise is asked to fill in."""
    actor = require(actor, "questionnaire_fill")
    return visible_or_404(Questionnaire.objects.filter(enterprise_org__in=actor.orgs), pk)


def questionnaire_to_enter_for(actor: Actor | None, pk: object) -> Questionnaire:
    """Return a form of the own agency's that an officer enters for an owner without a phone."""
    actor = require(actor, "enter_for")
    if not actor.is_agency:
        raise PermissionDenied("enter_for")  # it judges the provider
    rows = Questionnaire.objects.filter(owner_agency=actor.org_id)
    return visible_or_404(rows.select_related("enterprise"), pk)


def sheet_to_enter_for(actor: Actor | None, pk: object) -> PointSheet:
    """Return a sheet of the own agency's on which an officer enters what an owner signed."""
    require(actor, "enter_for")
    return own(actor, sheet_for(actor, pk))


def form_for(actor: Actor | None, pk: object) -> Questionnaire:
    """Return an opened form of the actor's region."""
    require(actor, "appraisal_manage")
    rows = Questionnaire.objects.filter(opened_at__isnull=False, filed_at__isnull=False)
    return visible_or_404(rows.select_related("appraisal", "enterprise"), pk)


def scheme_for_reader(actor: Actor | None, pk: object) -> AppraisalScheme:
    """Return a scheme of the actor's region or of one above it."""
    require(actor, "appraisal_view")
    rows = AppraisalScheme.objects.select_related("based_on").prefetch_related("indicators")
    return visible_or_404(rows, pk)


def scheme_draft_for(actor: Actor | None, pk: object) -> AppraisalScheme:
    """Return a draft of the actor's own agency."""
    actor = require(actor, "scheme_edit")
    rows = AppraisalScheme.objects.filter(
        owner_agency=actor.org_id, state=AppraisalScheme.State.DRAFT
    )
    return visible_or_404(rows.prefetch_related("indicators"), pk)


def indicator_for(scheme: AppraisalScheme, pk: object) -> SchemeIndicator:
    """Return an indicator of a scheme that the actor may edit."""
    return visible_or_404(scheme.indicators.select_related("scheme"), pk)
