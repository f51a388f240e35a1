"""days_publish: the daily heads, signed with the platform's own key"""

import logging
from datetime import date, timedelta

from django.utils import timezone

from audit.heads import Chain, day_publish
from audit.models import PublishedDay
from audit.services import PLATFORM
from documents import keys, signing
from tenancy.models import Agency

PLATFORM_NAME = "安服平台"
CAUGHT_UP = 400  # days at most that one run makes good
logger = logging.getLogger(__name__)


def days_publish(until: date | None = None) -> int:
    """Publish every day since the last one up to `until`, in order; return how many there are new.

    Default: up to yesterday, which is also the first day ever. What is published stays: a second
    run finds nothing to do.
    """
    until = until or timezone.localdate() - timedelta(days=1)
    last = PublishedDay.objects.order_by("-day").values_list("day", flat=True).first()
    day = last + timedelta(days=1) if last else until
    names = chains()
    published = 0
    while day <= until and published < CAUGHT_UP:
        if day_publish(day=day, chains=names, sign=sign) is None:
            break
        day, published = day + timedelta(days=1), published + 1
    return published


def chains() -> dict[int, Chain]:
    """Return the name of every chain: the platform's and those of all agencies."""
    agencies = Agency.objects.values_list("pk", "org__name", "org__is_training")
    named = {pk: Chain(name, training) for pk, name, training in agencies}
    return {PLATFORM: Chain(PLATFORM_NAME)} | named


def sign(content: bytes) -> bytes:
    """Return a detached signature by the platform's key; b"" where the key is not at hand.

    Unsigned is better than unpublished: the hashes bind all the same.
    """
    try:
        key = keys.signing_key(org_id=PLATFORM, org_name=PLATFORM_NAME, at=timezone.now())
    except keys.KeysError as error:
        logger.error("daily heads are published without a signature: %s", error)  # noqa: TRY400
        return b""
    return signing.sign_detached(content, key=key)
