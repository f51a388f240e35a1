"""Scans of enterprises and their certificates: whose a file is, by its folder and its name."""

from collections import defaultdict
from collections.abc import Sequence

from common import credit_code
from common.text import plain
from enterprises.file_bringing import FileKind, Matcher, Target
from enterprises.folders import Packed, beginnings, key
from enterprises.models import Enterprise, SpecialOperationCertificate
from tenancy.models import Agency

CERTIFICATES = "特种作业证"


class FirmsByFolder:
    """An agency's enterprises that paths speak of: by credit code or exact name, in two statements."""

    def __init__(self, agency: Agency, files: Sequence[Packed]) -> None:
        words = {word for file in files for word in _words(file)}
        mine = Enterprise.objects.filter(owner_agency=agency).select_related("merged_into")
        codes = {code for word in words if (code := credit_code.normalise(word))}
        self._found: dict[str, list[Enterprise]] = defaultdict(list)
        for row in mine.filter(credit_code__any_of=[*codes]):
            self._add(row.credit_code, row)
        for row in mine.filter(name__any_of=[*words]):
            self._add(row.name, row)

    def _add(self, word: str, row: Enterprise) -> None:
        """Of a file that was merged into another, the one that is kept; each once."""
        kept, found = row.merged_into or row, self._found[key(word)]
        if kept not in found:
            found.append(kept)

    def of(self, file: Packed) -> Enterprise | str:
        """Return the enterprise of the innermost folder that names one, or else of the name; or why none."""
        for word in _words(file):
            found = self._found.get(key(word), [])
            if len(found) == 1:
                return found[0]
            if found:
                return f"企业档案中有 {len(found)} 家“{word}”，文件夹请用统一社会信用代码命名"
        return "文件夹或文件名里没有已建档的企业名称或统一社会信用代码"


def _words(file: Packed) -> list[str]:
    """Return what may name an enterprise: its folders from the inside, then what the name begins with."""
    name = file.stem
    cuts = [at for at, letter in enumerate(name) if letter in "-_— （(" and at]
    return [*reversed(file.parts[:-1]), name, *(plain(name[:at]) for at in reversed(cuts))]


def _match(agency: Agency, files: Sequence[Packed]) -> Matcher:
    firms = FirmsByFolder(agency, files)
    holders = _certificates(agency, files, firms)

    def match(file: Packed) -> Target | str:
        firm = firms.of(file)
        if isinstance(firm, str):
            return firm
        if CERTIFICATES not in file.parts[:-1]:
            return Target(firm._meta.label_lower, str(firm.pk), firm.name)
        return _holder(firm, file, holders.get(firm.pk, {}))

    return match


Holders = dict[int, dict[str, list[SpecialOperationCertificate]]]


def _certificates(agency: Agency, files: Sequence[Packed], firms: FirmsByFolder) -> Holders:
    found: Holders = defaultdict(lambda: defaultdict(list))
    named = [firms.of(file) for file in files if CERTIFICATES in file.parts[:-1]]
    ids = {firm.pk for firm in named if isinstance(firm, Enterprise)}
    rows = SpecialOperationCertificate.objects.filter(
        owner_agency=agency, enterprise__in=ids, removed_at=None
    )
    for row in rows:
        found[row.enterprise_id][key(row.holder_name)].append(row)
        found[row.enterprise_id][key(row.holder_name + row.number_end)].append(row)
    return found


def _holder(
    firm: Enterprise, file: Packed, holders: dict[str, list[SpecialOperationCertificate]]
) -> Target | str:
    joined = key("".join(part for part in file.stem if part not in "-_— "))
    for word in (joined, *beginnings(file.stem)):
        rows = holders.get(word, [])
        if len(rows) == 1:
            label = f"{firm.name} · {rows[0].holder_name} {rows[0].category}"
            return Target(rows[0]._meta.label_lower, str(rows[0].pk), label)
        if rows:
            return f"{firm.name}有 {len(rows)} 张{rows[0].holder_name}的证，文件名请写成“姓名-证号后六位”"
    return f"{firm.name}没有登记这个人的特种作业证，请先导入或登记"


FILES = FileKind(
    "enterprise-files", "企业档案附件",
    (
        "每家企业一个文件夹，用企业名称或统一社会信用代码命名；或者文件名以它们开头，如“某某公司_营业执照.pdf”",
        f"企业文件夹里再建“{CERTIFICATES}”文件夹，放证件扫描件，文件名写姓名，同名的写“姓名-证号后六位”",
        "接收 PDF、Word、Excel、PPT 和照片，单个 20 MB 以内",
    ),
    _match, "enterprises:list",
)  # fmt: skip
