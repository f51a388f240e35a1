import gc
import hashlib
import io
import os
import re
import subprocess
import sys
from copy import deepcopy
from dataclasses import replace

import pytest
from pypdf import PdfReader
from weasyprint.document import Document

from documents.pdf import PaperError, data_uri, merge, render, stamp_page_numbers
from inspections.documents import (
    LEDGER_COLUMNS,
    LEDGER_STACKS,
    LedgerTotals,
    ledger_parts,
    overdue_words,
)
from tests.documents.samples import (
    EVIL_NAME,
    PAPERS,
    REFUSAL,
    SIGNATURE,
    appraisal,
    context,
    ledger,
    points_sheet,
    points_summary,
    service_record,
    suggestion,
)


def pdf(kind: str, content: object, **more: object) -> bytes:
    return render(f"documents/{kind}.html", context(content, **more)).content


def texts(content: bytes) -> list[str]:
    """Each page's text without blanks and line breaks."""
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


@pytest.mark.parametrize("kind", PAPERS)
def test_every_paper_bears_number_hash_mark_and_page_numbers_and_escapes_text(kind, caplog):
    content = PAPERS[kind]
    made = render(f"documents/{kind}.html", context(content))
    pages = texts(made.content)
    assert len(pages) == made.pages
    whole, seen = "".join(pages), context(content)
    assert seen["content_sha256"] in whole
    assert seen["check_url"] in whole
    assert "安泰服建〔2026〕12号" in whole
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页共{len(pages)}页" in page
        assert "演示" in page
        assert seen["content_sha256"][:16] in page
    if EVIL_NAME in str(content):
        assert "<b>恶意</b>" in whole
    assert not caplog.records  # WeasyPrint logs what it could not do


@pytest.mark.parametrize("kind", PAPERS)
def test_every_paper_embeds_noto_only(kind):
    names = [
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(io.BytesIO(pdf(kind, PAPERS[kind]))).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert names
    assert all(re.fullmatch(r"/[A-Z]{6}\+Noto-(Serif|Sans)-SC(-Bold)?", name) for name in names)


def test_the_same_content_gives_the_same_bytes():
    assert pdf("appraisal", appraisal()) == pdf("appraisal", deepcopy(appraisal()))


def test_another_issue_time_gives_another_file_with_its_date():
    later = context(appraisal())["issued_at"].replace(year=2027)
    content = pdf("appraisal", appraisal(), issued_at=later)
    assert content != pdf("appraisal", appraisal())
    assert PdfReader(io.BytesIO(content)).metadata.creation_date == later


PROGRAM = """
import django, hashlib
django.setup()
from documents.pdf import merge, render, stamp_page_numbers
from tests.documents.samples import context, suggestion
import sys
assert "weasyprint" not in sys.modules
made = render("documents/suggestion.html", context(suggestion())).content
both = stamp_page_numbers(merge([made, made])).content
print(hashlib.sha256(made + both).hexdigest())
"""


def test_another_process_gives_the_same_bytes_and_does_not_load_weasyprint_before_it_renders():
    environment = os.environ | {
        "PYTHONHASHSEED": "7",
        "LANG": "C",
        "PYTHONPATH": ":".join(sys.path),
    }
    other = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    made = pdf("suggestion", suggestion())
    both = stamp_page_numbers(merge([made, made])).content
    assert other.stdout.strip() == hashlib.sha256(made + both).hexdigest()


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "/etc/hostname", "x.css"]
)
@pytest.mark.parametrize("tag", ['<img src="{}">', '<link rel="stylesheet" href="{}">'])
def test_a_paper_fetches_neither_files_nor_the_network(tag, address, settings, tmp_path):
    (tmp_path / "thief.html").write_text(tag.format(address))
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"DIRS": [tmp_path, *engine["DIRS"]]}]
    with pytest.raises(PaperError, match=address):
        render("thief.html", context(appraisal()))


def test_a_picture_that_cannot_be_read_stops_the_paper():
    broken = replace(SIGNATURE, image=SIGNATURE.image[:40])
    with pytest.raises(PaperError, match="image"):
        pdf("service_record", replace(service_record(), signature=broken))


def test_only_png_and_jpeg_become_pictures():
    assert data_uri(b"\x89PNG\r\n\x1a\n").startswith("data:image/png;base64,")
    assert data_uri(b"\xff\xd8\xff").startswith("data:image/jpeg;base64,")
    with pytest.raises(PaperError):
        data_uri(b"<svg onload=x>")


def test_a_paper_of_a_working_agency_bears_no_training_mark():
    assert "演示" not in "".join(texts(pdf("ledger", ledger(1, training=False))))


def test_the_ledger_is_landscape_and_repeats_its_thirty_names_on_every_page():
    content = pdf("ledger", ledger(40))
    reader = PdfReader(io.BytesIO(content))
    assert len(reader.pages) > 2
    for page, text in zip(reader.pages, texts(content), strict=True):
        assert [round(float(side)) for side in page.mediabox[2:]] == [842, 595]
        for number, column in enumerate(LEDGER_COLUMNS, start=1):
            assert f"{number}{column.label}" in text


def test_the_stacks_of_the_ledger_hold_each_column_once_and_fill_the_page():
    numbers = [number for _, lines in LEDGER_STACKS for line in lines for number in line]
    assert sorted(numbers) == list(range(1, 31))
    assert sum(width for width, _ in LEDGER_STACKS) == 277


def test_a_ledger_without_rows_says_so():
    text = texts(pdf("ledger", ledger(0)))
    assert len(text) == 1
    assert "本期间没有登记隐患" in text[0]
    assert "整改率—" in text[0]


def test_parts_of_a_ledger_merge_into_one_with_running_page_numbers():
    document = ledger(30)
    parts = ledger_parts(document, 12)
    assert [len(part.rows) for part in parts] == [12, 12, 6]
    assert [(part.is_first, part.is_last) for part in parts] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    files = [pdf("ledger", part, numbered=False) for part in parts]
    made = stamp_page_numbers(merge(files))
    pages = texts(made.content)
    assert made.pages == len(pages) == sum(len(texts(file)) for file in files)
    for number, page in enumerate(pages, start=1):
        assert page.count(f"第{number}页共{len(pages)}页") == 1
    found = re.findall(r"ZY-2026-(\d{5})", "".join(pages))
    assert [int(number) for number in found] == list(range(1, 31))
    assert "".join(pages).count("合计：") == 1
    assert made.content == stamp_page_numbers(merge(files)).content


def test_stamped_numbers_stand_where_a_whole_paper_has_its_own():
    whole = pdf("appraisal", appraisal())
    stamped = stamp_page_numbers(pdf("appraisal", appraisal(), numbered=False)).content

    def place(content: bytes) -> list[tuple[int, int]]:
        found = []

        def see(text, matrix, text_matrix, *_):
            if "第" in text and "页" in text:
                x, y = text_matrix[4], text_matrix[5]
                a, b, c, d, e, f = matrix
                found.append((round(a * x + c * y + e), round(b * x + d * y + f)))

        PdfReader(io.BytesIO(content)).pages[0].extract_text(visitor_text=see)
        return found

    assert len(place(whole)) == 1
    assert place(stamped) == place(whole)


def test_merged_papers_keep_title_and_date_of_the_first():
    one, other = pdf("appraisal", appraisal()), pdf("suggestion", suggestion(), title="另一份")
    made = PdfReader(io.BytesIO(merge([one, other])))
    assert made.metadata.title == "文书"
    assert made.metadata.creation_date == context(None)["issued_at"]
    assert len(made.pages) == len(texts(one)) + len(texts(other))


def test_nothing_cannot_be_merged():
    with pytest.raises(PaperError):
        merge([])


COMMANDS = ("责令", "依法予以", "处罚", "指令", "命令", "必须", "罚款")


@pytest.mark.parametrize("hazards", [0, 2])
def test_a_suggestion_advises_and_commands_nothing(hazards):
    text = "".join(texts(pdf("suggestion", suggestion(hazards))))
    assert not [word for word in COMMANDS if word in text]
    assert "不是行政执法文书" in text
    assert "保证安全生产的责任由你单位承担" in text


def test_a_refusal_is_printed_with_reason_and_witness():
    for kind, paper in (
        ("service_record", service_record(0, is_refused=True)),
        ("points_sheet", points_sheet(is_refused=True)),
    ):
        text = "".join(texts(pdf(kind, paper)))
        assert "拒绝签字" in text
        assert REFUSAL.reason in text
        assert f"见证人：{REFUSAL.witness_name}" in text
        assert "以上情况属实" not in text


@pytest.mark.parametrize("paper", [service_record(), points_sheet()])
def test_a_paper_is_either_signed_or_refused(paper):
    with pytest.raises(ValueError, match="signed or refused"):
        replace(paper, refusal=REFUSAL)
    with pytest.raises(ValueError, match="signed or refused"):
        replace(paper, signature=None)


def test_a_points_sheet_needs_two_officers():
    with pytest.raises(ValueError, match="two officers"):
        replace(points_sheet(), officers=points_sheet().officers[:1])


def test_the_appraisal_shows_its_columns_what_is_left_out_and_the_rescaling():
    text = "".join(texts(pdf("appraisal", appraisal())))
    for name in ("一级要素", "二级要素", "考评要点", "评分标准", "考评方式", "扣分说明", "得分"):
        assert name in text
    assert "标准分值" in text
    assert "分子294，分母300" in text
    assert "尚未计量，不计入：尚无问卷" in text
    assert "74.00÷80×100=92.50" in text
    assert "等次A（优秀）" in text
    assert "试拟稿" in text


def test_a_veto_is_printed_with_its_reason():
    text = "".join(texts(pdf("appraisal", appraisal("价外收费经核实"))))
    assert "一票否决：价外收费经核实" in text
    assert "等次D（不合格）" in text


def test_the_points_summary_marks_a_proposal_and_words_each_colour():
    text = "".join(texts(pdf("points_summary", points_summary())))
    assert "记分表v1（试拟稿）" in text
    assert "黄" in text
    with pytest.raises(ValueError, match="aspects"):
        replace(points_summary(), aspects=("基础管理",))


@pytest.mark.parametrize(
    ("found", "closed", "rate"), [(0, 0, "—"), (3, 2, "66.7%"), (8, 1, "12.5%"), (2000, 1, "0.1%")]
)
def test_the_rate_is_rounded_half_up_to_one_decimal(found, closed, rate):
    assert LedgerTotals(found=found, closed=closed, overdue=0, major=0).rate == rate


@pytest.mark.parametrize(
    ("days", "is_open", "words"),
    [(0, True, "未逾期"), (-2, True, "未逾期"), (3, True, "逾期3天"), (3, False, "曾逾期3天")],
)
def test_late_now_and_late_once_are_told_apart(days, is_open, words):
    assert overdue_words(days, is_open=is_open) == words


def test_a_layout_is_gone_when_the_paper_is_made():

    pdf("service_record", service_record(3))
    gc.disable()
    try:
        made = pdf("service_record", service_record(3))
        left = [one for one in gc.get_objects() if type(one) is Document]
    finally:
        gc.enable()
    assert made
    assert left == []
