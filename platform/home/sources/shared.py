"""What waits for more than one kind of organisation."""

from django.db.models import DateField, Exists, OuterRef, Q
from django.db.models.functions import TruncDate

from agencies.models import ChoiceInvite
from agencies.services.payments import WAITS as PAYMENT
from documents.models import SealApproval
from enterprises.models import EntersFor, NoPhone
from home.sources.base import AGENCY, EVERYBODY, PROVIDER, Rows, Source, in_hand
from home.sources.provider import granted
from inspections.access import LEADS
from inspections.field.refused import refused_of
from inspections.models import Hazard, Meeting, Visit
from inspections.services.corrections import WAITING as CORRECTION
from inspections.services.referrals import LISTED
from inspections.services.reopening import WAITING as REOPENING
from providers.services.standing import DECIDE
from scoring.models import Questionnaire
from tenancy.actors import Actor
from workflow.models import WorkTask

# Put before the whole organisation as well; here each waits for those alone whose turn it is.
HAVE_A_SOURCE = (PAYMENT, CORRECTION, REOPENING, LISTED, DECIDE)


def _open_visits(actor: Actor) -> Rows:
    rows = Visit.objects.filter(state=Visit.State.OPEN)
    if actor.is_provider:
        rows = rows.filter(provider_org=actor.org)
    return rows if actor.role in LEADS else rows.filter(started_by__in=actor.places)


def _meetings(actor: Actor) -> Rows:
    """Planned ones, which either side may write down as held."""
    rows = Meeting.objects.filter(state=Meeting.State.PLANNED).annotate(
        starts_on=TruncDate("starts_at", output_field=DateField())
    )
    if actor.is_provider:
        return rows.filter(provider_org=actor.org)
    return in_hand(rows, actor, "batch__contract")


def _approvals(actor: Actor) -> Rows:
    rows = SealApproval.objects.filter(
        org=actor.org, approved_at=None, refused_at=None, revoked_at=None
    )
    return rows.exclude(asked_by=actor.member)


def _tasks(actor: Actor) -> Rows:
    rows = WorkTask.objects.filter(org_id_for=actor.org, done_at=None)
    return rows.exclude(kind__in=HAVE_A_SOURCE)


def _without_phone(actor: Actor) -> Rows:
    """Owners for whom the actor's side enters, and something is due: to be told, and entered."""
    side = EntersFor.AGENCY if actor.is_agency else EntersFor.PROVIDER
    rows = NoPhone.objects.filter(ended_at=None)
    firm = Q(enterprise=OuterRef("enterprise")) | Q(enterprise__merged_into=OuterRef("enterprise"))
    due = Hazard.objects.filter(firm, state__in=Hazard.DUE_STATES)
    if actor.is_provider:
        if actor.role not in LEADS:
            due = due.filter(assignment__in=granted(actor))
        return rows.filter(Exists(due.filter(provider_org=actor.org)), enters=side)
    asked = Questionnaire.objects.filter(firm, filed_at=None, opened_at=None)
    chosen = ChoiceInvite.objects.filter(firm, choice=None, round__state="open")
    open_now = Exists(asked) | Exists(chosen.exclude(asked_at=None))
    return rows.filter(open_now | (Q(enters=side) & Exists(due)), owner_agency=actor.org)


SOURCES = (
    Source(
        "open_visit", "没有签字的检查", "visit_log", (PROVIDER, AGENCY), _open_visits,
        "inspections:visit", whose="enterprise__name",
    ),
    Source(
        "refused", "手机上传未入账的记录", "visit_log", (PROVIDER, AGENCY),
        lambda a: refused_of(a).filter(seen_at=None), "field:refused", url_arg="",
    ),
    Source(
        "meeting", "要召开的会议", "meeting_manage", (PROVIDER, AGENCY), _meetings,
        "inspections:meeting", due="starts_on", whose="batch__name", words="title",
    ),
    Source(
        "approval", "待批准的用印申请", "seal_approve", (AGENCY, PROVIDER), _approvals,
        "documents:seals", url_arg="", words="reason",
    ),
    Source(
        "task", "要处理的事项", "document_view", EVERYBODY, _tasks,
        "", url_arg="url", words="title",
    ),
    Source(
        "no_phone", "无手机的企业要告知、代录", "enter_for", (AGENCY, PROVIDER), _without_phone,
        "enterprises:entered", url_arg="enterprise_id", whose="enterprise__name",
    ),
)  # fmt: skip
