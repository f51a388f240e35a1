"""`/api/v1/hazards/`, `/api/v1/extensions/`: the ledger, one hazard, and what is done about it."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import JSON, checked
from common.api_forms import body_of, query_of
from common.paging import Slice, Window
from inspections import services
from inspections.access import extension_for, hazard_for
from inspections.forms.visits import (
    AnswerForm,
    EnterForm,
    ExtensionForm,
    LedgerFilter,
    RecheckForm,
    SubmitForm,
)
from inspections.lists import (
    SORTS,
    extension_page,
    ledger_filter,
    ledger_page,
    own_hazards_page,
)
from inspections.models import Extension, Hazard, Recheck, Rectification
from tenancy.access import require
from tenancy.api import Api, act, filtered, flag, flag_of, form_of, listed, listing, record, sort_of

NOUN = "hazards"


class HazardSerializer(serializers.ModelSerializer[Hazard]):
    """A hazard as the ledger has it."""

    enterprise_name = serializers.CharField(source="enterprise.name", label="企业名称")
    provider_name = serializers.CharField(
        source="provider_org.name", label="服务机构名称", allow_null=True, default=None
    )

    class Meta:
        model = Hazard
        fields: tuple[str, ...] = (
            "id", "number", "state", "severity", "source", "enterprise", "enterprise_name",
            "provider_org", "provider_name", "assignment", "visit", "region_code", "found_on",
            "found_at", "found_by_name", "place", "place_count", "description", "category",
            "subcategory", "basis", "clause_code", "measure", "responsible_person", "cost",
            "emergency_plan", "due_on", "due_reason", "is_overdue", "was_overdue", "is_refused",
            "return_count", "issued_at", "submitted_at", "rectified_on", "rechecked_on",
            "rechecked_by_name", "closed_at", "dismissed_reason", "updated_at",
        )  # fmt: skip


class RecheckSerializer(serializers.ModelSerializer[Recheck]):
    """A second look."""

    class Meta:
        model = Recheck
        fields: tuple[str, ...] = (
            "id", "rectification", "result", "reason", "new_due_on", "is_late", "rechecked_at",
            "rechecked_by_name",
        )  # fmt: skip


class RectificationSerializer(serializers.ModelSerializer[Rectification]):
    """What the enterprise says it did."""

    class Meta:
        model = Rectification
        fields: tuple[str, ...] = (
            "id", "round", "text", "responsible_person", "cost", "done_on", "submitted_at",
            "submitted_by_name", "is_entered_for",
        )  # fmt: skip


class ExtensionSerializer(serializers.ModelSerializer[Extension]):
    """A request for more time, and its answer."""

    hazard_number = serializers.CharField(source="hazard.number", label="隐患编号")

    class Meta:
        model = Extension
        fields: tuple[str, ...] = (
            "id", "hazard", "hazard_number", "state", "reason", "safeguard", "old_due_on",
            "wanted_on", "asked_at", "asked_by_name", "granted_on", "answer", "answered_at",
            "answered_by_name",
        )  # fmt: skip


class HazardRecordSerializer(HazardSerializer):
    """A hazard with everything that was done about it."""

    rectifications = serializers.SerializerMethodField(label="整改")
    rechecks = serializers.SerializerMethodField(label="复查")
    extensions = serializers.SerializerMethodField(label="延期")

    class Meta(HazardSerializer.Meta):
        fields: tuple[str, ...] = (
            *HazardSerializer.Meta.fields,
            "rectifications",
            "rechecks",
            "extensions",
        )

    @extend_schema_field(RectificationSerializer(many=True))
    def get_rectifications(self, row: Hazard) -> Any:
        """Return the submissions, the first one first."""
        return RectificationSerializer(row.rectifications.order_by("round"), many=True).data

    @extend_schema_field(RecheckSerializer(many=True))
    def get_rechecks(self, row: Hazard) -> Any:
        """Return the second looks, the first one first."""
        return RecheckSerializer(row.rechecks.order_by("rechecked_at", "id"), many=True).data

    @extend_schema_field(ExtensionSerializer(many=True))
    def get_extensions(self, row: Hazard) -> Any:
        """Return the requests for more time, the first one first."""
        rows = row.extensions.select_related("hazard").order_by("asked_at", "id")
        return ExtensionSerializer(rows, many=True).data


PHOTOS = ("text", "photos", "responsible_person", "done_on", "cost", "slip")
RectifyBody = body_of(
    EnterForm, "RectificationSubmit", only=PHOTOS, optional=("slip",), with_files=True
)
AskBody = body_of(ExtensionForm, "ExtensionAsk")
AnswerBody = body_of(AnswerForm, "ExtensionAnswer")
RecheckBody = body_of(RecheckForm, "HazardRecheck", only=("result", "reason", "new_due_on"))
RecheckPhotos = body_of(RecheckForm, "HazardRecheckWithPhotos", with_files=True)


class Hazards(Api):
    """The ledger."""

    noun = NOUN

    @listed(
        NOUN, "隐患台账", HazardSerializer, name="list_hazards",
        parameters=query_of(LedgerFilter, sorts=SORTS),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List hazards by the ledger's filter; an enterprise its own, from issue on."""
        is_own = self.actor.is_enterprise
        actor = require(self.actor, "hazard_view" if is_own else "hazard_ledger")
        form = filtered(ledger_filter(actor, request.query_params))
        sort = sort_of(request, SORTS)

        def page(window: Window) -> tuple[Slice[Hazard], int]:
            if is_own:
                return own_hazards_page(form, sort, window)
            found, count, _ = ledger_page(form, sort, window)
            return found, count

        return listing(request, HazardSerializer, page)


HazardRecord = record(NOUN, "一项隐患", HazardRecordSerializer, hazard_for, name="get_hazard")


class HazardAct(Api):
    """Something that is done about a hazard, and the hazard as it then is."""

    noun = NOUN

    def _held(self, pk: UUID, perm: str) -> Hazard:
        return self.hold(lambda: hazard_for(self.actor, pk, perm), HazardRecordSerializer)

    def _done(self, pk: UUID) -> Response:
        return self.answer(HazardRecordSerializer, hazard_for(self.actor, pk), 201)


class Rectifications(HazardAct):
    """What the enterprise did, said by itself or entered for it."""

    parser_classes = (MultiPartParser,)

    @act(
        NOUN, "提交整改", HazardRecordSerializer, name="submit_rectification", code=201,
        body={"multipart/form-data": RectifyBody},
    )  # fmt: skip
    def post(self, request: Request, pk: UUID) -> Response:
        """Say that a hazard is mended; who enters it for an owner sends the signed slip."""
        entering = not self.actor.is_enterprise
        perm = "enter_for" if entering else "rectification_submit"
        found = self._held(pk, perm)
        checked(RectifyBody(data=request.data))
        kind = EnterForm if entering else SubmitForm
        data: dict[str, Any] = {**form_of(request, kind).cleaned_data}
        data["slip"] = (data.get("slip") or [b""])[0]
        services.rectification_submit(actor=self.actor, hazard=found, **data)
        return self._done(pk)


class Extensions(HazardAct):
    """Requests for more time for one hazard."""

    @act(
        NOUN, "申请延期", HazardRecordSerializer, name="ask_extension", body=AskBody, code=201
    )  # fmt: skip
    def post(self, request: Request, pk: UUID) -> Response:
        """Ask for more time."""
        found = self._held(pk, "extension_request")
        checked(AskBody(data=request.data))
        data = form_of(request, ExtensionForm).cleaned_data
        services.extension_ask(actor=self.actor, hazard=found, **data)
        return self._done(pk)


class Rechecks(HazardAct):
    """Second looks at one hazard."""

    parser_classes = (JSON, MultiPartParser)

    @act(
        NOUN, "复查", HazardRecordSerializer, name="recheck_hazard", code=201,
        body={"application/json": RecheckBody, "multipart/form-data": RecheckPhotos},
    )  # fmt: skip
    def post(self, request: Request, pk: UUID) -> Response:
        """Close a hazard, or send it back with the reason and a new deadline."""
        found = self._held(pk, "hazard_recheck")
        checked((RecheckPhotos if request.FILES else RecheckBody)(data=request.data))
        data = form_of(request, RecheckForm).cleaned_data
        services.hazard_recheck(actor=self.actor, hazard=found, **data)
        return self._done(pk)


class ExtensionList(Api):
    """Requests for more time, those waiting first."""

    noun = NOUN

    @listed(NOUN, "延期申请", ExtensionSerializer, name="list_extensions", parameters=[flag("all")])
    def get(self, request: Request) -> Response:
        """List what waits for an answer; with `all=1` also what was answered."""
        actor = require(self.actor, "extension_answer")
        everything = flag_of(request, "all")
        return listing(
            request, ExtensionSerializer,
            lambda window: extension_page(actor, window, everything=everything),
        )  # fmt: skip


class ExtensionAnswers(Api):
    """The regulator's answer to a request for more time."""

    noun = NOUN

    @act(NOUN, "答复延期申请", ExtensionSerializer, name="answer_extension", body=AnswerBody)
    def post(self, request: Request, pk: UUID) -> Response:
        """Agree, perhaps to an earlier day, or not."""
        found = self.hold(lambda: extension_for(self.actor, pk), ExtensionSerializer)
        checked(AnswerBody(data=request.data))
        data = form_of(request, AnswerForm).cleaned_data
        services.extension_answer(actor=self.actor, extension=found, **data)
        return self.answer(ExtensionSerializer, extension_for(self.actor, pk))
