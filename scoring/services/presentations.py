"""presentation_save: how one agency presents the points; the district's book stays as it is."""

from django.db import transaction

from audit.services import record
from scoring.models import PointPresentation
from tenancy.actors import Actor
from tenancy.models import Agency


@transaction.atomic
def presentation_save(*, actor: Actor, agency: Agency, **words: str) -> PointPresentation:
    """Say where enterprises of an agency speak against points, whom they call, what boards say."""
    saved, _ = PointPresentation.objects.update_or_create(
        owner_agency=agency, defaults={"region_code": agency.region_code, **words}
    )
    record(actor=actor, act="points.presentation", subject=saved, data=words)
    return saved
