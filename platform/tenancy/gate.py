"""What a sign-in may lack before anything else works, and what is open until then.

Everything is worked out from what the middleware has read anyway: no further statement.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User
from accounts.passwords import password_is_old
from accounts.sessions import SIGNED_IN_AT, has_second_factor
from tenancy.enums import SECOND_FACTOR_ROLES
from tenancy.models import Membership


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is missing: its page, and why, in words for people."""

    code: str
    url_name: str
    words: str


PASSWORD = Step("password", "account_change_password", "密码已到期，请先设置新密码")
SECOND_FACTOR = Step("second_factor", "mfa_index", "你的身份要求两步验证，请先在网页版设置，再继续")
OPEN_PREFIXES = ("mfa_", "portal:")
OPEN = {
    "account_logout", "account_change_password", "account_reauthenticate",
    "field:app", "field:worker", "field:manifest", "field:authority",  # the app's shell, no data
}  # fmt: skip


def is_open(view_name: str) -> bool:
    """Say whether a page works before the sign-in is complete."""
    return view_name in OPEN or view_name.startswith(OPEN_PREFIXES)


def needs_second_factor(memberships: Iterable[Membership]) -> bool:
    """Say whether one of somebody's memberships demands a second factor of him.

    MFA_REQUIRED=0 lets training organisations off, and never another.
    """
    return any(
        row.role in SECOND_FACTOR_ROLES and (settings.MFA_REQUIRED or not row.org.is_training)
        for row in memberships
    )


def missing_step(request: HttpRequest, memberships: Iterable[Membership]) -> Step | None:
    """Return the first step that the sign-in of this session lacks.

    A password that grows old during a session is asked for at the next sign-in: who is on site
    with a phone is not cut off. Whoever signs in with his agency's identity provider has no need
    to change a password that he does not use.
    """
    user, session = request.user, request.session
    assert isinstance(user, User)
    began = datetime.fromtimestamp(session.get(SIGNED_IN_AT, 0), UTC)
    if password_is_old(user, began) and not _by_identity_provider(request):
        return PASSWORD
    if needs_second_factor(memberships) and not has_second_factor(session, user.pk):
        return SECOND_FACTOR
    return None


def _by_identity_provider(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    return any(record["method"] == "socialaccount" for record in records)
