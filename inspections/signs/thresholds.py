"""From which figure on something is a sign. An agency may set its own; here are the defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class About:
    """What is said of one threshold where it is set.

    `is_strict`: a greater value gives more signs, not fewer.
    """

    name: str
    label: str
    unit: str
    why: str
    default: int
    least: int
    most: int
    is_strict: bool


def _of(
    default: int, unit: str, label: str, why: str, *, most: int, strict: bool, least: int = 1
) -> Any:
    about = {"unit": unit, "label": label, "why": why, "least": least, "most": most}
    return field(default=default, metadata={**about, "is_strict": strict})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Each default is a [proposal], but for those of domain.md 3.3, indicator B2."""

    stay_minutes: int = _of(  # B2
        30, "分钟", "摸底排查最短停留", "考评指标到场规范：停留不少于30分钟", most=480, strict=True
    )
    recheck_minutes: int = _of(  # [proposal] a recheck looks at what is known only
        10, "分钟", "复查最短停留", "复查只看已知隐患，比摸底短", most=480, strict=True
    )
    answer_seconds: int = _of(  # [proposal] to look and to tap, one after the other
        10, "秒", "每项回答至少用时", "逐项看过、点选所需；不涉及的不计", most=600, strict=True
    )
    hazard_minutes: int = _of(  # [proposal] a place, words, a photo
        2, "分钟", "每项隐患至少用时", "登记部位、描述并拍照所需", most=60, strict=True
    )
    people: int = _of(  # B2
        2, "人", "最少到场人数", "考评指标到场规范：两人以上到场", most=10, strict=True
    )
    far_metres: int = _of(  # B2
        500, "米", "距企业允许", "考评指标到场规范：500米以内；定位精度更差时按精度放宽", most=50_000,
        strict=False,
    )  # fmt: skip
    coarse_metres: int = _of(  # [proposal] a mobile cell reaches about so far
        2_000, "米", "定位精度最差", "误差比这更大的定位说明不了在哪里", most=100_000, strict=False
    )
    still_points: int = _of(  # [proposal] a real receiver trembles in the last digits
        5, "个", "完全相同的轨迹点", "真实定位每次都有细小差别", least=2, most=1_000, strict=False
    )
    photo_bits: int = _of(  # [proposal] of 64; other pictures differ in about half
        6, "位", "照片近似", "感知哈希64位中相差不超过这么多位算近似，0表示只认完全相同", least=0, most=11,
        strict=True,
    )  # fmt: skip
    one_photo: int = _of(  # [proposal]
        2, "项", "同一张照片销号的隐患", "一张照片可能拍全两处，仍请核对", least=2, most=50, strict=False,
    )  # fmt: skip
    copies: int = _of(  # [proposal]
        3, "家", "相同描述的企业", "自己写的话不会处处一样", least=2, most=100, strict=False
    )
    library_copies: int = _of(  # [proposal] the library's words are there to be used
        10, "家", "照用隐患库原文且部位同名的企业", "照用原文正常，处处同一部位才请抽看", least=2, most=200,
        strict=False,
    )  # fmt: skip
    copied_length: int = _of(  # [proposal] shorter ones anybody writes alike
        8, "字", "比较的描述最短", "太短的描述（如“灭火器过期”）谁写都一样", most=100, strict=False
    )
    speed_kmh: int = _of(  # [proposal] straight line, so the road is longer
        80, "公里/时", "两次检查之间的速度", "按直线距离，实际路程更长", least=20, most=500, strict=False,
    )  # fmt: skip
    neighbour_metres: int = _of(  # [proposal] coordinates are not good to the metre
        1_000, "米", "相邻企业", "这个距离以内不问速度", most=20_000, strict=False
    )
    overlap_minutes: int = _of(  # [proposal] times are written to the minute
        5, "分钟", "同时在两家的时间", "时间记到分钟，少许重叠不计", most=240, strict=False
    )
    crowded_minutes: int = _of(  # the ten minutes of the issue
        10, "分钟", "集中录入的时间", "这么短的时间里录完", most=240, strict=True
    )
    crowded_claim_minutes: int = _of(  # [proposal]
        60, "分钟", "集中录入所称的时间", "录入很短而所称到场时间不短于此", most=1_440, strict=False
    )
    crowded_visits: int = _of(  # [proposal]
        2, "次", "集中录入的检查", "一个人一起录入的检查次数", least=2, most=50, strict=False
    )
    crowded_entries: int = _of(  # [proposal] half a checklist
        20, "项", "集中录入的手机记录", "一次检查中这么多项在短时间里点完", most=1_000, strict=False
    )


ABOUT = {f.name: About(name=f.name, default=f.default, **f.metadata) for f in fields(Thresholds)}  # type: ignore[arg-type]
DEFAULTS = Thresholds()


def thresholds_from(values: Mapping[str, Any]) -> Thresholds:
    """Return the thresholds with an agency's own values; what is none of them any more is left out."""
    return Thresholds(**{name: value for name, value in values.items() if name in ABOUT})
