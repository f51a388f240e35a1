"""What every address of `/api/v1/` stands on: who asks, pages, forms as the pages have them, ETags."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import exceptions, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api import JSON, InScope, Malformed, Session, Token, described
from common.api_forms import first_error
from common.paging import MANY, Slice, Window, count_up_to, keyset
from tenancy.actors import Actor

M = TypeVar("M", bound=Model)
MOST, USUAL = 200, 50
NOT_TEXT = (forms.IntegerField, forms.DateField, forms.ModelChoiceField)
KEY = OpenApiParameter(
    "Idempotency-Key", {"type": "string", "pattern": "^[!-~]{1,100}$"}, OpenApiParameter.HEADER,
    description="同一个键、同样的内容再发一次，得到同样的答复（保留 48 小时）",
)  # fmt: skip
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER,
    description="读到时的 `ETag`；内容已变则不办，答 412",
)  # fmt: skip
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER,
    description="上次的 `ETag`；没有变化则答 304",
)  # fmt: skip
PAGED = (
    OpenApiParameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
        description="每页条数",
    ),
    OpenApiParameter("after", str, description="上一页答复里的 `next`；不带则从头开始"),
)  # fmt: skip


def flag(name: str) -> OpenApiParameter:
    """Return a parameter that is 1 or nothing."""
    return OpenApiParameter(name, {"type": "string", "enum": ["1", ""]})


class Stale(exceptions.APIException):
    """What somebody wants to change is no longer as he read it."""

    status_code = 412
    default_detail = "内容已有改动，请重新读取后再办理"


class Api(APIView):
    """An address of `/api/v1/`, for sessions and for tokens whose scopes name its noun.

    What is answered bears an ETag of itself; a reader who has it is told 304.
    """

    noun: ClassVar[str] = ""
    authentication_classes = (Token, Session)
    permission_classes = (IsAuthenticated, InScope)
    parser_classes: Any = (JSON,)

    @property
    def actor(self) -> Actor:
        """Who asks."""
        actor: Actor = self.request._request.actor
        return actor

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Give the answer its ETag, or say that it is known."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code not in (200, 201) or getattr(response, "data", None) is None:
            return response
        tag = etag(response.data)
        response["ETag"] = tag
        response["Cache-Control"] = "private, no-cache"
        if request.method == "GET" and names(request.headers.get("If-None-Match"), tag):
            response.status_code, response.data = 304, None
        return response

    def answer(self, words: Any, row: Any, code: int = 200) -> Response:
        """Answer with a record, as this actor sees it."""
        return Response(words(row, context={"request": self.request}).data, status=code)

    def hold(self, find: Callable[[], M], words: Any) -> M:
        """Return a row that stays as it is until the end of the request; Stale if `If-Match` is of
        another version.

        Without the header nothing is held: the service says what may be done to it as it stands.
        """
        row = find()
        wanted = self.request.headers.get("If-Match")
        if wanted is None:
            return row
        rows = type(row)._base_manager.select_for_update(of=("self",), no_key=True)
        rows.filter(pk=row.pk).first()
        row = find()
        if not names(wanted, etag(self.answer(words, row).data)):
            raise Stale
        return row


def etag(data: Any) -> str:
    """Return the strong tag of an answer."""
    return f'"{hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:32]}"'


def names(header: str | None, tag: str) -> bool:
    """Say whether a conditional header names a tag."""
    if header is None:
        return False
    tags = [one.strip().removeprefix("W/") for one in header.split(",")]
    return tag in tags or "*" in tags


def window(request: Request) -> Window:
    """Return which page is asked for."""
    said = request.query_params.get("limit", str(USUAL))
    if not (said.isascii() and said.isdecimal() and 1 <= int(said[:9]) <= MOST and len(said) < 10):
        raise Malformed(f"每页条数应在 1 到 {MOST} 之间", "limit")
    return Window(int(said), after=request.query_params.get("after", ""), is_strict=True)


def listing(
    request: Request,
    words: type[serializers.BaseSerializer[Any]],
    page: Callable[[Window], tuple[Slice[Any], int]],
) -> Response:
    """Answer one page of a list; `page` reads it and counts, as the list's own page does."""
    asked = window(request)
    try:
        found, count = page(asked)
    except (ValueError, TypeError, ValidationError) as error:
        if not asked.after:
            raise
        raise Malformed("应是上一页答复里的 next", "after", is_rule=True) from error
    items = words(found.rows, many=True, context={"request": request}).data
    return Response(
        {
            "items": items,
            "next": found.after or None,
            "count": min(count, MANY),
            "is_more": count > MANY,
        }
    )


def by_key(
    rows: QuerySet[Any], *order: str, shown: QuerySet[Any] | None = None
) -> Callable[[Window], tuple[Slice[Any], int]]:
    """Return how a plain list is paged: `shown` are the rows with what is joined for their words."""

    def page(window: Window) -> tuple[Slice[Any], int]:
        return keyset(rows if shown is None else shown, order=order, window=window), count_up_to(
            rows
        )

    return page


def sort_of(request: Request, sorts: Iterable[str]) -> str:
    """Return what a list is to be sorted by, '' if nothing is said; Malformed for what it cannot."""
    wanted = request.query_params.get("sort", "")
    if wanted and wanted.removeprefix("-") not in sorts:
        raise Malformed("没有这种次序", "sort", is_rule=True)
    return wanted


def flag_of(request: Request, name: str) -> bool:
    """Say whether a parameter is 1; Malformed if it is anything else."""
    said = request.query_params.get(name, "")
    if said not in ("", "1"):
        raise Malformed("只能是 1", name, is_rule=True)
    return said == "1"


def filtered(form: Any) -> Any:
    """Return a page's filter if what it was given makes sense; a program is told where it does not.

    Of a filter's words in an address each is said once; a number or a day that is not meant is not
    said at all, where a page's form sends it empty.
    """
    if isinstance(form.data, QueryDict):
        _check_said_once(form)
    if not form.is_valid():
        raise first_error(form)
    return form


def chosen(request: Request, form: type[forms.Form]) -> dict[str, Any]:
    """Return what an address says of a plain filter, by the names of the rows' own fields."""
    asked = filtered(form(request.query_params)).cleaned_data
    return {name: value for name, value in asked.items() if value not in ("", None)}


def _check_said_once(form: Any) -> None:
    for name, field in form.fields.items():
        said = form.data.getlist(name)
        if len(said) > 1:
            raise Malformed(f"{field.label or name}：只能给一次", name, is_rule=True)
        if said == [""] and isinstance(field, NOT_TEXT):
            raise Malformed(f"{field.label or name}：不能为空", name, is_rule=True)


def form_of(request: Request, kind: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return a page's form, valid, filled from what was sent; Malformed (422) at the first error."""
    data: MultiValueDict[str, Any] = MultiValueDict()
    for name, value in request.data.items():
        values = request.data.getlist(name) if hasattr(request.data, "getlist") else value
        data.setlist(name, values if isinstance(values, list) else [values])
    form = kind(*args, data, request.FILES, **kwargs)
    return filtered(form)


def listed(
    noun: str,
    summary: str,
    words: type[serializers.BaseSerializer[Any]],
    *,
    name: str,
    parameters: Sequence[OpenApiParameter] = (),
) -> Any:
    """Write a list down for the schema."""
    page = inline_serializer(
        f"{words.__name__.removesuffix('Serializer')}Page",
        {
            "items": words(many=True),
            "next": serializers.CharField(
                allow_null=True, help_text="下一页的 `after`；没有则为空"
            ),
            "count": serializers.IntegerField(max_value=MANY, help_text=f"条数，数到 {MANY} 为止"),
            "is_more": serializers.BooleanField(help_text="是否多于 `count`"),
        },
    )
    return described(
        summary,
        {200: page, 304: None},
        parameters=[*parameters, *PAGED, IF_NONE_MATCH],
        problems=[400, 422],
        name=name,
        tags=[noun],
    )


def read(
    noun: str, summary: str, words: type[serializers.BaseSerializer[Any]], *, name: str
) -> Any:
    """Write a record down for the schema."""
    return described(
        summary, {200: words, 304: None}, parameters=[IF_NONE_MATCH], problems=[404],
        name=name, tags=[noun],
    )  # fmt: skip


def act(
    noun: str,
    summary: str,
    words: type[serializers.BaseSerializer[Any]],
    *,
    name: str,
    body: Any = None,
    code: int = 200,
) -> Any:
    """Write an act on a record down for the schema: what it takes, and the record that it leaves."""
    return described(
        summary, {code: words}, request=body, parameters=[KEY, IF_MATCH],
        problems=[400, 404, 409, 412, 415, 422], name=name, tags=[noun],
    )  # fmt: skip


def record(
    noun: str,
    summary: str,
    words: type[serializers.BaseSerializer[Any]],
    find: Callable[[Actor, Any], Any],
    *,
    name: str,
) -> type[Api]:
    """Return the address of one thing that is only read: who may is for `find` to say."""

    class Record(Api):
        @read(noun, summary, words, name=name)
        def get(self, request: Request, pk: Any) -> Response:
            return self.answer(words, find(self.actor, pk))

    Record.noun, Record.__name__, Record.__doc__ = noun, words.__name__, summary
    return Record
