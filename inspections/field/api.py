"""`/field/api/…`: what a phone asks and sends (docs/field.md). The rules are elsewhere."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction
from django.middleware.csrf import get_token
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    parser_classes,
    permission_classes,
)
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.errors import DomainError, StorageFull
from enterprises.models import Enterprise
from inspections.field.bundle import agency_of, bundle_for
from inspections.field.compare import file_words, visit_words
from inspections.field.files import MAX_CHUNK, file_put, files_of
from inspections.field.log import Receipt, advance, lock_visit, receive
from inspections.field.sent import Operation, Sending, canonical_sha256
from inspections.models import FieldFile
from tenancy import clock
from tenancy.access import require
from tenancy.actors import Actor
from tenancy.personal import personal_show

DISK_FULL = "53100"  # PostgreSQL's own word for it


class Session(SessionAuthentication):
    """The session of the pages; whoever has none is told to sign in (401), not refused (403)."""

    def authenticate_header(self, request: Request) -> str:
        """Return what makes DRF answer 401."""
        return "Session"


class Bytes(BaseParser):
    """A piece of a file, as it is."""

    media_type = "*/*"

    def parse(
        self, stream: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return at most one byte more than a piece may have."""
        content: bytes = stream.read(MAX_CHUNK + 1)
        return content


def answer_error(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Say in words what went wrong: 507 without room, 422 for a broken rule, else as DRF does."""
    if isinstance(error, StorageFull):
        return Response({"message": error.message}, status=507)
    if isinstance(error, DomainError):
        return Response({"message": error.message, "field": error.field}, status=422)
    full = getattr(error.__cause__, "pgcode", "") == DISK_FULL
    if isinstance(error, OperationalError) and full:
        return Response({"message": StorageFull().message}, status=507)
    response: Response | None = exception_handler(error, dict(context))
    if response is not None and isinstance(response.data, dict):
        response.data.setdefault("message", str(response.data.get("detail", "格式不对")))
    return response


def _actor(request: Request, perm: str = "visit_log") -> Actor:
    """Return who acts; 403 for whoever has chosen no membership or logs no visits."""
    actor: Actor = request._request.actor  # type: ignore[attr-defined]  # set by the middleware
    require(actor, perm)
    return actor


@api_view(["GET"])
@authentication_classes([Session])
@permission_classes([IsAuthenticated])
def me(request: Request) -> Response:
    """Who is signed in, and what a POST needs."""
    actor = _actor(request)
    return Response(
        {
            "member": actor.member,
            "name": actor.user_name,
            "org": actor.org_name,
            "role": actor.role_name,
            "csrf": get_token(request._request),
            "now": clock.now(agency_of(actor)).isoformat(),
        }
    )


@gzip_page
@api_view(["GET"])
@authentication_classes([Session])
@permission_classes([IsAuthenticated])
def bundle(request: Request) -> Response:
    """What to take along; 304 when the phone has it already."""
    content = bundle_for(_actor(request))
    moving = ("made_at", "now")
    version = canonical_sha256({k: v for k, v in content.items() if k not in moving})[:32]
    tag = f'W/"{version}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/").strip('"') == version:
        return Response(status=304, headers={"ETag": tag})
    return Response({"version": version, **content}, headers={"ETag": tag})


@transaction.non_atomic_requests
@api_view(["POST"])
@authentication_classes([Session])
@permission_classes([IsAuthenticated])
@parser_classes([JSONParser])
def operations(request: Request) -> Response:
    """Take operations; a receipt for each. One visit is a transaction: what is answered, is kept."""
    actor = _actor(request)
    sending = Sending(data=request.data)
    sending.is_valid(raise_exception=True)
    values = sending.validated_data
    sent = [
        Operation(**{**checked, "body": raw["body"]})
        for checked, raw in zip(values["operations"], request.data["operations"], strict=True)
    ]
    receipts = receive(actor=actor, sent_at=values["sent_at"], operations=sent)
    with transaction.atomic():
        files = FieldFile.objects.filter(operation__in=[o.id for o in sent]).order_by("pk")
        return Response(
            {
                "now": clock.now(agency_of(actor)).isoformat(),
                "receipts": [_receipt(receipt) for receipt in receipts],
                "files": [file_words(file) for file in files],
            }
        )


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {k: v for k, v in asdict(receipt).items() if v is not None}


@transaction.non_atomic_requests
@api_view(["PUT"])
@authentication_classes([Session])
@permission_classes([IsAuthenticated])
@parser_classes([Bytes])
def file(request: Request, pk: UUID) -> Response:
    """Take a piece of an announced file; 409 if it is not the next one."""
    actor, offset = _actor(request), request.query_params.get("offset", "0")
    chunk = request.data
    if not offset.isdigit() or not isinstance(chunk, bytes) or len(chunk) > MAX_CHUNK:
        return Response({"message": f"每段最多 {MAX_CHUNK} 字节"}, status=413)
    put = file_put(actor=actor, pk=pk, offset=int(offset), chunk=chunk)
    if put.file.state != FieldFile.State.EXPECTED:
        # What waits for the file is another transaction: the file is safe whatever comes of it.
        with transaction.atomic():
            lock_visit(put.file.visit_id)
            advance(actor=actor, visit_id=put.file.visit_id)
    return Response(file_words(put.file), status=200 if put.is_next else 409)


@api_view(["GET"])
@authentication_classes([Session])
@permission_classes([IsAuthenticated])
def files(request: Request) -> Response:
    """The files that the person's own phone announced for a visit."""
    try:
        visit = UUID(request.query_params.get("visit", ""))
    except ValueError:
        return Response({"message": "请说明是哪一次检查"}, status=422)
    return Response({"files": [file_words(row) for row in files_of(_actor(request), visit)]})


@api_view(["POST"])
@authentication_classes([Session])
@permission_classes([IsAuthenticated])
def phone(request: Request, enterprise: int) -> Response:
    """An enterprise's whole number, for the call that is about to be made; each time is recorded."""
    whole = personal_show(
        actor=_actor(request),
        holder=Enterprise._meta.label_lower,
        pk=enterprise,
        field="phone",
        page=reverse("field:app"),
    )
    return Response({"phone": whole}, headers={"Cache-Control": "no-store"})


@api_view(["GET"])
@authentication_classes([Session])
@permission_classes([IsAuthenticated])
def visit(request: Request, pk: UUID) -> Response:
    """What the server has of a visit."""
    return Response(visit_words(_actor(request), pk))
