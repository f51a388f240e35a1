"""Who can see and do what, as of a day: one organisation's people, the files opened to providers,
and everybody who can see one enterprise or one contract. For audits.

Memberships and grants keep their days and can be read as of any; factors, sign-ins and what was put
into a person's hands are kept as they are now only, and the list says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from agencies.access import EVERY_CONTRACT
from agencies.models import (
    Assignment,
    AssignmentUserObjectPermission,
    ContractUserObjectPermission,
    ServiceContract,
)
from enterprises.models import Enterprise
from tenancy.actors import Actor
from tenancy.models import Agency, Grant, Membership, OfficerCertificate
from tenancy.perm_words import duties


@dataclass(frozen=True, slots=True)
class Person:
    """One membership as it stood on the day."""

    membership: Membership
    duties: list[str]
    certificates: list[str]
    has_factor: bool
    assignments: int
    contracts: int

    @property
    def role_words(self) -> str:
        """The role, and for a deputy in whose place and how long."""
        row = self.membership
        if not row.deputy_for_name:
            return row.get_role_display()
        span = f"{row.valid_from:%Y-%m-%d}至{row.valid_until:%Y-%m-%d}"
        return f"{row.get_role_display()}（代{row.deputy_for_name}，{span}）"


@dataclass(frozen=True, slots=True)
class Opened:
    """The files that one contract opened to one provider."""

    provider: str
    reason: str
    enterprises: int
    starts_on: date
    ends_on: date | None


def memberships_on(org_id: int, day: date) -> QuerySet[Membership]:
    """Return who belonged to an organisation at the end of a day, deputies in their days."""
    end = timezone.make_aware(datetime.combine(day, time.max))
    rows = Membership.objects.filter(org_id=org_id, joined_at__lte=end)
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__gt=end))
    in_period = Q(valid_from__lte=day, valid_until__gte=day)
    return rows.filter(Q(deputy_for=None) | in_period).select_related("user")


def people_on(org_id: int, day: date) -> list[Person]:
    """Return everybody of an organisation with what he may do; a fixed number of statements."""
    rows = list(memberships_on(org_id, day).order_by("role", "user__name", "pk"))
    users, ids = {row.user_id for row in rows}, [row.pk for row in rows]
    factors = set(
        Authenticator.objects.filter(user__in=users)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .values_list("user_id", flat=True)
    )
    certificates = _certificates(ids, day)
    assigned = _counted(AssignmentUserObjectPermission.objects.filter(membership__in=ids))
    given = _counted(ContractUserObjectPermission.objects.filter(membership__in=ids))
    return [
        Person(
            row, duties(row.role, is_deputy=row.deputy_for_id is not None),
            certificates.get(row.pk, []), row.user_id in factors,
            assigned.get(row.deputy_for_id or row.pk, 0), given.get(row.deputy_for_id or row.pk, 0),
        )
        for row in rows
    ]  # fmt: skip


def _counted(grants: "QuerySet[Any]") -> dict[int, int]:
    return dict(grants.values_list("membership").annotate(Count("pk")).order_by())


def _certificates(ids: Sequence[int], day: date) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = OfficerCertificate.objects.filter(
        membership__in=ids, revoked_at=None, valid_from__lte=day, valid_until__gte=day
    )
    for row in rows.order_by("number"):
        words = f"执法证{row.number}（至{row.valid_until:%Y-%m-%d}）"
        found.setdefault(row.membership_id, []).append(words)
    return found


def grants_on(day: date) -> QuerySet[Grant]:
    """Return what was open on a day: the actor's region's, or of a provider its own."""
    end = timezone.make_aware(datetime.combine(day, time.max))
    rows = Grant.objects.filter(starts_on__lte=day)
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=day))
    return rows.filter(Q(ended_at=None) | Q(ended_at__gt=end))


def opened_on(day: date) -> list[Opened]:
    """Return the open files, a line for each provider and contract."""
    rows = grants_on(day).values("org", "org__name", "reason").order_by("org__name", "reason")
    summed = rows.annotate(
        number=Count("subject_id", distinct=True), first=Min("starts_on"), last=Max("ends_on")
    )
    return [
        Opened(row["org__name"], row["reason"], row["number"], row["first"], row["last"])
        for row in summed
    ]


@dataclass(frozen=True, slots=True)
class Seers:
    """Everybody who could see one enterprise's file on a day."""

    agencies: list[Agency]
    own_people: list[Membership]
    grants: list[Grant]
    inspectors: list[Assignment]


def seers_of(actor: Actor, enterprise: Enterprise, day: date, grants_day: date) -> Seers:
    """Return who can see a file: regulators of the region, providers by grant, who goes there.

    Of other organisations the list names the body, not its people: those are its own to list.
    """
    code = enterprise.region_code
    above = [code[:n] for n in range(2, len(code) + 1)]
    agencies = Agency.objects.filter(region_code__in=above).select_related("org")
    grants = grants_on(grants_day).filter(subject_id=enterprise.pk).select_related("org")
    assigned = Assignment.objects.filter(enterprise=enterprise, withdrawn_at=None)
    assigned = assigned.exclude(inspector_name="").select_related("batch__contract__provider_org")
    return Seers(
        list(agencies.order_by("region_code", "pk")),
        list(memberships_on(actor.org, day).order_by("role", "user__name")),
        list(grants.order_by("starts_on", "pk")),
        list(assigned.order_by("pk")),
    )


@dataclass(frozen=True, slots=True)
class Seer:
    """One line of who can see a contract: a body, or a person of one's own."""

    who: str
    what: str
    why: str
    since: date | None = None
    until: date | None = None


def seers_of_contract(
    actor: Actor, contract: ServiceContract, day: date, grants_day: date
) -> list[Seer]:
    """Return who can see a contract and who acts on it; six statements, however many they are.

    Of other organisations the body is named, and of the provider those whom it sends.
    """
    code = contract.region_code
    above = [code[:n] for n in range(2, len(code) + 1)]
    agencies = Agency.objects.filter(region_code__in=above).select_related("org")
    return [
        *(
            Seer(
                one.org.name,
                "采购和监管" if one.pk == contract.owner_agency_id else "查看",
                "合同的采购单位" if one.pk == contract.owner_agency_id else "属地在其辖区内",
            )
            for one in agencies.order_by("region_code", "pk")
        ),
        *_own_seers(actor, contract, day),
        *_provider_seers(contract, grants_day),
    ]


def _own_seers(actor: Actor, contract: ServiceContract, day: date) -> list[Seer]:
    held = ContractUserObjectPermission.objects.filter(content_object=contract)
    given = set(held.values_list("membership", flat=True))
    is_own = actor.org_id == contract.owner_agency_id
    found = []
    for row in memberships_on(actor.org, day).order_by("role", "user__name", "pk"):
        always = is_own and row.role in EVERY_CONTRACT
        added = (row.deputy_for_id or row.pk) in given
        why = "管理员和负责人总能处理" if always else "已加入本合同" if added else "本机关人员"
        found.append(
            Seer(
                f"{row.person_name}（{row.get_role_display()}）",
                "处理" if always or added else "查看", why, row.valid_from, row.valid_until,
            )
        )  # fmt: skip
    return found


def _provider_seers(contract: ServiceContract, day: date) -> list[Seer]:
    if contract.provider_org is None or contract.state == ServiceContract.State.DRAFT:
        return []
    name, terms = contract.provider_org.name, (contract.starts_on, contract.ends_on)
    served = Assignment.objects.filter(batch__contract=contract, withdrawn_at=None)
    firms = served.values("enterprise")
    opened = grants_on(day).filter(org=contract.provider_org_id, subject_id__in=firms)
    files = opened.aggregate(n=Count("pk"), first=Min("starts_on"), last=Max("ends_on"))
    sent = served.exclude(inspector_name="").values("inspector_name").order_by("inspector_name")
    found = [Seer(name, "履行合同", "合同的服务机构", *terms)]
    if files["n"]:
        words = f"查看企业档案 {files['n']} 家"
        found.append(Seer(name, words, f"合同{contract.number}", files["first"], files["last"]))
    return found + [
        Seer(f"{name} {row['inspector_name']}", f"到场检查 {row['n']} 家", "由机构安排（现在）")
        for row in sent.annotate(n=Count("pk"))
    ]
