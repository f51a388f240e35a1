"""Believable words and pictures for the demonstration, the same for the same random state."""

import io
from dataclasses import dataclass
from random import Random

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from inspections.models import LibraryEntry

BUILDINGS = {
    "机械": ("机加工车间", "焊接车间", "装配车间", "下料区", "喷漆间", "成品库"),
    "轻工": ("生产车间", "包装车间", "原料库", "成品库", "烘干房", "机修间"),
    "建材": ("搅拌楼", "成型车间", "原料堆场", "配电室", "机修间", "成品堆场"),
    "商贸": ("1号仓库", "2号仓库", "装卸月台", "充电区", "分拣区", "办公楼"),
    "有色": ("熔铸车间", "轧制车间", "精整车间", "循环水泵房", "原料库", "机修间"),
    "冶金": ("热轧车间", "加热炉区", "精整车间", "水处理站", "备件库", "机修间"),
    "纺织": ("纺纱车间", "织造车间", "原棉库", "成品库", "空调机房", "机修间"),
}
SPOTS = ("东侧", "西侧", "南门旁", "北墙边", "中部通道", "入口处", "二层平台", "东南角", "值班室外")
MACHINES = ("1号", "2号", "3号", "4号", "5号", "6号", "7号", "8号", "9号", "10号")
PAPERS = ("安全管理档案", "培训档案柜", "办公室资料", "车间班组台账", "人员花名册", "应急管理资料")
SEEN = (
    "现场发现{n}处", "共{n}处", "其中{n}处较突出", "抽查{m}处，有{n}处", "与上月自查记录不符，涉及{n}处",
)  # fmt: skip
ASKED = (
    "询问{who}，称尚未安排",
    "{who}不能说明原因",
    "{who}承认未及时处理",
    "{who}表示已知但未整改",
    "",
)
WHO = ("车间主任", "班组长", "安全员", "当班操作工", "仓库保管员", "设备管理员")
MENDED = (
    "已按建议整改：{measure}", "{day}组织人员整改完毕。{measure}", "更换配件并试运行正常，{measure}",
    "由{who}负责，已落实：{measure}", "已完成整改并对相关人员重新交底。{measure}",
)  # fmt: skip
NOT_MENDED = (
    "只完成一部分，还有{n}处未处理", "整改照片与现场不符，现场仍有{n}处", "装好后未固定，不能起防护作用",
    "资料补了封面，内容仍与现场不符", "仍有{n}处没有整改",
)  # fmt: skip
REFUSALS = (
    "负责人外出，在场人员称无权签字",
    "对检查结果有异议，不愿签字",
    "称需总公司同意后才能签字",
)
DELAYS = (
    "所需配件采购周期较长",
    "施工单位排期在下旬",
    "生产任务集中，需停机后才能施工",
    "主管人员住院，正在交接",
)
SAFEGUARDS = (
    "停用该设备并挂牌",
    "设警戒线，专人看守",
    "降低负荷运行，每班检查一次",
    "清空物料，禁止人员进入",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = [
    "伟",
    "芳",
    "建国",
    "丽",
    "强",
    "秀英",
    "磊",
    "洋",
    "艳",
    "勇",
    "军",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "霞",
    "平",
    "刚",
    "桂英",
    "文博",
    "海燕",
    "志强",
    "立新",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a hazard of the demonstration says."""

    place: str
    description: str


def person_name(rng: Random) -> str:
    """A name."""
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def finding(rng: Random, entry: LibraryEntry, industry: str) -> Finding:
    """Where and what: the library's words made concrete."""
    if entry.category == "基础管理":
        place = rng.choice(PAPERS)
    else:
        building = rng.choice(BUILDINGS.get(industry, BUILDINGS["轻工"]))
        machine = rng.choice(MACHINES) + "点位"
        place = f"{building}{rng.choice(SPOTS)}{machine if rng.random() < 0.6 else ''}"
    n = rng.randint(1, 5)
    seen = rng.choice(SEEN).format(n=n, m=n + rng.randint(2, 8))
    asked = rng.choice(ASKED).format(who=rng.choice(WHO))
    return Finding(place, "；".join(filter(None, (entry.description, seen, asked))) + "。")


def mended(rng: Random, measure: str, day: str) -> str:
    """What the enterprise says that it did."""
    words = measure.split("；")[0]
    return rng.choice(MENDED).format(measure=words, day=day, who=rng.choice(WHO))


def not_mended(rng: Random) -> str:
    """Why a recheck sends a hazard back."""
    return rng.choice(NOT_MENDED).format(n=rng.randint(1, 3))


class Pictures:
    """Small drawn pictures, marked 演示图片; a few for each kind, made once."""

    def __init__(self, rng: Random) -> None:
        path = next(
            (settings.NODE_MODULES / "@expo-google-fonts" / "noto-sans-sc").rglob(
                "*400Regular*.ttf"
            )
        )
        self._font = ImageFont.truetype(str(path), 22)
        self._made = {
            (kind, number): _draw(rng, kind, number, self._font)
            for kind in ("整改前", "整改后", "现场")
            for number in range(12)
        }
        self.signatures = [_sign(rng) for _ in range(12)]

    def one(self, rng: Random, kind: str) -> bytes:
        """A picture of a kind."""
        return self._made[kind, rng.randrange(12)]

    def signature(self, rng: Random) -> bytes:
        """Strokes that stand for a signature."""
        return rng.choice(self.signatures)


def _draw(rng: Random, kind: str, number: int, font: ImageFont.FreeTypeFont) -> bytes:
    image = Image.new("RGB", (480, 360), (226, 230, 234))
    pen = ImageDraw.Draw(image)
    ground = rng.randint(230, 280)
    pen.rectangle((0, ground, 480, 360), fill=(190, 194, 198))
    for _ in range(4):
        x, y = rng.randint(20, 380), rng.randint(60, ground - 60)
        grey = rng.randint(110, 190)
        pen.rectangle(
            (x, y, x + rng.randint(40, 110), ground),
            fill=(grey, grey, grey + 8),
            outline=(70, 70, 70),
        )
    x, y = rng.randint(120, 300), rng.randint(120, 200)
    colour = (30, 122, 60) if kind == "整改后" else (179, 38, 30)
    if kind == "整改前":
        pen.ellipse((x - 40, y - 40, x + 40, y + 40), outline=colour, width=5)
    else:
        pen.rectangle((x - 40, y - 40, x + 40, y + 40), outline=colour, width=5)
    pen.rectangle((0, 0, 480, 34), fill=(40, 48, 56))
    pen.text((10, 3), f"演示图片 · {kind} · {number + 1:02}", font=font, fill=(255, 255, 255))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()


def _sign(rng: Random) -> bytes:
    image = Image.new("RGB", (360, 140), (255, 255, 255))
    pen = ImageDraw.Draw(image)
    for start in range(30, 300, 90):
        points = [(start + rng.randint(0, 70), rng.randint(20, 120)) for _ in range(6)]
        pen.line(points, fill=(20, 20, 60), width=3, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
