"""claims_issue · claim_withdraw · claim_open · claim_take: an owner takes his enterprise's file up.

The agency prints a sheet for each enterprise and hands it over; whoever has it scans the code, says
what the file has and the sheet has not, and is the enterprise's principal from then on.
"""

import base64
import hmac
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from enterprises.models import ClaimCode, Enterprise
from enterprises.services import files_hold
from notifications.services import notify
from tenancy import clock
from tenancy.actors import SYSTEM, Actor, actor_for
from tenancy.enums import Role
from tenancy.models import Membership
from tenancy.services import membership_create, user_create

DAYS = 30  # [proposal] from the day on which the sheet was made
MOST_WRONG = 5  # [proposal] wrong answers, then the sheet is void
LIMIT = 500  # sheets printed at once
SALT = b"enterprises.claim"
PHONE_DIGITS = 4


class UnknownCode(DomainError):
    """A code that nobody has: mistyped, or guessed."""


def _mac(key: str, text: str) -> bytes:
    return hmac.digest(key.encode(), SALT + text.encode(), "sha256")


def _code(pk: UUID, key: str) -> str:
    return base64.b32encode(_mac(key, str(pk)))[:10].decode()


def code_of(claim: ClaimCode) -> str:
    """Return the ten letters and digits of a sheet, which only our key and the row give."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    codes = (_code(claim.pk, key) for key in keys)
    return next((code for code in codes if claim.digest in _digests(code)), "")


def _digests(code: str) -> list[str]:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [_mac(key, f"digest {code}").hex() for key in keys]


def typed_code(text: str) -> str:
    """Return a code as it is looked up, however it was typed; full-width letters are letters."""
    plain = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s-]", "", plain).upper().replace("0", "O").replace("1", "I")


def question_of(enterprise: Enterprise) -> str:
    """Return what is asked of who claims: by what the file has and the sheet has not; '' if nothing."""
    if len(_digits(enterprise.phone)) >= PHONE_DIGITS:
        return f"企业登记的联系电话后{PHONE_DIGITS}位"
    return "企业登记的主要负责人姓名" if enterprise.principal_name.strip() else ""


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", text))


def _is_right(enterprise: Enterprise, answer: str) -> bool:
    asked = _digits(enterprise.phone)
    if len(asked) >= PHONE_DIGITS:
        return hmac.compare_digest(asked[-PHONE_DIGITS:], _digits(answer)[-PHONE_DIGITS:])
    said = re.sub(r"\s", "", answer)
    return hmac.compare_digest(re.sub(r"\s", "", enterprise.principal_name).encode(), said.encode())


@dataclass(frozen=True, slots=True)
class Claimable:
    """Which enterprises get a sheet, and which do not and why."""

    ready: list[Enterprise]
    claimed: list[Enterprise]  # somebody is their principal already
    unasked: list[Enterprise]  # neither telephone nor principal is in the file

    @property
    def count(self) -> int:
        """How many get a sheet."""
        return len(self.ready)


def claimable(enterprises: Iterable[Enterprise]) -> Claimable:
    """Sort enterprises by whether a sheet can be made for them; one statement beside theirs."""
    rows = list(enterprises)
    whose = [row.enterprise_org_id for row in rows]
    with acting_as(SYSTEM):  # an agency does not see who has which account, but that there is one
        held = Membership.objects.own().filter(org_id__in=whose, role=Role.PRINCIPAL)
        taken = set(held.values_list("org_id", flat=True))
    found = Claimable([], [], [])
    for row in rows:
        if row.enterprise_org_id in taken:
            found.claimed.append(row)
        else:
            (found.ready if question_of(row) else found.unasked).append(row)
    return found


@transaction.atomic
def claims_issue(*, actor: Actor, enterprises: Sequence[Enterprise]) -> list[ClaimCode]:
    """Return a code for each enterprise of one agency: the open one while it lasts, else a new one.

    DomainError where none can get a sheet, or more than a print takes.
    """
    ready = claimable(enterprises).ready
    if not ready:
        raise DomainError(
            "没有可以生成认领单的企业：已有主要负责人账号，或者档案缺少电话和主要负责人"
        )
    if len(ready) > LIMIT:
        raise DomainError(f"一次最多生成{LIMIT}张，现在是{len(ready)}张，请缩小筛选范围")
    ids, now = [row.pk for row in ready], clock.now(ready[0].owner_agency_id)
    files_hold(ids)
    still = ClaimCode.objects.filter(enterprise__in=ids, claimed_at=None, withdrawn_at=None)
    still.filter(expires_on__lt=timezone.localdate(now)).update(
        withdrawn_at=now, withdrawn_reason="已过期，重新生成"
    )
    have = set(still.values_list("enterprise_id", flat=True))
    new = [_new(actor, row, now) for row in ready if row.pk not in have]
    ClaimCode.objects.bulk_create(new)
    if new:
        record(
            actor=actor, act="claimcode.issue", subject=ready[0], data={"count": len(new)},
            summary=f"认领单{len(new)}张",
        )  # fmt: skip
    return list(still.select_related("enterprise").order_by("enterprise__name", "pk"))


def _new(actor: Actor, enterprise: Enterprise, now: datetime) -> ClaimCode:
    row = ClaimCode(
        owner_agency_id=enterprise.owner_agency_id, region_code=enterprise.region_code,
        enterprise=enterprise, issued_at=now, issued_by_name=actor.display[:80],
        expires_on=timezone.localdate(now) + timedelta(days=DAYS),
    )  # fmt: skip
    row.digest = _digests(_code(row.pk, settings.SECRET_KEY))[0]
    return row


@transaction.atomic
def claim_withdraw(*, actor: Actor, claim: ClaimCode, reason: str) -> None:
    """Make a sheet void that was lost or went to the wrong hands."""
    row = ClaimCode.objects.select_for_update(of=("self",), no_key=True).get(pk=claim.pk)
    if row.claimed_at or row.withdrawn_at:
        raise DomainError("认领单已使用或者已作废")
    if not reason.strip():
        raise DomainError("请写明原因", field="reason")
    row.withdrawn_at = clock.now(row.owner_agency_id)
    row.withdrawn_reason = reason.strip()[:200]
    row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    record(actor=actor, act="claimcode.withdraw", subject=row, summary=row.withdrawn_reason)


def claim_open(code: str) -> ClaimCode:
    """Return the row of a code that may be claimed; DomainError says why not. As the system."""
    digests = _digests(typed_code(code))
    rows = ClaimCode.objects.filter(digest__in=digests)
    found = rows.select_related("enterprise__owner_agency__org").first()
    if found is None:
        raise UnknownCode("没有这个认领码，请核对认领单上的字母和数字", field="code")
    if found.claimed_at:
        raise DomainError("这张认领单已使用过，请直接登录；忘记密码请联系监管部门", field="code")
    if found.withdrawn_at or found.expires_on < clock.today(found.owner_agency_id):
        raise DomainError("这张认领单已失效，请联系发放认领单的监管部门重新领取", field="code")
    return found


def claim_take(
    *,
    claim: ClaimCode,
    answer: str,
    user: User | None,
    name: str = "",
    username: str = "",
    password: str = "",
) -> Membership:
    """Make who answers rightly the enterprise's principal, as `user` or a new one. As the system.

    A wrong answer counts, whatever comes of the rest; after MOST_WRONG the sheet is void and the
    agency is told. The row lock lets one of two at once through.
    """
    with transaction.atomic():
        row = ClaimCode.objects.select_for_update(of=("self",), no_key=True).get(pk=claim.pk)
        if row.claimed_at or row.withdrawn_at:
            raise DomainError("这张认领单已使用或者已失效")
        enterprise = Enterprise.objects.select_related("enterprise_org").get(pk=row.enterprise_id)
        if _is_right(enterprise, answer):
            return _taken(row, enterprise, user, name.strip(), username, password)
        _wrong(row, enterprise)
    left = MOST_WRONG - row.failures
    raise DomainError(
        f"与企业档案不一致，还可以试{left}次"
        if left
        else "核对错误次数过多，认领单已作废，请联系监管部门",
        field="answer",
    )


def _wrong(row: ClaimCode, enterprise: Enterprise) -> None:
    row.failures += 1
    if row.failures >= MOST_WRONG:
        row.withdrawn_at = clock.now(row.owner_agency_id)
        row.withdrawn_reason = f"核对错误{MOST_WRONG}次"
        notify(
            org_id=row.owner_agency_id, kind="enterprise.claim", at=row.withdrawn_at,
            title=f"{enterprise.name}的认领单核对错误{MOST_WRONG}次，已作废",
            url=reverse("enterprises:record", args=[enterprise.pk]),
        )  # fmt: skip
    row.save(update_fields=["failures", "withdrawn_at", "withdrawn_reason"])
    record(actor=None, act="claimcode.wrong", subject=row, data={"failures": row.failures})


def _taken(
    row: ClaimCode,
    enterprise: Enterprise,
    user: User | None,
    name: str,
    username: str,
    password: str,
) -> Membership:
    org = enterprise.enterprise_org
    assert org is not None  # every file has a body
    if not claimable([enterprise]).ready:
        raise DomainError("企业已有主要负责人账号，请由其在“人员”页面邀请")
    if user is None:
        user = user_create(username=username, name=name, password=password)
    membership = membership_create(user=user, org=org, role=Role.PRINCIPAL)
    row.claimed_at = clock.now(row.owner_agency_id)
    row.claimed_by_name = user.name[:80]
    row.save(update_fields=["claimed_at", "claimed_by_name"])
    record(actor=actor_for(membership), act="claimcode.take", subject=row, summary=enterprise.name)
    return membership
