"""The two layouts that official papers stand on: GB/T 9704 letters and enforcement papers."""

import io
import re
import subprocess
from dataclasses import dataclass, replace
from datetime import date

import pytest
from PIL import Image
from pypdf import PdfReader

from documents.pdf import RenderedPdf, data_uri, render
from tests.documents.samples import context

MM = 72 / 25.4
LEFT, BOTTOM, WIDTH, HEIGHT = 28 * MM, 35 * MM, 156 * MM, 225 * MM
PITCH = HEIGHT / 22
AGENCY = "秦皇岛经济技术开发区应急管理局"
FULL_WIDTH = re.compile(r"[\u3001-\u9fff\uff01-\uff5e]")

TEMPLATES = {
    "letter": """{% extends "documents/gov.html" %}{% block body %}
      {% if content.heading %}<h2>一、{{ content.heading }}</h2><h3>（一）范围</h3>{% endif %}
      {% for words in content.paragraphs %}<p>{{ words }}</p>{% endfor %}
      {% if content.items %}<table class="grid">
        {% for item in content.items %}<tr><td>{{ forloop.counter }}</td><td>{{ item }}</td></tr>{% endfor %}
      </table>{% endif %}{% endblock %}""",
    "order": """{% extends "documents/enforcement.html" %}
      {% block doc_title %}责令限期整改指令书{% endblock %}
      {% block body %}
        <p class="flush"><span class="fill">{{ content.addressee }}</span>：</p>
        <p>经查，你单位存在下列问题：</p>
        <table class="grid">{% for item in content.items %}
          <tr><td>{{ forloop.counter }}</td><td>{{ item }}</td></tr>{% endfor %}</table>
        <p>如果不服本指令，可以依法在60日内向<span class="fill">秦皇岛市人民政府</span>申请行政复议，
          或者在6个月内依法向<span class="fill"></span>提起行政诉讼。</p>
        <div class="row"><span>地址：</span><span class="line">珠江道街道3号</span></div>
      {% endblock %}
      {% block signs %}<div class="pair"><p>执法人员：<span class="fill"></span></p>
        <p>证号：<span class="fill">13030012</span></p></div>{% endblock %}""",
}


@dataclass(frozen=True)
class Paper:
    training: bool = False
    issuer_name: str = AGENCY
    addressee: str = "各街道办事处、各有关企业"
    issued_on: date = date(2026, 1, 5)
    heading: str = ""
    paragraphs: tuple[str, ...] = ("现将有关事项通知如下。",)
    items: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    copies_to: str = ""
    note: str = ""


@dataclass(frozen=True)
class Line:
    text: str
    left: float
    baseline: float


@pytest.fixture(autouse=True)
def layouts(settings, tmp_path):
    folder = tmp_path / "layouts"
    folder.mkdir()
    for name, words in TEMPLATES.items():
        (folder / f"{name}.html").write_text(words)
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"DIRS": [folder, *engine["DIRS"]]}]


def make(kind: str, paper: Paper, **more: object) -> RenderedPdf:
    number = "秦开应急〔2026〕12号"
    return render(f"{kind}.html", context(paper, title="关于考评的通知", number=number) | more)


def seal() -> str:
    out = io.BytesIO()
    Image.new("RGBA", (60, 60), (220, 20, 20, 120)).save(out, "PNG")
    return data_uri(out.getvalue())


def pages(made: RenderedPdf) -> list:
    return list(PdfReader(io.BytesIO(made.content)).pages)


def lines(page) -> list[Line]:
    """What stands on the page, a baseline each, from the top."""
    found: dict[float, list[tuple[float, str]]] = {}

    def see(text, matrix, text_matrix, *_):
        if text.strip():
            x, y = text_matrix[4], text_matrix[5]
            a, b, c, d, e, f = matrix
            found.setdefault(round(b * x + d * y + f, 1), []).append((a * x + c * y + e, text))

    page.extract_text(visitor_text=see)
    return [
        Line("".join(text.strip() for _, text in sorted(parts)), min(parts)[0], baseline)
        for baseline, parts in sorted(found.items(), reverse=True)
    ]


def text_block(page) -> list[Line]:
    return [line for line in lines(page) if BOTTOM < line.baseline < BOTTOM + HEIGHT]


def line_with(page, words: str) -> Line:
    return next(line for line in lines(page) if words in line.text)


def drawn(page) -> list[tuple[str, tuple[float, ...]]]:
    """Pictures and texts in the order in which they are painted; pictures with their box."""
    found: list[tuple[str, tuple[float, ...]]] = []

    def before(operator, operands, matrix, _text_matrix):
        if (
            operator == b"Do"
            and page["/Resources"]["/XObject"][operands[0]]["/Subtype"] == "/Image"
        ):
            a, _, _, d, e, f = matrix
            found.append(("picture", (e, min(f, f + d), e + a, max(f, f + d))))
        elif operator in (b"TJ", b"Tj"):
            found.append(("text", ()))

    page.extract_text(visitor_operand_before=before)
    return found


def test_a_full_page_has_twenty_two_lines_of_twenty_eight_characters():
    made = make("letter", Paper(paragraphs=("安全生产" * 450,)))
    assert made.pages == 4
    first, *full, _last = pages(made)
    for page in full:
        block = text_block(page)
        assert [len(line.text) for line in block] == [28] * 22
        for line, below in zip(block, block[1:], strict=False):
            assert line.baseline - below.baseline == pytest.approx(PITCH, abs=0.15)
        assert all(line.left == pytest.approx(LEFT, abs=0.5) for line in block)
    body = [line for line in text_block(first) if "安全生产" in line.text]
    assert [len(line.text) for line in body] == [26] + [28] * 8
    assert body[0].left == pytest.approx(LEFT + 2 * WIDTH / 28, abs=0.5)


def test_headings_latin_letters_and_bold_words_keep_the_grid():
    words = "统一社会信用代码91130301MA0ABCDE1X，2026年1月5日前报送（含“附表”）。"
    page = pages(make("letter", Paper(heading="总体要求", paragraphs=(words,) * 20)))[1]
    tops = [line.baseline for line in text_block(page)]
    assert len(tops) == 22
    for upper, lower in zip(tops, tops[1:], strict=False):
        assert upper - lower == pytest.approx(PITCH, abs=0.3)
    assert all(len(FULL_WIDTH.findall(line.text)) <= 28 for line in text_block(page))


def test_the_head_stands_where_the_standard_puts_it():
    page = pages(make("letter", Paper()))[0]
    mark, number, title = (
        line_with(page, words) for words in (AGENCY, "〔2026〕12号", "关于考评的通知")
    )
    top = (
        BOTTOM + HEIGHT - 35 * MM
    )  # of the mark's characters; 29 pt, of which 0.88 above the baseline
    assert mark.baseline == pytest.approx(top - 0.85 * 29, abs=1.5 * MM)
    assert mark.baseline - number.baseline == pytest.approx(3 * PITCH, abs=4 * MM)
    assert number.baseline - title.baseline == pytest.approx(3 * PITCH + 4 * MM, abs=5 * MM)
    to = line_with(page, "各街道办事处、各有关企业：")
    assert to.left == pytest.approx(LEFT, abs=0.5)
    assert title.baseline - to.baseline == pytest.approx(2 * PITCH, abs=2 * MM)


@pytest.mark.parametrize("name", ["市应急局", AGENCY, AGENCY * 2])
def test_the_mark_fits_its_line_and_long_names_take_two_without_moving_the_text(name):
    page = pages(make("letter", Paper(issuer_name=name)))[0]
    to, short = (
        line_with(made, "有关企业：") for made in (page, pages(make("letter", Paper()))[0])
    )
    assert to.baseline == pytest.approx(short.baseline, abs=0.2)
    assert all(line.left >= LEFT - 1 for line in lines(page))


def test_pages_are_numbered_outside_by_the_standard_and_not_at_all_when_parts_are_merged():
    paper = Paper(paragraphs=("安全生产" * 450,))
    for number, page in enumerate(pages(make("letter", paper)), start=1):
        foot = line_with(page, f"— {number} —")
        dash = (BOTTOM - foot.baseline) / MM
        assert 7 < dash < 12
        start = found_at(page, "—")
        assert (
            start > LEFT + WIDTH / 2 if number % 2 else start == pytest.approx(LEFT + 15.8, abs=1)
        )
    for page in pages(make("letter", paper, numbered=False)):
        assert "—" not in page.extract_text()


def found_at(page, words: str) -> float:
    places = []

    def see(text, matrix, text_matrix, *_):
        if words in text:
            places.append(matrix[0] * text_matrix[4] + matrix[2] * text_matrix[5] + matrix[4])

    page.extract_text(visitor_text=see)
    return places[0]


def test_the_seal_lies_centred_under_issuer_and_date():
    without, with_seal = make("letter", Paper()), make("letter", Paper(), seal_uri=seal())
    assert not [kind for kind, _ in drawn(pages(without)[0]) if kind == "picture"]
    page = pages(with_seal)[-1]
    order = drawn(page)
    kinds = [kind for kind, _ in order]
    left, bottom, right, top = order[kinds.index("picture")][1]
    assert right - left == pytest.approx(42 * MM, abs=1)
    assert top - bottom == pytest.approx(42 * MM, abs=1)
    day = next(line for line in lines(page) if line.text == "2026年1月5日")
    issuer = lines(page)[lines(page).index(day) - 1]
    assert issuer.text == AGENCY
    assert bottom < day.baseline < issuer.baseline < top
    assert (left + right) / 2 == pytest.approx(issuer.left + len(AGENCY) * 8, abs=2)
    body = line_with(page, "现将有关事项")
    assert 0 < body.baseline - top < PITCH
    assert kinds.index("picture") < kinds.index("text")


@pytest.mark.parametrize("name", ["市应急管理局", AGENCY])
def test_the_date_is_indented_four_characters_unless_the_issuer_needs_the_room(name):
    page = pages(make("letter", Paper(issuer_name=name)))[0]
    day = next(line for line in lines(page) if line.text == "2026年1月5日")
    issuer = lines(page)[lines(page).index(day) - 1]
    end = LEFT + WIDTH - day.left
    assert end == pytest.approx(100.2 + 4 * WIDTH / 28, abs=8 if name == AGENCY else 2)
    middle = issuer.left + len(name) * 8
    assert middle == pytest.approx(day.left + 50.1, abs=2)


@pytest.mark.parametrize("count", [1, 2, 3, 9, 10, 11, 23, 24, 25, 32, 33])
def test_signature_never_stands_without_text_and_the_imprint_closes_the_last_page(count):
    paper = Paper(paragraphs=("安全。",) * count, copies_to="市应急管理局")
    *earlier, last = pages(make("letter", paper, seal_uri=seal()))
    text = [line.text for line in lines(last)]
    day = text.index("2026年1月5日")
    assert text[day - 2 : day] == ["安全。", AGENCY]
    imprint = line_with(last, "2026年1月5日印发")
    assert AGENCY in imprint.text
    assert BOTTOM < imprint.baseline < BOTTOM + 5 * MM
    copies = line_with(last, "抄送：市应急管理局。")
    picture = next(box for kind, box in drawn(last) if kind == "picture")
    assert copies.baseline + 14 < picture[1]
    assert not [page for page in earlier if "印发" in page.extract_text()]


def test_attachments_note_and_table_are_printed():
    paper = Paper(
        attachments=("评分表", "名单"), note="联系人：张三", items=("用电", "<b>灭火</b>")
    )
    text = "".join(page.extract_text() for page in pages(make("letter", paper)))
    text = re.sub(r"\s", "", text)
    assert "附件：1.评分表2.名单" in text
    assert "（联系人：张三）" in text
    assert "<b>灭火</b>" in text
    one = make("letter", replace(paper, attachments=("评分表",)))
    assert "附件：评分表" in "".join(page.extract_text() for page in pages(one))


def test_an_order_bears_its_form_its_blanks_and_its_numbering():
    items = tuple(f"第{n}项：配电室未设置挡鼠板，电缆沟盖板缺失" for n in range(1, 13))
    made = make("order", Paper(addressee="某某有限公司", items=items * 3))
    found = [re.sub(r"\s", "", page.extract_text()) for page in pages(made)]
    whole = "".join(found)
    assert made.pages > 1
    for number, text in enumerate(found, start=1):
        assert f"第{number}页共{made.pages}页" in text
    for words in (
        "行政执法文书",
        AGENCY,
        "责令限期整改指令书",
        "（印章）",
        "本文书一式两份：",
        *items,
    ):
        assert words in whole
    first = pages(made)[0]
    assert found_at(first, "秦开应急〔2026〕12号") > LEFT + WIDTH / 2
    bare = make("order", Paper(items=items), numbered=False)
    assert "页共" not in "".join(re.sub(r"\s", "", page.extract_text()) for page in pages(bare))


def test_a_sealed_order_bears_the_seal_in_its_place():
    page = pages(make("order", Paper(items=("用电",)), seal_uri=seal()))[-1]
    assert "（印章）" not in page.extract_text()
    left, bottom, right, top = next(box for kind, box in drawn(page) if kind == "picture")
    day = next(line for line in lines(page) if line.text == "2026年1月5日")
    assert left < day.left < right
    assert bottom < day.baseline < top
    assert left > LEFT + WIDTH / 2
    assert line_with(page, "证号").baseline > top
    assert line_with(page, "本文书一式两份").baseline + 12 < bottom


@pytest.mark.parametrize("kind", TEMPLATES)
def test_official_papers_are_a4_bear_hash_and_mark_and_embed_their_fonts(kind, caplog):
    paper = Paper(training=True, items=("用电",) * 60)
    seen = context(paper)
    found = pages(make(kind, paper, seal_uri=seal()))
    whole = re.sub(r"\s", "", "".join(page.extract_text() for page in found))
    assert "秦开应急〔2026〕12号" in whole
    assert seen["content_sha256"] in whole
    assert seen["check_url"] in whole
    for page in found:
        assert [round(float(side)) for side in page.mediabox] == [0, 0, 595, 842]
        text = re.sub(r"\s", "", page.extract_text())
        assert "演示" in text
        assert seen["content_sha256"][:16] in text
        for font in page["/Resources"]["/Font"].values():
            (below,) = font["/DescendantFonts"]
            assert {"/FontFile2", "/FontFile3"} & set(below.get_object()["/FontDescriptor"])
    assert not caplog.records
    assert "演示" not in "".join(
        page.extract_text() for page in pages(make(kind, replace(paper, training=False)))
    )


@pytest.mark.parametrize("kind", TEMPLATES)
def test_the_same_official_paper_gives_the_same_bytes(kind):
    assert make(kind, Paper(), seal_uri=seal()) == make(kind, Paper(), seal_uri=seal())


@pytest.mark.parametrize("kind", TEMPLATES)
def test_the_files_are_sound(kind, tmp_path):
    file = tmp_path / "paper.pdf"
    file.write_bytes(make(kind, Paper(training=True), seal_uri=seal()).content)
    check = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True)
    assert check.returncode == 0, check.stdout + check.stderr
