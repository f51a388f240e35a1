"""What a recording is, by its bytes: WebM, Ogg or MP4 with sound and nothing to look at. Pure.

Browsers record WebM (Chrome, Firefox on Android), Ogg (Firefox) or fragmented MP4 (Safari on iOS).
"""

from collections.abc import Iterator

OGG_SOUNDS = (b"OpusHead", b"\x01vorbis")
EBML, SEGMENT, TRACKS, TRACK = 0x1A45DFA3, 0x18538067, 0x1654AE6B, 0xAE
DOCTYPE, TRACK_TYPE, SOUND = 0x4282, 0x83, 2
_HEIF = (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif", b"avis")


def sound_type(content: bytes) -> str:
    """Return the type of a recording, or '' for what is none (a film with sound is none)."""
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "audio/webm" if _is_webm(content) else ""
    if content.startswith(b"OggS"):
        return "audio/ogg" if _is_ogg(content) else ""
    if content[4:8] == b"ftyp" and content[8:12] not in _HEIF:
        return "audio/mp4" if _is_mp4(content) else ""
    return ""


def _is_webm(content: bytes) -> bool:
    doctype, types = b"", set()
    for ident, start, end in _elements(content, 0, len(content)):
        if ident == EBML:
            heads = _elements(content, start, end)
            doctype = next((content[a:b] for i, a, b in heads if i == DOCTYPE), b"")
        elif ident == SEGMENT:
            types = set(_track_types(content, start, end))
    return doctype.rstrip(b"\x00") == b"webm" and types == {SOUND}


def _track_types(content: bytes, start: int, end: int) -> Iterator[int]:
    """Give the type of every track: all stand before the first cluster in what browsers record."""
    for ident, tracks_start, tracks_end in _elements(content, start, end):
        if ident != TRACKS:
            continue
        for inner, a, b in _elements(content, tracks_start, tracks_end):
            if inner == TRACK:
                yield from (
                    int.from_bytes(content[c:d], "big")
                    for i, c, d in _elements(content, a, b)
                    if i == TRACK_TYPE
                )


def _elements(content: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Give (id, start, end) of the EBML elements between two places; an open end is the outer one.

    Live recordings leave the sizes of the segment and its clusters open. A cluster of open size
    reaches to the end here: nothing behind it is read.
    """
    while at < end:
        length = 9 - content[at].bit_length()
        ident, at = int.from_bytes(content[at : at + length], "big"), at + length
        if length > 4 or at >= end:
            return
        length = 9 - content[at].bit_length()
        size = int.from_bytes(content[at : at + length], "big") & ((1 << 7 * length) - 1)
        at += length
        if length > 8:
            return
        is_open = size == (1 << 7 * length) - 1
        stop = end if is_open else min(at + size, end)
        yield ident, at, stop
        at = stop


def _is_ogg(content: bytes) -> bool:
    """Look at the first page of every stream; those stand before all others."""
    at, heads = 0, []
    while content[at : at + 4] == b"OggS" and at + 27 <= len(content) and content[at + 5] & 2:
        segments = content[at + 26]
        start = at + 27 + segments
        heads.append(content[start : start + 8])
        at = start + sum(content[at + 27 : start])
    return bool(heads) and all(head.startswith(OGG_SOUNDS) for head in heads)


def _is_mp4(content: bytes) -> bool:
    """Every track that a player plays is a sound track."""
    kinds = {
        content[start + 8 : start + 12]
        for moov in _boxes(content, 0, len(content), b"moov")
        for trak in _boxes(content, *moov, b"trak")
        for mdia in _boxes(content, *trak, b"mdia")
        for start, _ in _boxes(content, *mdia, b"hdlr")
    }
    return b"soun" in kinds and not kinds & {b"vide", b"pict", b"auxv"}


def _boxes(content: bytes, at: int, end: int, kind: bytes) -> Iterator[tuple[int, int]]:
    """Give (start, end) of what is in the boxes of one kind between two places."""
    while at + 8 <= end:
        size, head = int.from_bytes(content[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head:
            return
        if content[at + 4 : at + 8] == kind:
            yield at + head, min(at + size, end)
        at += size
