"""organization_for · organizations_for · agency_create · agency_clock_set · invitation_create · invitation_accept ·
invitation_revoke · certificate_add · certificate_revoke · certified_pair · membership_end ·
membership_hand_over · membership_move · password_link"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.signing import BadSignature, TimestampSigner
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.sessions import sessions_end
from audit.services import record
from common.errors import DomainError
from tenancy.actors import Actor, actor_for
from tenancy.deputies import deputies_end_with
from tenancy.enums import ADMIN_ROLES, ROLES_OF, OrgKind, Role
from tenancy.models import Agency, Invitation, Membership, OfficerCertificate, Organization
from tenancy.protection import require_keeper
from tenancy.selectors import certificate_numbers
from tenancy.signals import member_joined

INVITATION_DAYS = 14
_signer = TimestampSigner(salt="tenancy.invitation")


def organization_for(*, kind: OrgKind, name: str, credit_code: str, is_training: bool) -> int:
    """Return the id of the one body with this credit code, making it when nobody knows it yet."""
    return organizations_for(kind=kind, names={credit_code: name}, is_training=is_training)[
        credit_code
    ]


def organizations_for(
    *, kind: OrgKind, names: Mapping[str, str], is_training: bool
) -> dict[str, int]:
    """Return {credit code: organisation id} for {credit code: name}, in one statement.

    Goes through a function of the owner's, because another region's firm must neither be seen nor
    changed: a body that exists keeps its name. Raises DomainError if a code belongs to another kind.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT given.code, f.found_id, f.found_kind "
            "FROM unnest(%s::text[], %s::text[]) AS given(code, name), "
            "LATERAL tenancy_organization_for(%s, given.name, given.code, %s) f",
            [list(names), list(names.values()), kind, is_training],
        )
        rows = cursor.fetchall()
    for code, _, found_kind in rows:
        if found_kind != kind:
            raise DomainError(f"{code} 已登记为其他类别的单位", field="credit_code")
    return {code: int(org_id) for code, org_id, _ in rows}


@transaction.atomic
def agency_create(
    *,
    region_code: str,
    region_name: str,
    name: str,
    short_name: str,
    is_training: bool = False,
    training_now: datetime | None = None,
) -> Agency:
    """Make an agency under the nearest one above it by region code. Run as the system."""
    if Organization.objects.filter(kind=OrgKind.AGENCY, name=name).exists():
        raise DomainError(f"监管机构“{name}”已存在", field="name")
    above = [region_code[:n] for n in range(2, len(region_code))]
    parent = Agency.objects.filter(region_code__in=above).order_by("-region_code").first()
    org = Organization.objects.create(kind=OrgKind.AGENCY, name=name, is_training=is_training)
    agency = Agency.objects.create(
        org=org,
        parent=parent,
        region_code=region_code,
        region_name=region_name,
        short_name=short_name,
        training_now=training_now,
    )
    record(
        actor=None, act="agency.create", subject=("tenancy.agency", str(agency.pk)), summary=name
    )
    return agency


def agency_clock_set(*, agency: Agency, at: datetime, running: bool = False) -> None:
    """Set the clock of a training agency and of every training agency below it."""
    if not agency.org.is_training:
        raise DomainError("只有演示机构可以调整时钟")
    Agency.objects.filter(region_code__startswith=agency.region_code, org__is_training=True).update(
        training_now=at, training_set_at=timezone.now() if running else None
    )


@transaction.atomic
def invitation_create(
    *,
    actor: Actor | None,
    org: Organization,
    role: Role,
    name: str,
    email: str = "",
    phone: str = "",
    certificate_number: str = "",
) -> Invitation:
    """Offer a membership for INVITATION_DAYS days. Raises DomainError for a role of another kind."""
    if role not in ROLES_OF[OrgKind(org.kind)]:
        raise DomainError("该角色不属于这类单位", field="role")
    invitation = Invitation.objects.create(
        org=org,
        role=role,
        name=name,
        email=email,
        phone=phone,
        certificate_number=certificate_number,
        invited_by_org_id=actor.org_id if actor and actor.org_id else org.pk,
        invited_by_id=actor.user_id if actor else None,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    record(actor=actor, act="invitation.create", subject=invitation, data={"role": role})
    return invitation


def invitation_token(invitation: Invitation) -> str:
    """Return the signed token that the invitation's link carries."""
    return _signer.sign_object({"id": str(invitation.pk), "org": invitation.org_id})


def invitation_link(invitation: Invitation) -> str:
    """Return the path at which the invited person takes the membership up."""
    return reverse("tenancy:invitation-accept", args=[invitation_token(invitation)])


def invitation_claim(token: str) -> tuple[str, int]:
    """Return (invitation id, organisation id) of a genuine token, or raise DomainError."""
    try:
        claim = _signer.unsign_object(token)
    except BadSignature:
        raise DomainError("邀请链接不完整，请从原消息中重新打开") from None
    return claim["id"], claim["org"]


def invited_actor(org_id: int) -> Actor:
    """Return the narrow actor that a genuine token is worth: it sees its organisation's people."""
    return Actor(org_id=org_id)


@transaction.atomic
def invitation_accept(
    *, invitation_id: str, user: User | None, username: str = "", password: str = ""
) -> Membership:
    """Take up an invitation as `user`, or as a new user. Run as `invited_actor`.

    The row lock makes a link work once even when two people open it at the same moment.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("org")
        .filter(pk=invitation_id)
        .first()
    )
    if invitation is None or invitation.revoked_at:
        raise DomainError("邀请已被撤回，请联系邀请人")
    if invitation.accepted_at:
        raise DomainError("邀请已被使用，请直接登录")
    if invitation.is_over:
        raise DomainError("邀请已过期，请联系邀请人延期")
    if user is None:
        user = user_create(
            username=username, name=invitation.name, password=password, email=invitation.email
        )
    membership = membership_create(
        user=user,
        org=invitation.org,
        role=Role(invitation.role),
        phone=invitation.phone,
        certificate_number=invitation.certificate_number,
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record(actor=actor_for(membership), act="invitation.accept", subject=invitation)
    return membership


def user_create(*, username: str, name: str, password: str, email: str = "") -> User:
    """Make a user; raises DomainError when the sign-in name is taken."""
    if User.objects.filter(username__iexact=username).exists():
        raise DomainError("该登录名已被使用，请换一个", field="username")
    return User.objects.create_user(username=username, name=name, password=password, email=email)


def membership_create(
    *,
    user: User,
    org: Organization,
    role: Role,
    phone: str = "",
    certificate_number: str = "",
    qualification: str = "",
) -> Membership:
    """Tie a user to an organisation; raises DomainError if he already has that role there."""
    if Membership.objects.own().filter(user=user, org=org, role=role).exists():
        raise DomainError("该人员已有此身份")
    made = Membership.objects.create(
        user=user,
        org=org,
        role=role,
        phone=phone,
        certificate_number=certificate_number,
        qualification=qualification,
    )
    member_joined.send(sender=Membership, membership=made)
    return made


@transaction.atomic
def invitation_revoke(*, actor: Actor, invitation: Invitation) -> None:
    """Take an offer back that nobody has taken up."""
    changed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if not changed:
        raise DomainError("邀请已被使用或已撤回")
    record(actor=actor, act="invitation.revoke", subject=invitation)


Leaving = Callable[[Actor, Membership], None]
_leaving: list[Leaving] = []


def register_leaving(act: Leaving) -> None:
    """Say what else ends with a membership; called in AppConfig.ready() of an app above."""
    if act not in _leaving:
        _leaving.append(act)


@transaction.atomic
def membership_end(*, actor: Actor, membership: Membership) -> None:
    """Deactivate a membership: what hung on it gives nothing from now on.

    The last administrator cannot be ended; he hands over first. Whoever is ended by another is
    signed out everywhere at once.
    """
    admins = _lock_admins(membership.org_id)
    if membership.role in ADMIN_ROLES and admins == {membership.pk}:
        raise DomainError("这是最后一位管理员，请先移交管理权")
    _end(actor, membership)


def _end(actor: Actor, membership: Membership) -> None:
    changed = Membership.objects.filter(pk=membership.pk, ended_at=None).update(
        ended_at=timezone.now()
    )
    if not changed:
        raise DomainError("该身份已停用")
    deputies_end_with(actor=actor, membership=membership)
    for act in _leaving:
        act(actor, membership)
    ended = sessions_end(membership.user_id) if membership.user_id != actor.user_id else 0
    record(
        actor=actor,
        act="membership.end",
        subject=membership,
        data={"role": membership.role, "sessions_ended": ended},
    )


@transaction.atomic
def membership_move(
    *, actor: Actor, membership: Membership, org: Organization
) -> tuple[Membership, bool]:
    """Let a person go over to the body that his own went into; return his place there, and if it is new.

    Nobody is left where he was, so even the last administrator goes.
    """
    there = Membership.objects.own().filter(user=membership.user, org=org, role=membership.role)
    found = there.first()
    new = found or membership_create(
        user=membership.user, org=org, role=Role(membership.role), phone=membership.phone,
        certificate_number=membership.certificate_number, qualification=membership.qualification,
    )  # fmt: skip
    _end(actor, membership)
    record(actor=actor, act="membership.move", subject=new, data={"from": membership.pk})
    return new, found is None


@transaction.atomic
def membership_hand_over(*, actor: Actor, membership: Membership, to: Membership) -> Membership:
    """Give the administrator's role to a colleague and end one's own; both or neither."""
    if membership.role not in ADMIN_ROLES or not to.is_active or to.org_id != membership.org_id:
        raise DomainError("只能移交给本单位在用的人员", field="to")
    if to.user_id == membership.user_id:
        raise DomainError("不能移交给本人", field="to")
    _lock_admins(membership.org_id)
    new = Membership.objects.own().filter(
        user_id=to.user_id, org_id=to.org_id, role=membership.role
    ).first() or membership_create(
        user=to.user,
        org=membership.org,
        role=Role(membership.role),
        phone=to.phone,
        certificate_number=to.certificate_number,
        qualification=to.qualification,
    )
    membership_end(actor=actor, membership=membership)
    record(actor=actor, act="membership.hand_over", subject=new, data={"from": membership.pk})
    return new


def _lock_admins(org_id: int) -> set[int]:
    rows = (
        Membership.objects.own()
        .select_for_update(no_key=True)
        .filter(org_id=org_id, role__in=ADMIN_ROLES)
    )
    return set(rows.order_by("pk").values_list("pk", flat=True))


def password_link(*, actor: Actor, membership: Membership) -> str:
    """Return the path of a one-time page on which a colleague sets a new password.

    For offices without e-mail: the administrator hands the link over; it dies with its first use.
    DomainError if the person works for others as well.
    """
    require_keeper(membership)
    record(actor=actor, act="password.link", subject=membership)
    user = membership.user
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _, token = key.partition("-")
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})


@transaction.atomic
def certificate_add(
    *,
    actor: Actor,
    membership: Membership,
    number: str,
    issued_by: str,
    valid_from: date,
    valid_until: date,
) -> OfficerCertificate:
    """Register an officer's enforcement certificate; DomainError names the field.

    It is a person's own: one who stands in for an officer is none by that.
    """
    if not membership.is_active:
        raise DomainError("执法证件登记在本人的在用身份上")
    if not number.strip():
        raise DomainError("请填写执法证号", field="number")
    if valid_until < valid_from:
        raise DomainError("有效期止不能早于有效期起", field="valid_until")
    taken = OfficerCertificate.objects.filter(
        org_id=membership.org_id, number=number.strip(), revoked_at=None
    )
    if taken.exists():
        raise DomainError(f"执法证号{number.strip()}已登记", field="number")
    row = OfficerCertificate.objects.create(
        membership=membership,
        org_id=membership.org_id,
        number=number.strip(),
        issued_by=issued_by.strip(),
        valid_from=valid_from,
        valid_until=valid_until,
    )
    record(
        actor=actor,
        act="certificate.add",
        subject=("tenancy.officercertificate", str(row.pk)),
        agency_id=membership.org_id,
        summary=row.number,
    )
    return row


@transaction.atomic
def certificate_revoke(*, actor: Actor, certificate: OfficerCertificate) -> None:
    """Take a certificate back; papers issued under it stay as they are."""
    changed = OfficerCertificate.objects.filter(pk=certificate.pk, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if not changed:
        raise DomainError("该证件已收回")
    record(
        actor=actor,
        act="certificate.revoke",
        subject=("tenancy.officercertificate", str(certificate.pk)),
        agency_id=certificate.org_id,
        summary=certificate.number,
    )


def certified_pair(people: Sequence[Membership], day: date) -> dict[int, str]:
    """Return {membership id: certificate number} of at least two officers valid on `day`.

    DomainError names who lacks what: an enforcement paper takes two (行政处罚法 §42, L1 §67).
    """
    numbers = certificate_numbers(people, day)
    if len({m.user_id for m in people if m.pk in numbers}) >= 2:
        return numbers
    without = [m.user.name for m in people if m.pk not in numbers]
    if len(people) < 2:
        raise DomainError("须由两名以上持有效执法证件的人员进行", field="members")
    words = "、".join(without) or "两名人员是同一人"
    raise DomainError(f"{words}：没有{day:%Y-%m-%d}有效的执法证件", field="members")
