"""What else a file is: a script, an archive, a program or a paper hidden in a picture. By bytes only.

What phones add is no such thing and stays: further JPEGs behind the first (MPF: depth, gain map), a
film (motion photo), blocks of the makers' own. Signatures are looked for everywhere; each is so
long, or so checked, that chance does not write it into compressed data.
"""

import re
from collections.abc import Callable

SCRIPT, ARCHIVE, PROGRAM, PAPER, PAGE = "脚本", "压缩包", "程序", "PDF 或其他文件", "网页"
# What a reader takes for a page or a script wherever it stands.
_WEB = re.compile(
    rb"<(?:script|iframe|\?php\s|!doctype\s+html|(?:html|head|body)[\s>]"
    rb"|svg[\s/][^>]{0,500}?(?:xmlns|\bon\w+\s*=))",
    re.I,
)
# In words (comments, text at the end) any tag is too much.
_TAG = re.compile(
    rb"<(?:!(?:--|doctype)|\?(?:php|=)|/?(?:a|audio|base|body|button|div|embed|form|head|html|iframe|img|input"
    rb"|link|math|meta|object|p|script|span|style|svg|table|template|video)[\s/>])"
    rb"|javascript:|\bon(?:error|load|click)\s*=",
    re.I,
)
# A local file header as a reader of ZIPs accepts it: version, flags, a known method … name length.
_ZIP = re.compile(
    rb"PK\x03\x04[\x00-\x3f].{3}[\x00-\x0e\x12\x13\x14\x5d-\x63]\x00.{16}[^\x00].", re.S
)
_LONG: tuple[tuple[bytes, re.Pattern[bytes], str], ...] = (
    (b"PK\x03\x04", _ZIP, ARCHIVE),
    (b"Rar!", re.compile(rb"Rar!\x1a\x07"), ARCHIVE),
    (b"7z\xbc\xaf", re.compile(rb"7z\xbc\xaf\x27\x1c"), ARCHIVE),
    (b"\xfd7zXZ", re.compile(rb"\xfd7zXZ\x00"), ARCHIVE),
    (b"MSCF", re.compile(rb"MSCF\x00{4}.{4}\x00{4}", re.S), ARCHIVE),
    (b"\x7fELF", re.compile(rb"\x7fELF[\x01\x02][\x01\x02]\x01"), PROGRAM),
    (b"\xfe\xed\xfa", re.compile(rb"\xfe\xed\xfa[\xce\xcf][\x00\x01]\x00\x00[\x07\x0c]"), PROGRAM),
    (b"\xfa\xed\xfe", re.compile(rb"\xfa\xed\xfe[\x07\x0c]\x00\x00[\x00\x01]"), PROGRAM),
    (b"\xca\xfe\xba\xbe", re.compile(rb"\xca\xfe\xba\xbe\x00\x00\x00[\x02-\x50]"), PROGRAM),
    (b"dex\n", re.compile(rb"dex\n03\d\x00"), PROGRAM),
    (b"\x00asm", re.compile(rb"\x00asm\x01\x00\x00\x00"), PROGRAM),
    (b"%PDF-", re.compile(rb"%PDF-[12]\.\d"), PAPER),
    (b"\xd0\xcf\x11\xe0", re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), PAPER),
    (b"{\\rtf1", re.compile(rb"\{\\rtf1"), PAPER),
    (b"#!/", re.compile(rb"#!/(?:usr/)?(?:local/)?bin/"), SCRIPT),
    (b"@echo o", re.compile(rb"@echo o(?:ff|n)"), SCRIPT),
)  # fmt: skip
# Too short to be looked for anywhere; what follows the picture must not begin with them.
_SHORT = (
    (b"MZ", PROGRAM), (b"#!", SCRIPT), (b"PK", ARCHIVE), (b"BZh", ARCHIVE), (b"\x1f\x8b", ARCHIVE),
    (b"%PDF", PAPER), (b"@ECHO", SCRIPT),
)  # fmt: skip
_PE_WITHIN = 4096  # bytes from the MZ head of a program to its PE head
_PADDING = b"\x00\xff\r\n\t "
_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]")


def hidden_in(content_type: str, content: bytes) -> str:
    """Return what is hidden in a picture of this type, in words, or ''."""
    end, words = _ENDS[content_type](content)
    return what_else(content) or _after(content[end:]) or (PAGE if _has_tag(words) else "")


def what_else(content: bytes) -> str:
    """Return what signature of another kind of file stands anywhere in these bytes, or ''."""
    if _WEB.search(content):
        return PAGE
    if b"%PDF-" in content[:1024]:  # where readers of PDFs look for it
        return PAPER
    for needle, pattern, what in _LONG:
        at = content.find(needle)
        while at >= 0:
            if pattern.match(content, at):
                return what
            at = content.find(needle, at + 1)
    return _by_place(content)


def _by_place(content: bytes) -> str:
    """What is known by where its signature stands."""
    if content[257:262] == b"ustar" or content[0x8001:0x8006] == b"CD001":
        return ARCHIVE
    # The comment that makes a JPEG's head a line of JavaScript.
    if content[4:6] == b"/*" and re.search(rb"\*/\s*=", content):
        return SCRIPT
    at = content.find(b"PE\x00\x00")
    while at >= 0:
        if _has_mz(content, at):
            return PROGRAM
        at = content.find(b"PE\x00\x00", at + 1)
    return ""


def _has_mz(content: bytes, pe: int) -> bool:
    """Whether an MZ head before `pe` points at it."""
    start = max(0, pe - _PE_WITHIN)
    at = content.find(b"MZ", start, pe)
    while at >= 0:
        if int.from_bytes(content[at + 60 : at + 64], "little") == pe - at:
            return True
        at = content.find(b"MZ", at + 1, pe)
    return False


def _after(tail: bytes) -> str:
    """What stands behind the end of the picture."""
    tail = tail.lstrip(_PADDING)
    for head, what in _SHORT:
        if tail.startswith(head):
            return what
    is_text = bool(tail) and all(byte >= 32 or byte in b"\t\r\n" for byte in tail[:256])
    return PAGE if is_text and _TAG.search(tail) else ""


def _has_tag(words: list[bytes]) -> bool:
    return any(_TAG.search(text) for text in words)


def _jpeg(content: bytes) -> tuple[int, list[bytes]]:
    """Walk the segments: return where the first picture ends, and the comments in it."""
    at = 2
    words: list[bytes] = []
    while found := _MARKER.search(content, at):
        at, marker = found.end(), content[found.end() - 1]
        if marker == 0xD9:
            return at, words
        if marker == 0xD8:
            continue
        size = int.from_bytes(content[at : at + 2], "big")
        if marker == 0xFE:
            words.append(content[at + 2 : at + size])
        at += size
    return len(content), words


def _png(content: bytes) -> tuple[int, list[bytes]]:
    """Walk the chunks: return where the picture ends, and the words in it."""
    at = 8
    words: list[bytes] = []
    while at + 12 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        body = content[at + 8 : at + 8 + size]
        at += 12 + size
        if kind == b"IEND":
            return at, words
        if kind in (b"tEXt", b"iTXt") and not body.startswith(b"XML:com.adobe.xmp\x00"):
            words.append(body)
    return len(content), words


def _webp(content: bytes) -> tuple[int, list[bytes]]:
    size = int.from_bytes(content[4:8], "little")
    return 8 + size + size % 2, []


def _heif(content: bytes) -> tuple[int, list[bytes]]:
    """Walk the boxes of the file: what is no box any more stands behind the picture."""
    at = 0
    while at + 8 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        if size == 0:
            return len(content), []
        if size < 8 or not kind.isalnum():
            break
        at += size
    return at, []


_ENDS: dict[str, Callable[[bytes], tuple[int, list[bytes]]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/heic": _heif,
}
