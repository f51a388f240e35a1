"""Who a token acts as, and why one gives nothing."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from api.models import ApiToken
from api.services import digest_of
from common.net import client_ip
from common.scope import acting_as
from tenancy.actors import SYSTEM, Actor, actor_for
from tenancy.gate import needs_second_factor

SCHEME = "bearer "
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a request's token came to: its row and actor, or the words of the refusal."""

    token: ApiToken | None = None
    actor: Actor | None = None
    refusal: str = ""


def bearer_of(request: HttpRequest) -> Bearer | None:
    """Return what the request's token says; None of a request that bears none."""
    words = request.headers.get("Authorization", "")
    if not words.lower().startswith(SCHEME):
        return None
    digest = digest_of(words[len(SCHEME) :].strip())
    with acting_as(SYSTEM, atomic=False):  # before anybody acts; one statement, two for some roles
        rows = ApiToken.objects.select_related("membership__user", "membership__org__agency")
        token = rows.filter(digest=digest).first()
        if token is None:
            return Bearer(refusal="令牌无效")
        if refusal := _refusal(token, client_ip(request)):
            return Bearer(refusal=refusal)
    return Bearer(token, actor_for(token.membership))


def _refusal(token: ApiToken, address: str) -> str:
    """Return why a known token gives nothing, '' if it does."""
    membership = token.membership
    if token.revoked_at:
        return "令牌已吊销"
    if token.is_over():
        return "令牌已过期，请重新建立"
    if not membership.user.is_active:
        return "令牌所属的账号已停用"
    if not membership.is_active:
        return "令牌所属的身份已停用"
    if token.networks and not _is_within(address, token.networks):
        return "该令牌不允许从这个网络地址使用"
    if needs_second_factor([membership]) and not _has_second_factor(membership.user_id):
        return "令牌所属的账号还没有设置两步验证"
    return ""


def _has_second_factor(user_id: int) -> bool:
    return Authenticator.objects.filter(user_id=user_id, type__in=SECOND_FACTORS).exists()


def _is_within(address: str, networks: list[str]) -> bool:
    try:
        here = ip_address(address)
    except ValueError:
        return False
    return any(here in ip_network(network) for network in networks)
