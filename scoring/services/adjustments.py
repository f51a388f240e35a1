"""adjustment_issue: one change of a year's points as a paper (记分减免/加处确认单)."""

from django.db import transaction

from common.errors import DomainError
from documents.models import Document
from documents.services import Issuer, document_issue
from scoring import papers
from scoring.models import PointEvent
from scoring.selectors import totals_around
from tenancy.actors import Actor
from tenancy.models import Agency


@transaction.atomic
def adjustment_issue(*, actor: Actor, event: PointEvent) -> Document:
    """Issue the slip of one event, or return the one that is there.

    What an appeal changed stands in its decision: DomainError.
    """
    if event.appeal_id is not None:
        raise DomainError("陈述申辩的结果以复核决定书为准")
    before, after = totals_around(event)
    agency = Agency.objects.select_related("org").get(pk=event.owner_agency_id)
    firm = event.cycle.enterprise
    return document_issue(
        actor=actor, kind="points_adjustment", subject=event,
        content=papers.adjustment(event, agency, before, after),
        title=f"{firm.name}记分{event.get_kind_display()}确认单",
        issuer=Issuer(agency.pk, agency.short_name),
    )  # fmt: skip
