"""Which acts of the log are events for outside systems, under which name, and where they are seen.

The log is the only source: an act that is recorded is an event, and there is nothing to forget.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: its name, what people call it, and the acts of the log that it stands for."""

    name: str
    label: str
    group: str
    acts: tuple[str, ...]


TEST = "webhook.test"
KINDS = (
    Kind("hazard.issued", "隐患确认并交底", "隐患", ("hazard.issue",)),
    Kind("hazard.submitted", "企业提交整改", "隐患", ("hazard.submit",)),
    Kind("hazard.returned", "复查未通过，退回", "隐患", ("hazard.send_back",)),
    Kind("hazard.closed", "隐患销号", "隐患", ("hazard.close", "hazard.close_on_site")),
    Kind("hazard.overdue", "隐患逾期", "隐患", ("hazard.overdue",)),
    Kind("hazard.major_reported", "重大隐患书面报告", "隐患", ("hazard.major_report",)),
    Kind("extension.asked", "申请延期", "隐患", ("extension.ask",)),
    Kind("extension.granted", "同意延期", "隐患", ("extension.grant",)),
    Kind("extension.refused", "不同意延期", "隐患", ("extension.refuse",)),
    Kind("event.reported", "投诉举报受理", "检查", ("complaint.receive",)),
    Kind("visit.signed", "现场检查签字", "检查", ("visit.sign",)),
    Kind("visit.refused", "企业拒绝签字", "检查", ("visit.refuse",)),
    Kind("batch.assigned", "批次指派企业", "合同和任务", ("servicebatch.assign",)),
    Kind("assignment.withdrawn", "企业退出任务", "合同和任务", ("assignment.withdraw",)),
    Kind("assignment.accepted", "企业验收", "合同和任务", ("assignment.accept",)),
    Kind("assignment.concluded", "企业办结", "合同和任务", ("assignment.conclude",)),
    Kind("contract.activated", "合同生效", "合同和任务", ("servicecontract.activate",)),
    Kind("contract.completed", "合同完成", "合同和任务", ("servicecontract.complete",)),
    Kind("contract.terminated", "合同终止", "合同和任务", ("servicecontract.terminate",)),
    Kind("payment.approved", "付款批准", "合同和任务", ("paymentdecision.approve",)),
    Kind("document.issued", "签发文书", "文书", ("document.issue",)),
    Kind("document.voided", "作废文书", "文书", ("document.void",)),
    Kind("document.received", "文书签收", "文书", ("document.receipt",)),
    Kind("points.given", "记分单签字", "记分和考评", ("pointsheet.sign", "pointsheet.refuse")),
    Kind("points.revoked", "撤销记分", "记分和考评", ("points.revoke",)),
    Kind("appraisal.decided", "考评定级", "记分和考评", ("appraisal.decide",)),
    Kind("appraisal.published", "考评公布", "记分和考评", ("appraisal.publish",)),
    Kind("standing.decided", "机构状态决定", "记分和考评", ("standingdecision.decide",)),
    Kind("standing.lifted", "机构状态解除", "记分和考评", ("standingdecision.lift",)),
)
BY_ACT = {act: kind for kind in KINDS for act in kind.acts}
LABELS = {kind.name: kind.label for kind in KINDS} | {TEST: "测试事件"}
# The page of a subject, where it has one of its own; beside it, where others than an agency go.
PAGES = {
    "agencies.assignment": "inspections:assignment",
    "agencies.paymentdecision": "agencies:payment",
    "agencies.servicebatch": "agencies:batch",
    "agencies.servicecontract": "agencies:contract",
    "documents.document": "documents:paper",
    "inspections.complaint": "inspections:complaint",
    "inspections.hazard": "inspections:hazard",
    "inspections.visit": "inspections:visit",
    "providers.standingdecision": "providers:standing",
    "scoring.appraisal": "scoring:appraisal",
    "scoring.pointsheet": "scoring:sheet",
}
PAGES_OF_OTHERS = {
    ("provider", "scoring.appraisal"): "scoring:own-appraisal",
    ("provider", "inspections.complaint"): "",
    ("enterprise", "agencies.assignment"): "",
    ("enterprise", "inspections.visit"): "",
    ("enterprise", "inspections.complaint"): "",
    ("enterprise", "scoring.pointsheet"): "",
}

# Where a program reads the subject, with the scope for it; of some, not every kind of organisation.
RECORDS = {
    "agencies.assignment": "api:assignment",
    "agencies.paymentdecision": "api:payment",
    "agencies.servicebatch": "api:batch",
    "agencies.servicecontract": "api:contract",
    "documents.document": "api:document",
    "inspections.hazard": "api:hazard",
    "inspections.visit": "api:visit",
    "providers.standingdecision": "api:standing-decision",
    "scoring.appraisal": "api:appraisal",
}
RECORDS_OF_ENTERPRISES = ("documents.document", "inspections.hazard")


def record_of(org_kind: str, subject_type: str) -> str:
    """Return the name of the address where a program of an organisation reads a subject, or ''."""
    if org_kind == "enterprise" and subject_type not in RECORDS_OF_ENTERPRISES:
        return ""
    return RECORDS.get(subject_type, "")


def page_of(org_kind: str, subject_type: str) -> str:
    """Return the name of the page on which a kind of organisation sees a subject, or ''."""
    return PAGES_OF_OTHERS.get((org_kind, subject_type), PAGES.get(subject_type, ""))


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the kinds by group, as a form's choices."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in KINDS:
        groups.setdefault(kind.group, []).append((kind.name, f"{kind.label}　{kind.name}"))
    return list(groups.items())
