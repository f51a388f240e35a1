"""What every JSON address has in common: who asks, what a wrong request is told, and in which shape.

A refusal is a `Problem`: `message` for people, in Chinese, naming the field as people call it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.parsers import JSONParser
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.errors import DomainError, StorageFull
from common.text import is_storable

DISK_FULL = "53100"  # PostgreSQL's own word for it
ALL = "non_field_errors"
RULES = ("rule", "overflow")  # codes of errors that no schema could say
ALWAYS = (401, 403, 429)
REASONS = {
    400: "格式不对",
    401: "没有登录，或者令牌不能用",
    403: "没有这项权限，或者登录还缺一步",
    404: "没有，或者不是本机构的",
    409: "与服务器上的不一致，或者同一个请求正在办理",
    412: "已有改动，`If-Match` 说的不是现在的版本",
    413: "太大",
    415: "内容类型不对",
    422: "不符合规则",
    429: "太频繁，`Retry-After` 秒后再试",
    507: "服务器没有空间",
}


class Session(SessionAuthentication):
    """The session of the pages; whoever has none is told to sign in (401), not refused (403)."""

    def authenticate_header(self, request: Request) -> str:
        """Return what makes DRF answer 401."""
        return "Session"


class Token(BaseAuthentication):
    """A program's token, which `api.middleware` has looked up; here only its refusal is told (401)."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return (user, token) of a token that holds; AuthenticationFailed with the reason else."""
        bearer = getattr(request._request, "bearer", None)
        if bearer is None:
            return None
        if bearer.token is None:
            raise exceptions.AuthenticationFailed(bearer.refusal)
        return request._request.user, bearer.token

    def authenticate_header(self, request: Request) -> str:
        """Return what makes DRF answer 401."""
        return "Bearer"


class InScope(BasePermission):
    """A token reads or writes the nouns that stand in its scopes; a session is not bound by any."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether; 403 names the scope that is missing."""
        way = "read" if request.method in SAFE_METHODS else "write"
        scope = f"{view.noun}:{way}"
        allowed = getattr(request.auth, "scopes", None)
        if not view.noun or allowed is None or scope in allowed:
            return True
        raise exceptions.PermissionDenied(f"令牌没有“{scope}”这个范围")


class Problem(serializers.Serializer[Any]):
    """Why a request was not done."""

    message = serializers.CharField(help_text="给人看的原因")
    field = serializers.CharField(required=False, allow_null=True, help_text="有问题的字段")
    code = serializers.CharField(
        required=False, help_text="登录还缺的一步：second_factor 或 password"
    )


class Malformed(exceptions.APIException):
    """A request whose form is wrong (400), or that asks for what is never so (422).

    `message` says in words which field, and how.
    """

    status_code = 400

    def __init__(self, message: str, field: str | None = None, *, is_rule: bool = False) -> None:
        super().__init__(message)
        self.field = field
        if is_rule:
            self.status_code = 422


def described(
    summary: str,
    answers: Mapping[Any, Any],
    *,
    request: Any = None,
    parameters: Sequence[OpenApiParameter] = (),
    problems: Sequence[int] = (),
    name: str | None = None,
    tags: Sequence[str] | None = None,
) -> Any:
    """Write an address down for `/api/schema/`: its answers, and the problems that it may tell."""
    told = {code: OpenApiResponse(Problem, REASONS[code]) for code in (*ALWAYS, *problems)}
    return extend_schema(
        summary=summary,
        request=request,
        parameters=list(parameters),
        responses={**answers, **told},
        operation_id=name,
        tags=tags,
    )


def checked(serializer: serializers.BaseSerializer[Any]) -> Any:
    """Return what a serializer makes of the data; Malformed with the first problem if it is wrong."""
    if serializer.is_valid():
        return serializer.validated_data
    field, error, words = next(problems(serializer.errors, serializer))
    raise Malformed(words, field or None, is_rule=getattr(error, "code", "") in RULES)


class JSON(JSONParser):
    """JSON that PostgreSQL and UTF-8 can keep; Malformed for any other."""

    def parse(
        self, stream: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return what was sent."""
        try:
            data = super().parse(stream, media_type, context)
            is_kept = is_storable(data)
        except (exceptions.ParseError, RecursionError) as error:
            raise Malformed("内容不是有效的 JSON") from error
        if not is_kept:
            raise Malformed("内容里有不能保存的字符或数字")
        return data


def problems(
    errors: Any, of: Any, path: str = "", name: str = ""
) -> Iterator[tuple[str, Any, str]]:
    """Yield (path, error, words) of a serializer's errors; the words begin with the field's label."""
    if isinstance(errors, Mapping):
        for key, inner in errors.items():
            field = _inner(of, key)
            label = str(getattr(field, "label", None) or "")
            here = path if key == ALL else f"{path}.{key}".strip(".")
            yield from problems(inner, field or of, here, label or name)
    elif isinstance(errors, list):
        for number, inner in enumerate(errors):
            is_word = isinstance(inner, str)
            below = path if is_word else f"{path}.{number}"
            yield from problems(inner, of if is_word else _inner(of, number), below, name)
    else:
        yield path, errors, f"{name}：{errors}" if name else str(errors)


def _inner(of: Any, key: Any) -> Any:
    """Return the field that an error's key leads to: of a serializer by name, else each element's."""
    fields = getattr(of, "fields", None)
    if fields is not None:
        return fields.get(key)
    return getattr(of, "child", None)


def answer_error(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Say in words what went wrong: 507 without room, 422 for a broken rule, else as DRF does.

    `refused` tells the middleware, which would not hear of it otherwise, to write it down.
    """
    if isinstance(error, StorageFull):
        return Response({"message": error.message}, status=507)
    if isinstance(error, DomainError):
        return Response({"message": error.message, "field": error.field}, status=422)
    full = getattr(error.__cause__, "pgcode", "") == DISK_FULL
    if isinstance(error, OperationalError) and full:
        return Response({"message": StorageFull().message}, status=507)
    response: Response | None = exception_handler(_spoken(error), dict(context))
    if response is not None:
        response.data = _words(error, response.data)
        response.refused = error  # type: ignore[attr-defined]
    return response


def _spoken(error: Exception) -> Exception:
    """Django's refusals carry words for the audit, not for people."""
    if isinstance(error, Http404):
        return exceptions.NotFound()
    return exceptions.PermissionDenied() if isinstance(error, PermissionDenied) else error


def _words(error: Exception, data: Any) -> dict[str, Any]:
    field = getattr(error, "field", None)
    words = {
        "message": str(data.get("detail", "格式不对")) if isinstance(data, dict) else "格式不对"
    }
    return words | ({"field": field} if field else {})
