"""Files made to do harm: they unpack to more than a machine has, or ask for what lies elsewhere."""

import io
import struct
import tracemalloc
import zipfile
import zlib
from urllib.request import OpenerDirector

import pytest
import xlsxwriter

from common.uploads import repacked
from documents.pdf import PaperError, render
from documents.word import starter_template
from documents.word.check import template_problems
from enterprises import grid
from inspections.documents import SuggestionDocument
from tests.documents.samples import appraisal, context

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + ' <!ENTITY file SYSTEM "file:///etc/hostname">]>'
)
MEBIBYTE = 2**20


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "企业名称")
    return out.getvalue()


def form() -> bytes:
    return starter_template(content_type=SuggestionDocument, title="隐患整改建议书")


def changed(content: bytes, name: str, part: bytes) -> bytes:
    """The same archive with another part."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            new.writestr(entry, part if entry == name else old.read(entry))
        if name not in old.namelist():
            new.writestr(name, part)
    return out.getvalue()


def lying(content: bytes, name: str, size: int) -> bytes:
    """The same archive, which declares another size of a part."""
    told = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        real = archive.getinfo(name).file_size
    for start, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.find(start)
        while at >= 0:
            if struct.unpack_from("<I", told, at + offset)[0] == real:
                struct.pack_into("<I", told, at + offset, size)
            at = content.find(start, at + 4)
    return bytes(told)


def problems(template: bytes) -> list[str]:
    return template_problems(template=template, content_type=SuggestionDocument, head=["title"])


def peak(act) -> int:
    """The most memory that Python had while it was done."""
    tracemalloc.start()
    try:
        act()
    finally:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return most


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_entities_in_a_list_are_neither_multiplied_nor_fetched(part):
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        body = archive.read(part).decode().partition("?>")[2]
    hostile = changed(workbook(), part, (BOMB + body.replace("企业名称", "&i;&file;")).encode())

    def read() -> str:
        try:
            return str(grid.read_grids(io.BytesIO(hostile), "list.xlsx"))
        except grid.SheetError as error:
            return str(error)

    assert peak(read) < 20 * MEBIBYTE
    assert "aaaa" not in read()
    with open("/etc/hostname") as own:
        assert own.read().strip() not in read()


def test_a_list_that_unpacks_to_too_much_is_refused_before_it_does(monkeypatch):
    monkeypatch.setattr(grid, "MAX_UNPACKED", 5 * MEBIBYTE)
    hostile = changed(workbook(), "xl/sharedStrings.xml", b" " * 30 * MEBIBYTE)

    def read() -> None:
        with pytest.raises(grid.SheetError, match="展开后过大"):
            grid.read_grids(io.BytesIO(hostile), "list.xlsx")

    assert peak(read) < 4 * MEBIBYTE


def test_a_list_that_lies_about_its_size_is_read_no_further_than_it_says():
    name = "xl/sharedStrings.xml"
    hostile = lying(changed(workbook(), name, b" " * 30 * MEBIBYTE), name, 1000)

    def read() -> None:
        with pytest.raises(grid.SheetError, match="打不开"):
            grid.read_grids(io.BytesIO(hostile), "list.xlsx")

    assert peak(read) < 4 * MEBIBYTE


@pytest.mark.parametrize("name", ["word/document.xml", "word/styles.xml", "customXml/item1.xml"])
def test_entities_in_a_word_form_are_refused(name):
    hostile = changed(form(), name, (BOMB + "<x>&i;&file;</x>").encode())
    found: list[str] = []
    assert peak(lambda: found.extend(problems(hostile))) < 20 * MEBIBYTE
    assert len(found) == 1
    assert "aaaa" not in found[0]


def test_a_word_form_that_unpacks_to_too_much_is_refused():
    for size in (6, 51):
        hostile = changed(form(), "word/big.xml", b"<a>" + b" " * size * MEBIBYTE + b"</a>")
        [problem] = problems(hostile)
        assert "过大" in problem
    many = form()
    out = io.BytesIO(many)
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(2001):
            archive.writestr(f"word/{number}.bin", b"")
    assert "过大" in problems(out.getvalue())[0]


def test_an_archive_that_lies_about_its_size_costs_what_it_says():
    content = b"<a>" + b" " * 30 * MEBIBYTE + b"</a>"
    hostile = lying(changed(form(), "word/document.xml", content), "word/document.xml", 1000)

    def open_it() -> None:
        with pytest.raises(zipfile.BadZipFile):
            repacked(hostile, most=50 * MEBIBYTE)

    assert peak(open_it) < 4 * MEBIBYTE
    sum_of_what_it_says = zlib.crc32(content[:1000])
    with zipfile.ZipFile(io.BytesIO(hostile)) as archive:
        real = archive.getinfo("word/document.xml").CRC
    honest_sum = hostile.replace(struct.pack("<I", real), struct.pack("<I", sum_of_what_it_says))
    told: list[bytes] = []
    assert peak(lambda: told.append(repacked(honest_sum, most=50 * MEBIBYTE))) < 4 * MEBIBYTE
    with zipfile.ZipFile(io.BytesIO(told[0])) as archive:
        assert archive.read("word/document.xml") == content[:1000]


def test_what_a_word_form_would_fetch_or_run_is_refused():
    with zipfile.ZipFile(io.BytesIO(form())) as archive:
        links = archive.read("word/_rels/document.xml.rels").decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    for what in ("image", "attachedTemplate", "oleObject"):
        link = f'<Relationship Id="x" Type="{kind}/{what}" Target="http://a.test/" TargetMode="External"/>'
        hostile = changed(
            form(), "word/_rels/document.xml.rels",
            links.replace("</Relationships>", link + "</Relationships>").encode(),
        )  # fmt: skip
        assert "外部内容" in problems(hostile)[0], what
    assert "宏" in problems(changed(form(), "word/vbaProject.bin", b"x"))[0]


@pytest.mark.parametrize(
    "html",
    [
        '<img src=\'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"><image'
        ' href="file:///etc/hostname" width="9" height="9"/></svg>\'>',
        "<link rel=stylesheet href='data:text/css,@import url(file:///etc/hostname);'>",
        "<style>@import url(http://127.0.0.1:9/x.css);</style>",
        "<style>@font-face { font-family: x; src: url(file:///etc/hostname) }</style><p style='font-family: x'>x",
        "<p style='background: url(ftp://127.0.0.1/x.png)'>x",
        "<object data='file:///etc/hostname'></object>",
        "<link rel=attachment href='file:///etc/hostname'>",
    ],
)
def test_no_way_of_naming_an_address_on_a_paper_leads_out(html, settings, tmp_path, monkeypatch):
    asked, really = [], OpenerDirector.open

    def listening(self, request, *words, **more):
        asked.append(getattr(request, "full_url", request))
        return really(self, request, *words, **more)

    monkeypatch.setattr(OpenerDirector, "open", listening)
    (tmp_path / "thief.html").write_text(html)
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"DIRS": [tmp_path, *engine["DIRS"]]}]
    with pytest.raises(PaperError):
        render("thief.html", context(appraisal()))
    assert all(address.startswith("data:") for address in asked)
