"""token_make · token_revoke · token_use · answers_prune"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from api.models import ApiToken, KeptAnswer
from api.scopes import scopes_of
from audit.services import record
from common.errors import DomainError
from tenancy.actors import Actor

MARK = "anfu_"
PREFIX = len(MARK) + 6  # of the secret: what is shown of it later
MOST_DAYS = 366  # [proposal]: a program's access is looked at again once a year
MOST_TOKENS = 20  # live at once, of one membership
NOTED = timedelta(hours=1)  # that a token was used is written down no more often
KEPT = timedelta(hours=48)  # how long the same request is answered alike


def digest_of(secret: str) -> str:
    """Return what finds a token by its secret, which has 256 random bits: no salt, no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def token_make(
    *,
    actor: Actor,
    name: str,
    scopes: Sequence[str],
    expires_on: date,
    networks: Sequence[str] = (),
) -> tuple[ApiToken, str]:
    """Make a token for the actor's own membership; return it with its secret, which nobody keeps.

    It holds to the end of `expires_on`. DomainError names the field.
    """
    allowed = {scope for scope, _ in scopes_of(actor)}
    if not scopes or not set(scopes) <= allowed:
        raise DomainError("请选择本人身份有权使用的范围", field="scopes")
    today = timezone.localdate()
    if not today <= expires_on <= today + timedelta(days=MOST_DAYS):
        raise DomainError("有效期最长一年，不能早于今天", field="expires_on")
    live = ApiToken.objects.filter(membership_id=actor.member, revoked_at=None)
    if live.filter(expires_at__gt=timezone.now()).count() >= MOST_TOKENS:
        raise DomainError(f"在用的令牌已有 {MOST_TOKENS} 个，请先吊销不用的", field="name")
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        membership_id=actor.member,
        user_id=actor.user,
        org_id=actor.org,
        name=name.strip(),
        prefix=secret[:PREFIX],
        digest=digest_of(secret),
        scopes=sorted(set(scopes)),
        networks=[*networks],
        expires_at=_end_of(expires_on),
    )
    record(actor=actor, act="token.make", subject=token, data={"scopes": token.scopes})
    return token, secret


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


@transaction.atomic
def token_revoke(*, actor: Actor, token: ApiToken) -> ApiToken:
    """End a token at once: one's own, or as administrator one of the organisation's people."""
    locked = ApiToken.objects.select_for_update(of=("self",), no_key=True).get(pk=token.pk)
    if locked.revoked_at:
        raise DomainError("该令牌已经吊销")
    locked.revoked_at = timezone.now()
    locked.revoked_by_name = actor.user_name
    locked.save(update_fields=["revoked_at", "revoked_by_name"])
    record(actor=actor, act="token.revoke", subject=locked, data={"holder": locked.membership_id})
    return locked


@transaction.atomic
def token_use(*, actor: Actor, token: ApiToken, address: str) -> bool:
    """Write down that a token is in use, once an hour; return whether that was due."""
    now = timezone.now()
    if token.last_used_at and now - token.last_used_at < NOTED:
        return False
    due = ApiToken.objects.filter(pk=token.pk).exclude(last_used_at__gt=now - NOTED)
    if not due.update(last_used_at=now):
        return False
    record(actor=actor, act="token.use", subject=token, data={"address": address})
    return True


def answers_prune() -> int:
    """Remove answers that nobody asks for again; return how many."""
    removed, _ = KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return removed
