from django.core.exceptions import PermissionDenied

from agencies.access import assignment_for
from agencies.grants import may_log_visit
from agencies.models import Assignment
from inspections.models import Extension, Hazard, Visit
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor
from tenancy.enums import Role

LEADS = (Role.PROVIDER_ADMIN, Role.PROJECT_LEAD)


def assignment_to_visit(actor: Actor | None, pk: object) -> Assignment:
    """Return an assignment that the actor may log visits on: leads all, others by grant."""
    actor = require(actor, "visit_log")
    assignment = assignment_for(actor, pk, "visit_log")
    if actor.role not in LEADS and not may_log_visit(actor, assignment):
        raise PermissionDenied("log_visit")
    return assignment


def visit_for(actor: Actor | None, pk: object, perm: str = "visit_view") -> Visit:
    """Return a visit of the actor's region or provider; writing to it needs its assignment."""
    actor = require(actor, perm)
    rows = Visit.objects.select_related(
        "assignment__batch__contract", "enterprise", "provider_org", "owner_agency__org"
    )
    visit = visible_or_404(rows, pk)
    if perm == "visit_log":
        assignment_to_visit(actor, visit.assignment_id)
    return visit


def hazard_for(actor: Actor | None, pk: object, perm: str = "hazard_view") -> Hazard:
    """Return a hazard that the actor may see; an enterprise only after issue (by the database)."""
    actor = require(actor, perm)
    rows = Hazard.objects.select_related("enterprise", "provider_org", "owner_agency__org")
    if not actor.is_enterprise:
        rows = rows.select_related("assignment__batch__contract", "visit")
    hazard = visible_or_404(rows, pk)
    if perm in ("rectification_enter_for", "hazard_recheck"):
        assignment_to_visit(actor, hazard.assignment_id)
    return hazard


def extension_for(actor: Actor | None, pk: object, perm: str = "extension_answer") -> Extension:
    """Return a request for more time."""
    require(actor, perm)
    return visible_or_404(Extension.objects.select_related("hazard__enterprise"), pk)
