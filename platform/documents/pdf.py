"""PDF from templates: the only module that imports WeasyPrint, and never before it is needed.

Rendering fetches nothing: pictures come as `data:` addresses (`data_uri`), fonts from the fonts
folder. The same template, context and fonts give the same bytes: dates in the file are the paper's
own (from its template), the file's identifier is a hash of what was rendered.
"""

import base64
import gc
import hashlib
import io
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from common.fonts import FontsMissing
from documents.fonts import font_files, font_versions
from documents.qr import svg_data_uri

PDF_VERSION = "%PDF-1.7"
STYLE = "documents/paper.css"
MAGIC = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}

_one_at_a_time = threading.Lock()  # Pango's font map is no thing for two threads


class PaperError(ValueError):
    """A paper cannot be rendered as asked."""


@dataclass(frozen=True)
class RenderedPdf:
    """A finished file and how many pages it has."""

    content: bytes
    pages: int


def data_uri(image: bytes) -> str:
    """Return a PNG or JPEG as a `data:` address; PaperError for anything else."""
    for magic, kind in MAGIC.items():
        if image.startswith(magic):
            return f"data:{kind};base64,{base64.b64encode(image).decode('ascii')}"
    raise PaperError("a picture on a paper is a PNG or a JPEG")


def render(template: str, context: Mapping[str, Any]) -> RenderedPdf:
    """Render a template to PDF.

    The context holds `content` (a frozen dataclass with `training`), `title`, `number` (empty for
    tables that have none), `content_sha256`, `issued_at`, `check_url`, and for parts that are
    merged and numbered afterwards `numbered=False`. PaperError where the template asks for
    anything that was not handed in.
    """
    return _render_html(html_of(template, context))


def html_of(template: str, context: Mapping[str, Any]) -> str:
    """Return the HTML that a paper is laid out from."""
    return render_to_string(template, {"numbered": True, **_marks(context), **context})


def render_sheet(template: str, context: Mapping[str, Any]) -> RenderedPdf:
    """Render an internal sheet: no paper, so without number, hash or code to check."""
    return _render_html(render_to_string(template, context))


def merge(parts: Sequence[bytes]) -> bytes:
    """Join PDFs in order; title and dates are those of the first. PaperError without parts."""
    from pypdf import PdfReader, PdfWriter

    if not parts:
        raise PaperError("nothing to merge")
    writer = PdfWriter()
    readers = [PdfReader(io.BytesIO(part)) for part in parts]
    for reader in readers:
        writer.append(reader, import_outline=False)
    writer.metadata = readers[0].metadata
    return _written(writer, b"".join(hashlib.sha256(part).digest() for part in parts))


def stamp_page_numbers(pdf: bytes, *, style: str = "第 {page} 页 共 {pages} 页") -> RenderedPdf:
    """Print the page numbers where the style sheet prints them on papers of one piece."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    pages = list(writer.pages)
    sizes = [(float(page.mediabox.width), float(page.mediabox.height)) for page in pages]
    overlay = PdfReader(io.BytesIO(_numbers(sizes, style).content))
    for page, number in zip(pages, overlay.pages, strict=True):
        _lay_over(writer, page, number)
    content = _written(writer, hashlib.sha256(pdf + style.encode()).digest())
    return RenderedPdf(content, len(pages))


INDEX_LINES = 34  # of one page of a batch print's index


def render_index(*, title: str, lines: Sequence[Any], made_at: Any) -> RenderedPdf:
    """Render a batch print's index, then a separator page for each line.

    `lines` holds (position, paper, page); the index takes ceil(lines / INDEX_LINES) pages.
    """
    context = {
        "title": title,
        "made_at": made_at,
        "pages": [lines[at : at + INDEX_LINES] for at in range(0, len(lines), INDEX_LINES)],
        "lines": lines,
    }
    return _render_html(render_to_string("documents/_print_index.html", context))


def interleave(front: RenderedPdf, parts: Sequence[bytes]) -> bytes:
    """Join an index, and before each part its own separator page; pages are numbered on top."""
    from pypdf import PdfReader, PdfWriter

    writer, head = PdfWriter(), PdfReader(io.BytesIO(front.content))
    index = front.pages - len(parts)
    for page in head.pages[:index]:
        writer.add_page(page)
    for position, part in enumerate(parts):
        writer.add_page(head.pages[index + position])
        writer.append(io.BytesIO(part), import_outline=False)
    return _written(writer, hashlib.sha256(front.content + b"".join(parts)).digest())


@cache
def renderer() -> str:
    """Return what makes the bytes of a paper: programs and fonts with their versions."""
    return f"WeasyPrint {version('weasyprint')}, pypdf {version('pypdf')}, {font_versions()}"


def settle() -> None:
    """Load what every paper needs, and let the collector forget it: for a worker's start.

    Without it each collection after a paper looks at all of Django and the fonts again.
    """
    _style()
    _fetcher()
    gc.collect()
    gc.freeze()


def _marks(context: Mapping[str, Any]) -> dict[str, str]:
    """Return what the base template adds: QR code, 16 digits of the hash in fours, the date."""
    digits = context["content_sha256"][:16]
    return {
        "created": timezone.localtime(context["issued_at"]).isoformat(timespec="seconds"),
        "qr": svg_data_uri(context["check_url"]),
        "short_hash": " ".join(digits[start : start + 4] for start in range(0, 16, 4)),
    }


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """Return the process's font configuration; building it anew for each paper costs time.

    WeasyPrint's own @font-face copies each file (50 MB in all) into a temporary folder per process,
    which a killed worker leaves behind, so the files are handed to fontconfig where they lie.
    """
    from weasyprint.text.ffi import ffi, fontconfig, pangoft2
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    for path in font_files():
        if not fontconfig.FcConfigAppFontAddFile(fonts._config, str(path).encode()):
            raise FontsMissing(f"{path.name} cannot be read as a font")
    pangoft2.pango_fc_font_map_config_changed(ffi.cast("PangoFcFontMap *", fonts.font_map))
    return fonts


@lru_cache(maxsize=1)
def _style() -> Any:
    """Return the shared style sheet, parsed once a process."""
    from weasyprint import CSS

    return CSS(string=render_to_string(STYLE), font_config=_fonts(), url_fetcher=_fetcher())


@lru_cache(maxsize=1)
def _fetcher() -> Any:
    """Return a fetcher that knows `data:` and nothing else, and does not swallow a refusal."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)


def _render_html(html: str) -> RenderedPdf:
    from weasyprint.urls import FatalURLFetchingError

    identifier = hashlib.sha256((renderer() + html).encode()).hexdigest()[:32].encode()
    try:
        with _one_at_a_time, _no_collection(), _complete():
            return _laid_out(html, identifier)
    except FatalURLFetchingError as error:
        raise PaperError(str(error)) from error


def _laid_out(html: str, identifier: bytes) -> RenderedPdf:
    """Lay out and write; the layout must be out of reach when the collector clears it away."""
    from weasyprint import HTML

    paper = HTML(string=html, url_fetcher=_fetcher()).render(
        font_config=_fonts(), stylesheets=[_style()]
    )
    return RenderedPdf(paper.write_pdf(pdf_identifier=identifier), len(paper.pages))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hold Python's cycle collector back: a layout is one big graph, and a third of the time.

    It is cleared away afterwards in one go, without a look at everything that was there before.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.collect(1)
            gc.enable()


@contextmanager
def _complete() -> Iterator[None]:
    """Turn what WeasyPrint only logs (a picture that cannot be read) into PaperError."""
    complaints = _Complaints()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(complaints)
    try:
        yield
    finally:
        logger.removeHandler(complaints)
    if complaints.words:
        raise PaperError(complaints.words[0])


class _Complaints(logging.Handler):
    """Keeps the errors that WeasyPrint logs in this thread."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.words: list[str] = []
        self.own = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.own:
            self.words.append(record.getMessage())


def _numbers(sizes: Sequence[tuple[float, float]], style: str) -> RenderedPdf:
    """Render the numbers alone, a page of the same size for each page."""
    kinds = sorted(set(sizes))
    pages = [
        {"kind": kinds.index(size), "text": style.format(page=page, pages=len(sizes))}
        for page, size in enumerate(sizes, start=1)
    ]
    return _render_html(
        render_to_string("documents/_page_numbers.html", {"kinds": kinds, "pages": pages})
    )


def _lay_over(writer: Any, page: Any, overlay: Any) -> None:
    """Draw one page over another as a form, so that neither's content need be parsed."""
    from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

    form = DecodedStreamObject()
    form.set_data(overlay.get_contents().get_data())
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(page.mediabox),
            NameObject("/Resources"): overlay["/Resources"].clone(writer),
        }
    )
    name = f"/PageNumber{page.page_number + 1}"
    forms = page["/Resources"].setdefault(NameObject("/XObject"), DictionaryObject())
    forms.get_object()[NameObject(name)] = writer._add_object(form.flate_encode())
    before, after = DecodedStreamObject(), DecodedStreamObject()
    before.set_data(b"q\n")
    after.set_data(f"\nQ q {name} Do Q\n".encode())
    page[NameObject("/Contents")] = ArrayObject(
        [writer._add_object(before), page.raw_get("/Contents"), writer._add_object(after)]
    )


def _written(writer: Any, seed: bytes) -> bytes:
    """Write with an identifier made from `seed`, which stands for the input."""
    from pypdf.generic import ArrayObject, ByteStringObject

    identifier = ByteStringObject(hashlib.sha256(seed).digest()[:16])
    writer.pdf_header = PDF_VERSION
    writer._ID = ArrayObject([identifier, identifier])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
