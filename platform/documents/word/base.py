"""What every Word file made here shares: page, fonts, properties, clean text."""

import io
import re
from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

SERIF, BODY = "宋体", "仿宋"
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
PAGE_RULE = re.compile(r"@page\s*\{([^{}@]*)")
PAGE_MARGIN = re.compile(r"margin:\s*((?:[\d.]+mm\s*){4})")
PAPER_MARGIN, PAPER_SIZE = (20.0, 22.0, 21.0, 24.0), 10.5  # those of paper.css


class WordError(ValueError):
    """A Word file cannot be made of this; the message says why."""


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def set_page(document: Any, styles: str) -> None:
    """Set A4 and the margins of the last @page rule that names any."""
    width, height, margin = Mm(210), Mm(297), list(PAPER_MARGIN)
    section = document.sections[0]
    for rule in PAGE_RULE.findall(styles):
        if "landscape" in rule:
            width, height = Mm(297), Mm(210)
            section.orientation = WD_ORIENT.LANDSCAPE
        if found := PAGE_MARGIN.search(rule):
            margin = [float(side) for side in found[1].replace("mm", "").split()]
    section.page_width, section.page_height = width, height
    sides = ("top_margin", "right_margin", "bottom_margin", "left_margin")
    for side, size in zip(sides, margin, strict=True):
        setattr(section, side, Mm(size))


def set_fonts(document: Any, size: float) -> None:
    """Set Chinese faces by w:eastAsia; a theme's face, where one is named, would win."""
    for name, face, points in (
        ("Normal", BODY, size),
        ("Heading 1", SERIF, max(20, size + 6)),
        ("Heading 2", SERIF, size + 0.5),
        ("Heading 3", SERIF, size),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = "Times New Roman", Pt(points)
        fonts = style.element.rPr.rFonts
        for key in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[key]
        fonts.set(qn("w:eastAsia"), face)
        style.paragraph_format.space_after = Mm(1)
        if name != "Normal":
            style.font.bold, style.font.color.rgb = True, RGBColor(0, 0, 0)
            style.paragraph_format.space_before = Mm(2)
    document.styles["Heading 1"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def set_properties(document: Any, *, title: str, number: str) -> None:
    properties = document.core_properties
    properties.title, properties.subject = clean(title)[:255], clean(number)[:255]
    properties.author = properties.last_modified_by = properties.comments = ""


def clean(text: str) -> str:
    """Return text without what XML cannot hold; line breaks as one character."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
