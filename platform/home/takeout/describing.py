"""What is in an archive, for programs (datapackage.json, manifest.json) and for people (说明.txt)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.utils import timezone

from home.models import DataArchive
from home.takeout.columns import Column, label_of
from home.takeout.kinds import LEFT_OUT, NOT_TAKEN
from home.takeout.writing import Entry, Written
from tenancy.actors import Actor

FORMATS = {"datetime": "any", "date": "default", "time": "default"}


def datapackage(archive: DataArchive, sheets: Sequence[Written]) -> bytes:
    """Return the description by the Data Package standard: each sheet, its columns, keys, types."""
    by_label = {sheet.kind.label: sheet for sheet in sheets if sheet.entry}
    assert archive.as_of is not None
    return _json(
        {
            "profile": "tabular-data-package",
            "name": "anfu-takeout",
            "id": str(archive.pk),
            "title": f"{archive.org.name} 全部数据",
            "created": timezone.localtime(archive.as_of).isoformat(timespec="seconds"),
            "resources": [_resource(sheet, by_label) for sheet in by_label.values()],
        }
    )


def _resource(sheet: Written, by_label: Mapping[str, Written]) -> dict[str, Any]:
    entry = sheet.entry
    assert entry is not None
    own = next(c.name for c in sheet.columns if c.key == sheet.kind.model._meta.pk.name)  # type: ignore[union-attr]
    keys, outside = _keys(sheet, by_label)
    return {
        "profile": "tabular-data-resource", "name": sheet.kind.name, "title": sheet.kind.title,
        "path": entry.path, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8-sig",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "bytes": entry.size, "hash": f"sha256:{entry.sha256}", "rows": sheet.rows,
        "schema": {
            "fields": [_field(column) for column in sheet.columns], "missingValues": [""],
            "primaryKey": own, "foreignKeys": keys,
        },
        "refersOutside": outside,
    }  # fmt: skip


def _field(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"name": column.name, "key": column.key, "type": column.type}
    if column.type in FORMATS:
        found["format"] = FORMATS[column.type]
    if column.type == "boolean":
        found |= {"trueValues": ["是"], "falseValues": ["否"]}
    if column.words:
        found["words"] = dict(column.words)
    return found


def _keys(
    sheet: Written, by_label: Mapping[str, Written]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the foreign keys that hold, and what points at rows that are not in the archive."""
    keys, outside = [], []
    for column in sheet.columns:
        if not column.refers:
            continue
        pointed, target = sheet.pointed.get(column.key, set()), by_label.get(column.refers)
        lacking = len(pointed - (target.keys if target else set()))
        if target is not None and not lacking:
            primary = target.kind.model._meta.pk.name  # type: ignore[union-attr]
            other = next(c.name for c in target.columns if c.key == primary)
            reference = {"resource": target.kind.name, "fields": other}
            keys.append({"fields": column.name, "reference": reference})
        elif pointed:
            outside.append({"field": column.name, "of": column.refers, "values": lacking})
    return keys, outside


def manifest(
    archive: DataArchive, entries: Sequence[Entry], sheets: Sequence[Written],
    missing: Sequence[tuple[str, str]],
) -> bytes:  # fmt: skip
    """Return every file with its hash, the rows of each sheet, and what could not be taken."""
    return _json(
        {
            "id": str(archive.pk),
            "rows": {sheet.entry.path: sheet.rows for sheet in sheets if sheet.entry},
            "files": [{"path": e.path, "sha256": e.sha256, "bytes": e.size} for e in entries],
            "missing": [{"path": path, "why": why} for path, why in missing],
        }
    )


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def readme(
    archive: DataArchive, actor: Actor, sheets: Sequence[Written],
    missing: Sequence[tuple[str, str]], files: int,
) -> bytes:  # fmt: skip
    """Return what a person reads first, as Windows' editor opens it."""
    lines = [
        *_head(archive, actor, files), "", *_how(archive, actor), "", "有数据的表（行数）：",
        *(f"  {s.kind.folder}/{s.kind.title}.csv　{s.rows:,}" for s in sheets if s.entry), "",
        f"没有数据的表：{'、'.join(s.kind.title for s in sheets if not s.entry) or '无'}", "",
        "没有放进来的，以及原因：", *_left_out(), "",
        *(["没有取到或有疑问的文件：", *(f"  {path}　{why}" for path, why in missing)] if missing else []),
    ]  # fmt: skip
    return "\r\n".join([*lines, ""]).encode("utf-8-sig")


def _head(archive: DataArchive, actor: Actor, files: int) -> list[str]:
    assert archive.as_of is not None
    taken = (
        f"照片、附件和文书 {files:,} 个"
        if archive.with_files
        else "不含照片、附件和文书（申请时未选）"
    )
    return [
        f"{archive.org.name} 全部数据",
        "（演示单位的数据）" if actor.is_training else "",
        f"数据截至：{timezone.localtime(archive.as_of):%Y-%m-%d %H:%M:%S}（各表为同一时刻）",
        f"申请人：{archive.started_by_name}",
        f"文件：{taken}",
        f"编号：{archive.pk}",
    ]


def _how(archive: DataArchive, actor: Actor) -> list[str]:
    whose = {
        "agency": "本机关建立和保存的数据。下级机关的数据由下级机关各自导出。",
        "provider": "本机构的数据，以及现在对本机构开放的企业档案。",
        "enterprise": "本企业的数据，以及已经交付本企业的隐患、文书和记分。",
    }[actor.kind]
    phones = (
        f"联系电话为完整号码。申请理由：{archive.reason}" if archive.is_whole
        else "不属于本单位的联系电话以星号隐去中间数字。"
    )  # fmt: skip
    return [
        f"范围：{whose}",
        phones,
        "表格：CSV，UTF-8 编码，可用 Excel、WPS 打开；时间为北京时间。“……编号”列指向别的表，",
        "“……代码”列是前一列文字在系统里的代码。以 = + - @ 开头的文字前面加了一个单引号，防止被当成公式。",
        "datapackage.json：各表的列、类型、主键和外键（Frictionless Data Package），供程序读入。",
        "manifest.json：每个文件的 SHA-256 和字节数，供核对。",
    ]  # fmt: skip


def _left_out() -> list[str]:
    by_reason: dict[str, list[str]] = {}
    for label, why in NOT_TAKEN.items():
        by_reason.setdefault(why, []).append(_title(label))
    for label, columns in LEFT_OUT.items():
        for name, why in columns.items():
            heading = label_of(apps.get_model(label)._meta.get_field(name))
            by_reason.setdefault(why, []).append(f"{_title(label)}的“{heading}”列")
    return [f"  {'、'.join(names)}：{why}" for why, names in by_reason.items()]


def _title(label: str) -> str:
    return str(apps.get_model(label)._meta.verbose_name)
