"""An editable copy of an issued paper, made from its rendered HTML.

A copy is never the paper: it says so in its first line and bears no seal, signature, QR code or
check marks. html-for-docx is not used: it stops at SVG pictures, fetches addresses and files that
a page names, and knows neither column widths nor what to leave out.
"""

import base64
import binascii
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import docx
import lxml.html
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.image.exceptions import UnexpectedEndOfFileError, UnrecognizedImageError
from docx.image.image import Image
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell

from documents.word.base import (
    CONTROLS,
    PAPER_SIZE,
    clean,
    saved,
    set_fonts,
    set_page,
    set_properties,
)

LEFT_OUT = {"watermark", "foot", "mark", "qr", "imprint", "check", "proof"}
ONLY_ON_THE_PAPER = {"印章": "（印章见原件）", "签名": "（签名见原件）"}  # by the picture's alt
BLOCKS = {"p", "div", "table", "h1", "h2", "h3", "section", "ul", "ol", "li"}
BLANKS = {"blank", "fill", "line"}  # what is filled in stands on a line
SIDE_BY_SIDE = {"under", "pair", "last"}  # paragraphs in one line, with a tab between them
CENTRE = {"issuer", "agency", "kind", "number", "c", "none"}
RIGHT = {"n", "day", "sign", "seal"}
FLUSH = {"flush", "to", "row", "pair", "head", "photos", "lead"}
BOLD = {"agency", "major", "grade"}
SIZES = {"small": 9, "issuer": 13, "agency": 22, "kind": 14, "hash": 6, "grid": 12, "of": 9}
BLANKS_OF_HTML = re.compile("[ \t\r\n\f]+")
FONT_SIZE = re.compile(r"html\s*\{[^}]*?font(?:-size)?:\s*([\d.]+)pt")
COLUMN_WIDTH = re.compile(r"width:\s*([\d.]+)mm")
PHOTO_HEIGHT, PHOTO_WIDTH = Mm(34), Mm(70)


def word_copy(*, html: str, title: str, number: str, note: str) -> bytes:
    """Return a .docx of a paper's rendered HTML, with `note` as its first line."""
    page = lxml.html.document_fromstring(CONTROLS.sub("", html))
    document = docx.Document()
    styles = "\n".join(page.xpath("//style/text()"))
    set_page(document, styles)
    found = FONT_SIZE.findall(styles)
    set_fonts(document, float(found[-1]) if found else PAPER_SIZE)
    set_properties(document, title=title, number=number)
    for created in page.xpath("//meta[@name='dcterms.created']/@content")[:1]:
        moment = datetime.fromisoformat(created).astimezone(UTC)
        document.core_properties.created = document.core_properties.modified = moment
    writer = _Writer(document)
    writer.line(document, [(note, _Look(size=9))], _Look())
    writer.flow(document, page.find("body"), _Look())
    return saved(document)


@dataclass(frozen=True)
class _Look:
    """How text looks, as far as the copy follows the paper; size 0 is the style's own."""

    bold: bool = False
    underline: bool = False
    size: float = 0
    align: Any = None
    indent: bool = False
    as_typed: bool = False  # blanks and line breaks stay (white-space: pre-wrap)

    def within(self, element: Any) -> "_Look":
        """Return how what stands in the element looks."""
        names = _classes(element)
        align = self.align
        if names & CENTRE or (element.tag == "th" and element.xpath("boolean(ancestor::thead)")):
            align = WD_ALIGN_PARAGRAPH.CENTER
        elif names & RIGHT:
            align = WD_ALIGN_PARAGRAPH.RIGHT
        is_head = element.tag == "p" and "head" in names
        return replace(
            self,
            bold=self.bold
            or is_head
            or element.tag in ("b", "strong", "thead")
            or names & BOLD != set(),
            underline=self.underline or names & BLANKS != set(),
            size=next((SIZES[name] for name in names if name in SIZES), self.size),
            align=align,
            indent=(self.indent or names & {"text", "body"} != set())
            and not (names & FLUSH or element.tag == "table"),
            as_typed=self.as_typed or "rows" in names,
        )


_Piece = tuple[Any, _Look]  # a text, or an img element, and how it looks


@dataclass(frozen=True)
class _Slot:
    """A place in the grid of a table: a cell, the lower part of one (`continue`), or a gap."""

    column: int
    span: int
    element: Any = None
    merge: str = ""


@dataclass
class _Writer:
    """Writes a page's blocks into a document or a cell."""

    document: Any

    @property
    def width(self) -> int:
        """Return the width of the text on the page."""
        page = self.document.sections[0]
        return int(page.page_width - page.left_margin - page.right_margin)

    def flow(self, target: Any, element: Any, look: _Look) -> None:
        """Write what stands in an element; loose text between its blocks makes paragraphs."""
        if element.tag in ("p", "h1", "h2", "h3", "li") or _classes(element) & (
            SIDE_BY_SIDE | {"row"}
        ):
            self.line(target, list(_pieces_of_line(element, look)), look, element)
            return
        loose: list[_Piece] = [(element.text or "", look)]
        for child in element:
            if child.tag in BLOCKS and not _is_left_out(child):
                self.line(target, loose, look)
                loose = []
                write = self.table if child.tag == "table" else self.flow
                write(target, child, look.within(child))
            else:
                loose.extend(_inline(child, look))
            loose.append((child.tail or "", look))
        self.line(target, loose, look)

    def line(self, target: Any, pieces: list[_Piece], look: _Look, element: Any = None) -> None:
        """Write one paragraph; nothing where there is nothing to be seen."""
        if not any(not isinstance(piece, str) or piece.strip(" \t\r\n\f") for piece, _ in pieces):
            return
        paragraph = _paragraph_in(target)
        if element is not None and element.tag in ("h1", "h2", "h3"):
            paragraph.style = self.document.styles[f"Heading {element.tag[1]}"]
        elif look.align is not None:
            paragraph.alignment = look.align
        elif look.indent and element is not None and element.tag == "p":
            points = look.size or self.document.styles["Normal"].font.size.pt
            paragraph.paragraph_format.first_line_indent = Pt(2 * points)
        names = set() if element is None else _classes(element)
        if names & {"under", "last"}:
            stops = paragraph.paragraph_format.tab_stops
            stops.add_tab_stop(Length(self.width), WD_TAB_ALIGNMENT.RIGHT)
        elif "pair" in names:
            paragraph.paragraph_format.tab_stops.add_tab_stop(Length(self.width * 3 // 5))
        _write(paragraph, pieces)

    def table(self, target: Any, element: Any, look: _Look) -> None:
        """Write a table on a fixed grid with the paper's column widths and merged cells."""
        rows = element.xpath("./tr|./thead/tr|./tbody/tr|./tfoot/tr")
        grid = _grid(rows)
        count = max((slot.column + slot.span for slots in grid for slot in slots), default=0)
        if not count:
            return
        body = getattr(target, "element", None)
        last = body.body[-2] if body is not None and len(body.body) > 1 else None
        if last is not None and last.tag == qn("w:tbl"):  # Word makes one of two that touch
            target.add_paragraph().paragraph_format.space_after = Pt(0)
        table = target.add_table(0, count)
        table.style, table.autofit = self.document.styles["Table Grid"], False
        widths = _widths(element, count, self.width)
        for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
            column.w = Length(width)
        for row, slots in zip(rows, grid, strict=True):
            inner = look.within(row.getparent()) if row.getparent() is not element else look
            self.row(table, row, [*slots, *_gaps(slots, count)], widths, inner.within(row))

    def row(
        self, table: Table, row: Any, slots: list[_Slot], widths: list[int], look: _Look
    ) -> None:
        """Write one row; head rows come again on every page."""
        made = table._tbl.add_tr()
        properties = made.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if is_head := row.getparent().tag == "thead":
            properties.append(OxmlElement("w:tblHeader"))
        for slot in slots:
            cell = made.add_tc()
            cell.width = Length(sum(widths[slot.column : slot.column + slot.span]))
            if slot.span > 1:
                cell.grid_span = slot.span
            if slot.merge:
                cell.vMerge = slot.merge
            if slot.element is None:
                continue
            if slot.element.tag == "th":
                _shade(cell, "EEF0F3" if is_head else "F5F6F8")
            self.flow(_Cell(cell, table), slot.element, look.within(slot.element))


def _classes(element: Any) -> set[str]:
    return set((element.get("class") or "").split())


def _is_left_out(element: Any) -> bool:
    return not isinstance(element.tag, str) or bool(_classes(element) & LEFT_OUT)


def _inline(element: Any, look: _Look) -> Iterator[_Piece]:
    """Yield an element's texts and pictures in their order, without its tail."""
    if _is_left_out(element):
        return
    if element.tag == "br":
        yield "\n", replace(look, as_typed=True)
    elif element.tag == "img":
        alt = element.get("alt") or ""
        yield ONLY_ON_THE_PAPER.get(alt, element), look
    else:
        inner = look.within(element)
        if _classes(element) & BLANKS and not len(element) and not (element.text or "").strip():
            yield "\u3000" * 8, inner
        yield element.text or "", inner
        for child in element:
            yield from _inline(child, inner)
            yield child.tail or "", inner


def _pieces_of_line(element: Any, look: _Look) -> Iterator[_Piece]:
    """Yield what stands in a paragraph, or in a row of labels and lines."""
    names = _classes(element)
    if not names & (SIDE_BY_SIDE | {"row"}):
        yield from _inline_of(element, look)
        return
    for place, child in enumerate(element):
        if place and names & SIDE_BY_SIDE:
            yield "\t", replace(look, as_typed=True)
        elif place and "line" not in _classes(child):
            yield "\u3000", look
        yield from _inline(child, look)


def _inline_of(element: Any, look: _Look) -> Iterator[_Piece]:
    yield element.text or "", look
    for child in element:
        yield from _inline(child, look)
        yield child.tail or "", look


def _paragraph_in(target: Any) -> Any:
    """Return a new paragraph; a new cell has an empty one already."""
    if isinstance(target, _Cell):
        first = target.paragraphs[0]
        first.paragraph_format.space_after = Pt(0)
        if len(target._tc) <= 2 and not first.runs:
            return first
    return target.add_paragraph()


def _write(paragraph: Any, pieces: Iterable[_Piece]) -> None:
    """Write texts and pictures; blanks collapse as in a browser."""
    is_blank_before = True
    for piece, look in pieces:
        if not isinstance(piece, str):
            _write_picture(paragraph, piece)
            is_blank_before = False
            continue
        text = piece if look.as_typed else BLANKS_OF_HTML.sub(" ", piece)
        if is_blank_before and not look.as_typed:
            text = text.lstrip(" ")
        if not text:
            continue
        run = paragraph.add_run(clean(text))
        run.bold, run.underline = look.bold or None, look.underline or None
        if look.size:
            run.font.size = Pt(look.size)
        is_blank_before = text[-1] in " \n\t"


def _write_picture(paragraph: Any, element: Any) -> None:
    """Add a PNG or JPEG given as a data: address; SVG and all else is left out."""
    kind, _, data = (element.get("src") or "").partition(";base64,")
    if kind not in ("data:image/png", "data:image/jpeg"):
        return
    alt = element.get("alt") or ""
    try:
        blob = base64.b64decode(data, validate=True)
        image = Image.from_blob(blob)
        height = min(PHOTO_HEIGHT, PHOTO_WIDTH * image.px_height // max(image.px_width, 1))
        run = paragraph.add_run()
        picture = run.add_picture(io.BytesIO(blob), height=Length(max(height, 1)))
    except (binascii.Error, UnrecognizedImageError, UnexpectedEndOfFileError):
        paragraph.add_run(f"（图片见原件：{alt}）")
        return
    picture._inline.docPr.set("descr", alt)


def _grid(rows: Sequence[Any]) -> list[list[_Slot]]:
    """Lay cells on a grid, column by column, around what hangs down from rows above."""
    grid: list[list[_Slot]] = []
    hanging: dict[int, tuple[int, int]] = {}  # column: rows still to come, columns
    for row in rows:
        cells = iter(row.xpath("./td|./th"))
        slots: list[_Slot] = []
        column, below = 0, dict[int, tuple[int, int]]()
        while True:
            if column in hanging:
                down, span = hanging.pop(column)
                slots.append(_Slot(column, span, None, "continue"))
            elif (cell := next(cells, None)) is not None:
                down, span = _number(cell, "rowspan") - 1, _number(cell, "colspan")
                slots.append(_Slot(column, span, cell, "restart" if down else ""))
            elif hanging:
                down, span = 0, min(hanging) - column
                slots.append(_Slot(column, span))
            else:
                break
            if down:
                below[column] = (down - (slots[-1].element is None), span)
            column += span
        hanging = {column: (down, span) for column, (down, span) in below.items() if down}
        grid.append(slots)
    return grid


def _number(cell: Any, name: str) -> int:
    words = cell.get(name) or ""
    return min(max(int(words), 1), 1000) if words.isdecimal() else 1


def _gaps(slots: Sequence[_Slot], count: int) -> Iterator[_Slot]:
    end = slots[-1].column + slots[-1].span if slots else 0
    if end < count:
        yield _Slot(end, count - end)


def _widths(table: Any, count: int, whole: int) -> list[int]:
    """Return the columns' widths: those named in mm, the rest shared out evenly."""
    named = [COLUMN_WIDTH.search(col.get("style") or "") for col in table.iter("col")][:count]
    found = [int(Mm(float(width[1]))) if width else 0 for width in named]
    found += [0] * (count - len(found))
    open_ones = found.count(0)
    share = max((whole - sum(found)) // open_ones, int(Mm(5))) if open_ones else 0
    widths = [width or share for width in found]
    scale = min(1.0, whole / sum(widths))
    return [int(width * scale) for width in widths]


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell.get_or_add_tcPr().append(shade)
