"""`/field/api/…`: what a phone asks and sends (docs/field.md). The rules are elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction
from django.middleware.csrf import get_token
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    parser_classes,
    permission_classes,
)
from rest_framework.parsers import BaseParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import JSON, Malformed, Session, checked, described
from enterprises.models import Enterprise
from inspections.field import answers
from inspections.field.bundle import agency_of, bundle_for
from inspections.field.compare import file_words, visit_words
from inspections.field.files import MAX_CHUNK, file_put, files_of
from inspections.field.log import Receipt, advance, lock_visit, receive
from inspections.field.sent import MAX_FILE_BYTES, Operation, Sending, canonical_sha256
from inspections.models import FieldFile
from tenancy import clock
from tenancy.access import require
from tenancy.actors import Actor
from tenancy.personal import personal_show

OFFSET = re.compile(r"[0-9]{1,8}\Z")


class Bytes(BaseParser):
    """A piece of a file, as it is."""

    media_type = "*/*"

    def parse(
        self, stream: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return at most one byte more than a piece may have."""
        content: bytes = stream.read(MAX_CHUNK + 1)
        return content


def _actor(request: Request, perm: str = "visit_log") -> Actor:
    """Return who acts; 403 for whoever has chosen no membership or logs no visits."""
    actor: Actor = request._request.actor  # type: ignore[attr-defined]  # set by the middleware
    require(actor, perm)
    return actor


@described("登录的是谁", {200: answers.Me})
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
@described(
    "随身资料包",
    {200: answers.Bundle, 304: OpenApiResponse(description="手机上的就是最新的")},
    parameters=[OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)],
)
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
@described(
    "上传操作",
    {200: answers.Receipts},
    request=Sending,
    problems=[400, 415, 422, 507],
)
@api_view(["POST"])
@authentication_classes([Session])
@permission_classes([IsAuthenticated])
@parser_classes([JSON])
def operations(request: Request) -> Response:
    """Take operations; a receipt for each. One visit is a transaction: what is answered, is kept."""
    actor = _actor(request)
    values = checked(Sending(data=request.data))
    sent = [
        Operation(**{**envelope, "body": raw["body"]})
        for envelope, raw in zip(values["operations"], request.data["operations"], strict=True)
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
@described(
    "上传文件的一段",
    {200: answers.FileStanding, 409: answers.FileStanding},
    request={"application/octet-stream": {"type": "string", "format": "binary"}},
    parameters=[
        OpenApiParameter(
            "offset",
            {"type": "integer", "minimum": 0, "maximum": MAX_FILE_BYTES, "default": 0},
            description="从第几个字节起，每段最多 1 MiB",
        )
    ],
    problems=[400, 404, 413, 507],
)
@api_view(["PUT"])
@authentication_classes([Session])
@permission_classes([IsAuthenticated])
@parser_classes([Bytes])
def file(request: Request, pk: UUID) -> Response:
    """Take a piece of an announced file; 409 if it is not the next one."""
    actor, offset = _actor(request), request.query_params.get("offset", "0")
    chunk = request.data
    if not OFFSET.match(offset) or int(offset) > MAX_FILE_BYTES:
        raise Malformed("起点应是字节数", "offset")
    if not isinstance(chunk, bytes) or len(chunk) > MAX_CHUNK:
        return Response({"message": f"每段最多 {MAX_CHUNK} 字节"}, status=413)
    put = file_put(actor=actor, pk=pk, offset=int(offset), chunk=chunk)
    if put.file.state != FieldFile.State.EXPECTED:
        # What waits for the file is another transaction: the file is safe whatever comes of it.
        with transaction.atomic():
            lock_visit(put.file.visit_id)
            advance(actor=actor, visit_id=put.file.visit_id)
    return Response(file_words(put.file), status=200 if put.is_next else 409)


@described(
    "一次检查的文件",
    {200: answers.FileList},
    parameters=[OpenApiParameter("visit", UUID, required=True)],
    problems=[400],
)
@api_view(["GET"])
@authentication_classes([Session])
@permission_classes([IsAuthenticated])
def files(request: Request) -> Response:
    """The files that the person's own phone announced for a visit."""
    try:
        visit = UUID(request.query_params.get("visit", ""))
    except ValueError as error:
        raise Malformed("请说明是哪一次检查", "visit") from error
    return Response({"files": [file_words(row) for row in files_of(_actor(request), visit)]})


@described("显示完整号码", {200: answers.Whole}, problems=[404, 422])
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


@described("服务器上的一次检查", {200: answers.WholeVisit}, problems=[404])
@api_view(["GET"])
@authentication_classes([Session])
@permission_classes([IsAuthenticated])
def visit(request: Request, pk: UUID) -> Response:
    """What the server has of a visit."""
    return Response(visit_words(_actor(request), pk))
