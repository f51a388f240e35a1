"""Names of places, firms and people, and the words of hazards: drawn once, then dealt out.

The words of a hazard are those of the demonstration, which fit the firm's trade.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from inspections import demo_text
from inspections.demo_text import Firm
from inspections.models import LibraryEntry, Severity
from tests.bench.data.copying import text

CITIES = ("石门", "唐岭", "临榆", "邯山", "邢台", "清苑", "宣府", "承德", "沧海", "廊坊", "衡湖")
FIRST = [
    "安平",
    "宁河",
    "永清",
    "大城",
    "文安",
    "固安",
    "香河",
    "临西",
    "清河",
    "威县",
    "平乡",
    "广宗",
    "新河",
    "巨鹿",
    "隆尧",
    "柏乡",
    "内丘",
    "任泽",
    "南和",
    "景州",
]
LAST = ("县", "区", "市", "县")
STREETS = ["珠江道", "黄河道", "长江路", "建设路", "和平里", "新华", "桥东", "桥西", "裕华", "胜利"]
TOWNS = [
    "城关",
    "榆关",
    "马庄",
    "李家集",
    "双塔",
    "东风",
    "石桥",
    "柳林",
    "白洋",
    "太平",
    "龙泉",
    "兴隆",
    "大营",
    "北戴",
    "龙王庙",
]
SOUNDS = [
    "恒",
    "瑞",
    "鑫",
    "华",
    "盛",
    "泰",
    "宏",
    "达",
    "兴",
    "隆",
    "永",
    "昌",
    "嘉",
    "祥",
    "金",
    "润",
    "丰",
    "源",
    "顺",
    "通",
    "信",
    "德",
    "和",
    "凯",
]
PROVIDER_NAMES = ["冀安", "渤海", "燕赵", "太行", "滦河", "京畿", "中安", "国泰", "长城", "白洋"]
# (trade, what such firms make, weight, risk factors): the industries of domain.md 5.3.
KINDS = (
    ("机械", "机械制造", 22, "机械伤害、触电、起重伤害", "机械配件"),
    ("机械", "铸造", 8, "灼烫、机械伤害、粉尘爆炸", "铸件"),
    ("轻工", "食品", 14, "液氨、有限空间、触电", "食品、速冻"),
    ("轻工", "家具", 10, "木粉尘、火灾、机械伤害", "家具、板材"),
    ("轻工", "塑料制品", 10, "火灾、机械伤害", "塑料、注塑"),
    ("建材", "混凝土", 12, "有限空间、车辆伤害、高处坠落", "商品混凝土"),
    ("商贸", "物流", 10, "车辆伤害、火灾", "仓储"),
    ("纺织", "纺织", 7, "火灾、机械伤害", "棉纱"),
    ("有色", "铝业", 3, "灼烫、煤气、机械伤害", "铝型材"),
    ("冶金", "金属材料", 4, "煤气、灼烫、起重伤害", "冷轧板"),
)
VARIANTS = 24  # of each entry's words within a trade
MAJOR_SHARE = 0.035


@dataclass(frozen=True, slots=True)
class HazardWords:
    """One hazard's words, each as COPY reads it."""

    entry: str
    category: str
    subcategory: str
    severity: str
    basis: str
    clause: str
    place: str
    description: str
    measure: str
    mended: str
    failed: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of firm, with what can be found there."""

    industry: str
    noun: str
    weight: int
    risks: str
    products: str
    general: tuple[HazardWords, ...]
    major: tuple[HazardWords, ...]

    def hazard(self, rng: Random) -> HazardWords:
        """Draw a finding; few are major."""
        return rng.choice(self.major if rng.random() < MAJOR_SHARE else self.general)


@dataclass(frozen=True, slots=True)
class Words:
    """All that is dealt out."""

    kinds: tuple[Kind, ...]
    people: tuple[str, ...]
    clauses: frozenset[str]


def draw_words(seed: int, clauses: frozenset[str]) -> Words:
    """Return the words of a level; `clauses` are the codes that the rule book has."""
    rng = Random(f"words-{seed}")
    entries = list(LibraryEntry.objects.filter(is_retired=False).order_by("code"))
    kinds = tuple(_kind(rng, row, entries, clauses) for row in KINDS)
    people = tuple(sorted({demo_text.person_name(rng) for _ in range(4_000)}))
    return Words(kinds, people, clauses)


def _kind(
    rng: Random,
    row: tuple[str, str, int, str, str],
    entries: Sequence[LibraryEntry],
    clauses: frozenset[str],
) -> Kind:
    industry, noun, weight, risks, products = row
    firm = Firm(industry, hints=f"{products} {risks}", staff=48, special_operators=4)
    found: dict[str, list[HazardWords]] = {"general": [], "major": []}
    for entry in entries:
        if demo_text.can_occur(entry.code, firm):
            drawn = [_hazard(rng, entry, firm, clauses) for _ in range(VARIANTS)]
            found[entry.severity] += drawn
    general = tuple(found["general"])
    return Kind(industry, noun, weight, risks, products, general, tuple(found["major"]) or general)


def _hazard(rng: Random, entry: LibraryEntry, firm: Firm, clauses: frozenset[str]) -> HazardWords:
    words = demo_text.hazard_text(rng, entry, firm)
    clause = entry.clause_code if entry.clause_code in clauses else ""
    return HazardWords(
        text(entry.code), text(entry.category), text(entry.subcategory),
        Severity(entry.severity).value, text(entry.basis[:300]), clause, text(words.place[:100]),
        text(words.description), text(words.measure), text(words.rectification_note),
        text(words.rectification_failed_reason[:500]),
    )  # fmt: skip


def city_name(number: int) -> str:
    """Return the name of a city, from 0."""
    return f"{CITIES[number]}市"


def county_name(number: int) -> str:
    """Return the name of a county, from 0; no two are the same among 80 × 2."""
    turn, at = divmod(number, len(FIRST))
    return f"{('', '新', '东', '西', '南', '北')[turn]}{FIRST[at]}{LAST[number % len(LAST)]}"


def town_name(number: int) -> str:
    """Return the name of a township, from 0: streets first; counties share names, as they do."""
    if number < 4:
        return f"{STREETS[number]}街道"
    return f"{TOWNS[number - 4]}镇"


def firm_name(rng: Random, county: str, kind: Kind) -> str:
    """Return the name of a firm that is nobody's."""
    sounds = rng.choice(SOUNDS) + rng.choice(SOUNDS)
    suffix = rng.choice(("有限公司", "有限公司", "有限责任公司", "厂", "股份有限公司"))
    return f"{county[:-1]}{sounds}{kind.noun}{suffix}"
