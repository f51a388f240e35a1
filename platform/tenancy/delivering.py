"""invitation_deliver: what the task does that sends an invitation's link."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone

from common.line import sms_say
from common.scope import acting_as
from tenancy.enums import SendBy, SendState
from tenancy.models import Invitation
from tenancy.services import invitation_link, invited_actor

logger = logging.getLogger(__name__)


def invitation_deliver(invitation_id: str, org_id: int) -> str:
    """Send what waits to be sent, and note what became of it; what does not wait is left alone.

    The sending itself holds no transaction: a slow gateway keeps no row locked.
    """
    with acting_as(invited_actor(org_id)):
        rows = Invitation.objects.select_related("org").filter(
            pk=invitation_id, send_state=SendState.WAITING, accepted_at=None, revoked_at=None
        )
        row = rows.first()
        if row is None:
            return ""
        text = render_to_string("tenancy/invitation_message.txt", _words(row)).strip()
    error = _send(row, text)
    with acting_as(invited_actor(org_id)):
        Invitation.objects.filter(pk=row.pk).update(
            send_state=SendState.FAILED if error else SendState.SENT, send_error=error[:200],
            sent_at=None if error else timezone.now(),
        )  # fmt: skip
    return error


def _words(row: Invitation) -> dict[str, object]:
    return {"invitation": row, "link": f"{settings.SITE_URL}{invitation_link(row)}"}


def _send(row: Invitation, text: str) -> str:
    if row.send_by == SendBy.SMS:
        error = sms_say(row.phone, text).error
        return f"没有发出：{error}，请稍后重发或者转交链接" if error else ""
    try:
        send_mail(f"【安服】{row.org.name}邀请您加入", text, None, [row.email])
    except Exception as error:  # whatever a mail server answers: it is said, never raised
        logger.warning("an invitation was not sent: %s", type(error).__name__)
        return f"没有发出（{type(error).__name__}），请核对地址后重发或者转交链接"
    return ""
