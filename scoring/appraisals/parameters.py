"""What a scheme decides beside its indicators (domain.md 3.4, 3.5); all of it [proposal], so data."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

GRADES = {"A": "优秀", "B": "良好", "C": "合格", "D": "不合格"}


@dataclass(frozen=True, slots=True)
class SchemeParameters:
    """Shares of the three parties, limits of the grades, and the days of the way through.

    Days ending in `_workdays` are working days, others days of the calendar. Each is labelled in
    `LABELS`.
    """

    buyer_share: Decimal = Decimal("0.5")
    served_share: Decimal = Decimal("0.3")
    third_share: Decimal = Decimal("0.2")
    response_ratio: Decimal = Decimal("0.3")
    response_minimum: int = 10
    excellent_from: Decimal = Decimal(90)
    good_from: Decimal = Decimal(80)
    passed_from: Decimal = Decimal(60)
    self_workdays: int = 5
    scoring_workdays: int = 10
    objection_workdays: int = 5
    decision_workdays: int = 5
    publicity_workdays: int = 5
    near_metres: int = 500
    least_minutes: int = 30
    least_team: int = 2
    recheck_days: int = 10
    notice_hours: int = 2
    report_hours: int = 24
    returns_allowed: int = 1
    absences_for_veto: int = 3
    young_account_days: int = 30
    excellent_paid: Decimal = Decimal(1)
    good_paid: Decimal = Decimal(1)
    passed_paid: Decimal = Decimal(1)
    failed_paid: Decimal = Decimal(0)
    again_days: int = 180
    out_of_library_days: int = 365
    renewal_below: Decimal = Decimal(80)
    renewal_years: int = 2

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "SchemeParameters":
        """Return the parameters of a scheme: the defaults, with what it says otherwise.

        ValueError says what makes no sense.
        """
        found: dict[str, Any] = {
            one.name: _value(LABELS[one.name], type(one.default), data[one.name])
            for one in fields(cls)
            if one.name in data
        }
        made = cls(**found)
        made._check()
        return made

    def _check(self) -> None:
        if self.buyer_share + self.served_share + self.third_share != 1:
            raise ValueError("三方的权重合计应为1")
        if not self.buyer_share:
            raise ValueError("购买主体的权重应大于0")
        if self.response_ratio > 1:
            raise ValueError("最低回收比例应在0到1之间")
        if max(self.excellent_paid, self.good_paid, self.passed_paid, self.failed_paid) > 1:
            raise ValueError("支付比例应在0到1之间")
        if not 100 >= self.excellent_from > self.good_from > self.passed_from:
            raise ValueError("等次界限应依次降低：优秀、良好、合格")

    @property
    def as_data(self) -> dict[str, object]:
        """What a scheme stores: JSON values, decimals as text."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {n: str(v) if isinstance(v, Decimal) else v for n, v in values.items()}

    def grade_of(self, score: Decimal) -> str:
        """Return A to D for a score out of 100 (domain.md 3.5)."""
        limits = (("A", self.excellent_from), ("B", self.good_from), ("C", self.passed_from))
        return next((grade for grade, limit in limits if score >= limit), "D")

    def paid_share(self, grade: str, score: Decimal) -> Decimal:
        """Return what of a payment that waits for the evaluation is paid (3.5): C by its score."""
        if grade == "C":
            return self.passed_paid * score / 100
        return {"A": self.excellent_paid, "B": self.good_paid, "D": self.failed_paid}[grade]


LABELS = {
    "buyer_share": "购买主体权重", "served_share": "服务对象权重", "third_share": "第三方权重",
    "response_ratio": "问卷最低回收比例", "response_minimum": "问卷最低回收份数",
    "excellent_from": "优秀（A）起点", "good_from": "良好（B）起点", "passed_from": "合格（C）起点",
    "self_workdays": "自评工作日", "scoring_workdays": "评价工作日",
    "objection_workdays": "异议工作日", "decision_workdays": "决定工作日",
    "publicity_workdays": "公示工作日", "near_metres": "到场距离（米）",
    "least_minutes": "最短在场（分钟）", "least_team": "最少到场人数",
    "recheck_days": "复查期限（天）", "notice_hours": "重大隐患首报（小时）",
    "report_hours": "重大隐患书面报告（小时）", "returns_allowed": "允许退回修改次数",
    "absences_for_veto": "一票否决的应到未到次数", "young_account_days": "新账号提示（天）",
    "excellent_paid": "优秀的支付比例", "good_paid": "良好的支付比例",
    "passed_paid": "合格的支付比例（再乘以得分/100）", "failed_paid": "不合格的支付比例",
    "again_days": "合格的再次考评（天）", "out_of_library_days": "不合格的不得入库（天）",
    "renewal_below": "不再续签的分数线", "renewal_years": "连续几年低于分数线不再续签（0为不适用）",
}  # fmt: skip


def _value(label: str, kind: type, given: object) -> Any:
    try:
        value = Decimal(str(given))
    except ArithmeticError:
        raise ValueError(f"{label}应为数字") from None
    if not value.is_finite() or value < 0 or (kind is int and value % 1):
        raise ValueError(f"{label}应为不小于0的{'整数' if kind is int else '数'}")
    return int(value) if kind is int else value
