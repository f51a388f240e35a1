"""The papers that end a phase: whole and empty, as text, on A4, with their fonts."""

import io
import json
import re
from copy import deepcopy
from dataclasses import replace
from functools import cache

import pytest
from pypdf import PdfReader

from documents.frozen import canonical_json, content_sha256, thaw
from documents.pdf import RenderedPdf, data_uri, render
from tests.documents.phase_samples import (
    CRITERIA,
    EVIL,
    FIRM,
    HEAD,
    PHASE_PAPERS,
    REPORT_NUMBER,
    acceptance,
    kind_of,
    sheet_row,
)
from tests.documents.samples import (
    AGENCY,
    CONTRACT,
    EVIL_NAME,
    LONG_NAME,
    PROVIDER,
    TEAM,
    context,
    picture,
)

PROVIDERS = ("enterprise_report", "conclusion", "major_report", "project_report")
ORDERS = ("责令", "依法予以", "处罚", "指令", "命令", "必须", "罚款")
PORTRAIT, LANDSCAPE = [0, 0, 595, 842], [0, 0, 842, 595]


def make(kind: str, content: object, **more: object) -> RenderedPdf:
    return render(f"documents/{kind}.html", context(content, number=REPORT_NUMBER) | more)


@cache
def sample(name: str) -> RenderedPdf:
    return make(kind_of(name), PHASE_PAPERS[name])


@cache
def pages_of(made: RenderedPdf) -> list:
    return list(PdfReader(io.BytesIO(made.content)).pages)


@cache
def page_texts(made: RenderedPdf) -> list[str]:
    return [re.sub(r"\s", "", page.extract_text()) for page in pages_of(made)]


def text_of(made: RenderedPdf) -> str:
    return "".join(page_texts(made))


def words_of(name: str) -> str:
    return text_of(sample(name))


def bare(words: str) -> str:
    return re.sub(r"\s", "", words)


def pictures(made: RenderedPdf) -> int:
    """How often a picture is painted; equal ones are one object in the file."""
    count = 0
    for page in pages_of(made):
        objects = page["/Resources"].get("/XObject", {})
        for name in re.findall(r"/\S+(?= Do)", page.get_contents().get_data().decode("latin-1")):
            count += objects[name]["/Subtype"] == "/Image"
    return count


@pytest.mark.parametrize("name", PHASE_PAPERS)
def test_every_paper_is_a4_with_hash_mark_and_page_numbers(name):
    content, made = PHASE_PAPERS[name], sample(name)
    box = LANDSCAPE if kind_of(name) == "acceptance" else PORTRAIT
    texts = page_texts(made)
    assert len(texts) == made.pages
    for number, (page, text) in enumerate(zip(pages_of(made), texts, strict=True), start=1):
        assert [round(float(side)) for side in page.mediabox] == box
        assert f"第{number}页共{made.pages}页" in text
        assert ("演示" in text) == content.training
    whole = "".join(texts)
    assert content_sha256(content) in whole
    assert REPORT_NUMBER in whole
    assert PROVIDER in whole
    assert AGENCY in whole


@pytest.mark.parametrize("name", PHASE_PAPERS)
def test_every_font_is_embedded(name):
    for page in pages_of(sample(name)):
        for font in page["/Resources"]["/Font"].values():
            assert re.fullmatch(
                r"/[A-Z]{6}\+Noto-(Serif|Sans)-SC(-Bold)?", str(font.get_object()["/BaseFont"])
            )
            (below,) = font.get_object()["/DescendantFonts"]
            assert {"/FontFile2", "/FontFile3"} & set(below.get_object()["/FontDescriptor"])


@pytest.mark.parametrize("content", PHASE_PAPERS.values(), ids=PHASE_PAPERS)
def test_every_paper_comes_back_from_its_json(content):
    again = thaw(type(content), json.loads(canonical_json(content)))
    assert again == content
    assert content_sha256(again) == content_sha256(content)


@pytest.mark.parametrize("kind", EVIL)
def test_html_in_a_text_stays_text(kind):
    assert EVIL_NAME in text_of(make(kind, EVIL[kind]))


@pytest.mark.parametrize("name", ["enterprise_report-bare", "conclusion", "acceptance-bare"])
def test_the_same_paper_gives_the_same_bytes(name):
    assert make(kind_of(name), deepcopy(PHASE_PAPERS[name])) == sample(name)


@pytest.mark.parametrize("name", [name for name in PHASE_PAPERS if kind_of(name) in PROVIDERS])
def test_a_provider_advises_and_orders_nothing(name):
    text = words_of(name)
    assert not [word for word in ORDERS if word in text]
    assert "技术服务意见" in text
    assert "不是行政执法文书" in text


@pytest.mark.parametrize("kind", PROVIDERS)
def test_the_seal_is_printed_where_it_was_handed_in(kind):
    plain, sealed = sample(kind), make(kind, PHASE_PAPERS[kind], seal_uri=data_uri(picture()))
    assert pictures(sealed) == pictures(plain) + 1
    assert "（盖章）" in text_of(plain)
    assert "（盖章）" not in text_of(sealed)
    assert sealed.pages == plain.pages


def test_a_report_has_a_cover_and_ten_parts_on_four_pages():
    content, texts = PHASE_PAPERS["enterprise_report"], page_texts(sample("enterprise_report"))
    assert len(texts) <= 4
    for words in (LONG_NAME, PROVIDER, CONTRACT["contract_number"], REPORT_NUMBER, "2026年8月14日"):
        assert words in texts[0]
    assert "一、" not in texts[0]
    text = "".join(texts)
    parts = [text.index(f"{number}、") for number in "一二三四五六七八九十"]
    assert parts == sorted(parts)
    for pair in content.facts:
        assert bare("".join(pair)) in text
    for words in (*content.meetings, *content.soft_failed, *content.majors, *content.advice):
        assert bare(words) in text
    for hazard in content.hazards:
        assert hazard.number in text
        assert bare(hazard.description) in text
    assert "查出8项，已销号6项，未销号2项，整改率75%" in text
    assert "核查软件资料42项，不符合3项" in text
    for line in content.criteria[2:]:
        assert f"{line.number}．{line.text}{line.result}{line.note}" in text
    assert "安全生产责任制：已完成2026-07-06指导人员王海燕" in text
    entered = text.index("一平台（秦皇岛市“智慧安监”）")
    assert text.index("八、信息平台录入") < entered < text.index("九、")
    assert "注册安全工程师：张立国证号：AQ20190012345" in text
    assert "企业确认：" in text


def test_an_empty_report_says_none_everywhere():
    text = words_of("enterprise_report-bare")
    for words in (
        "到场服务：无",
        "会议和培训：无",
        "无软件资料检查记录",
        "发现的事故隐患：无",
        "重大隐患及报告情况无",
        "整改率—",
        "核查结果：无",
        "指导事项进展无八、",
        "平台录入进展无九、",
        "拒改情况无",
        "十、建议无",
    ):
        assert words in text


def test_the_rows_of_many_hazards_run_on_under_the_repeated_head():
    content, texts = (
        PHASE_PAPERS["enterprise_report-long"],
        page_texts(sample("enterprise_report-long")),
    )
    assert sum("状态、复查日期" in text for text in texts) > 1
    text = "".join(texts)
    table = text[text.index("四、") : text.index("五、")]
    found = re.findall(r"\d+．(KFQ-2026-\d{5})", table)
    assert found == [hazard.number for hazard in content.hazards]


def test_a_lead_who_is_no_engineer_leaves_the_engineer_open():
    head = replace(HEAD, lead=TEAM[1])
    report = replace(PHASE_PAPERS["enterprise_report-bare"], head=head)
    text = text_of(make("enterprise_report", report))
    assert "项目负责人：王海燕" in text
    assert "注册安全工程师：证号：企业确认" in text


@pytest.mark.parametrize("name", ["conclusion", "conclusion-bare", "conclusion-long"])
def test_one_box_of_three_is_ticked(name):
    text = words_of(name)
    shown = text[text.index("结论：") : text.index("一、验收标准核查")]
    assert shown.count("✓") == 1
    assert shown.replace("✓", "") == "结论：通过限期整改后通过不通过（建议执法）"
    assert shown.partition("✓")[2].startswith(PHASE_PAPERS[name].conclusion)


def test_a_conclusion_with_few_open_hazards_takes_one_page():
    assert sample("conclusion").pages == sample("conclusion-bare").pages == 1


def test_a_conclusion_lists_criteria_open_hazards_and_what_it_rests_on():
    content, text = PHASE_PAPERS["conclusion"], words_of("conclusion")
    assert f"所依据的情况报告：{REPORT_NUMBER}" in text
    assert f"{FIRM.name}（统一社会信用代码{FIRM.credit_code}）" in text
    for number, (words, result, _) in enumerate(CRITERIA, start=1):
        mark = {"符合": "√", "不符合": "×", "不涉及": "—"}[result]
        assert f"{number}．{words}{mark}{result}" in text
    for hazard in content.open_hazards:
        assert hazard.number in text
        assert f"{hazard.severity}，{hazard.state}{hazard.due_on}" in text
    assert "查出8项，已销号6项" in text
    assert "2026年8月14日" in text
    assert words_of("conclusion-bare").count("？待核查") == 9
    assert "已销号0项）无。三、说明无。" in words_of("conclusion-bare")


def test_a_major_report_tells_when_and_what():
    text = words_of("major_report")
    for words in (
        "KFQ-2026-00002",
        "《工贸企业重大事故隐患判定标准》第十三条",
        "发现时间2026年6月18日10:20",
        "首次报告2026年6月18日10:45",
        "2026年6月18日16:45（发现后6小时25分）",
        "建议期限2026年6月28日",
        "产生原因：企业不了解",
        "外包队伍未经培训即进场。",
        "3．配备四合一气体检测仪",
        "池口加盖上锁",
        "注册安全工程师，证号AQ20190012345",
    ):
        assert words in text
    assert sample("major_report").pages == 1
    empty = words_of("major_report-bare")
    for words in ("判定依据—", "产生原因：无", "难易程度分析无", "治理方案建议无", "防控措施无"):
        assert words in empty


def test_the_acceptance_sheet_repeats_its_head_and_ends_with_totals_and_reasons():
    content, texts = PHASE_PAPERS["acceptance"], page_texts(sample("acceptance"))
    assert len(texts) > 1
    for text in texts:
        assert "标准1标准2标准3标准4标准5标准6标准7标准8标准9结论" in text
    text = "".join(texts)
    assert "√符合×不符合—不涉及？待核查" in text
    for number, (words, _, _) in enumerate(CRITERIA, start=1):
        assert f"标准{number}{words}" in text
    assert f"3{content.rows[2].name}腾飞路街道√√√×√√√√—限期整改后通过" in text
    for word, counts in content.totals:
        assert f"合计：{word}（家）{''.join(map(str, counts))}" in text
    reasons = text[text.index("不符合的原因") :]
    for row in content.rows:
        found = re.search(rf"(?<!\d){row.position}．{row.name}：", reasons)
        assert (found is not None) == bool(row.notes)


def test_a_sheet_without_faults_or_firms_says_none():
    assert "企业：无" in words_of("acceptance-bare")
    assert "不符合的原因无。" in words_of("acceptance-bare")
    one = replace(acceptance(0), rows=(replace(sheet_row(1), conclusion=""),))
    text = text_of(make("acceptance", one))
    assert "尚未作出" in text
    assert "不符合的原因无。" in text


def test_a_project_report_has_its_figures_towns_and_words():
    content, text = PHASE_PAPERS["project_report"], words_of("project_report")
    for figure in (*content.figures, *content.conclusions, *content.categories):
        assert bare(figure.name + figure.value) in text
    for town in content.towns:
        assert "".join(town) in text
    for words in (*content.meetings, *content.withdrawn, content.problems, content.suggestions):
        assert bare(words) in text
    empty = words_of("project_report-bare")
    for words in ("服务成果：无", "结论性意见：无", "按类别：无", "按镇街：无", "存在的问题无。"):
        assert words in empty


def test_figures_fill_their_last_row():
    figures = PHASE_PAPERS["project_report"].figures[:2]
    report = replace(PHASE_PAPERS["project_report-bare"], figures=figures)
    text = text_of(make("project_report", report))
    assert "".join(figure.name + figure.value for figure in figures) in text


def test_a_proof_numbers_the_days_that_count_and_names_the_source_of_rest():
    text = words_of("deadline_proof")
    for words in (
        "规则：复查验收完成之日起20个工作日内抽查；首日不计入。",
        "起算日2026年9月18日星期五（不计入）",
        "到期日2026年10月22日星期四",
        "—2026-09-19星期六周末",
        "12026-09-20星期日调休上班（2026年放假通知）",
        "—2026-10-01星期四放假（2026年放假通知）",
        "202026-10-22星期四工作日",
    ):
        assert words in text
    assert "暂定" not in text
    assert "逐日推算：无" in words_of("deadline_proof-bare")
    provisional = words_of("deadline_proof-provisional")
    assert "（暂定）" in provisional
    assert "暂定：所涉年度的放假通知尚未公布" in provisional


def test_a_meeting_record_names_who_signed_and_who_was_absent():
    content, text = PHASE_PAPERS["meeting_record-long"], words_of("meeting_record-long")
    assert "三、签到（30人）" in text
    assert text.count("扫码签到") + text.count("现场登记") == 30
    assert "1秦皇岛经济技术开发区渤海湾" in text
    for name in content.absent:
        assert name in text
    for words in ("2026年6月8日14:00", "主持人刘勇", *map(bare, content.agenda.splitlines())):
        assert words in text
    empty = words_of("meeting_record-bare")
    assert "签到人员：无" in empty
    assert "未派人参加的企业（0家）无。" in empty
