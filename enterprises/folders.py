"""Files packed into one archive, as people pack them: safe to read, each with what is wrong with it.

Pure: knows no model and no request. Nothing is written by the names that stand in an archive, and no
more is unpacked than it says of itself.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from common.text import has_control, plain, squeeze
from common.uploads import entry_bytes
from enterprises.grid import SheetError

MAX_BYTES = 60 * 2**20  # of one upload: what the server in front takes
MAX_FILES = 2_000
MAX_UNPACKED = 300 * 2**20
MAX_FILE = 20 * 2**20
UTF8_NAME = 0x800
ENCRYPTED = 0x1
# What systems leave behind without being asked.
LITTER = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$)", re.I)
DRIVE = re.compile(r"^[A-Za-z]:")
BROKEN = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Packed:
    """One file: its path as it reads, the name of its entry, and why it is not taken ('' if it is)."""

    path: str
    entry: str
    size: int
    problem: str = ""

    @property
    def parts(self) -> list[str]:
        """Folders and name."""
        return [plain(part) for part in self.path.split("/") if part]

    @property
    def stem(self) -> str:
        """Its name without the ending."""
        return self.parts[-1].rpartition(".")[0] or self.parts[-1]


class Folder:
    """An archive that is read. SheetError for what is none, or holds too much."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except BROKEN:
            raise SheetError("压缩包打不开，请重新压缩成 .zip 后再上传") from None
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        self._infos = [info for info in infos if not LITTER.search(_name(info))]
        if not self._infos:
            raise SheetError("压缩包里没有文件")
        if len(self._infos) > MAX_FILES:
            raise SheetError(f"超过 {MAX_FILES:,} 个文件，请分成几个压缩包")
        if sum(info.file_size for info in self._infos) > MAX_UNPACKED:
            raise SheetError(f"展开后超过 {MAX_UNPACKED // 2**20} MB，请分成几个压缩包")

    def files(self) -> Iterator[Packed]:
        """Yield every file, in the order of the archive."""
        seen: set[str] = set()
        for info in self._infos:
            path = _name(info)
            twice = "压缩包里有两个这样的文件名" if info.filename in seen else ""
            seen.add(info.filename)
            yield Packed(path, info.filename, info.file_size, twice or _problem(info, path))

    def read(self, file: Packed) -> bytes:
        """Return a file's bytes; SheetError if they are not what the archive says of them."""
        try:
            return entry_bytes(self._zip, file.entry)
        except BROKEN:
            raise SheetError("文件在压缩包里已损坏") from None


def _name(info: zipfile.ZipInfo) -> str:
    """Return an entry's name; one that says of no encoding is what Chinese Windows writes, or UTF-8."""
    name = info.orig_filename
    if not info.flag_bits & UTF8_NAME:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            break
    return name.replace("\\", "/")


def _problem(info: zipfile.ZipInfo, path: str) -> str:
    if path.startswith("/") or DRIVE.match(path) or ".." in path.split("/"):
        return "文件名含有上级目录或盘符，不接收"
    if has_control(path) or "\ufffd" in path:
        return "文件名里有不可识别的字符，请改名"
    if info.flag_bits & ENCRYPTED:
        return "文件有密码，请去掉密码"
    if info.file_size > MAX_FILE:
        return f"有 {info.file_size / 2**20:.1f} MB，超过 {MAX_FILE // 2**20} MB"
    return "" if info.file_size else "是空文件"


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return files that were chosen one by one as one archive; of the same name the later gets a number."""
    out, seen = io.BytesIO(), dict[str, int]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files:
            seen[name] = seen.get(name, 0) + 1
            stem, dot, ending = name.rpartition(".")
            unique = name if seen[name] == 1 else f"{stem}({seen[name]}){dot}{ending}"
            archive.writestr(unique, content)
    return out.getvalue()


def key(text: str) -> str:
    """Return what two names are compared by: no blanks, one width, one case."""
    return squeeze(text).casefold()


def beginnings(stem: str) -> list[str]:
    """Return what a name begins with before each of its separators, the longest first."""
    stem = plain(stem)
    cuts = [found.start() for found in re.finditer(r"[-_—–.（(\s]", stem) if found.start()]
    return list(dict.fromkeys([key(stem), *(key(stem[:at]) for at in reversed(cuts))]))
