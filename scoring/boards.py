"""What stands on the board and on the plate of an enterprise, as frozen content (domain.md 1.5).

The four colours are the grade of the points (红橙黄绿). They are not the national colours of risk,
and stand on the board under their own name.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from documents.photos import PhotoRef
from scoring.documents import COLOURS

LETTERS = {"A2": ("20pt", "15pt", "12pt"), "A4": ("9.6pt", "8pt", "8pt")}


def letter_size(size: str, rows: int) -> str:
    """A2 hangs on a wall as one sheet: the more rows, the smaller; A4 is to be read in the hand."""
    full, crowded, least = LETTERS[size]
    return full if rows <= 10 else crowded if rows <= 18 else least


@dataclass(frozen=True)
class BoardRisk:
    """One dangerous place: what may happen, how grave, what is done against it."""

    place: str
    risk: str
    level: str
    measure: str


@dataclass(frozen=True)
class BoardPerson:
    """One post of the safety organisation."""

    post: str
    name: str
    duty: str


@dataclass(frozen=True)
class BoardDocument:
    """风险告知公示栏: five blocks, and the version that hangs there."""

    training: bool
    agency_name: str
    enterprise_name: str
    version: int
    year: int
    colour: str
    graded_on: date
    risks: tuple[BoardRisk, ...]
    overview: tuple[tuple[str, str], ...]
    people: tuple[BoardPerson, ...]
    fire_plan: PhotoRef | None
    fire_words: str
    public_url: str
    made_on: date
    size: str  # A2 or A4
    title: str = "风险告知公示栏"

    @property
    def colour_class(self) -> str:
        """The CSS class of the grade."""
        return COLOURS[self.colour]

    @property
    def letter_size(self) -> str:
        """The size of its letters, for CSS."""
        return letter_size(self.size, len(self.risks) + len(self.people))


@dataclass(frozen=True)
class PlateContact:
    """Whom to call after an accident."""

    name: str
    phone: str
    duty: str


@dataclass(frozen=True)
class PlateDocument:
    """安全生产事故处理流程牌: what a small firm does after an accident, and whom it calls."""

    training: bool
    agency_name: str
    enterprise_name: str
    version: int
    steps: tuple[str, ...]
    report_items: tuple[str, ...]
    contacts: tuple[PlateContact, ...]
    public_url: str
    made_on: date
    size: str

    @property
    def letter_size(self) -> str:
        """The size of its letters, for CSS."""
        return letter_size(self.size, len(self.contacts))


# 事故快报要素: 生产安全事故报告和调查处理条例 第十二条 names what a report says; in our own words.
REPORT_ITEMS = (
    "事故单位的名称和基本情况",
    "发生的时间、地点和现场情况",
    "简要经过",
    "已经造成或者可能造成的伤亡人数（包括下落不明的人数）和初步估计的直接经济损失",
    "已经采取的措施",
    "其他应当报告的情况",
)
STEPS = (
    "立即停止作业，切断电源、气源，撤出危险区域的人员",
    "在保证自身安全的前提下抢救伤员，拨打120；发生火灾拨打119",
    "现场人员立即报告本单位负责人",
    "单位负责人接到报告后一小时内向县级以上应急管理部门和有关部门报告",
    "保护现场和证据，不得破坏、隐匿；因抢救需要移动物件的，做出标记、绘图、拍照并书面记录",
    "配合事故调查，落实整改，吸取教训",
)


def points_words(net: Decimal, year: int) -> str:
    """Say how the year stands, for the enterprise's own page."""
    return f"{year}年度累计{net}分"
