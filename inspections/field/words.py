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
# What a phone sends, as people call it.
NAMES = {
    "accuracy": "精度",
    "assignment": "任务",
    "base": "所改的版本",
    "basis": "依据",
    "body": "内容",
    "category": "类别",
    "clause_code": "条款",
    "deadlines": "整改期限",
    "description": "描述",
    "device": "手机",
    "drawing": "标注",
    "due_on": "期限",
    "emergency_plan": "应急预案",
    "enterprise": "企业",
    "entry": "隐患库条目",
    "files": "文件",
    "hazard": "隐患",
    "id": "编号",
    "is_refused": "拒绝整改",
    "item": "检查项",
    "kind": "类别",
    "latitude": "纬度",
    "longitude": "经度",
    "made_at": "操作时间",
    "measure": "措施",
    "member": "人员",
    "members": "检查人员",
    "new_due_on": "再次期限",
    "note": "说明",
    "officers": "执法人员",
    "operation": "所选的操作",
    "operations": "操作",
    "part": "检查内容",
    "place": "部位",
    "place_count": "处数",
    "points": "轨迹点",
    "position": "位置",
    "purpose": "用途",
    "reason": "原因",
    "refusal_reason": "拒签原因",
    "representative_name": "现场负责人",
    "representative_post": "职务",
    "result": "结果",
    "risk": "风险",
    "risk_point": "风险点",
    "risk_points": "风险点",
    "seconds": "时长",
    "sent_at": "发送时间",
    "sequence": "次序",
    "severity": "等级",
    "sha256": "哈希",
    "size": "大小",
    "subcategory": "小类",
    "subject": "所属事项",
    "taken_at": "拍摄时间",
    "templates": "检查表",
    "text": "内容",
    "type": "文件类型",
    "visit": "检查",
    "witness_name": "见证人",
}
# Of an operation that does not stand, what its page shows.
SHOWN = (
    "result", "note", "place", "place_count", "description", "severity", "basis", "measure",
    "due_on", "reason", "new_due_on", "text", "risk", "representative_name", "representative_post",
    "refusal_reason", "witness_name",
)  # fmt: skip
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
    return [(NAMES[name], _text(row.body[name])) for name in SHOWN if row.body.get(name)]


def _text(value: Any) -> str:
    return CODES.get(value, value) if isinstance(value, str) else str(value)
