"""An operation in the words of the people who have to deal with it."""

from typing import Any

from inspections.models import Answer, FieldOperation, Severity

KINDS = {
    "visit.start": "开始检查",
    "track": "轨迹",
    "answer": "检查结果",
    "hazard.add": "登记隐患",
    "hazard.change": "修改隐患",
    "hazard.remove": "撤回隐患",
    "recheck": "复查",
    "files": "照片或语音",
    "note": "过程控制记录",
    "risk_point": "风险点",
    "visit.sign": "签字",
    "visit.refuse": "拒签",
    "settle": "选定版本",
    "order": "责令限期整改",
}
FIELDS = {
    "result": "结果",
    "note": "说明",
    "place": "部位",
    "place_count": "处数",
    "description": "描述",
    "severity": "等级",
    "basis": "依据",
    "measure": "措施",
    "due_on": "期限",
    "reason": "原因",
    "new_due_on": "再次期限",
    "text": "内容",
    "risk": "风险",
    "representative_name": "现场负责人",
    "representative_post": "职务",
    "refusal_reason": "拒签原因",
    "witness_name": "见证人",
}
CODES: dict[str, str] = {
    **{str(value): str(label) for value, label in Answer.Result.choices},
    **{str(value): str(label) for value, label in Severity.choices},
    "passed": "已整改",
    "failed": "未整改",
}


def kind_words(kind: str) -> str:
    """Return what a kind of operation is called."""
    return KINDS.get(kind, kind)


def words_of(row: FieldOperation) -> list[tuple[str, str]]:
    """Return [(name, what was typed)] of an operation."""
    return [(FIELDS[name], _text(row.body[name])) for name in FIELDS if row.body.get(name)]


def _text(value: Any) -> str:
    return CODES.get(value, value) if isinstance(value, str) else str(value)
