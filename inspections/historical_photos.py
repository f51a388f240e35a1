"""Photos of hazards of earlier years: whose a photo is, by the ledger's column 照片 or by the number."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from enterprises.file_bringing import FileKind, Matcher, Target
from enterprises.folders import Packed, beginnings, key
from evidence.models import Photo
from inspections.models import HistoricalHazard
from tenancy.models import Agency

BETWEEN = re.compile(r"[、,，;；\n|]+")


class _Row(NamedTuple):
    pk: str
    firm: str
    code: str
    description: str


def _match(agency: Agency, files: Sequence[Packed]) -> Matcher:
    named = _named(agency)
    numbered = _numbered(agency, files)

    def match(file: Packed) -> Target | str:
        name, words = key(file.parts[-1]), beginnings(file.stem)
        by_name = named.get(name) or named.get(key(file.stem))
        if by_name:
            return _one(file, by_name, "的“照片”一栏写着这个文件名")
        for word in words:
            if word in numbered:
                return _one(file, numbered[word], f"的原编号是 {file.stem}")
        return "历史隐患的“照片”一栏没有这个文件名，也没有以它开头的原编号"

    return match


def _one(file: Packed, rows: Sequence[_Row], words: str) -> Target | str:
    """Return the only one, or that of the enterprise whose folder the file stands in."""
    folders = {key(part) for part in file.parts[:-1]}
    left = [row for row in rows if not folders.isdisjoint((key(row.firm), key(row.code)))]
    found = rows if len(rows) == 1 else left
    if len(found) != 1:
        return f"有 {len(rows)} 项历史隐患{words}，请放进以企业名称命名的文件夹"
    row = found[0]
    label = f"{row.firm} · {row.description[:40]}"
    return Target(HistoricalHazard._meta.label_lower, row.pk, label)


FIELDS = ("pk", "enterprise__name", "enterprise__credit_code", "description")


def _named(agency: Agency) -> dict[str, list[_Row]]:
    """Return what the column 照片 names, with and without its ending."""
    found: dict[str, list[_Row]] = defaultdict(list)
    rows = HistoricalHazard.objects.filter(owner_agency=agency).exclude(photo_names="")
    for names, pk, *rest in rows.values_list("photo_names", *FIELDS):
        row = _Row(str(pk), *rest)
        for name in filter(None, map(key, BETWEEN.split(names))):
            found[name].append(row)
    return found


def _numbered(agency: Agency, files: Sequence[Packed]) -> dict[str, list[_Row]]:
    """Return those whose number a file's name begins with, however it is spaced."""
    words = {word for file in files for word in beginnings(file.stem)}
    found: dict[str, list[_Row]] = defaultdict(list)
    rows = HistoricalHazard.objects.filter(owner_agency=agency).exclude(number="")
    for number, pk, *rest in rows.values_list("number", *FIELDS):
        if (word := key(number)) in words:
            found[word].append(_Row(str(pk), *rest))
    return found


FILES = FileKind(
    "hazard-photos", "历史隐患照片",
    (
        "先导入台账。文件名和台账“照片”一栏写的一样，或者以原编号开头，如 2025-0001-1.jpg",
        "几家企业有同名照片时，放进以企业名称或统一社会信用代码命名的文件夹",
        "接收 JPG、PNG、HEIC、WebP，单张 20 MB 以内",
    ),
    _match, "inspections:historical-list", Photo.Purpose.BEFORE,
)  # fmt: skip
