"""The forms of the pages, for programs: the same fields, words and rules, described in the schema."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from common.api import Malformed
from common.api_fields import Day, Figure, Text, Whole

BIG = 2**31 - 1


def first_error(form: forms.BaseForm) -> Malformed:
    """Return the first thing that is wrong with a form, in the page's words and by its label."""
    name, [words, *_] = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    said = f"{label}：{words}" if label else str(words)
    return Malformed(said, None if name == NON_FIELD_ERRORS else name, is_rule=True)


def query_of(
    form: Any,
    *,
    skip: Iterable[str] = (),
    sorts: Iterable[str] = (),
) -> list[OpenApiParameter]:
    """Return the parameters of a list: its page's filter, and what it is sorted by."""
    fields = {k: v for k, v in form.base_fields.items() if k not in {*skip, "sort"}}
    found = [
        OpenApiParameter(name, _schema_of(field), description=str(field.label or ""))
        for name, field in fields.items()
    ]
    if sorts:
        ways = [way for name in sorts for way in (name, f"-{name}")]
        found.append(
            OpenApiParameter("sort", {"type": "string", "enum": ways}, description="次序，- 为倒序")
        )
    return found


def _schema_of(field: forms.Field) -> dict[str, Any]:
    choices = [value for value, _ in getattr(field, "choices", ()) if value]
    if isinstance(field, forms.IntegerField):
        bounds = {"minimum": field.min_value, "maximum": field.max_value}
        return {"type": "integer"} | {k: v for k, v in bounds.items() if v is not None}
    if isinstance(field, forms.ModelChoiceField):
        return {"type": "integer"}
    if choices:
        nothing = [] if field.required else [""]  # as a page's form says it
        return {"type": "string", "enum": [*choices, *nothing]}
    if isinstance(field, forms.DateField):
        return {"type": "string", "format": "date"}
    return {"type": "string"}


def body_of(
    form: Any,
    name: str,
    *,
    only: Iterable[str] | None = None,
    optional: Iterable[str] = (),
    is_partial: bool = False,
    with_files: bool = False,
) -> type[serializers.Serializer[Any]]:
    """Return what an act takes, made from its page's form: types and bounds, for schema and check.

    Rules beyond that are the form's own and the service's. What comes with files is a form, which
    knows no null: what is not said is left out.
    """
    wanted = [*form.base_fields] if only is None else [*only]
    loose = set(wanted if is_partial else optional)
    fields = {
        key: _field(
            form.base_fields[key],
            must=form.base_fields[key].required and key not in loose,
            may_be_null=not (with_files or form.base_fields[key].required),
        )
        for key in wanted
    }
    return type(f"{name}Serializer", (serializers.Serializer,), fields)


def _field(
    field: forms.Field, *, must: bool, may_be_null: bool
) -> serializers.Field[Any, Any, Any, Any]:
    """Return the same field for JSON."""
    said: Mapping[str, Any] = {
        "required": must, "label": field.label, "help_text": str(field.help_text or "") or None,
    }  # fmt: skip
    blank = {"allow_blank": not field.required}
    choices = [(v, t) for v, t in getattr(field, "choices", ()) if v]
    if isinstance(field, forms.FileField):
        # Whether it is a picture, and not empty, the form says.
        child = serializers.FileField(allow_empty_file=True)
        return serializers.ListField(child=child, min_length=int(must), max_length=20, **said)
    if isinstance(field, forms.DecimalField):  # which is an IntegerField to Django
        # It goes as text, of which no schema says a least: the form does, as a rule (422).
        return Figure(
            field.max_digits or 20, field.decimal_places or 0, allow_null=may_be_null, **said
        )
    if isinstance(field, forms.ModelChoiceField | forms.IntegerField):
        return Whole(min_value=0, max_value=BIG, allow_null=may_be_null, **said)
    if isinstance(field, forms.DateField):
        return Day(allow_null=may_be_null, **said)
    if isinstance(field, forms.BooleanField):
        return serializers.BooleanField(**said)
    if isinstance(field, forms.ChoiceField) and choices:
        return serializers.ChoiceField(choices, **blank, **said)
    longest = getattr(field, "max_length", None) or 5000
    return Text(max_length=longest, **blank, **said)
