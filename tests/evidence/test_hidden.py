"""Files that are a picture and something else besides are refused, wherever the other part stands."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import DomainError
from evidence.hidden import PROGRAM, hidden_in, what_else
from evidence.pictures import read_picture
from tests.evidence import samples

PICTURES = {
    "image/jpeg": samples.jpeg(),
    "image/png": samples.saved(samples.view(), "PNG"),
    "image/webp": samples.saved(samples.view(), "WEBP"),
    "image/heic": samples.heic(),
}
LATE_HTML = samples.jpeg() + b"\xff\xd9 plain words <img src=x onerror=alert(1)>"


@pytest.mark.parametrize("kind", PICTURES)
def test_plain_pictures_hide_nothing(kind):
    assert hidden_in(kind, PICTURES[kind]) == ""


@pytest.mark.parametrize(
    "more", [{}, {"progressive": True}, {"restart_marker_rows": 1}, {"exif": samples.exif()}]
)
def test_a_jpeg_ends_where_its_own_end_mark_stands(more):
    content = samples.jpeg((640, 480), **more)
    assert hidden_in("image/jpeg", content) == ""
    assert hidden_in("image/jpeg", content + b"MZ") == PROGRAM
    inside = content[:-2] + b"MZ" + content[-2:]  # before the mark it is picture data
    assert hidden_in("image/jpeg", inside) == ""


@pytest.mark.parametrize("what", samples.HIDDEN)
@pytest.mark.parametrize("kind", PICTURES)
def test_what_stands_behind_the_picture_is_found(kind, what):
    with pytest.raises(DomainError, match="夹带了"):
        read_picture(PICTURES[kind] + samples.HIDDEN[what])


@given(
    kind=st.sampled_from(sorted(PICTURES)),
    before=st.binary(max_size=600),
    what=st.sampled_from(sorted(samples.HIDDEN)),
    after=st.binary(max_size=600),
)
def test_junk_around_it_hides_nothing(kind, before, what, after):
    tail = before + samples.HIDDEN[what] + after
    assert hidden_in(kind, PICTURES[kind] + tail)


@given(what=st.sampled_from(sorted(samples.HIDDEN)), cut=st.integers(0, 3))
def test_it_is_found_in_a_film_and_behind_a_second_picture_too(what, cut):
    film = samples.box(b"ftyp", b"isom", bytes(4)) + samples.box(
        b"mdat", bytes(cut) + samples.HIDDEN[what]
    )
    assert hidden_in("image/jpeg", samples.jpeg() + film)
    assert hidden_in("image/jpeg", samples.jpeg() + samples.jpeg(seed=2) + samples.HIDDEN[what])


@pytest.mark.parametrize("what", ["zip", "html", "php", "script", "pdf", "rar"])
def test_it_is_found_in_the_segments_of_the_head(what):
    hidden = samples.HIDDEN[what]
    assert hidden_in("image/jpeg", samples.jpeg(comment=hidden))
    assert hidden_in(
        "image/jpeg", samples.jpeg(extra=b"\xff\xe9\x00\x80" + hidden[:126].ljust(126))
    )
    assert hidden_in("image/jpeg", samples.jpeg(exif=samples.exif(maker_note=hidden)))
    assert hidden_in("image/jpeg", samples.jpeg(icc_profile=hidden))


@pytest.mark.parametrize(
    "words", [b"<a href=x>", b"<img src=x onerror=1>", b"<?= `id` ?>", b"javascript:alert(1)"]
)
def test_any_tag_in_a_comment_is_too_much(words):
    assert hidden_in("image/jpeg", samples.jpeg(comment=words))
    png = PICTURES["image/png"]
    assert hidden_in("image/png", png[:33] + _chunk(b"tEXt", b"Comment\0" + words) + png[33:])


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def test_a_pdf_may_not_begin_in_the_first_kilobyte():
    content = samples.jpeg(comment=b"x" * 300 + b"%PDF-x")
    assert hidden_in("image/jpeg", content)


def test_an_end_mark_in_the_tail_does_not_move_the_end_of_the_picture():
    assert hidden_in("image/jpeg", LATE_HTML)
    assert hidden_in("image/jpeg", samples.jpeg() + samples.HIDDEN["exe"] + b"\xff\xd9")


@pytest.mark.parametrize(
    "head", [b"MZ\x90\x00", b"#!/usr/bin/env python", b"\x1f\x8b\x08\x00", b"BZh9"]
)
def test_the_tail_may_not_begin_like_a_program_or_an_archive(head):
    assert hidden_in("image/jpeg", samples.jpeg() + b"\r\n\0\0" + head + bytes(50))


def test_a_head_that_is_a_line_of_javascript_is_found():
    plain = samples.jpeg()
    assert plain[2:4] == b"\xff\xe0"
    padding = b"\0" * (0x2F2A - 2 - 14)
    crafted = plain[:4] + b"/*" + plain[6:20] + padding + plain[20:]
    assert not hidden_in("image/jpeg", crafted)
    assert hidden_in("image/jpeg", crafted + b"*/=alert(1);/*")


def test_an_archive_by_place_is_found():
    content = bytearray(samples.jpeg(comment=b" " * 700))
    assert content[257:262] == b" " * 5
    content[257:262] = b"ustar"
    assert hidden_in("image/jpeg", bytes(content))


@pytest.mark.parametrize(
    "make", [samples.motion_photo, samples.samsung_photo, samples.two_pictures]
)
def test_what_phones_add_is_nothing_hidden(make):
    assert hidden_in("image/jpeg", make()) == ""


def test_chance_writes_no_signature_into_what_is_compressed():
    noise = samples.Random(5).randbytes(8 * 2**20)
    assert hidden_in("image/jpeg", samples.jpeg() + noise) == ""
    assert what_else(noise) == ""


@given(st.binary(max_size=3000))
def test_no_bytes_are_too_odd_to_be_walked(content):
    for kind in PICTURES:
        hidden_in(kind, content)
        hidden_in(kind, PICTURES[kind][:100] + content)
