"""Who is there: agencies, people, providers, the enterprises of the list."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from random import Random

from django.contrib.auth.hashers import check_password, make_password

from accounts.models import User
from common.scope import acting_as
from config.demo.pictures import seal_picture
from documents.seals import approval_answer, approval_ask, seal_register
from enterprises.models import Enterprise
from enterprises.services import enterprise_save, enterprises_import, read_list, risk_point_add
from inspections.demo_text import person_name
from inspections.models import Visit
from inspections.services import Answers
from providers.services import provider_register
from scoring.services import rule_book_adopt
from tenancy.actors import SYSTEM, Actor, actor_for, system_for
from tenancy.enums import OrgKind, Role
from tenancy.models import Agency, Membership, Organization
from tenancy.services import agency_create, certificate_add, membership_create

LIST = Path(__file__).parent / "data" / "enterprise-list-2026.xlsx"
PASSWORD = "anfu-demo-2026"  # of a training county only; printed with the accounts
AGENCIES = (
    ("13", "河北省", "河北省应急管理厅（演示）", "冀"),
    ("1303", "秦皇岛市", "秦皇岛市应急管理局（演示）", "秦"),
    ("130371", "秦皇岛经济技术开发区", "秦皇岛经济技术开发区应急管理局（演示）", "秦开"),
    ("130371001", "珠江道街道", "珠江道街道应急管理办公室（演示）", "秦开珠"),
    ("130371002", "黄河道街道", "黄河道街道应急管理办公室（演示）", "秦开黄"),
    ("130371003", "孟家营街道", "孟家营街道应急管理办公室（演示）", "秦开孟"),
    ("130371004", "船厂路街道", "船厂路街道应急管理办公室（演示）", "秦开船"),
    ("130371100", "榆关镇", "榆关镇应急管理办公室（演示）", "秦开榆"),
)
PROVIDERS = (
    ("冀安泰安全技术服务有限公司（演示）", "冀安泰", "91130301MA0DEMA17W"),
    ("渤海卫安安全评价有限公司（演示）", "渤海卫安", "91130900MA0DEMA17D"),
)
PROVIDER_SEALED = (
    "service_record", "suggestion", "major_report", "enterprise_report", "conclusion", "project_report",
    "disclosure",
)  # fmt: skip
RISK_POINTS = (
    ("配电室", "触电"), ("危化品暂存间", "火灾、中毒"), ("冲压工位", "机械伤害"),
    ("空压机房", "容器爆炸"), ("叉车通道", "车辆伤害"), ("喷漆间", "火灾、爆炸"),
)  # fmt: skip
AGENCY_SEALED = (
    "deadline_notice", "draw_notice", "check_plan", "check_record", "rectify_order", "recheck_opinion",
    "expert_opinion",
)  # fmt: skip


@dataclass(slots=True)
class County:
    """The people that the story is about."""

    zone: Agency
    system: Actor
    admin: Actor
    officers: list[Actor]
    providers: list["Firm"] = field(default_factory=list)
    enterprises: list[Enterprise] = field(default_factory=list)
    principals: dict[int, Actor] = field(default_factory=dict)


@dataclass(slots=True)
class Firm:
    """One provider: its lead and its inspectors."""

    org: Organization
    lead: Actor
    inspectors: list[Actor]


def build_county(rng: Random, now: datetime) -> County:
    """Make the county as an operator and its administrators would, at the county's own time."""
    with acting_as(SYSTEM):
        agencies = {
            code: agency_create(
                region_code=code,
                region_name=region,
                name=name,
                short_name=short,
                is_training=True,
                training_now=now,
            )
            for code, region, name, short in AGENCIES
        }
    zone = agencies["130371"]
    hashed = make_password(PASSWORD)

    def person(org: Organization, role: Role, login: str, **more: str) -> Actor:
        with acting_as(SYSTEM):
            user = User.objects.create(username=login, name=person_name(rng), password=hashed)
            membership = membership_create(user=user, org=org, role=role, **more)
            membership = Membership.objects.select_related("org__agency", "user").get(
                pk=membership.pk
            )
            return actor_for(membership)

    county = County(
        zone=zone,
        system=system_for(zone),
        admin=person(zone.org, Role.AGENCY_ADMIN, "admin"),
        officers=[
            person(zone.org, Role.OFFICER, f"officer{n}", certificate_number=f"演示执法{n:04}")
            for n in (1, 2)
        ],
    )
    _certify(county)
    for code, agency in agencies.items():
        if len(code) == 9:
            person(
                agency.org,
                Role.OFFICER,
                f"town{code[-3:]}",
                certificate_number=f"演示执法{code[-3:]}",
            )
    with acting_as(county.admin):
        rule_book_adopt(actor=county.admin, agency=zone, version="v1", adopted_on=date(2026, 1, 1))
        _import(county)
    for number, (name, short, code) in enumerate(PROVIDERS, start=1):
        firm = _firm(county, person, number, name, short, code)
        county.providers.append(firm)
        manager = person(firm.org, Role.PROVIDER_ADMIN, f"manager-{'ab'[number - 1]}")
        _seal(firm.lead, manager, name, PROVIDER_SEALED, now)
    leader = person(zone.org, Role.AGENCY_LEADER, "leader")
    _seal(county.admin, leader, zone.org.name, AGENCY_SEALED, now)
    for enterprise in county.enterprises:
        login = f"firm{enterprise.credit_code[-6:].lower()}"
        org = _org(enterprise.enterprise_org_id)
        county.principals[enterprise.pk] = person(org, Role.PRINCIPAL, login)
    return county


def _certify(county: County) -> None:
    """The two officers' enforcement certificates."""
    with acting_as(county.admin):
        for number, officer in enumerate(county.officers, start=1):
            certificate_add(
                actor=county.admin,
                membership=Membership.objects.get(pk=officer.member),
                number=f"演示执法{number:04}",
                issued_by="河北省司法厅（演示）",
                valid_from=date(2024, 3, 1),
                valid_until=date(2029, 2, 28),
            )


def _seal(asks: Actor, grants: Actor, name: str, kinds: tuple[str, ...], now: datetime) -> None:
    """A picture of a seal, asked for by one person and granted by another."""
    with acting_as(asks):
        seal = seal_register(actor=asks, name=f"{name[:20]}公章", image=seal_picture(name))
        approval = approval_ask(
            actor=asks,
            seal=seal,
            kinds=kinds,
            reason="社会化服务项目文书",
            valid_from=now.date(),
            valid_until=date(2026, 12, 31),
        )
    with acting_as(grants):
        approval_answer(actor=grants, approval=approval, is_granted=True)


def _import(county: County) -> None:
    result = read_list(
        agency=county.zone, content=LIST.read_bytes(), filename=LIST.name, answers={}
    )
    outcome = enterprises_import(actor=county.admin, agency=county.zone, result=result)
    if not outcome.is_written:
        raise RuntimeError(f"the demonstration's list is not good: {outcome.rejected[:3]}")
    county.enterprises = list(Enterprise.objects.order_by("id"))
    for enterprise in county.enterprises:
        _place(county, enterprise)


def _place(county: County, enterprise: Enterprise) -> None:
    """Give an enterprise its place on the map, opening hours and risk points; the same every time."""
    rng = Random(enterprise.credit_code)
    enterprise.latitude = Decimal(f"{39.90 + rng.random() / 20:.6f}")
    enterprise.longitude = Decimal(f"{119.50 + rng.random() / 20:.6f}")
    if rng.random() < 0.3:
        enterprise.opens_at, enterprise.closes_at = time(rng.choice((8, 9))), time(17, 30)
    enterprise_save(actor=county.admin, enterprise=enterprise)
    for place, risk in rng.sample(RISK_POINTS, k=rng.choice((0, 1, 1, 2))):
        risk_point_add(actor=county.admin, enterprise=enterprise, place=place, risk=risk)


def risk_points_ok(visit: Visit) -> Answers:
    """Return the answers to an enterprise's own risk points: all in order."""
    return dict.fromkeys(visit.risk_points.values_list("pk", flat=True), ("ok", ""))


def _org(pk: int | None) -> Organization:
    with acting_as(SYSTEM):
        return Organization.objects.get(pk=pk or 0)


def _firm(county: County, person, number: int, name: str, short: str, code: str) -> Firm:  # type: ignore[no-untyped-def]
    with acting_as(county.admin):
        provider = provider_register(
            actor=county.admin, name=name, short_name=short, credit_code=code
        )
    org = _org(provider.org_id)
    mark = "ab"[number - 1]
    qualified = {"qualification": "中级注册安全工程师"}
    return Firm(
        org=org,
        lead=person(
            org,
            Role.PROJECT_LEAD,
            f"lead-{mark}",
            certificate_number=f"演示注安{number}00",
            **qualified,
        ),
        inspectors=[
            person(
                org,
                Role.INSPECTOR,
                f"inspector-{mark}{n}",
                certificate_number=f"演示注安{number}{n:02}",
                **qualified,
            )
            for n in range(1, 5 if number == 1 else 3)
        ],
    )


def sign_ins() -> list[tuple[str, str, str]]:
    """Return (sign-in name, organisation, role) of the offices' people who sign in with PASSWORD.

    Whoever has set another, or is of no training organisation, is not told: it would not be true.
    Enterprises' principals are too many; their names follow a rule.
    """
    with acting_as(SYSTEM):
        rows = Membership.objects.in_force().filter(org__is_training=True)
        rows = rows.exclude(org__kind=OrgKind.ENTERPRISE).select_related("user", "org")
        people = list(rows.order_by("pk"))
    hashes = {row.user.password for row in people}
    theirs = {one for one in hashes if check_password(PASSWORD, one)}
    return [
        (row.user.username, row.org.name, row.get_role_display())
        for row in people
        if row.user.is_active and row.user.password in theirs
    ]
