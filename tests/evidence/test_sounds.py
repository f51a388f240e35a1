"""Voice notes are known by their bytes; what has a picture in it is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import DomainError
from evidence.services import content_type_of
from evidence.sounds import sound_type
from tests.evidence import samples

OPUS, VORBIS, THEORA = b"OpusHead\x01\x01", b"\x01vorbis\0\0", b"\x80theora\x03"
SOUNDS = {
    "webm": (samples.webm(2), "audio/webm"),
    "webm with sizes": (samples.webm(2, is_live=False), "audio/webm"),
    "opus": (samples.ogg(OPUS), "audio/ogg"),
    "vorbis": (samples.ogg(VORBIS), "audio/ogg"),
    "iPhone": (samples.mp4(b"soun", brand=b"iso5"), "audio/mp4"),
    "m4a": (samples.mp4(b"soun", brand=b"M4A "), "audio/mp4"),
    "mp42": (samples.mp4(b"soun", b"meta", brand=b"mp42"), "audio/mp4"),
}
OTHERS = {
    "film in webm": samples.webm(1, 2),
    "matroska": samples.webm(2, doctype=b"matroska"),
    "webm without tracks": samples.webm(),
    "film in ogg": samples.ogg(OPUS, THEORA),
    "ogg of something": samples.ogg(b"\x80theora\x03"),
    "film in mp4": samples.mp4(b"vide", b"soun"),
    "mp4 without tracks": samples.mp4(),
    "mp3": b"ID3\x04\0\0\0\0\0\0" + bytes(100),
    "nothing": b"",
}


@pytest.mark.parametrize("name", SOUNDS)
def test_a_recording_is_known_by_its_bytes(name):
    content, kind = SOUNDS[name]
    assert sound_type(content) == content_type_of(content) == kind


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_recording_is_refused(name):
    assert sound_type(OTHERS[name]) == ""
    with pytest.raises(DomainError, match="只收"):
        content_type_of(OTHERS[name])


@pytest.mark.parametrize("what", samples.HIDDEN)
def test_a_recording_hides_nothing(what):
    with pytest.raises(DomainError, match="夹带了"):
        content_type_of(samples.webm(2) + samples.HIDDEN[what])


def test_pictures_stay_pictures():
    assert content_type_of(samples.heic()) == "image/heic"
    assert content_type_of(samples.motion_photo()) == "image/jpeg"


@given(st.sampled_from(sorted(SOUNDS)), st.integers(0, 600), st.binary(max_size=80))
def test_no_bytes_are_too_odd_to_be_looked_at(name, at, junk):
    content = SOUNDS[name][0]
    sound_type(content[:at] + junk)
    sound_type(content[:at] + junk + content[at + len(junk) :])
