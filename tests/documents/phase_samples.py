"""The papers that end a phase: the usual one, the longest that is likely, and the barest."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from inspections.documents import EnterpriseHead, StaffMember
from inspections.documents.reports import (
    AcceptanceSheetDocument,
    AttendanceLine,
    ConclusionDocument,
    CriterionLine,
    DeadlineProofDocument,
    EnterpriseReportDocument,
    MajorReportDocument,
    MeetingRecordDocument,
    ProjectReportDocument,
    ProofDay,
    ReportedHazard,
    ReportedTrace,
    ReportedVisit,
    ReportFigure,
    ReportHead,
    SheetRow,
)
from tests.documents.samples import AGENCY, CHINA, CONTRACT, EVIL_NAME, LONG_NAME, PROVIDER, TEAM

BATCH = "2026年第一批100家规下企业"
REPORT_NUMBER = "安泰服报〔2026〕37号"
CLOSED_ON = date(2026, 8, 14)
FIRM = EnterpriseHead(
    name=LONG_NAME,
    credit_code="91130301MA0ABCDE1X",
    address="河北省秦皇岛市经济技术开发区珠江道街道长江东道甲3号院2号厂房",
    industry="建材",
    scale="规模以下",
    principal_name="李建军",
    phone="0335-8050000",
)
BARE_FIRM = EnterpriseHead("某某有限公司", "91130301MA0ABCDE1X")
BARE_LEAD = StaffMember("张立国")
HEAD = ReportHead(
    training=True,
    provider_name=PROVIDER,
    agency_name=AGENCY,
    **CONTRACT,
    batch_name=BATCH,
    enterprise=FIRM,
    lead=TEAM[0],
    closed_on=CLOSED_ON,
)
BARE_HEAD = replace(HEAD, training=False, enterprise=BARE_FIRM, lead=BARE_LEAD)
CRITERIA = (
    ("应急管理局掌握企业的基本信息和安全底数", "符合", "七项内容齐全"),
    (
        "掌握隐患排查及整改情况，重大隐患第一时间掌握",
        "符合",
        "排查8项，销号6项，重大1项，报告均及时",
    ),
    ("“三项制度”符合目前法定标准", "符合", "责任制、规章制度、操作规程已按岗位修订并发布"),
    ("应急预案符合目前法定标准", "不符合", "预案2021年发布，未随产线改造修订，无现场处置方案"),
    ("教育培训符合目前法定标准", "符合", "全员一人一档，三级教育有记录和考核"),
    ("落实《河北省安全生产风险管控与隐患治理规定》", "符合", "均已完成"),
    ("特种作业人员持证上岗", "不符合", "王建国低压电工作业证已过期或未复审"),
    (
        "完成河北省“互联网+安全生产”系统、秦皇岛市“智慧安监”系统的企业基本信息、台账和风险分布图等录入工作",
        "不符合",
        "未完成：风险分布图录入",
    ),
    ("企业重大危险源有效监管", "不涉及", "档案明确为“无”"),
)
LINES = tuple(CriterionLine(n, *words) for n, words in enumerate(CRITERIA, start=1))
OWED_LINES = tuple(replace(line, result="待核查", note="") for line in LINES)
FAULTS = (
    ("配电室", "未设置挡鼠板，电缆沟盖板缺失两块，配电柜前堆放纸箱，影响操作和疏散"),
    ("机加工车间3号冲床", "传动皮带轮防护罩缺失，急停按钮失灵"),
    ("喷漆房", "未设置可燃气体报警装置，排风机未使用防爆型"),
    ("污水池（有限空间）", "未设置警示标志和管理牌，作业审批记录缺失，未配备气体检测仪"),
    ("危险化学品库", "油漆与稀释剂混放，未张贴安全标签，温湿度没有记录"),
    ("原料库", "灭火器压力不足4具，疏散通道堆放货物"),
    ("叉车作业区", "叉车未按期检验，行车路线未划线"),
    ("搅拌车间", "除尘管道积灰未清扫，未建立清扫记录"),
)
TRACES = (
    ("三项制度", "安全生产责任制", "安全生产规章制度", "安全操作规程"),
    ("双控机制", "风险辨识", "隐患清单和台账", "专项整治三年行动台账"),
    ("应急", "生产安全事故应急预案", "应急演练"),
    ("教育培训", "关键岗位人员培训", "全员岗位培训档案"),
    ("有限空间", "有限空间辨识、评估和台账"),
    (
        "一图一表一帐一平台",
        "一图（安全风险分布图）",
        "一表（风险管控表）",
        "一帐（隐患排查治理台账）",
    ),
    (
        "一平台（河北省“互联网+安全生产”）",
        "企业基本信息录入",
        "台账录入",
        "风险分布图录入",
    ),
    ("一平台（秦皇岛市“智慧安监”）", "企业基本信息录入", "台账录入", "风险分布图录入"),
)


def moment(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


def hazard(position: int) -> ReportedHazard:
    place, description = FAULTS[position % len(FAULTS)]
    is_open = position % 4 == 0
    return ReportedHazard(
        number=f"KFQ-2026-{position:05d}",
        place=place,
        description=description,
        severity="重大" if position % 8 == 2 else "一般",
        due_on=date(2026, 7, 8) + timedelta(days=position % 20),
        state="整改中" if is_open else "已销号",
        rechecked_on=None if is_open else date(2026, 7, 30),
    )


def traces() -> tuple[ReportedTrace, ...]:
    return tuple(
        ReportedTrace(group, name, "已完成", date(2026, 7, 6), "王海燕")
        if name != "风险分布图录入"
        else ReportedTrace(group, name, "进行中", None, "王海燕")
        for group, *names in TRACES
        for name in names
    )


def enterprise_report(hazards: int = 8) -> EnterpriseReportDocument:
    found = tuple(hazard(n) for n in range(1, hazards + 1))
    still = [item for item in found if item.state != "已销号"]
    return EnterpriseReportDocument(
        head=HEAD,
        facts=(
            ("统一社会信用代码", FIRM.credit_code),
            ("所属行业", FIRM.industry),
            ("地址", FIRM.address),
            ("主要产品", "加气混凝土砌块、干混砂浆、环保装饰板材"),
            ("员工人数", "86人"),
            ("安全管理人员数量", "2人"),
            ("特种作业人员数量", "7人"),
            ("主要风险因素", "机械伤害、触电、粉尘、有限空间、车辆伤害"),
            ("有无重大隐患", "有，1项"),
            ("坐标", "北纬39.941200，东经119.512300"),
        ),
        visits=(
            ReportedVisit(date(2026, 6, 18), "摸底排查", "张立国、王海燕", "3.5"),
            ReportedVisit(date(2026, 7, 6), "指导整改", "王海燕", "2.0"),
            ReportedVisit(date(2026, 7, 30), "复查验收", "张立国、王海燕", "1.8"),
        ),
        meetings=(
            "2026-06-08 动员会，参加人：李建军、周敏",
            "2026-07-15 培训会，参加人：周敏",
            "2026-08-12 总结会，未派人参加",
        ),
        soft_failed=(
            "应急预案未随生产工艺变化修订",
            "特种作业人员操作证复审没有台账",
            "外包检修未签订安全管理协议",
        ),
        soft_asked=42,
        hazards=found,
        majors=tuple(
            f"{item.number} {item.place}：2026-06-18 10:20发现，依据《工贸企业重大事故隐患判定标准》第四条，"
            f"书面报告2026-06-18 16:40（6小时20分），{item.state}"
            for item in found
            if item.severity == "重大"
        ),
        closed=len(found) - len(still),
        open=len(still),
        criteria=LINES,
        traces=traces(),
        troubles=tuple(
            f"{item.number} {item.place}：逾期未整改，期限{item.due_on}" for item in still
        ),
        advice=(
            *(f"对未销号的{item.place}隐患（{item.number}），按整改建议书落实" for item in still),
            "对照标准4完善：预案2021年发布，未随产线改造修订，无现场处置方案",
            "对照标准7完善：王建国低压电工作业证已过期或未复审",
        ),
    )


BARE_REPORT = EnterpriseReportDocument(
    head=BARE_HEAD,
    facts=(),
    visits=(),
    meetings=(),
    soft_failed=(),
    soft_asked=0,
    hazards=(),
    majors=(),
    closed=0,
    open=0,
    criteria=(),
    traces=(),
    troubles=(),
    advice=(),
)


def conclusion(word: str = "限期整改后通过", hazards: int = 2) -> ConclusionDocument:
    return ConclusionDocument(
        head=HEAD,
        conclusion=word,
        note="企业已制定整改计划并落实责任人，两项隐患待设备到货后完成。",
        report_number=REPORT_NUMBER,
        criteria=LINES,
        open_hazards=tuple(hazard(4 * n) for n in range(1, hazards + 1)),
        found=hazards + 6,
        closed=6,
    )


BARE_CONCLUSION = ConclusionDocument(
    head=BARE_HEAD,
    conclusion="通过",
    note="",
    report_number=REPORT_NUMBER,
    criteria=OWED_LINES,
    open_hazards=(),
    found=0,
    closed=0,
)


def major_report(**more: object) -> MajorReportDocument:
    words = {
        "training": True,
        "provider_name": PROVIDER,
        "agency_name": AGENCY,
        "enterprise": FIRM,
        "hazard_number": "KFQ-2026-00002",
        "place": "污水池（有限空间）",
        "description": "未对有限空间进行辨识，未设置警示标志；2名工人正准备下池清淤，未通风、未检测。",
        "criterion": "《工贸企业重大事故隐患判定标准》第十三条",
        "found_at": moment(6, 18, 10, 20),
        "noticed_at": moment(6, 18, 10, 45),
        "reported_at": moment(6, 18, 16, 45),
        "causes": "企业不了解有限空间管理要求，没有管理制度和审批流程。\n外包队伍未经培训即进场。",
        "harm": "池内可能积聚硫化氢和甲烷，可致中毒窒息，盲目施救会扩大伤亡。\n整改难度低，"
        "配齐检测、通风和防护用品并建立审批制度后即可消除，约需10日。",
        "treatment": "1．立即停止下池作业，封闭池口。\n2．辨识全部有限空间，建立台账，设置警示标志。\n"
        "3．配备四合一气体检测仪、机械通风和正压式呼吸器。\n4．制定作业审批制度并培训作业、监护人员。",
        "temporary_measures": "池口加盖上锁并设专人看护，整改前不安排任何下池作业。",
        "due_on": date(2026, 6, 28),
        "reporter": TEAM[0],
    }
    return MajorReportDocument(**{**words, **more})


BARE_MAJOR = major_report(
    training=False,
    enterprise=BARE_FIRM,
    criterion="",
    causes="",
    harm="",
    treatment="",
    temporary_measures="",
    reporter=BARE_LEAD,
)


def sheet_row(position: int) -> SheetRow:
    words = ["符合"] * 9
    words[8] = "不涉及"
    if position % 3 == 0:
        words[3] = "不符合"
    if position % 10 == 0:
        words[6] = "待核查"
    failed = position % 3 == 0
    return SheetRow(
        position=position,
        name=(LONG_NAME, f"秦皇岛海晟机械制造有限公司{position}分厂")[position % 2],
        town=("珠江道街道", "榆关镇", "渤海乡", "腾飞路街道")[position % 4],
        results=tuple(words),
        conclusion="限期整改后通过" if failed else "通过",
        notes=("标准4：预案未随产线改造修订，无现场处置方案",) if failed else (),
    )


def acceptance(rows: int = 100) -> AcceptanceSheetDocument:
    return AcceptanceSheetDocument(
        training=bool(rows),
        agency_name=AGENCY,
        provider_name=PROVIDER,
        contract_title=CONTRACT["contract_title"],
        batch_name=BATCH,
        made_at=moment(8, 14, 17, 30),
        criteria=tuple(text for text, _, _ in CRITERIA),
        rows=tuple(sheet_row(n) for n in range(1, rows + 1)),
    )


def project_report(**more: object) -> ProjectReportDocument:
    words = {
        "training": True,
        "provider_name": PROVIDER,
        "agency_name": AGENCY,
        **CONTRACT,
        "batch_name": BATCH,
        "period_from": date(2026, 6, 1),
        "period_until": date(2026, 8, 31),
        "figures": tuple(
            ReportFigure(*pair)
            for pair in (
                ("服务企业", "98家"),
                ("到场检查", "291次"),
                ("落实指导事项", "1764项"),
                ("查出隐患", "823项"),
                ("其中重大隐患", "6项"),
                ("已销号", "801项"),
                ("整改率", "97.3%"),
                ("曾逾期", "35项"),
                ("拒不整改", "2项"),
            )
        ),
        "conclusions": (
            ReportFigure("限期整改后通过", "17家"),
            ReportFigure("不通过（建议执法）", "2家"),
            ReportFigure("通过", "79家"),
        ),
        "categories": tuple(
            ReportFigure(name, f"{213 - 17 * n}项")
            for n, name in enumerate(
                ("用电用气", "机械防护", "消防设施", "教育培训", "特种设备", "有限空间", "应急预案")
                + ("安全标志", "危险化学品", "作业审批")
            )
        ),
        "towns": (
            ("珠江道街道", "41", "352", "347", "3"),
            ("腾飞路街道", "22", "181", "178", "1"),
            ("榆关镇", "23", "190", "181", "2"),
            ("渤海乡", "12", "100", "95", "0"),
        ),
        "meetings": (
            "2026-06-08 动员会 2026年社会化服务动员会，开发区管委会第一会议室，签到104人",
            "2026-07-15 培训会 有限空间和用电安全培训，开发区职教中心报告厅，签到131人",
            "2026-08-28 总结会 社会化服务总结会，开发区管委会第一会议室，签到97人",
        ),
        "withdrawn": (
            f"{LONG_NAME}（停产停业：2026年6月起停产，设备已封存）",
            "秦皇岛海晟机械制造有限公司（搬迁：迁至卢龙县）",
        ),
        "problems": "1．小微企业安全管理人员兼职多，制度照抄照搬。\n2．外包检修作业审批普遍缺失。",
        "suggestions": "1．按行业组织有限空间和用电专题培训。\n2．对限期整改的17家企业继续跟踪。",
        "lead": TEAM[0],
        "made_on": date(2026, 8, 31),
    }
    return ProjectReportDocument(**{**words, **more})


BARE_PROJECT = project_report(
    training=False,
    figures=(),
    conclusions=(),
    categories=(),
    towns=(),
    meetings=(),
    withdrawn=(),
    problems="",
    suggestions="",
    lead=BARE_LEAD,
)

HOLIDAYS = {date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27)} | {
    date(2026, 10, n) for n in range(1, 8)
}
MADE_UP = {date(2026, 9, 20), date(2026, 10, 10)}


def proof_days(start: date, days: int) -> tuple[ProofDay, ...]:
    """Day by day until `days` of them counted, by the notice for 2026."""
    found: list[ProofDay] = []
    day, number = start, 0
    while number < days:
        day += timedelta(days=1)
        kind, source = ("工作日", "") if day.weekday() < 5 else ("周末", "")
        if day in HOLIDAYS:
            kind, source = "放假", "2026年放假通知"
        elif day in MADE_UP:
            kind, source = "调休上班", "2026年放假通知"
        counts = kind in ("工作日", "调休上班")
        number += counts
        found.append(ProofDay(day, kind, number if counts else None, source))
    return tuple(found)


def deadline_proof(days: int = 20, *, is_provisional: bool = False) -> DeadlineProofDocument:
    start = date(2026, 12, 11) if is_provisional else date(2026, 9, 18)
    calendar = tuple(
        replace(item, source="放假通知未公布，暂定") if item.day.year > 2026 else item
        for item in proof_days(start, days)
    )
    return DeadlineProofDocument(
        training=not days,
        agency_name=AGENCY,
        provider_name=PROVIDER,
        subject=f"{BATCH}抽查验收",
        rule=f"复查验收完成之日起{days}个工作日内抽查；首日不计入",
        start_on=start,
        days=days,
        due_on=calendar[-1].day if calendar else start,
        is_provisional=is_provisional,
        calendar=calendar,
    )


def meeting_record(people: int = 12, absent: int = 3) -> MeetingRecordDocument:
    return MeetingRecordDocument(
        training=True,
        provider_name=PROVIDER,
        agency_name=AGENCY,
        contract_title=CONTRACT["contract_title"],
        batch_name=BATCH,
        kind="动员会",
        meeting_title="2026年安全生产社会化服务动员会" if people else "动员会",
        starts_at=moment(6, 8, 14),
        place="开发区管委会第一会议室" if people else "",
        host_name="刘勇" if people else "",
        agenda="1．应急管理局介绍服务安排。\n2．服务机构介绍检查流程和需要准备的资料。\n3．企业提问。"
        if people
        else "",
        minutes="会议明确服务时间为2026年6月至8月，检查分软件资料检查和现场隐患排查。\n"
        "各企业确定一名联络员，检查前三日接到通知。"
        if people
        else "",
        attendances=tuple(
            AttendanceLine(
                unit=(LONG_NAME, "秦皇岛海晟机械制造有限公司")[n % 2],
                person=("李建军", "周敏", "欧阳志强")[n % 3],
                post=("厂长", "安全管理人员", "")[n % 3],
                how=("扫码签到", "现场登记")[n % 2],
                signed_at=moment(6, 8, 13, 30) + timedelta(minutes=n % 30),
            )
            for n in range(people)
        ),
        absent=tuple(f"秦皇岛海晟机械制造有限公司{n}分厂" for n in range(1, absent + 1)),
    )


# The kind of a paper stands before the dash.
PHASE_PAPERS = {
    "enterprise_report": enterprise_report(),
    "enterprise_report-bare": BARE_REPORT,
    "enterprise_report-long": enterprise_report(14),
    "conclusion": conclusion(),
    "conclusion-bare": BARE_CONCLUSION,
    "conclusion-long": conclusion("不通过（建议执法）", 16),
    "major_report": major_report(),
    "major_report-bare": BARE_MAJOR,
    "acceptance": acceptance(18),
    "acceptance-bare": acceptance(0),
    "project_report": project_report(),
    "project_report-bare": BARE_PROJECT,
    "deadline_proof": deadline_proof(),
    "deadline_proof-bare": deadline_proof(0),
    "deadline_proof-provisional": deadline_proof(12, is_provisional=True),
    "meeting_record": meeting_record(),
    "meeting_record-bare": meeting_record(0, 0),
    "meeting_record-long": meeting_record(30, 20),
}
_EVIL_FIRM = replace(FIRM, name=EVIL_NAME)
_EVIL_HEAD = replace(HEAD, enterprise=_EVIL_FIRM)
EVIL = {
    "enterprise_report": replace(
        BARE_REPORT, head=_EVIL_HEAD, advice=(EVIL_NAME,), facts=(("地址", EVIL_NAME),)
    ),
    "conclusion": replace(BARE_CONCLUSION, head=_EVIL_HEAD, note=EVIL_NAME),
    "major_report": replace(BARE_MAJOR, place=EVIL_NAME, causes=f"甲\n{EVIL_NAME}"),
    "acceptance": replace(
        acceptance(0), rows=(replace(sheet_row(3), name=EVIL_NAME, notes=(EVIL_NAME,)),)
    ),
    "project_report": replace(BARE_PROJECT, problems=EVIL_NAME, withdrawn=(EVIL_NAME,)),
    "deadline_proof": replace(deadline_proof(1), subject=EVIL_NAME, rule=EVIL_NAME),
    "meeting_record": replace(meeting_record(0, 0), minutes=EVIL_NAME, absent=(EVIL_NAME,)),
}


def kind_of(name: str) -> str:
    """The template of a sample."""
    return name.partition("-")[0]
