"""Enforcement papers and notices: the words of domain.md 4.3 to 4.5, whole and as text."""

import io
import json
import re
from datetime import timedelta
from functools import cache

import pytest
from PIL import Image
from pypdf import PdfReader

from documents.frozen import canonical_json, content_sha256, thaw
from documents.pdf import RenderedPdf, data_uri, render
from tests.documents.enforcement_samples import (
    BASIS,
    ENFORCEMENT,
    EVIL,
    ISSUED_ON,
    OFFICERS,
    REFUSED,
    REMEDY,
    SIGNED,
    check_plan,
    check_record,
    deadline_notice,
    draw_notice,
    kind_of,
    ordered,
    recheck_opinion,
    rectify_order,
)
from tests.documents.samples import AGENCY, EVIL_NAME, LONG_NAME, context

SEALED = ("rectify_order", "recheck_opinion", "draw_notice", "deadline_notice")
GOV = ("draw_notice", "deadline_notice")


def make(kind: str, content: object, **more: object) -> RenderedPdf:
    seen = context(content, title="文书", number="（秦开）应急〔2026〕12号") | more
    return render(f"documents/{kind}.html", seen)


@cache
def pages_of(made: RenderedPdf) -> list:
    return list(PdfReader(io.BytesIO(made.content)).pages)


@cache
def text_of(made: RenderedPdf) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages_of(made)))


@cache
def sample(name: str) -> RenderedPdf:
    return make(kind_of(name), ENFORCEMENT[name])


def words_of(name: str) -> str:
    return text_of(sample(name))


def pictures(made: RenderedPdf) -> int:
    """How often a picture is painted; equal ones are one object in the file."""
    count = 0
    for page in pages_of(made):
        objects = page["/Resources"].get("/XObject", {})
        for name in re.findall(r"/\S+(?= Do)", page.get_contents().get_data().decode("latin-1")):
            count += objects[name]["/Subtype"] == "/Image"
    return count


def seal() -> str:
    out = io.BytesIO()
    Image.new("RGBA", (60, 60), (220, 20, 20, 120)).save(out, "PNG")
    return data_uri(out.getvalue())


@pytest.mark.parametrize("name", ENFORCEMENT)
def test_every_paper_is_a4_with_number_hash_and_date_as_text(name):
    content = ENFORCEMENT[name]
    for page in pages_of(sample(name)):
        assert [round(float(side)) for side in page.mediabox] == [0, 0, 595, 842]
    text = words_of(name)
    day = content.issued_on
    assert "（秦开）应急〔2026〕12号" in text
    assert content_sha256(content) in text
    assert f"{day.year}年{day.month}月{day.day}日" in text
    assert ("演示" in text) == content.training
    if kind_of(name) not in GOV:
        pages = sample(name).pages
        assert f"第1页共{pages}页" in text
        assert f"第{pages}页共{pages}页" in text


@pytest.mark.parametrize("content", ENFORCEMENT.values(), ids=ENFORCEMENT)
def test_every_paper_comes_back_from_its_json(content):
    again = thaw(type(content), json.loads(canonical_json(content)))
    assert again == content
    assert content_sha256(again) == content_sha256(content)


def test_the_same_paper_gives_the_same_bytes():
    for name in ("check_plan", "deadline_notice"):
        assert make(name, ENFORCEMENT[name]) == sample(name)


@pytest.mark.parametrize("kind", EVIL)
def test_html_in_a_text_stays_text(kind):
    assert EVIL_NAME in text_of(make(kind, EVIL[kind]))


@pytest.mark.parametrize("make_one", [check_plan, check_record, rectify_order, recheck_opinion])
@pytest.mark.parametrize("officers", [(), OFFICERS[:1], (OFFICERS[0], OFFICERS[0])])
def test_fewer_than_two_officers_make_no_paper(make_one, officers):
    with pytest.raises(ValueError, match="two officers"):
        make_one(officers=officers)


@pytest.mark.parametrize("name", ["check_record", "rectify_order", "recheck_opinion"])
def test_both_officers_stand_with_their_numbers_and_room_to_sign(name):
    text = words_of(name)
    for officer in OFFICERS:
        assert f"人员{officer.name}（签名）：证号：{officer.certificate_number}" in text


@pytest.mark.parametrize("kind", SEALED)
def test_the_seal_is_printed_where_it_was_handed_in(kind):
    bare, sealed = sample(kind), make(kind, ENFORCEMENT[kind], seal_uri=seal())
    assert pictures(sealed) == pictures(bare) + 1
    assert "（印章）" not in text_of(sealed)
    assert ("（印章）" in text_of(bare)) == (kind not in GOV)


@pytest.mark.parametrize("kind", ["check_plan", "check_record"])
def test_plan_and_record_have_neither_seal_nor_copies(kind):
    name = f"{kind}-bare"
    made = make(kind, ENFORCEMENT[name], seal_uri=seal())
    assert made.content == sample(name).content
    assert "（印章）" not in words_of(name)
    assert "一式两份" not in words_of(name)


def test_a_plan_tells_why_this_enterprise_and_leaves_the_approval_open():
    text = words_of("check_plan")
    for words in (
        "现场检查方案",
        LONG_NAME,
        "一企一策",
        "逾期不改：ZY-2026-00012超过整改期限15日",
        "两条生产线",
        "外包检修没有作业审批",
        "奖惩制度没有执行",
        "3．询问班组长",
        "检查日期：2026年6月25日",
        "执法人员：孙敏证号：13030100124",
        "审批意见：审批人（签名）：日期：",
    ):
        assert words in text


def test_a_record_opens_with_the_officers_and_their_certificates():
    text = words_of("check_record")
    assert (
        f"我们是{AGENCY}行政执法人员刘勇、孙敏，证件号码为13030100123、13030100124，"
        "这是我们的证件（出示证件）。现依法对你单位进行现场检查，请予以配合。"
    ) in text
    for words in (
        "检查时间：2026年6月18日9时05分至2026年6月18日10时40分",
        "协助检查人员：张立国",
        "检查发现不合格项3项：",
        "传动皮带轮防护罩缺失",
        BASIS,
        "2．特种作业人员持证上岗；",
        "以上情况属实。",
        "签名时间：2026年6月18日9时05分",
    ):
        assert words in text
    assert "拒绝签字" not in text


def test_photos_stand_under_their_numbers_in_table_and_block():
    content = ENFORCEMENT["check_record-long"]
    text = words_of("check_record-long")
    shown = [photo for fault in content.faults for photo in fault.photos]
    assert len(shown) == 12
    for photo in shown:
        assert text.count(photo.caption) == 2
        assert photo.sha256 in text
    signature = 1
    assert pictures(sample("check_record-long")) == len(shown) + signature


def test_a_refusal_takes_the_place_of_the_signature():
    text = words_of("check_record-refused")
    for words in ("拒绝签字", "拒签原因：对事实的认定有异议", "姓名：王海燕"):
        assert words in text
    assert "以上情况属实" not in text
    shown = ENFORCEMENT["check_record-refused"].faults[0].photos
    assert pictures(sample("check_record-refused")) == len(shown)


@pytest.mark.parametrize("both", [(SIGNED, REFUSED), (None, None)])
def test_a_record_is_either_signed_or_refused(both):
    with pytest.raises(ValueError, match="signed or refused"):
        check_record(signature=both[0], refusal=both[1])


def test_an_order_has_a_sentence_for_each_deadline():
    text = words_of("rectify_order-long")
    for item in ENFORCEMENT["rectify_order-long"].items:
        assert f"{item.position}．{item.description}" in text
        assert item.number in text
    for positions, day in (("3、6、9、12", 3), ("1、4、7、10", 8), ("2、5、8、11", 13)):
        assert (
            f"现责令你单位对上述第{positions}项问题于2026年7月{day}日前整改完毕，"
            "达到有关法律法规规章和标准规定的要求。"
        ) in text


def test_an_order_of_one_item_says_all_that_must_be_said():
    text = words_of("rectify_order-bare")
    for words in (
        "责令限期整改指令书",
        "某某有限公司：经查，你单位存在下列问题：1．",
        "上述第1项问题于2026年7月3日前整改完毕",
        "由此造成事故的，依法追究有关人员的责任。整改期间，你单位应当采取措施，确保安全生产。"
        "对安全生产违法行为，将依法予以行政处罚。",
        REMEDY,
        "现场负责人（签名）：姓名：李建军",
        "本文书一式两份：一份由应急管理部门备案，一份交被检查单位。",
    ):
        assert words in text
    assert text.count("现责令你单位") == 1
    assert "依据：" not in text
    assert "现场检查记录" not in text


def test_groups_put_items_of_one_day_together_earliest_first():
    days = (20, 10, 20)
    items = tuple(ordered(n, days=day) for n, day in enumerate(days, start=1))
    assert rectify_order(items=items).groups == [
        ("2", ISSUED_ON + timedelta(days=10)),
        ("1、3", ISSUED_ON + timedelta(days=20)),
    ]


def test_a_recheck_opinion_names_the_order_and_answers_each_item():
    text = words_of("recheck_opinion")
    for words in (
        "本机关于2026年6月18日作出了责令限期整改指令书的决定〔（秦开）应急责改〔2026〕3号〕，"
        "经对你单位整改情况进行复查，提出如下意见：",
        "部分整改",
        "排风机未更换",
        "后续处理：1项已整改，2项未完成整改",
        "复查日期：2026年7月6日",
        "被复查单位负责人（签名）：姓名：李建军",
        "本文书一式两份",
    ):
        assert words in text
    assert pictures(sample("recheck_opinion")) == 2
    with pytest.raises(ValueError, match="order it answers"):
        recheck_opinion(order_number="")


def test_a_draw_notice_gives_results_shares_and_what_a_replay_needs():
    content = ENFORCEMENT["draw_notice"]
    text = words_of("draw_notice")
    for words in (
        "关于2026年第一批百家企业服务结果抽查情况的通报",
        f"{content.addressee}：",
        "从20家企业中抽取4家",
        "抽查期限至2026年7月24日（自2026-06-26次日起算20个工作日，至2026-07-24）",
        "双方均发现的隐患16项，服务机构漏查4项，不实2项",
        "比例为20.0%",
        "合计1642漏查占比20.0%",
        "请你机构对漏查的隐患补充检查。",
        "附件：抽取方法和公开数据",
        content.commitment,
        content.list_sha256,
        content.provider_number,
        content.secret,
        content.replay_url,
    ):
        assert words in text
    last = pages_of(sample("draw_notice"))[-1].extract_text()
    assert "复算网址" in last
    assert "印发" in last


def test_a_long_draw_notice_repeats_the_head_of_its_table():
    pages = pages_of(sample("draw_notice-long"))
    heads = [page for page in pages if "入样原因" in page.extract_text()]
    assert len(heads) >= 2
    assert "合计" in words_of("draw_notice-long")


def test_no_share_is_told_of_nothing():
    text = words_of("draw_notice-bare")
    assert "漏查0项，不实0项。" in text
    assert "漏查占比—" in text
    assert draw_notice(0).missed_share == "—"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "经研究，同意延期，整改期限由2026年7月1日延至2026年7月15日。"),
        ("-refused", "经研究，不同意延期，整改期限仍为2026年7月1日。"),
        ("-holiday", "按工作日计算的整改期限由2026年7月1日调整为2026年7月15日。"),
    ],
)
def test_a_deadline_notice_says_the_decision_and_both_days(name, words):
    text = words_of(f"deadline_notice{name}")
    assert f"{LONG_NAME}：" in text
    assert words in text
    assert "ZY-2026-00012" in text
    assert "供货商7月8日到货" in text
    assert ("到货前不得恢复喷漆作业" in text) == (name != "-holiday")
    assert ("每班检查一次" in text) == (name != "-holiday")


def test_a_decision_of_another_name_is_told_as_it_is():
    text = text_of(make("deadline_notice", deadline_notice("撤销延期")))
    assert "决定如下：撤销延期。原期限为2026年7月1日，现期限为2026年7月15日。" in text
