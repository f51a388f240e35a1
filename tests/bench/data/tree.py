"""The agencies of the province, the providers, and the people of both."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from django.contrib.auth.hashers import get_hasher
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from common import credit_code
from common.scope import acting_as
from providers.models import Provider
from scoring.models import RuleClause
from scoring.services import rule_book_adopt
from tenancy.actors import SYSTEM
from tenancy.enums import OrgKind, Role
from tenancy.models import Agency, Membership, OfficerCertificate, Organization
from tests.bench.data import words
from tests.bench.data.copying import NULL, Sheet, copy_all, text
from tests.bench.data.levels import AS_OF, YEARS, Level

PASSWORD = "anfu-bench-2026"  # of training agencies on one machine only
STAFF = (
    (Role.AGENCY_ADMIN, 1), (Role.AGENCY_LEADER, 1), (Role.OFFICER, 4), (Role.ASSISTANT, 1),
)  # fmt: skip
PROVIDER_STAFF = ((Role.PROVIDER_ADMIN, 1), (Role.PROJECT_LEAD, 4), (Role.INSPECTOR, 40))
JOINED = text(AS_OF.replace(year=2021, month=1))
PROVINCE = "13"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the rows name him: membership, user, name as COPY reads it."""

    membership: int
    user: int
    name: str


@dataclass(slots=True)
class Body:
    """An agency or a provider with its people by role."""

    pk: int
    code: str
    name: str
    people: dict[str, list[Person]] = field(default_factory=dict)


@dataclass(slots=True)
class Tree:
    """Who governs and who serves. `towns` are those of a county, by the county's number from 1."""

    province: Body
    counties: list[Body] = field(default_factory=list)
    towns: dict[int, list[Body]] = field(default_factory=dict)
    providers: list[Body] = field(default_factory=list)
    clauses: dict[str, int] = field(default_factory=dict)  # {code: id} of the rule book


class Register:
    """Gives ids and writes the small tables: organisations, agencies, users, memberships."""

    def __init__(self, rng: Random, people: tuple[str, ...]) -> None:
        self._rng, self._names = rng, people
        self.orgs = Sheet(Organization, "id kind name credit_code created_at", is_training=True)
        self.agencies = Sheet(
            Agency, "org_id parent_id region_code region_name short_name", training_now=AS_OF
        )
        self.providers = Sheet(Provider, "org_id short_name registered_by_id created_at")
        self.users = user_sheet()
        self.members = member_sheet()
        self.certificates = Sheet(
            OfficerCertificate, "id membership_id org_id number", issued_by="省司法厅",
            valid_from="2023-01-01", valid_until="2028-12-31",
        )  # fmt: skip
        self._orgs = self._people = 0

    def agency(
        self, code: str, parent: int | None, region: str, office: str = "应急管理局"
    ) -> Body:
        """One regulator of a region, with its people."""
        self._orgs += 1
        pk, name = self._orgs, f"{region}{office}"
        self.orgs.add(str(pk), OrgKind.AGENCY, f"{name}（{code}）", NULL, JOINED)
        short = region[:2] + code[-3:]
        self.agencies.add(str(pk), text(parent), code, region, short)
        body = Body(pk, code, name)
        staff = ((Role.OFFICER, 1),) if len(code) > 6 else STAFF
        prefix = code if office == "应急管理局" or len(code) > 6 else f"{code}b"
        self._staff(body, prefix, staff)
        for number, officer in enumerate(body.people[Role.OFFICER], start=1):
            row = (str(officer.membership), str(officer.membership), str(pk))
            self.certificates.add(*row, f"{prefix}-{number:03d}")
        return body

    def provider(self, number: int, registrar: int) -> Body:
        """One provider with its people."""
        self._orgs += 1
        pk = self._orgs
        names = words.PROVIDER_NAMES
        short = f"{names[number % len(names)]}{['安全技术', '安全评价', '应急咨询'][number // len(names) % 3]}"
        first = f"91130000MA8P{number:05d}"
        code = first + credit_code.check_digit(first)
        self.orgs.add(str(pk), OrgKind.PROVIDER, f"{short}服务有限公司", code, JOINED)
        self.providers.add(str(pk), short, str(registrar), JOINED)
        body = Body(pk, f"p{number + 1:02d}", f"{short}服务有限公司")
        self._staff(body, body.code, PROVIDER_STAFF)
        return body

    def _staff(self, body: Body, prefix: str, staff: tuple[tuple[Role, int], ...]) -> None:
        for role, count in staff:
            body.people[role] = [
                self._person(body, role, f"{prefix}-{role}{number}")
                for number in range(1, count + 1)
            ]

    def _person(self, body: Body, role: Role, login: str) -> Person:
        self._people += 1
        pk, name = str(self._people), self._rng.choice(self._names)
        self.users.add(pk, login, name)
        self.members.add(pk, pk, str(body.pk), role, f"证{self._people:06d}")
        return Person(self._people, self._people, name)

    def copy(self) -> int:
        """Write all of it."""
        return copy_all((self.orgs, self.agencies, self.providers, self.users, self.members,
                         self.certificates))  # fmt: skip


def user_sheet() -> Sheet:
    """Users who may all sign in with one password; hashed once, for a level has 300,000 of them."""
    hashed = get_hasher().encode(PASSWORD, "bench-data-has-one-salt")
    return Sheet(
        User, "id username name", password=hashed, date_joined=JOINED, is_superuser=False,
        password_changed_at=timezone.now(),
    )  # fmt: skip


def member_sheet() -> Sheet:
    """Their memberships."""
    return Sheet(
        Membership, "id user_id org_id role certificate_number", joined_at=JOINED,
        qualification="注册安全工程师",
    )  # fmt: skip


def build_tree(level: Level, seed: int, people: tuple[str, ...]) -> Tree:
    """Write the agencies, providers and their people; adopt the rule book."""
    register = Register(Random(f"tree-{seed}"), people)
    tree = Tree(register.agency(PROVINCE, None, "河北省"))
    register.agency(PROVINCE, None, "河北省", "安全生产委员会办公室")
    for number, (code, name, parent) in enumerate(_counties(level, register, tree), start=1):
        county = register.agency(code, parent, name)
        register.agency(code, parent, name, "安全生产委员会办公室")
        tree.counties.append(county)
        tree.towns[number] = [
            register.agency(f"{code}{at + 1:03d}", county.pk, words.town_name(at), "应急管理办公室")
            for at in range(level.towns)
        ]
    tree.providers = [register.provider(n, tree.province.pk) for n in range(level.providers)]
    with connection.as_owner(), transaction.atomic():
        register.copy()
    tree.clauses = _rule_book(tree.province)
    return tree


def _counties(level: Level, register: Register, tree: Tree) -> Iterator[tuple[str, str, int]]:
    """Yield (code, name, parent) of each county, after its city was made."""
    number = 0
    for at in range(level.cities):
        city = register.agency(f"{PROVINCE}{at + 1:02d}", tree.province.pk, words.city_name(at))
        for within in range(level.counties * (at + 1) // level.cities - number):
            yield f"{city.code}{within + 21}", words.county_name(number + within), city.pk
        number = level.counties * (at + 1) // level.cities


def _rule_book(province: Body) -> dict[str, int]:
    with acting_as(SYSTEM):
        book = rule_book_adopt(
            actor=SYSTEM, agency=Agency.objects.get(pk=province.pk), version="v1",
            adopted_on=AS_OF.date().replace(year=YEARS[0], month=1, day=1),
        )  # fmt: skip
        return dict(RuleClause.objects.filter(book=book).values_list("code", "pk"))
