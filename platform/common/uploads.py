"""What a browser sends: drawings, and archives that may lie."""

import base64
import binascii
import io
import zipfile


def drawn_png(data_url: str) -> bytes:
    """Return the bytes of a canvas's `data:image/png;base64,…`; b"" for anything else."""
    head, _, body = data_url.partition(",")
    try:
        return base64.b64decode(body, validate=True) if head.startswith("data:image/png") else b""
    except binascii.Error:
        return b""


class TooLarge(ValueError):
    """An archive would unpack to more than is taken."""


def entry_bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return an entry, unpacking no more of it than it declares; BadZipFile if that is not it.

    `ZipFile.read` unpacks everything first, whatever the entry says of its size.
    """
    info = archive.getinfo(name)
    with archive.open(info) as entry:
        content = entry.read(info.file_size)
    if len(content) != info.file_size:
        raise zipfile.BadZipFile("an entry is shorter than it says")
    return content


def repacked(content: bytes, *, most: int, entries: int = 10_000, pack: bool = False) -> bytes:
    """Return the same archive made by us: whoever opens it next gets what was measured here.

    TooLarge beyond `most` bytes unpacked or so many entries; what `zipfile` and `zlib` raise for
    no archive.
    """
    out, how = io.BytesIO(), zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", how) as new:
        infos = old.infolist()
        if len(infos) > entries or sum(info.file_size for info in infos) > most:
            raise TooLarge
        for name in dict.fromkeys(old.namelist()):
            new.writestr(zipfile.ZipInfo(name), entry_bytes(old, name), how)
    return out.getvalue()
