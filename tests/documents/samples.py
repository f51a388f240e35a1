"""Believable papers with what breaks layouts: long names, HTML, formulas, nothing at all."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from PIL import Image

from documents.frozen import content_sha256
from inspections.documents import (
    ChecklistResult,
    EnterpriseHead,
    FoundHazard,
    LedgerDocument,
    LedgerHead,
    LedgerRow,
    LedgerTotals,
    Picture,
    Refusal,
    ServiceRecordDocument,
    Signature,
    StaffMember,
    SuggestedHazard,
    SuggestionDocument,
)
from scoring.appraisals.documents import AppraisalDocument, AppraisalIndicator
from scoring.documents import (
    ColourCount,
    PointsSheetDocument,
    PointsSheetRow,
    PointsSummaryDocument,
    PointsSummaryRow,
    PointsSummaryTotals,
    TopClause,
    VersionMark,
)

CHINA = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 6, 18, 9, 5, tzinfo=CHINA)
LONG_NAME = "秦皇岛经济技术开发区渤海湾新型环保建筑装饰材料科技发展股份有限责任公司第二分公司"
EVIL_NAME = '=HYPERLINK("x")<b>恶意</b>&有限公司'
AGENCY, PROVIDER = "秦皇岛经济技术开发区应急管理局", "河北安泰安全技术服务有限公司"
CONTRACT = {"contract_number": "QKY-2026-001", "contract_title": "2026年安全生产社会化服务"}
FIRM = EnterpriseHead(
    LONG_NAME, "91130301MA0ABCDE1X", "珠江道街道3号", "建材", "小型", "李建军", "0335-8050000"
)
TEAM = (
    StaffMember("张立国", "注册安全工程师", "AQ20190012345"),
    StaffMember("王海燕", "安全评价师", "S011032000"),
)


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (90, 120, 60)).save(out, kind)
    return out.getvalue()


SIGNATURE = Signature("李建军", "厂长", AT, picture())
REFUSAL = Refusal("对等级有异议", "王海燕", AT)


def ledger_row(position: int) -> LedgerRow:
    is_closed = position % 3 > 0
    return LedgerRow(
        position=position,
        number=f"ZY-2026-{position:05d}",
        enterprise_name=(LONG_NAME, EVIL_NAME)[position % 2],
        credit_code="91130301MA0ABCDE1X",
        region="珠江道街道（130371001）",
        industry="机械",
        found_on=date(2026, 6, 18),
        found_by="张立国（服务机构）",
        place="配电室",
        description="未设置挡鼠板，电缆沟盖板缺失",
        category="现场管理→设备设施",
        severity="重大" if position % 10 == 0 else "一般",
        basis="安全生产法第三十六条第一款",
        photos_before=2,
        measure="按规范设置挡鼠板、补齐盖板",
        responsible_unit=(LONG_NAME, EVIL_NAME)[position % 2],
        responsible_person="李建军",
        cost=Decimal("1200.50") if is_closed else None,
        due_on=date(2026, 7, 8),
        emergency_plan="",
        rectified_on=date(2026, 7, 1) if is_closed else None,
        photos_after=1,
        rechecked_by="王海燕" if is_closed else "",
        rechecked_on=date(2026, 7, 3) if is_closed else None,
        recheck_result="已整改" if is_closed else "",
        listing="",
        closed_on=date(2026, 7, 3) if is_closed else None,
        state="已销号" if is_closed else "整改中",
        overdue="未逾期",
        note="",
    )


def ledger(rows: int, *, training: bool = True) -> LedgerDocument:
    head = LedgerHead(
        agency_name=AGENCY,
        **CONTRACT,
        provider_name=PROVIDER,
        period_from=date(2026, 6, 1),
        period_until=date(2026, 8, 31),
        made_at=AT,
        input_sha256="ab12" * 16,
        training=training,
        totals=LedgerTotals(found=rows, closed=rows * 2 // 3, overdue=0, major=rows // 10),
    )
    return LedgerDocument(head, tuple(ledger_row(n) for n in range(1, rows + 1)))


def service_record(hazards: int = 3, *, is_refused: bool = False) -> ServiceRecordDocument:
    return ServiceRecordDocument(
        training=True,
        provider_name=PROVIDER,
        agency_name=AGENCY,
        **CONTRACT,
        enterprise=FIRM,
        visit_kind="摸底排查",
        arrived_at=AT,
        left_at=AT + timedelta(minutes=95, seconds=59),
        position="北纬 39.941200，东经 119.512300",
        team=TEAM,
        checklists=(ChecklistResult("通用检查表", "v1", 30, 6, 4),),
        hazards=tuple(
            FoundHazard(n, f"ZY-{n}", "车间", "防护罩缺失", "一般", "", None)
            for n in range(1, hazards + 1)
        ),
        process_note="查看培训档案",
        signature=None if is_refused else SIGNATURE,
        refusal=REFUSAL if is_refused else None,
    )


def suggestion(hazards: int = 2) -> SuggestionDocument:
    return SuggestionDocument(
        training=True,
        provider_name=PROVIDER,
        agency_name=AGENCY,
        **CONTRACT,
        enterprise=FIRM,
        inspected_on=date(2026, 6, 18),
        team=TEAM,
        lead=TEAM[0],
        issued_on=date(2026, 6, 19),
        hazards=tuple(suggested(n) for n in range(1, hazards + 1)),
    )


def suggested(position: int) -> SuggestedHazard:
    return SuggestedHazard(
        position=position,
        number=f"ZY-{position}",
        place="机加工车间" + EVIL_NAME,
        description="传动皮带轮防护罩缺失",
        severity="重大" if position == 1 else "一般",
        basis="安全生产法第三十六条",
        measure="加装固定式防护罩",
        due_on=date(2026, 7, 8),
        photos=(Picture("整改前", "a" * 64, picture("JPEG")),),
    )


def points_sheet(*, is_refused: bool = False) -> PointsSheetDocument:
    return PointsSheetDocument(
        training=True,
        agency_name=AGENCY,
        enterprise=FIRM,
        officers=(StaffMember("刘勇", "", "13030100123"), StaffMember("孙敏", "", "13030100124")),
        inspected_at=AT,
        inspected_until=None,
        place="生产区",
        rule_book=VersionMark("记分表", "v1", is_proposal=True),
        cycle="2026年度",
        rows=(
            PointsSheetRow(
                "10.1", "预案无现场处置措施", "无卸料措施", Decimal("0.5"), True, None, 1
            ),
        ),
        total_now=Decimal("0.5"),
        total_before=Decimal("11.5"),
        total_after=Decimal("12"),
        colour_after="红",
        reduction_notes=(),
        enterprise_opinion="",
        signature=None if is_refused else SIGNATURE,
        refusal=REFUSAL if is_refused else None,
    )


def summary_row(position: int) -> PointsSummaryRow:
    points = (Decimal("0.5"), Decimal(1), Decimal(0), Decimal(2), Decimal("1.5"))
    return PointsSummaryRow(
        position=position,
        enterprise_name=EVIL_NAME,
        credit_code="91130301MA0ABCDE1X",
        town="珠江道街道",
        industry="机械",
        inspections=2,
        by_aspect=points,
        gross=sum(points),
        waived=0,
        timely_reduction=Decimal(1),
        training_reduction=Decimal(0),
        reduction=Decimal(1),
        surcharge=Decimal(0),
        net_before=Decimal(0),
        net=Decimal(4),
        colour="黄",
        is_at_12=False,
        is_at_18=False,
        open_entries=1,
    )


def points_summary(enterprises: int = 3) -> PointsSummaryDocument:
    return PointsSummaryDocument(
        training=True,
        agency_name=AGENCY,
        provider_name=PROVIDER,
        **CONTRACT,
        cycle="2026年度",
        period_from=date(2026, 6, 1),
        period_until=date(2026, 8, 31),
        made_at=AT,
        input_sha256="ab12" * 16,
        rule_book=VersionMark("记分表", "v1", is_proposal=True),
        aspects=("基础管理", "隐患排查", "应急管理", "其他管理", "作业现场"),
        rows=tuple(summary_row(n) for n in range(1, enterprises + 1)),
        totals=PointsSummaryTotals(
            enterprises=enterprises,
            inspected=enterprises,
            coverage="100.0%",
            entries=enterprises * 4,
            gross=Decimal(5) * enterprises,
            waived=0,
            reduction=Decimal(enterprises),
            surcharge=Decimal(0),
            net=Decimal(4) * enterprises,
            mean=Decimal(4),
            median=Decimal(4),
            at_12=0,
            at_18=0,
            timely_rate="80.0%",
            refusals=0,
        ),
        colours=(ColourCount("绿", "0—2.5", 0), ColourCount("黄", "3—5.5", enterprises)),
        top_clauses=(TopClause("15.2", "防护装置缺失", 3, Decimal(3)),),
    )


def indicator(code: str, weight: int, score: str | None) -> AppraisalIndicator:
    is_measured = score is not None
    return AppraisalIndicator(
        code=code,
        group="过程质量" if code.startswith("B") else "评价",
        name="任务完成率",
        weight=Decimal(weight),
        point="按期检查与计划之比",
        scoring="按比例计分",
        method="系统数据",
        numerator=Decimal(294) if is_measured else None,
        denominator=Decimal(300) if is_measured else None,
        deduction="",
        score=Decimal(score) if score is not None else None,
        unmeasured_reason="" if is_measured else "尚无问卷",
    )


def appraisal(veto_reason: str = "") -> AppraisalDocument:
    return AppraisalDocument(
        training=True,
        agency_name=AGENCY,
        provider_name=PROVIDER,
        **CONTRACT,
        period_from=date(2026, 6, 1),
        period_until=date(2026, 8, 31),
        made_at=AT,
        input_sha256="ab12" * 16,
        scheme=VersionMark("绩效考评指标", "v1", is_proposal=True),
        indicators=(
            indicator("B1", 40, "36"),
            indicator("B3", 40, "38"),
            indicator("F1", 20, None),
        ),
        measured_weight=Decimal(80),
        raw_score=Decimal(74),
        score=Decimal("92.50"),
        grade="D" if veto_reason else "A",
        veto_reason=veto_reason,
    )


PAPERS = {
    "ledger": ledger(12),
    "service_record": service_record(),
    "suggestion": suggestion(),
    "points_sheet": points_sheet(),
    "points_summary": points_summary(),
    "appraisal": appraisal(),
}


def context(content: object, **more: object) -> dict[str, object]:
    return {
        "content": content,
        "title": "文书",
        "number": "安泰服建〔2026〕12号",
        "content_sha256": content_sha256(content),
        "issued_at": AT,
        "check_url": "https://example.test/check/abcdefghijklmnop/",
    } | more
