"""`/api/v1/documents/`: papers, their files, and the receipt that an enterprise gives."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Problem, checked, described
from common.api_forms import body_of, query_of
from common.errors import DomainError
from documents import handing_over
from documents.access import document_for, hands_over
from documents.files import TYPES, document_file
from documents.forms import DocumentFilter, ReceiptForm
from documents.lists import document_page
from documents.models import Document, Receipt
from documents.services import check_url
from tenancy.access import require
from tenancy.api import Api, act, filtered, form_of, listed, listing, record

NOUN = "documents"


class DocumentSerializer(serializers.ModelSerializer[Document]):
    """A paper. `file_sha256` is the hash of the file as it is given out, signed if it is signed."""

    issuer_name = serializers.CharField(source="issuer_org.name", label="签发单位名称")
    check_url = serializers.SerializerMethodField(label="核验地址")
    has_file = serializers.SerializerMethodField(label="文件已制作")

    class Meta:
        model = Document
        fields: tuple[str, ...] = (
            "id", "kind", "format", "number", "title", "issuer_org", "issuer_name", "subject_type",
            "subject_id", "state", "issued_at", "void_reason", "voided_at", "replaces",
            "content_sha256", "check_code", "check_url", "has_file", "file_sha256", "size", "pages",
        )  # fmt: skip

    def get_check_url(self, row: Document) -> str:
        """Return where everybody can check it."""
        return check_url(row.check_code)

    def get_has_file(self, row: Document) -> bool:
        """Say whether the file is made yet."""
        return bool(row.file)


class DocumentReceiptSerializer(serializers.ModelSerializer[Receipt]):
    """Who has the paper, or refused it."""

    class Meta:
        model = Receipt
        fields: tuple[str, ...] = (
            "how", "person_name", "person_post", "refusal_reason", "witness_names",
            "recorded_by_name", "received_at",
        )  # fmt: skip


class DocumentRecordSerializer(DocumentSerializer):
    """A paper with its receipt."""

    receipt = DocumentReceiptSerializer(label="签收", allow_null=True)

    class Meta(DocumentSerializer.Meta):
        fields: tuple[str, ...] = (*DocumentSerializer.Meta.fields, "receipt")

    def to_representation(self, instance: Document) -> Any:
        """Say plainly that there is no receipt, where there is none."""
        if not hasattr(instance, "receipt"):
            instance.receipt = None
        return super().to_representation(instance)


ReceiptBody = body_of(ReceiptForm, "ReceiptGive")


class Documents(Api):
    """Papers, the newest first."""

    noun = NOUN

    @listed(
        NOUN, "文书", DocumentSerializer, name="list_documents",
        parameters=query_of(DocumentFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the papers that concern the actor; filters as on the page."""
        actor = require(self.actor, "document_view")
        form = filtered(DocumentFilter(request.query_params, actor=actor))
        return listing(request, DocumentSerializer, lambda window: document_page(form, window))


DocumentRecord = record(
    NOUN, "一份文书", DocumentRecordSerializer, document_for, name="get_document"
)


class DocumentFile(Api):
    """The file of a paper."""

    noun = NOUN

    @described(
        "文书的文件",
        {
            **{(200, kind): bytes for kind in TYPES.values()},
            202: OpenApiResponse(Problem, "文件正在制作，稍后再取"),
            307: OpenApiResponse(description="文件在对象存储里，地址一分钟内有效"),
        },
        problems=[404], name="get_document_file", tags=[NOUN],
    )  # fmt: skip
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Take the file along; compare it with `file_sha256` of the record."""
        document = document_for(self.actor, pk)
        if not document.file:
            return Response({"message": "文件正在制作，请稍后再取"}, status=202)
        return document_file(document)


class DocumentReceipt(Api):
    """The enterprise's word that it has a paper."""

    noun = NOUN

    @act(
        NOUN, "签收", DocumentRecordSerializer, name="give_receipt", body=ReceiptBody, code=201
    )  # fmt: skip
    def post(self, request: Request, pk: UUID) -> Response:
        """Sign for a paper; or write down who took it when it was handed over."""
        own = self.actor.is_enterprise
        actor = require(self.actor, "receipt_give" if own else "receipt_record")
        document = self.hold(lambda: document_for(actor, pk), DocumentRecordSerializer)
        checked(ReceiptBody(data=request.data))
        if not own and not hands_over(actor, document):
            raise DomainError("这份文书由签发单位或监管部门送达，不由贵单位登记")
        if problem := handing_over.hindrance(document, on_screen=own):
            raise DomainError(problem)
        data = form_of(request, ReceiptForm).cleaned_data
        if own:
            how = Receipt.How.PAGE
            handing_over.receipt_give(actor=actor, document=document, how=how, **data)
        else:
            handing_over.receipt_record(actor=actor, document=document, **data)
        return self.answer(DocumentRecordSerializer, document_for(actor, pk), 201)
