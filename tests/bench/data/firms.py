"""The enterprises of one county: their files, their principals, certificates and risk points."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from common import credit_code
from common.encrypted import keys
from common.pinyin import name_words
from documents.models import DeliveryConsent
from enterprises.models import Enterprise, RiskPoint, SpecialOperationCertificate
from enterprises.services import search_text
from tenancy.enums import OrgKind, Role
from tenancy.models import Organization
from tests.bench.data.copying import Sheet, text, uuid7_text
from tests.bench.data.levels import AS_OF, BLOCK
from tests.bench.data.tree import JOINED, Body, Person, member_sheet, user_sheet
from tests.bench.data.words import STREETS, Kind, Words, firm_name

RISK_POINTS = (
    ("配电室", "触电"), ("危化品暂存间", "火灾、中毒"), ("冲压工位", "机械伤害"),
    ("空压机房", "容器爆炸"), ("叉车通道", "车辆伤害"), ("喷漆间", "火灾、爆炸"),
)  # fmt: skip
FOUNDED = AS_OF.replace(year=2021, month=3)
FOUNDED_MS = int(FOUNDED.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Firm:
    """An enterprise as the rows about it need it; text is as COPY reads it."""

    pk: str
    org: str
    town: str
    name: str
    code: str
    kind: Kind
    principal: Person


class Firms:
    """Writes the files of a county; `number` is the county's, from 1."""

    def __init__(self, number: int, county: Body, towns: Sequence[Body], rng: Random) -> None:
        self._base, self._county, self._towns, self._rng = number * BLOCK, county, towns, rng
        keeper = {"owner_agency_id": county.pk, "provider_org_id": None}
        self._orgs = Sheet(Organization, "id kind name credit_code created_at", is_training=True)
        self._users, self._members = user_sheet(), member_sheet()
        self._files = Sheet(
            Enterprise,
            "id region_code enterprise_org_id name credit_code industry address products "
            "employee_count safety_manager_count special_operator_count principal_name phone "
            "risk_factors major_installation latitude longitude search_text",
            created_at=FOUNDED, updated_at=FOUNDED, **keeper,
        )  # fmt: skip
        self._points = Sheet(
            RiskPoint, "id region_code enterprise_org_id enterprise_id place risk",
            recorded_by_name="监管人员", recorded_at=FOUNDED, **keeper,
        )  # fmt: skip
        self._certificates = Sheet(
            SpecialOperationCertificate,
            "id region_code enterprise_org_id enterprise_id holder_name number_end category "
            "valid_until search_text",
            recorded_by_name="监管人员", recorded_at=FOUNDED, **keeper,
        )  # fmt: skip
        self._consents = Sheet(
            DeliveryConsent, "id region_code enterprise_org_id signer_name recorded_by_id",
            signed_on=FOUNDED.date(), contact="13400000000", recorded_by_name="监管人员",
            recorded_at=FOUNDED, **keeper,
        )  # fmt: skip

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """What is to be copied."""
        return (self._orgs, self._users, self._members, self._files, self._points,
                self._certificates, self._consents)  # fmt: skip

    def build(self, count: int, words: Words) -> list[Firm]:
        """Make so many firms, spread over the townships."""
        weights = [kind.weight for kind in words.kinds]
        kinds = self._rng.choices(words.kinds, weights, k=count)
        return [self._firm(self._base + n, kind, words) for n, kind in enumerate(kinds, start=1)]

    def _firm(self, pk: int, kind: Kind, words: Words) -> Firm:
        rng, key = self._rng, str(pk)
        name = firm_name(rng, self._county.name.removesuffix("应急管理局"), kind)
        first = f"91{self._county.code:0<6}MA{pk % 10_000_000:07d}"
        code = first + credit_code.check_digit(first)
        town = rng.choice(self._towns).code
        principal = Person(pk, pk, rng.choice(words.people))
        self._orgs.add(key, OrgKind.ENTERPRISE, name, code, JOINED)
        self._users.add(key, f"firm{pk}", principal.name)
        self._members.add(key, key, key, Role.PRINCIPAL, "")
        self._file(key, town, name, code, kind, principal)
        self._registers(key, town, principal)
        return Firm(key, key, town, name, code, kind, principal)

    def _file(
        self, key: str, town: str, name: str, code: str, kind: Kind, principal: Person
    ) -> None:
        rng = self._rng
        staff = max(3, int(rng.lognormvariate(3.4, 0.9)))
        self._files.add(
            key, town, key, name, code, kind.industry,
            f"{rng.choice(STREETS)}{rng.randint(1, 400)}号", kind.products, str(staff),
            str(max(1, staff // 60)), str(staff // 15), principal.name,
            keys().close(f"13{rng.randrange(10**9):09d}"), kind.risks, "none" if rng.random() < 0.97 else "watched",
            f"{37 + rng.random() * 4:.6f}", f"{114 + rng.random() * 5:.6f}",
            text(search_text(name, code, principal.name)),
        )  # fmt: skip

    def _registers(self, key: str, town: str, principal: Person) -> None:
        rng = self._rng
        if rng.random() < 0.4:
            place, risk = rng.choice(RISK_POINTS)
            pk = uuid7_text(FOUNDED_MS, rng.getrandbits(74))
            self._points.add(pk, town, key, key, place, risk)
        if rng.random() < 0.3:
            until = f"202{rng.randint(5, 9)}-{rng.randint(1, 12):02d}-15"
            ending = f"{rng.randrange(10**6):06d}"
            self._certificates.add(
                key, town, key, key, principal.name, ending, "电工作业", until,
                name_words(principal.name),
            )  # fmt: skip
        if rng.random() < 0.6:
            pk = uuid7_text(FOUNDED_MS, rng.getrandbits(74))
            clerk = self._county.people["officer"][0].membership
            self._consents.add(pk, town, key, principal.name, str(clerk))
