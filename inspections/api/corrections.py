"""`/api/v1/corrections/`, `historical-hazards/`: hazards put right, and hazards of earlier years."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from common.api_fields import Text, Uuid
from common.api_forms import body_of, query_of
from inspections import services
from inspections.access import (
    correction_for,
    corrections_of,
    historical_for,
    may_correct,
)
from inspections.corrections import check_applies
from inspections.forms.corrections import ConsentForm
from inspections.forms.historical import HistoricalFilter, SettleForm
from inspections.historical import historical_settle
from inspections.models import HazardCorrection, HistoricalHazard
from tenancy.access import require, within
from tenancy.api import Api, act, by_key, filtered, form_of, listed, listing, record

CORRECTIONS, HISTORICAL = "corrections", "historical-hazards"


class CorrectionSerializer(serializers.ModelSerializer[HazardCorrection]):
    """A new version of an issued hazard, or its withdrawal."""

    hazard_number = serializers.CharField(source="hazard.number", label="隐患编号")
    before = serializers.DictField(label="更正前")
    after = serializers.DictField(label="更正后")

    class Meta:
        model = HazardCorrection
        fields: tuple[str, ...] = (
            "id", "hazard", "hazard_number", "kind", "version", "before", "after", "reason",
            "state", "needs_consent", "asked_by_name", "asked_at", "answer", "answered_by_name",
            "answered_at", "applied_by_name", "applied_at",
        )  # fmt: skip


class CorrectionFilter(forms.Form):
    """What corrections are filtered by."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *HazardCorrection.State.choices]
    )


ConsentBody = body_of(ConsentForm, "CorrectionAnswer")


class Corrections(Api):
    """Corrections, the last one asked for first."""

    noun = CORRECTIONS

    @listed(
        CORRECTIONS, "更正", CorrectionSerializer, name="list_corrections",
        parameters=query_of(CorrectionFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the corrections of the region, or of the provider, whatever became of them."""
        actor = require(self.actor, "hazard_ledger")
        rows = corrections_of(actor).filter(within(actor)).select_related("hazard")
        if state := filtered(CorrectionFilter(request.query_params)).cleaned_data["state"]:
            rows = rows.filter(state=state)
        return listing(request, CorrectionSerializer, by_key(rows, "-asked_at", "-id"))


CorrectionRecord = record(
    CORRECTIONS, "一项更正", CorrectionSerializer, correction_for, name="get_correction"
)


class CorrectionAnswers(Api):
    """The regulator's answer."""

    noun = CORRECTIONS

    @act(
        CORRECTIONS, "答复更正", CorrectionSerializer, name="answer_correction", body=ConsentBody
    )  # fmt: skip
    def post(self, request: Request, pk: UUID) -> Response:
        """Agree to a correction that lessens a hazard, or not."""
        actor = self.actor
        found = self.hold(
            lambda: correction_for(actor, pk, "correction_answer"), CorrectionSerializer
        )
        checked(ConsentBody(data=request.data))
        data = form_of(request, ConsentForm).cleaned_data
        services.correction_answer(actor=actor, correction=found, **data)
        return self.answer(CorrectionSerializer, correction_for(actor, pk))


class CorrectionApplication(Api):
    """It holds from now on."""

    noun = CORRECTIONS

    @act(CORRECTIONS, "使更正生效", CorrectionSerializer, name="apply_correction")
    def post(self, request: Request, pk: UUID) -> Response:
        """Let a correction hold: the hazard reads otherwise, its papers are issued anew."""
        actor = self.actor
        found = self.hold(lambda: correction_for(actor, pk, "hazard_correct"), CorrectionSerializer)
        if not may_correct(actor, found.hazard):
            raise PermissionDenied("hazard_correct")
        check_applies(actor, found)
        services.correction_apply(actor=actor, correction=found)
        return self.answer(CorrectionSerializer, correction_for(actor, pk))


class HistoricalHazardSerializer(serializers.ModelSerializer[HistoricalHazard]):
    """A hazard that a sheet of an earlier year tells of."""

    enterprise_name = serializers.CharField(source="enterprise.name", label="企业名称")

    class Meta:
        model = HistoricalHazard
        fields: tuple[str, ...] = (
            "id", "number", "enterprise", "enterprise_name", "region_code", "found_on",
            "found_by_name", "provider_name", "place", "description", "category", "severity",
            "basis", "measure", "due_on", "closed_on", "state", "source", "source_row",
            "imported_at", "imported_by_name", "carried_to", "ended_at", "ended_by_name",
            "ended_note",
        )  # fmt: skip


class SettleSerializer(serializers.Serializer[None]):
    """What became of it."""

    hazard = Uuid(label="转入本平台的隐患", required=False, allow_null=True)
    note = Text(label="办结说明", max_length=200)


class HistoricalHazards(Api):
    """Hazards of earlier years, the latest first."""

    noun = HISTORICAL

    @listed(
        HISTORICAL, "历史隐患", HistoricalHazardSerializer, name="list_historical_hazards",
        parameters=query_of(HistoricalFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List what ledgers of earlier years tell of, by the filter of the page."""
        actor = require(self.actor, "historical_view")
        rows = filtered(HistoricalFilter(request.query_params, actor=actor)).rows()
        page = by_key(rows, "-found_on", "id", shown=rows.select_related("enterprise"))
        return listing(request, HistoricalHazardSerializer, page)


HistoricalHazardRecord = record(
    HISTORICAL, "一项历史隐患", HistoricalHazardSerializer, historical_for,
    name="get_historical_hazard",
)  # fmt: skip


class HistoricalHazardSettlement(Api):
    """An open one is ended."""

    noun = HISTORICAL

    @act(
        HISTORICAL, "办结历史隐患", HistoricalHazardSerializer, name="settle_historical_hazard",
        body=SettleSerializer,
    )  # fmt: skip
    def post(self, request: Request, pk: UUID) -> Response:
        """End an open hazard of an earlier year, perhaps as one that is dealt with here."""
        actor = self.actor
        found = self.hold(
            lambda: historical_for(actor, pk, "historical_settle"), HistoricalHazardSerializer
        )
        checked(SettleSerializer(data=request.data))
        data: dict[str, Any] = form_of(request, SettleForm, row=found).cleaned_data
        historical_settle(actor=actor, row=found, **data)
        return self.answer(HistoricalHazardSerializer, historical_for(actor, pk))
