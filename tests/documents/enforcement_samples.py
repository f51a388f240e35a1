"""Enforcement papers and notices: the usual one, the longest that is likely, and the barest."""

import hashlib
import io
from dataclasses import replace
from datetime import date, timedelta

from PIL import Image

from inspections.documents import EnterpriseHead, Picture, Refusal, Signature
from inspections.documents.enforcement import (
    CheckedFault,
    CheckPlanDocument,
    CheckRecordDocument,
    Officer,
    OrderedItem,
    RecheckedItem,
    RecheckOpinionDocument,
    RectifyOrderDocument,
)
from inspections.documents.reports import CheckedLine, DeadlineNoticeDocument, DrawNoticeDocument
from tests.documents.samples import AGENCY, AT, EVIL_NAME, FIRM, LONG_NAME, PROVIDER, picture

ISSUED_ON = date(2026, 6, 18)
OFFICERS = (Officer("刘勇", "13030100123"), Officer("孙敏", "13030100124"))
HEAD = {
    "training": True,
    "issuer_name": AGENCY,
    "enterprise": FIRM,
    "officers": OFFICERS,
    "issued_on": ISSUED_ON,
}
BARE = EnterpriseHead("某某有限公司", "91130301MA0ABCDE1X")
BASIS = "检查表第12项"
REMEDY = (
    "如果不服本指令，可以依法在60日内向秦皇岛市人民政府申请行政复议，或者在6个月内依法向"
    "有管辖权的人民法院提起行政诉讼，但本指令不停止执行，法律另有规定的除外。"
)
FAULTS = (
    ("配电室", "未设置挡鼠板，电缆沟盖板缺失两块，配电柜前堆放纸箱，影响操作和疏散"),
    ("机加工车间", "3号冲床传动皮带轮防护罩缺失，急停按钮失灵"),
    ("喷漆房", "未设置可燃气体报警装置，排风机未使用防爆型"),
    ("危险化学品库", "油漆与稀释剂混放，未张贴安全标签，温湿度没有记录"),
)


def scribble() -> bytes:
    """A signature as wide as the pad gives it."""
    out = io.BytesIO()
    image = Image.new("RGBA", (480, 160), (0, 0, 0, 0))
    for x in range(40, 440):
        for width in range(5):
            image.putpixel((x, 80 + (x * 7 % 60) - 30 + width), (20, 20, 60, 255))
    image.save(out, "PNG")
    return out.getvalue()


def photo(caption: str, *, size: tuple[int, int] = (420, 315)) -> Picture:
    out = io.BytesIO()
    Image.new("RGB", size, (120, 140, 150)).save(out, "JPEG")
    return Picture(caption, hashlib.sha256(caption.encode()).hexdigest(), out.getvalue())


SIGNED = Signature("李建军", "厂长", AT, scribble())
REFUSED = Refusal("对事实的认定有异议", "王海燕", AT)


def check_plan(**more: object) -> CheckPlanDocument:
    words = {
        "facts": (
            "2026-05-06 不积极配合：未按约定时间提供安全培训档案",
            "2026-06-03 逾期不改：ZY-2026-00012 超过整改期限15日",
        ),
        "scale": "建筑材料生产，86人，两条生产线，夜间连续生产。",
        "weak_points": "设备防护和用电管理薄弱。\n外包检修没有作业审批。",
        "deep_causes": "负责人不参加安全会议，车间没有人对隐患整改负责，奖惩制度没有执行。",
        "content": "1．查培训档案和整改台账。\n2．现场检查配电室、机加工车间和喷漆房。\n3．询问班组长和新上岗人员。",
        "planned_on": date(2026, 6, 25),
    }
    return CheckPlanDocument(**{**HEAD, **words, **more})


def fault(position: int, photos: int = 1) -> CheckedFault:
    place, description = FAULTS[position % len(FAULTS)]
    return CheckedFault(
        position=position,
        number=f"KFQ-2026-{position:05d}",
        place=place,
        description=description,
        basis=BASIS if position % 3 else "",
        photos=tuple(
            photo(f"照片{position}-{n}", size=(420, 315) if n == 1 else (315, 420))
            for n in range(1, photos + 1)
        ),
    )


def check_record(count: int = 3, **more: object) -> CheckRecordDocument:
    words = {
        "representative_name": "李建军",
        "representative_post": "厂长",
        "place": "珠江道街道3号",
        "arrived_at": AT,
        "left_at": AT + timedelta(minutes=95),
        "assistants": ("张立国",),
        "purpose": "执法检查：检查安全生产法律、法规、规章和标准的执行情况",
        "faults": tuple(fault(n, photos=1 + n % 2) for n in range(1, count + 1)),
        "passed": ("建立全员安全生产责任制", "特种作业人员持证上岗", "消防器材在有效期内"),
        "note": "先查看资料，后检查现场。",
        "signature": SIGNED,
        "refusal": None,
    }
    return CheckRecordDocument(**{**HEAD, **words, **more})


def ordered(position: int, days: int = 15) -> OrderedItem:
    place, description = FAULTS[position % len(FAULTS)]
    return OrderedItem(
        position=position,
        number=f"KFQ-2026-{position:05d}",
        description=f"{place}：{description}",
        basis=BASIS if position % 3 else "",
        due_on=ISSUED_ON + timedelta(days=days),
    )


def rectify_order(count: int = 3, **more: object) -> RectifyOrderDocument:
    words = {
        "check_record_number": "（秦开）应急检记〔2026〕3号",
        "items": tuple(ordered(n, days=15 + 5 * (n % 3)) for n in range(1, count + 1)),
        "remedy": REMEDY,
        "representative_name": "李建军",
    }
    return RectifyOrderDocument(**{**HEAD, **words, **more})


def rechecked(position: int, result: str, opinion: str, photos: int = 1) -> RecheckedItem:
    place, description = FAULTS[position % len(FAULTS)]
    return RecheckedItem(
        position=position,
        number=f"KFQ-2026-{position:05d}",
        description=f"{place}：{description}",
        due_on=ISSUED_ON + timedelta(days=15),
        result=result,
        opinion=opinion,
        photos=(photo(f"照片{position}"),) * photos,
    )


def recheck_opinion(**more: object) -> RecheckOpinionDocument:
    words = {
        "order_number": "（秦开）应急责改〔2026〕3号",
        "ordered_on": ISSUED_ON,
        "rechecked_on": date(2026, 7, 6),
        "items": (
            rechecked(1, "已整改", ""),
            rechecked(2, "部分整改", "报警装置已安装，排风机未更换；再次限期2026-07-20前整改完毕"),
            rechecked(3, "未整改", "仍混放；再次限期2026-07-13前整改完毕", photos=0),
        ),
        "follow_up": "1项已整改，2项未完成整改，再次限期整改；逾期仍未整改的，依法处理。",
        "representative_name": "李建军",
        "issued_on": date(2026, 7, 6),
    }
    return RecheckOpinionDocument(**{**HEAD, **words, **more})


def deadline_notice(decision: str = "同意延期", **more: object) -> DeadlineNoticeDocument:
    words = {
        "training": True,
        "issuer_name": AGENCY,
        "addressee": LONG_NAME,
        "hazard_number": "ZY-2026-00012",
        "place": "喷漆房",
        "description": "未设置可燃气体报警装置",
        "old_due_on": date(2026, 7, 1),
        "new_due_on": date(2026, 7, 1 if decision == "不同意延期" else 15),
        "decision": decision,
        "reason": "设备已订货，供货商7月8日到货。",
        "safeguard": "停止喷漆作业，断电上锁，\n每班检查一次。",
        "answer": "到货前不得恢复喷漆作业。",
        "issued_on": date(2026, 6, 28),
    }
    return DeadlineNoticeDocument(**{**words, **more})


def checked_line(position: int, **more: object) -> CheckedLine:
    words = {
        "position": position,
        "name": LONG_NAME if position % 3 else "秦皇岛某某机械有限公司",
        "why": ("有重大隐患", "有2个疑点，按镇街抽取", "按镇街抽取")[position % 3],
        "found_both": 4,
        "missed": position % 3,
        "overstated": position % 2,
        "opinion": "漏查配电室隐患" if position % 3 else "",
    }
    return CheckedLine(**{**words, **more})


SECRET = "5f" * 32


def draw_notice(count: int = 4, **more: object) -> DrawNoticeDocument:
    words = {
        "training": True,
        "issuer_name": AGENCY,
        "addressee": PROVIDER,
        "contract_title": "2026年安全生产社会化服务",
        "batch_name": "2026年第一批百家企业",
        "total": 5 * count,
        "sampled": count,
        "ratio": "20%",
        "commitment": hashlib.sha256(SECRET.encode()).hexdigest(),
        "list_sha256": "ab12" * 16,
        "provider_number": "20260629-7731",
        "secret": SECRET,
        "replay_url": "https://example.test/draw/abcdefghijklmnop/",
        "completed_on": date(2026, 6, 26),
        "due_on": date(2026, 7, 24),
        "due_reason": "自2026-06-26次日起算20个工作日，至2026-07-24",
        "lines": tuple(checked_line(n) for n in range(1, count + 1)),
        "requirement": "请你机构对漏查的隐患补充检查。\n于2026年8月5日前书面说明不实情况的原因。",
        "issued_on": date(2026, 7, 23),
    }
    return DrawNoticeDocument(**{**words, **more})


NOTHING: dict[str, object] = {"training": False, "enterprise": BARE}

# name → (template, content); the name begins with the kind of paper.
ENFORCEMENT = {
    "check_plan": check_plan(),
    "check_plan-bare": check_plan(
        **NOTHING, facts=(), scale="", weak_points="", deep_causes="", content=""
    ),
    "check_record": check_record(),
    "check_record-long": check_record(
        8,
        passed=tuple(f"检查表第{n}项符合要求，记录完整" for n in range(1, 31)),
        officers=(*OFFICERS, Officer("赵刚", "13030100125")),
    ),
    "check_record-refused": check_record(1, signature=None, refusal=REFUSED),
    "check_record-bare": check_record(
        0,
        **NOTHING,
        representative_name="",
        representative_post="",
        assistants=(),
        passed=(),
        note="",
        signature=replace(SIGNED, post="", image=picture("JPEG")),
    ),
    "rectify_order": rectify_order(),
    "rectify_order-long": rectify_order(12),
    "rectify_order-bare": rectify_order(
        **NOTHING, items=(replace(ordered(1), basis=""),), check_record_number=""
    ),
    "recheck_opinion": recheck_opinion(),
    "recheck_opinion-bare": recheck_opinion(
        **NOTHING, items=(rechecked(1, "已整改", "", photos=0),), follow_up=""
    ),
    "draw_notice": draw_notice(),
    "draw_notice-long": draw_notice(12),
    "draw_notice-bare": draw_notice(0, training=False, due_reason="", addressee="", requirement=""),
    "deadline_notice": deadline_notice(),
    "deadline_notice-refused": deadline_notice("不同意延期"),
    "deadline_notice-holiday": deadline_notice("节假日调整", safeguard="", answer=""),
    "deadline_notice-bare": deadline_notice(training=False, reason="", safeguard="", answer=""),
}

EVIL = {
    "check_plan": check_plan(facts=(EVIL_NAME,), scale=EVIL_NAME, content=EVIL_NAME),
    "check_record": check_record(
        0, note=EVIL_NAME, passed=(EVIL_NAME,), purpose=EVIL_NAME, assistants=(EVIL_NAME,)
    ),
    "rectify_order": rectify_order(1, remedy=EVIL_NAME, representative_name=EVIL_NAME),
    "recheck_opinion": recheck_opinion(
        items=(rechecked(1, "未整改", EVIL_NAME),), follow_up=EVIL_NAME
    ),
    "draw_notice": draw_notice(
        1, batch_name=EVIL_NAME, requirement=EVIL_NAME, provider_number=EVIL_NAME
    ),
    "deadline_notice": deadline_notice(description=EVIL_NAME, answer=EVIL_NAME),
}


def kind_of(name: str) -> str:
    return name.partition("-")[0]
