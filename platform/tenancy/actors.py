"""The actor of the moment: a user in one membership, or the system working for one agency."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tenancy.enums import OrgKind, Role
from tenancy.perms import NOT_FOR_DEPUTIES, allows

if TYPE_CHECKING:
    from tenancy.models import Agency, Membership

# Region codes are digits: '0' is before every code and ':' after every code in C collation.
EVERYWHERE = ("0", ":")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for whom, in which role. Immutable; made only by the functions below."""

    user_id: int | None = None
    membership_id: int | None = None
    org_id: int | None = None
    kind: str = ""
    role: str = ""
    region_lo: str = ""
    region_hi: str = ""
    user_name: str = ""
    org_name: str = ""
    is_training: bool = False
    is_system: bool = False
    # The membership in whose place a deputy acts.
    deputy_for: int | None = None
    # He enters for an owner without a phone what that one signed.
    is_entering: bool = False
    # The bodies whose files were merged into the enterprise's own.
    former_orgs: tuple[int, ...] = ()

    @property
    def orgs(self) -> tuple[int, ...]:
        """The bodies whose rows are the actor's own: his, and what was merged into it."""
        return () if self.org_id is None else (self.org_id, *self.former_orgs)

    @property
    def places(self) -> tuple[int, ...]:
        """The memberships whose work is the actor's: his own, and whose deputy he is here."""
        return tuple(pk for pk in (self.membership_id, self.deputy_for) if pk is not None)

    @property
    def member(self) -> int:
        """The membership of an actor who acts in one."""
        assert self.membership_id is not None
        return self.membership_id

    @property
    def user(self) -> int:
        """The user of an actor who is a person."""
        assert self.user_id is not None
        return self.user_id

    @property
    def org(self) -> int:
        """The organisation of an actor who acts for one."""
        assert self.org_id is not None
        return self.org_id

    @property
    def display(self) -> str:
        """Name for the record: 单位 姓名."""
        return f"{self.org_name} {self.user_name}".strip() or "系统"

    @property
    def role_name(self) -> str:
        """The role's Chinese name."""
        return Role(self.role).label if self.role else ""

    @property
    def org_kind(self) -> str:
        """Kind of the organisation acted for, '' before one was chosen."""
        return self.kind

    @property
    def is_agency(self) -> bool:
        """Whether a regulator acts."""
        return self.kind == OrgKind.AGENCY

    @property
    def is_provider(self) -> bool:
        """Whether a provider acts."""
        return self.kind == OrgKind.PROVIDER

    @property
    def is_enterprise(self) -> bool:
        """Whether an enterprise acts."""
        return self.kind == OrgKind.ENTERPRISE

    @property
    def is_of_few(self) -> bool:
        """Whether at most some thousand enterprises are open to it: one county's, or contracts'."""
        return not self.is_agency or len(self.region_lo) >= COUNTY_DIGITS

    @property
    def is_of_province(self) -> bool:
        """Whether a regulator of a whole province acts."""
        return self.is_agency and len(self.region_lo) <= PROVINCE_DIGITS

    def may(self, perm: str) -> bool:
        """Say whether the role has `perm`; the system may do what its tasks do.

        A deputy has all duties of the role but those that hand out rights.
        """
        if self.deputy_for is not None and perm in NOT_FOR_DEPUTIES:
            return False
        return self.is_system or allows(self.role, perm)

    def scope(self) -> tuple[str, ...]:
        """Return the database settings in the order of `common.scope.KEYS`."""
        own = str(self.org_id or "")
        return (
            str(self.user_id or ""),
            own,
            self.region_lo,
            self.region_hi,
            own if self.is_provider else "",
            own if self.is_enterprise else "",
            ":".join(map(str, self.orgs)) if self.is_enterprise else "",
        )


PROVINCE_DIGITS = 2
COUNTY_DIGITS = 6  # of a county's region code; what is below has more
SYSTEM = Actor(
    kind=OrgKind.AGENCY, region_lo=EVERYWHERE[0], region_hi=EVERYWHERE[1], is_system=True
)


def signed_in(user_id: int, name: str = "") -> Actor:
    """A user who has chosen nothing yet: sees his own memberships only."""
    return Actor(user_id=user_id, user_name=name)


def region_range(code: str) -> tuple[str, str]:
    """Return [lo, hi) of all codes that begin with `code`."""
    return code, code + ":"


def actor_for(membership: "Membership") -> Actor:
    """Return the actor of one active membership; its organisation is loaded with it."""
    org = membership.org
    agency: Agency | None = getattr(org, "agency", None) if org.kind == OrgKind.AGENCY else None
    lo, hi = region_range(agency.region_code) if agency else ("", "")
    return Actor(
        user_id=membership.user_id,
        membership_id=membership.pk,
        org_id=org.pk,
        kind=org.kind,
        role=membership.role,
        region_lo=lo,
        region_hi=hi,
        user_name=membership.person_name,
        org_name=org.name,
        is_training=org.is_training,
        deputy_for=membership.deputy_for_id,
        former_orgs=tuple(org.former_ids),
    )


def entering_for(actor: Actor, enterprise_org_id: int) -> Actor:
    """Return `actor` as he enters for an enterprise: its reach and no other, under his own name.

    Made by `enterprises.entering` alone, which says who may enter what.
    """
    return replace(
        actor,
        org_id=enterprise_org_id,
        kind=OrgKind.ENTERPRISE,
        role=Role.PRINCIPAL,
        region_lo="",
        region_hi="",
        user_name=f"{actor.user_name}（代录）",
        is_entering=True,
    )


def system_for(agency: "Agency") -> Actor:
    """Return the system working for one agency, within that agency's region."""
    lo, hi = region_range(agency.region_code)
    return Actor(
        org_id=agency.pk,
        kind=OrgKind.AGENCY,
        region_lo=lo,
        region_hi=hi,
        org_name=agency.org.name,
        is_training=agency.org.is_training,
        is_system=True,
    )
