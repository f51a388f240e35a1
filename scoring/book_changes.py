"""What a rule book changes against another: clauses that are new, gone or different, parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from scoring.points import Parameters
from scoring.rulebook import ClauseData

LABELS = {
    "aspect": "方面", "item_name": "记分事项", "text": "情形", "points": "分值",
    "legal_basis": "依据", "check_method": "检查方法", "discretion": "裁量基准",
    "is_reducible": "可减免", "is_on_site_waivable": "当场改正可免记", "is_major": "重大隐患条款",
    "max_units": "最多项（处）", "is_referred": "同时移送执法", "variants": "情节",
}  # fmt: skip
PARAMETERS = {
    "t_report": "抄报分值", "t_veto": "一票否决分值", "t_training_hint": "提示培训分值",
    "yellow_from": "黄色起点", "orange_from": "橙色起点", "red_from": "红色起点",
    "timely_share": "按期整改减免比例", "on_site_waiver": "当场改正免记",
    "training_points": "每次培训减分", "training_sessions": "每周期培训次数上限",
    "reduction_cap": "每周期减免上限", "repeat_factor": "再次出现的倍数",
    "overdue_factor": "逾期加处的倍数", "refusal_surcharge": "拒绝检查加处",
    "assistant_may_second": "第二人可为协助人员", "appeal_days": "陈述申辩工作日",
    "decision_days": "答复工作日", "training_due_days": "强制培训期限（天）",
    "veto_years": "一票否决延续年数",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: of a clause's field, or of a parameter."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """What became of one clause: new (no `before`), gone (no `after`), or different."""

    code: str
    before: ClauseData | None
    after: ClauseData | None
    changes: tuple[Change, ...] = ()

    @property
    def text(self) -> str:
        """The clause's words, the newer ones if there are any."""
        found = self.after or self.before
        return found.text if found else ""

    @property
    def points_moved(self) -> Decimal:
        """How many points one entry costs more (or, negative, less)."""
        before = self.before.points if self.before else Decimal(0)
        after = self.after.points if self.after else Decimal(0)
        return after - before


def words(value: object) -> str:
    """Return a value as people read it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None:
        return "不限"
    if isinstance(value, tuple):
        return "；".join(f"{label} {points}分" for label, points in value) or "无"
    return str(value) or "无"


def clause_changes(before: Sequence[ClauseData], after: Sequence[ClauseData]) -> list[ClauseChange]:
    """Return what differs, in the order of the clauses."""
    old = {clause.code: clause for clause in before}
    new = {clause.code: clause for clause in after}
    order = sorted({*old, *new}, key=lambda code: tuple(map(int, code.split("."))))
    found = []
    for code in order:
        was, now = old.get(code), new.get(code)
        changes = _fields(was, now) if was and now else ()
        if changes or was is None or now is None:
            found.append(ClauseChange(code, was, now, changes))
    return found


def _fields(was: ClauseData, now: ClauseData) -> tuple[Change, ...]:
    names = (one.name for one in fields(ClauseData) if one.name in LABELS)
    pairs = ((name, getattr(was, name), getattr(now, name)) for name in names)
    return tuple(
        Change(LABELS[name], words(old), words(new)) for name, old, new in pairs if old != new
    )


def parameter_changes(before: Mapping[str, object], after: Mapping[str, object]) -> list[Change]:
    """Return which parameters differ."""
    old, new = Parameters.of(before), Parameters.of(after)
    return [
        Change(label, words(getattr(old, name)), words(getattr(new, name)))
        for name, label in PARAMETERS.items()
        if getattr(old, name) != getattr(new, name)
    ]
