"""standing_publish: what an agency decided of a body stands before everybody while it holds."""

from typing import Any

from django.db import transaction

from agencies.models import Publication
from agencies.services.publications import publication_make, publication_withdraw
from common.scope import current
from providers.models import StandingDecision
from tenancy import clock
from tenancy.actors import Actor

Measure = StandingDecision.Measure
# A demand to correct is between agency and body; of persons nothing is put before everybody.
PUBLIC = (
    Measure.REPRIMAND, Measure.SUSPEND, Measure.REVOKE, Measure.BLACKLIST, Measure.INDUSTRY_BAN
)  # fmt: skip
OBJECTIONS = "对本决定有异议的，可以向作出决定的机关书面提出"
ENDS = {StandingDecision.State.LIFTED: "已解除", StandingDecision.State.EXPIRED: "期限届满"}


@transaction.atomic
def standing_publish(decision: StandingDecision, **_: Any) -> None:
    """Publish a decision when it takes effect, and take it back when it ends, saying why."""
    actor = current.get()
    assert isinstance(actor, Actor)  # a decision is always somebody's
    if decision.measure not in PUBLIC:
        return
    if decision.state == StandingDecision.State.EFFECTIVE:
        publication_make(
            actor=actor, kind=Publication.Kind.STANDING, subject=decision,
            title=f"{decision.name}：{decision.get_measure_display()}", body=_body(decision),
            until_on=decision.until_on,
        )  # fmt: skip
        return
    standing = Publication.objects.filter(
        subject_type=decision._meta.label_lower, subject_id=str(decision.pk),
        kind=Publication.Kind.STANDING, state=Publication.State.PUBLISHED,
    ).first()  # fmt: skip
    if standing is not None:
        why = f"{ENDS.get(decision.state, '已结束')}：{decision.ended_reason}"
        publication_withdraw(actor=actor, publication=standing, reason=why)


def _body(decision: StandingDecision) -> dict[str, Any]:
    until = f"{decision.until_on:%Y-%m-%d}" if decision.until_on else ""
    return {
        "name": decision.name,
        "credit_code": decision.credit_code,
        "subject": decision.get_subject_display(),
        "measure": decision.get_measure_display(),
        "ground": decision.why,
        "basis": decision.basis,
        "decided_on": f"{clock.today(decision.owner_agency_id):%Y-%m-%d}",
        "from_on": f"{decision.from_on:%Y-%m-%d}",
        "until_on": until,
        "objections": OBJECTIONS,
    }
