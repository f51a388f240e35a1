"""The kinds of papers of this app: name, content, template and number series (domain.md 4.1)."""

from documents.registry import Family, Paper
from inspections.documents import ServiceRecordDocument, SuggestionDocument
from inspections.documents.acceptance import ContractAcceptanceDocument
from inspections.documents.enforcement import (
    CheckPlanDocument,
    CheckRecordDocument,
    RecheckOpinionDocument,
    RectifyOrderDocument,
)
from inspections.documents.reports import (
    AcceptanceSheetDocument,
    ConclusionDocument,
    DeadlineNoticeDocument,
    DeadlineProofDocument,
    DrawNoticeDocument,
    EnterpriseReportDocument,
    MajorReportDocument,
    MeetingRecordDocument,
    ProjectReportDocument,
)


def _paper(
    kind: str,
    name: str,
    content: type,
    series: str = "",
    family: Family = Family.TABLE,
    is_served: bool = True,
) -> Paper:
    pattern = f"{series}〔{{year}}〕{{n}}号" if series else ""
    return Paper(kind, name, content, f"documents/{kind}.html", pattern, family, is_served)


_S, _E, _N = Family.SERVICE, Family.ENFORCEMENT, Family.NOTICE
PAPERS = (
    _paper("service_record", "社会化服务检查记录", ServiceRecordDocument, "{short}服检", _S),
    _paper("suggestion", "隐患整改建议书", SuggestionDocument, "{short}服建", _S),
    _paper("major_report", "重大事故隐患报告单", MajorReportDocument, "{short}重报", _S, False),
    _paper("enterprise_report", "情况报告", EnterpriseReportDocument, "{short}服报", _S),
    _paper("conclusion", "结论性意见", ConclusionDocument, "{short}服报", _S),
    _paper("project_report", "项目总结报告", ProjectReportDocument, "{short}服总", _S),
    _paper("meeting_record", "会议记录", MeetingRecordDocument),
    _paper("acceptance", "验收标准核查表", AcceptanceSheetDocument),
    _paper("deadline_proof", "期限推算表", DeadlineProofDocument),
    _paper("deadline_notice", "整改期限告知书", DeadlineNoticeDocument, "{short}应急告", _N),
    _paper("draw_notice", "抽查结果通报", DrawNoticeDocument, "{short}应急抽", _N),
    _paper(
        "contract_acceptance", "履约验收单", ContractAcceptanceDocument, "{short}应急验", _N, False
    ),
    _paper("check_plan", "现场检查方案", CheckPlanDocument, "（{short}）应急检查", _E, False),
    _paper("check_record", "现场检查记录", CheckRecordDocument, "（{short}）应急检记", _E),
    _paper("rectify_order", "责令限期整改指令书", RectifyOrderDocument, "（{short}）应急责改", _E),
    _paper("recheck_opinion", "整改复查意见书", RecheckOpinionDocument, "（{short}）应急复查", _E),
)
