"""What a kind of row looks like as a sheet: its columns, made from the model itself."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from common.encrypted import EncryptedCharField
from common.text import masked
from home.takeout.kinds import LEFT_OUT, Kind
from tenancy.actors import Actor
from tenancy.personal import wholly

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PIECE = 2_000  # rows read at once

# Whose a row is, told apart from the enterprise's file that it is about.
ALWAYS = {"enterprise_org": "企业单位"}
# Fields that no page names, and pairs of which each points at the same kind of row.
WORDS = {
    "id": "编号", "subject_type": "对象类别", "subject_id": "对象编号", "user_id": "用户编号",
    "fingerprint": "辨识码", "key": "辨识码", "signature": "表头辨识码", "first": "第一版",
    "replaces": "取代", "corrects": "更正的考评", "winner": "中标报价", "check_of": "所属自查",
    "first_officer": "执法人员一", "second_officer": "执法人员二", "issuer_org": "签发单位",
    "invited_by_org": "邀请单位", "invited_by": "邀请人", "uploaded_by": "上传人身份",
    "started_by": "发起人身份", "approved_by": "批准人身份", "asked_by": "申请人身份",
    "changed_by": "修改人身份", "created_by": "建立人身份", "decided_by": "决定人身份",
    "drafted_by": "拟稿人身份", "issued_by": "签发人身份", "recorded_by": "登记人身份",
    "submitted_by": "提交人身份", "rechecked_by": "复查人身份", "officer": "执法人员身份",
    "digest": "摘要", "search_text": "检索用文字", "made_by": "选定人身份", "proposed_by": "提出人身份",
}  # fmt: skip
TYPES: tuple[tuple[type[Any], str], ...] = (
    (models.BooleanField, "boolean"), (models.IntegerField, "integer"),
    (models.DecimalField, "number"), (models.FloatField, "number"),
    (models.DateTimeField, "datetime"), (models.DateField, "date"), (models.TimeField, "time"),
    (models.JSONField, "any"),
)  # fmt: skip
# What an id is shown by beside it.
NAMES = {
    "tenancy.organization": "name", "tenancy.agency": "org__name", "enterprises.enterprise": "name",
    "providers.provider": "org__name", "tenancy.membership": "user__name", "accounts.user": "name",
}  # fmt: skip
# Hidden from everybody, whatever was asked for: docs/personal-data.md.
NEVER_WHOLE = {"inspections.complaint", "providers.standingdecision"}
# Personal, though not closed with a key.
ALSO_PERSONAL = {("enterprises.specialoperationcertificate", "number_end")}
OWN_PEOPLE = {"tenancy.membership", "tenancy.invitation"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the field it is of, its type (Table Schema), and how it is read.

    `refers` is the kind of row an id points at, `named` the kind whose name is shown instead.
    """

    name: str
    key: str
    type: str
    source: str
    read: Callable[[Any], Any]
    refers: str = ""
    named: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    many: str = ""


def columns_of(kind: Kind, actor: Actor, *, whole: bool) -> list[Column]:
    """Return the columns of a kind as this actor gets them; headings are all different."""
    options, out = kind.model._meta, LEFT_OUT.get(kind.label, {})
    found: list[Column] = []
    for one in sorted(options.concrete_fields, key=lambda field: not field.primary_key):
        if one.name not in out:
            found += _columns(one, kind, actor, whole)
    found += [_many(one) for one in options.many_to_many]
    taken: set[str] = set()
    for at, column in enumerate(found):
        if column.name in taken:
            found[at] = _renamed(column, f"{column.name}（{column.key}）")
        taken.add(found[at].name)
    return found


def _renamed(column: Column, name: str) -> Column:
    values = {one: getattr(column, one) for one in column.__slots__}
    return Column(**{**values, "name": name})


def label_of(one: Any) -> str:
    """Return a field's Chinese name."""
    words = ALWAYS.get(one.name, str(one.verbose_name))
    if CHINESE.search(words):
        return words
    if one.name in WORDS:
        return WORDS[one.name]
    if one.related_model is not None:
        return str(one.related_model._meta.verbose_name)
    return words


def _columns(one: Any, kind: Kind, actor: Actor, whole: bool) -> Iterator[Column]:
    label, source = label_of(one), one.attname
    if one.related_model is not None:
        target: str = one.related_model._meta.label_lower
        pk = one.target_field
        yield Column(f"{label}编号", one.name, _type(pk), source, _plain, refers=target)
        if target in NAMES:
            yield Column(label, f"{one.name}_words", "string", source, _plain, named=target)
    elif one.choices:
        words = {str(code): str(text) for code, text in one.flatchoices}
        yield Column(label, f"{one.name}_words", "string", source, _chosen(words))
        yield Column(f"{label}代码", one.name, _type(one), source, _plain, words=words)
    elif isinstance(one, models.FileField | models.BinaryField):
        yield Column(label, one.name, "string", source, _plain)
    else:
        yield Column(label, one.name, _type(one), source, _reader(one, kind, actor, whole))


def _many(one: Any) -> Column:
    label = f"{label_of(one)}编号"
    return Column(label, one.name, "string", "", _plain, many=one.name)


def _type(one: Any) -> str:
    """Return a field's type by Table Schema; a foreign key's is that of the key it points at."""
    if isinstance(one, models.ForeignKey):
        return _type(one.target_field)
    return next((name for kind, name in TYPES if isinstance(one, kind)), "string")


def _reader(one: Any, kind: Kind, actor: Actor, whole: bool) -> Callable[[Any], Any]:
    is_personal = isinstance(one, EncryptedCharField) or (kind.label, one.name) in ALSO_PERSONAL
    if is_personal:
        return _personal(kind, actor, whole)
    if isinstance(one, models.BooleanField):
        return _yes
    if isinstance(one, models.DateTimeField):
        return _moment
    return _json if isinstance(one, models.JSONField) else _plain


def _personal(kind: Kind, actor: Actor, whole: bool) -> Callable[[Any], Any]:
    """A number has stars for everybody but the body it belongs to, unless its keeper asked for it."""
    if kind.label in NEVER_WHOLE:
        return wholly if kind.label == "inspections.complaint" else masked
    is_own = kind.label in OWN_PEOPLE or actor.is_enterprise
    is_own = is_own or (actor.is_provider and kind.label == "providers.provider")
    return _plain if is_own or (whole and actor.is_agency) else masked


def _plain(value: Any) -> Any:
    return "" if value is None else value


def _yes(value: Any) -> str:
    return "" if value is None else "是" if value else "否"


def _moment(value: datetime | None) -> str:
    return timezone.localtime(value).isoformat(timespec="seconds") if value else ""


def _json(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder, sort_keys=True)


def _chosen(words: Mapping[str, str]) -> Callable[[Any], str]:
    return lambda value: "" if value is None else words.get(str(value), str(value))


class Names:
    """The names that ids are shown by, each asked for once, many at a time."""

    def __init__(self) -> None:
        self._known: dict[str, dict[Any, str]] = defaultdict(dict)

    def of(self, target: str, ids: Iterable[Any]) -> Mapping[Any, str]:
        """Return {id: name} with those of these rows that the actor may see."""
        known = self._known[target]
        missing = {pk for pk in ids if pk is not None} - known.keys()
        if missing:
            model = apps.get_model(target)
            rows = model._default_manager.filter(pk__in=missing)
            known |= dict.fromkeys(missing, "") | dict(rows.values_list("pk", NAMES[target]))
        return known


def sheet_rows(
    rows: models.QuerySet[Any], columns: Sequence[Column], names: Names
) -> Iterator[tuple[Mapping[str, Any], list[Any]]]:
    """Yield (values by field, cells), read in pieces by key."""
    pk = rows.model._meta.pk.attname
    fields = list(dict.fromkeys([pk, *(c.source for c in columns if c.source)]))
    last: Any = None
    while True:
        left = rows if last is None else rows.filter(pk__gt=last)
        piece = list(left.order_by("pk").values(*fields)[:PIECE])
        if not piece:
            return
        looked = [_looked_up(column, piece, rows.model, names) for column in columns]
        for values in piece:
            yield (
                values,
                [_cell(c, values, found, pk) for c, found in zip(columns, looked, strict=True)],
            )
        last = piece[-1][pk]


def _looked_up(
    column: Column, piece: Sequence[Mapping[str, Any]], model: Any, names: Names
) -> Mapping[Any, Any] | None:
    if column.named:
        return names.of(column.named, (values[column.source] for values in piece))
    if not column.many:
        return None
    ids = [values[model._meta.pk.attname] for values in piece]
    pairs = model._default_manager.filter(pk__in=ids).order_by("pk", column.many)
    found: dict[Any, list[str]] = defaultdict(list)
    for pk, other in pairs.values_list("pk", column.many):
        if other is not None:
            found[pk].append(str(other))
    return {pk: " ".join(others) for pk, others in found.items()}


def _cell(
    column: Column, values: Mapping[str, Any], found: Mapping[Any, Any] | None, pk: str
) -> Any:
    if found is not None:
        return found.get(values[column.source or pk], "")
    return column.read(values[column.source])
