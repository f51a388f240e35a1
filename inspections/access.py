from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from agencies.access import (
    EVERY_CONTRACT,
    assignment_for,
    batch_for,
    contract_for,
    require_hand_in,
)
from agencies.grants import may_log_visit
from agencies.models import Assignment, ServiceBatch, ServiceContract
from inspections.models import (
    Complaint,
    Disclosure,
    EnforcementReferral,
    ExpertOpinion,
    ExpertReview,
    Extension,
    FieldOperation,
    Hazard,
    HazardCorrection,
    HistoricalHazard,
    Meeting,
    MeetingAttendance,
    Recheck,
    Rectification,
    RectificationOrder,
    Sign,
    SpotCheck,
    TeamMember,
    VerifiedBreach,
    Visit,
    VisitMember,
    VisitPlan,
    VisitReopening,
)
from inspections.models.hazards import HazardQuerySet
from inspections.models.signs import SignQuerySet
from providers.standing import barred_words
from tenancy import clock
from tenancy.access import require, visible_or_404, within
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.models import TenantModel

LEADS = (Role.PROVIDER_ADMIN, Role.PROJECT_LEAD)


def assignment_to_visit(actor: Actor | None, pk: object) -> Assignment:
    """Return an assignment that the actor may log visits on: leads all, others by grant."""
    actor = require(actor, "visit_log")
    assignment = assignment_for(actor, pk, "visit_log")
    if not actor.is_provider:
        raise PermissionDenied("log_visit")
    if actor.role not in LEADS and not may_log_visit(actor, assignment):
        raise PermissionDenied("log_visit")
    return assignment


def may_give_points(actor: Actor, visit: Visit) -> bool:
    """Whether an officer may give points for what his own agency's finished visit found."""
    return (
        visit.is_official
        and visit.state != Visit.State.OPEN
        and actor.may("points_give")
        and visit.owner_agency_id == actor.org_id
    )


def visit_for(actor: Actor | None, pk: object, perm: str = "visit_view") -> Visit:
    """Return a visit of the actor's region or provider.

    Writing to the provider's needs its assignment, to an official one a place in its team.
    """
    actor = require(actor, perm)
    rows = Visit.objects.select_related(
        "assignment__batch__contract", "enterprise", "provider_org", "owner_agency__org"
    ).exclude(_hidden(actor))
    visit = visible_or_404(rows, pk)
    if perm == "visit_log":
        if not visit.is_official:
            assignment_to_visit(actor, visit.assignment_id)
        elif not visit.team.filter(membership_id__in=actor.places).exists():
            raise PermissionDenied("log_visit")
    return visit


def blind_to(actor: Actor) -> QuerySet[SpotCheck]:
    """Return the spot checks before which the actor may not see what the provider found (phase 4).

    Officers from the draw on, until the spot check is signed; whoever else goes along, from then on.
    Leaders keep the view of dangers: they see everything while they do not look for themselves.
    """
    if not actor.is_agency or actor.membership_id is None:
        return SpotCheck.objects.none()
    if actor.role == Role.OFFICER:
        return SpotCheck.objects.filter(state__in=SpotCheck.BLIND)
    # By the person: in another of his roles, or as somebody's deputy, he is on the team still.
    team = VisitMember.objects.filter(
        Q(membership_id__in=actor.places) | Q(membership__user_id=actor.user_id)
    )
    return SpotCheck.objects.filter(state=SpotCheck.State.VISITING, visit__in=team.values("visit"))


def _hidden(actor: Actor) -> Q:
    blind = blind_to(actor).values("assignment")
    return Q(assignment__in=blind, provider_org__isnull=False)


def hidden_subjects(actor: Actor) -> dict[str, QuerySet[Any]]:
    """Return the rows of which a paper would show a blind officer what the provider found."""
    blind = blind_to(actor).values("assignment")
    visits = Visit.objects.filter(_hidden(actor))
    return {
        "agencies.assignment": Assignment.objects.filter(pk__in=blind),
        "inspections.visit": visits if actor.is_agency else visits.none(),
        "inspections.disclosure": Disclosure.objects.filter(items__assignment__in=blind),
        "inspections.expertreview": ExpertReview.objects.filter(assignment__in=blind),
    }


def hidden_files(actor: Actor) -> Q:
    """Return which photos and sounds would show him that: a link from before the draw is no way."""
    visits, hazards = _hidden_keys(Visit, actor), _hidden_keys(Hazard, actor)
    if not visits:
        return Q(pk__in=[])
    after: dict[str, type[Rectification | Recheck]] = {
        "inspections.rectification": Rectification,
        "inspections.recheck": Recheck,
    }
    operations = FieldOperation.objects.filter(visit_id__in=visits).values_list("pk", flat=True)
    return _about(
        {
            "inspections.visit": visits,
            "inspections.hazard": hazards,
            "inspections.fieldoperation": operations,
            **{
                kind: model.objects.filter(hazard__in=hazards).values_list("pk", flat=True)
                for kind, model in after.items()
            },
        }
    )


def _hidden_keys(model: type[Visit | Hazard], actor: Actor) -> list[Any]:
    if not actor.is_agency:
        return []
    return list(model.objects.filter(_hidden(actor)).values_list("pk", flat=True))


def _about(subjects: Mapping[str, Iterable[Any]]) -> Q:
    """Return what belongs to one of these rows: {kind of row: keys}."""
    found = Q(pk__in=[])
    for kind, keys in subjects.items():
        found |= Q(subject_type=kind, subject_id__any_of=[str(key) for key in keys])
    return found


def visits_of(actor: Actor) -> QuerySet[Visit]:
    """Return the visits that the actor may see at this moment."""
    return Visit.objects.exclude(_hidden(actor))


def hazards_of(actor: Actor) -> HazardQuerySet:
    """Return the hazards that the actor may see at this moment."""
    return Hazard.objects.filter(within(actor)).exclude(_hidden(actor))


def hazards_hidden(actor: Actor) -> HazardQuerySet:
    """Return the hazards that the actor will see again once his record of a spot check is signed."""
    return Hazard.objects.filter(within(actor)).filter(_hidden(actor))


def signs_seen(actor: Actor) -> SignQuerySet:
    """Return the signs that the actor may see at this moment: they too say what was found."""
    return Sign.objects.exclude(_hidden(actor))


def signs_with_more(actor: Actor, signs: Sequence[Sign]) -> list[dict[str, Any]]:
    """Return each sign with the further visits it names, and how many of them he may not see now."""
    ids = {pk for sign in signs for pk in sign.visit_ids}
    rows = visits_of(actor).filter(pk__in=ids).select_related("enterprise")
    seen = {str(visit.pk): visit for visit in rows}
    return [
        {
            "sign": sign,
            "visits": [seen[pk] for pk in sign.visit_ids if pk in seen],
            "unseen": sum(pk not in seen for pk in sign.visit_ids),
        }
        for sign in signs
    ]


def sign_for(actor: Actor | None, pk: object, perm: str = "sign_dismiss") -> Sign:
    """Return a sign to act on: the own agency's; a superior only looks."""
    actor = require(actor, perm)
    rows = signs_seen(actor).select_related("assignment__enterprise")
    return _own(actor, visible_or_404(rows, pk))


def hazard_for(actor: Actor | None, pk: object, perm: str = "hazard_view") -> Hazard:
    """Return a hazard that the actor may see; an enterprise only after issue (by the database).

    Of a provider that is out, its agency's officers recheck what it found.
    """
    if perm == "hazard_recheck" and actor is not None and actor.is_agency:
        return _hazard_left_behind(actor, pk)
    actor = require(actor, perm)
    rows = hazards_of(actor).select_related("enterprise", "provider_org", "owner_agency__org")
    if not actor.is_enterprise:
        rows = rows.select_related("assignment__batch__contract", "visit")
    hazard = visible_or_404(rows, pk)
    if perm == "hazard_recheck" or (perm == "enter_for" and actor.is_provider):
        assignment_to_visit(actor, hazard.assignment_id)
    elif perm == "enter_for":
        _own(actor, hazard)
    return hazard


def _hazard_left_behind(actor: Actor, pk: object) -> Hazard:
    hazard = hazard_for(require(actor, "handed_recheck"), pk)
    if not officers_recheck(hazard):
        raise PermissionDenied("hazard_recheck")
    return _own(actor, hazard)


def officers_recheck(hazard: Hazard) -> bool:
    """Whether the provider that found a hazard is out: handed over, or barred from serving."""
    if hazard.assignment is None or hazard.provider_org_id is None:
        return False
    if hazard.assignment.withdrawal == Assignment.Withdrawal.HANDED_OVER:
        return True
    return bool(barred_words(hazard.provider_org_id, clock.today(hazard.owner_agency_id)))


def may_correct(actor: Actor, hazard: Hazard) -> bool:
    """Whether the actor may ask for it: a provider's lead, or officers of what they found."""
    if hazard.state in (Hazard.State.FOUND, Hazard.State.DISMISSED):
        return False
    if hazard.source in Hazard.OFFICIAL:
        return actor.may("enforcement_act") and actor.org_id == hazard.owner_agency_id
    return actor.role in LEADS


def corrections_of(actor: Actor) -> QuerySet[HazardCorrection]:
    """Return the corrections that the actor may see; an enterprise those that were applied."""
    blind = blind_to(actor).values("assignment")
    return HazardCorrection.objects.exclude(
        hazard__assignment__in=blind, provider_org__isnull=False
    )


def correction_for(actor: Actor | None, pk: object, perm: str = "hazard_view") -> HazardCorrection:
    """Return a correction of a hazard that the actor may see."""
    rows = corrections_of(require(actor, perm)).select_related(
        "hazard__enterprise", "owner_agency__org"
    )
    return visible_or_404(rows, pk)


def reopenings_of(actor: Actor) -> QuerySet[VisitReopening]:
    """Return the reopenings that the actor may see at this moment."""
    blind = blind_to(actor).values("assignment")
    return VisitReopening.objects.exclude(visit__assignment__in=blind)


def reopening_for(actor: Actor | None, pk: object, perm: str = "visit_view") -> VisitReopening:
    """Return a reopening of a visit that the actor may see."""
    rows = reopenings_of(require(actor, perm)).select_related(
        "visit__enterprise", "visit__assignment", "owner_agency__org"
    )
    return visible_or_404(rows, pk)


def extension_for(actor: Actor | None, pk: object, perm: str = "extension_answer") -> Extension:
    """Return a request for more time."""
    require(actor, perm)
    rows = Extension.objects.select_related("hazard__enterprise", "owner_agency__org")
    return visible_or_404(rows, pk)


def meeting_for(actor: Actor | None, pk: object, perm: str = "meeting_view") -> Meeting:
    """Return a meeting of a batch of the actor's region or provider."""
    require(actor, perm)
    rows = Meeting.objects.select_related("batch__contract", "provider_org", "owner_agency__org")
    return visible_or_404(rows, pk)


def attendance_for(actor: Actor | None, pk: object) -> MeetingAttendance:
    """Return a line of the sheet of a meeting that the actor may see."""
    require(actor, "meeting_view")
    return visible_or_404(MeetingAttendance.objects.all(), pk)


def spot_check_for(actor: Actor | None, pk: object) -> SpotCheck:
    """Return a drawn enterprise."""
    require(actor, "spot_check")
    rows = SpotCheck.objects.select_related(
        "draw__batch__contract", "assignment__enterprise", "assignment__batch__contract", "visit"
    )
    return visible_or_404(rows, pk)


def spot_check_to_do(actor: Actor | None, pk: object) -> SpotCheck:
    """Return a drawn enterprise to act on: the drawing agency's own people; a superior only looks."""
    return _own(actor, spot_check_for(actor, pk))


def referral_for(
    actor: Actor | None, pk: object, perm: str = "enforcement_view"
) -> EnforcementReferral:
    """Return a file of phase 5; to act on it, its own agency's."""
    require(actor, perm)
    rows = EnforcementReferral.objects.select_related(
        "assignment__enterprise", "assignment__batch__contract", "owner_agency__org"
    )
    found = visible_or_404(rows, pk)
    return found if perm == "enforcement_view" else _own(actor, found)


def visit_to_order(actor: Actor | None, pk: object) -> Visit:
    """Return an officers' visit to order something after: the own agency's."""
    require(actor, "enforcement_act")
    visit = visit_for(actor, pk)
    if not visit.is_official:
        raise PermissionDenied("enforcement_act")
    return _own(actor, visit)


def order_for(actor: Actor | None, pk: object) -> RectificationOrder:
    """Return an order that is to be answered: the own agency's."""
    require(actor, "enforcement_act")
    rows = RectificationOrder.objects.select_related("visit__enterprise", "document", "referral")
    return _own(actor, visible_or_404(rows, pk))


# a provider watched while it works


def contract_to_watch(
    actor: Actor | None, pk: object, perm: str = "supervision_view"
) -> ServiceContract:
    """Return a contract; whatever an officer does to it needs a hand in it."""
    actor = require(actor, perm)
    return _with_hand(actor, contract_for(actor, pk, perm), perm)


def batch_to_watch(actor: Actor | None, pk: object, perm: str = "supervision_view") -> ServiceBatch:
    """Return a batch, with the plan of its visits if there is one."""
    actor = require(actor, perm)
    batch = batch_for(actor, pk, perm)
    _with_hand(actor, batch.contract, perm)
    return batch


def _with_hand(actor: Actor, contract: ServiceContract, perm: str) -> ServiceContract:
    looks = ("supervision_view", "expert_review_view", "breach_view")
    if actor.is_agency and perm not in looks:
        require_hand_in(actor, contract)
    return contract


def team_member_for(actor: Actor | None, pk: object, perm: str) -> TeamMember:
    """Return one person of a team to decide on, or to take off."""
    actor = require(actor, perm)
    rows = TeamMember.objects.select_related("contract__provider_org", "owner_agency__org")
    member = visible_or_404(rows, pk)
    _with_hand(actor, member.contract, perm)
    return member


def visit_plan_for(actor: Actor | None, pk: object, perm: str = "supervision_view") -> VisitPlan:
    """Return a provider's plan of a batch."""
    actor = require(actor, perm)
    rows = VisitPlan.objects.select_related("batch__contract", "owner_agency__org")
    plan = visible_or_404(rows, pk)
    _with_hand(actor, plan.batch.contract, perm)
    return plan


def reviews_of(actor: Actor) -> QuerySet[ExpertReview]:
    """Return the reviews that the actor may see at this moment: they too say what was found."""
    blind = blind_to(actor).values("assignment")
    return ExpertReview.objects.exclude(assignment__in=blind)


def review_for(actor: Actor | None, pk: object, perm: str = "expert_review_view") -> ExpertReview:
    """Return a round of experts on a report."""
    actor = require(actor, perm)
    rows = reviews_of(actor).select_related(
        "contract__provider_org", "batch", "assignment__enterprise", "document",
        "owner_agency__org",
    )  # fmt: skip
    review = visible_or_404(rows, pk)
    _with_hand(actor, review.contract, perm)
    return review


def opinion_for(actor: Actor | None, pk: object) -> ExpertOpinion:
    """Return an expert of a round to enter what he says."""
    actor = require(actor, "expert_review_edit")
    rows = ExpertOpinion.objects.filter(review__in=reviews_of(actor))
    opinion = visible_or_404(rows.select_related("review__contract", "review__document"), pk)
    _with_hand(actor, opinion.review.contract, "expert_review_edit")
    return opinion


def disclosures_of(actor: Actor) -> QuerySet[Disclosure]:
    """Return the disclosures that the actor may see at this moment."""
    blind = blind_to(actor).values("assignment")
    return Disclosure.objects.exclude(items__assignment__in=blind)


def disclosure_for(actor: Actor | None, pk: object, perm: str = "supervision_view") -> Disclosure:
    """Return what a provider told the organizer."""
    actor = require(actor, perm)
    rows = disclosures_of(actor).select_related("batch__contract", "provider_org")
    found = visible_or_404(rows, pk)
    _with_hand(actor, found.batch.contract, perm)
    return found


def complaint_for(actor: Actor | None, pk: object, *, acts: bool = False) -> Complaint:
    """Return a complaint: a regulator's business; to act on it, the own agency's."""
    actor = require(actor, "complaint_handle")
    rows = Complaint.objects.select_related(
        "about", "contract", "enterprise", "owner_agency__org", "breach"
    )
    found = visible_or_404(rows, pk)
    return _own(actor, found) if acts else found


def complainant_for(actor: Actor | None, pk: object) -> Complaint:
    """Return a complaint to see who made it: its handler, or a leader (appendix C)."""
    found = complaint_for(actor, pk, acts=True)
    assert actor is not None  # required above
    if found.handler_id not in actor.places and actor.role not in EVERY_CONTRACT:
        raise PermissionDenied("complainant")
    return found


def breach_for(actor: Actor | None, pk: object, perm: str = "breach_view") -> VerifiedBreach:
    """Return a verified breach."""
    actor = require(actor, perm)
    rows = VerifiedBreach.objects.select_related(
        "contract__provider_org", "assignment__enterprise", "owner_agency__org"
    )
    found = visible_or_404(rows, pk)
    _with_hand(actor, found.contract, perm)
    return found


OfAgency = TypeVar("OfAgency", bound=TenantModel)


def _own(actor: Actor | None, row: OfAgency) -> OfAgency:
    """Refuse (403) a row of a lower agency: whoever may see it need not act in its place."""
    if actor is None or row.owner_agency_id != actor.org_id:
        raise PermissionDenied("another agency's")
    return row


def historical_for(
    actor: Actor | None, pk: object, perm: str = "historical_view"
) -> HistoricalHazard:
    """Return a hazard of an earlier year; a superior only looks."""
    actor = require(actor, perm)
    rows = HistoricalHazard.objects.select_related("enterprise", "source", "carried_to")
    row = visible_or_404(rows, pk)
    return row if perm == "historical_view" else _own(actor, row)
