"""`/api/v1/obligations/`: what a contract owes, what was handed in and accepted of it."""

from typing import Any

from django import forms
from django.db.models import Q
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.access import obligation_for
from agencies.models import Obligation, ObligationAcceptance, ObligationDelivery, ServiceContract
from common.api import checked
from common.api_forms import body_of, query_of
from inspections import services
from inspections.forms.obligations import MET, AcceptForm
from inspections.obligations import Line, line_in_force, line_of
from tenancy.access import require, within
from tenancy.api import Api, act, by_key, chosen, flag, flag_of, form_of, listed, listing, record

NOUN = "obligations"


class ObligationSerializer(serializers.ModelSerializer[Obligation]):
    """So much of something by a day, to a standard."""

    class Meta:
        model = Obligation
        fields: tuple[str, ...] = (
            "id", "contract", "first", "kind", "name", "quantity", "unit", "due_on", "technical",
            "service", "safety", "reason", "entered_at", "entered_by_name", "superseded_at",
            "superseded_reason",
        )  # fmt: skip


class DeliverySerializer(serializers.ModelSerializer[ObligationDelivery]):
    """What the provider handed in."""

    class Meta:
        model = ObligationDelivery
        fields: tuple[str, ...] = (
            "id", "quantity", "delivered_on", "what", "entered_at", "entered_by_name",
            "withdrawn_at", "withdrawn_reason",
        )  # fmt: skip


class AcceptanceSerializer(serializers.ModelSerializer[ObligationAcceptance]):
    """What an officer accepted."""

    class Meta:
        model = ObligationAcceptance
        fields: tuple[str, ...] = (
            "id", "quantity", "technical_met", "service_met", "safety_met", "is_final", "note",
            "accepted_at", "accepted_by_name", "revoked_at", "revoked_reason",
        )  # fmt: skip


class StandingOfSerializer(serializers.Serializer[Line]):
    """How an obligation in force stands, by the records."""

    done = serializers.IntegerField(label="已完成")
    accepted = serializers.IntegerField(label="已验收")
    days_late = serializers.IntegerField(label="逾期天数")
    is_settled = serializers.BooleanField(label="是否验收完毕")


class ObligationRecordSerializer(ObligationSerializer):
    """An obligation with how it stands and what that rests on."""

    stands = serializers.SerializerMethodField(label="履行情况")
    deliveries = serializers.SerializerMethodField(label="交付")
    acceptances = serializers.SerializerMethodField(label="验收")

    class Meta(ObligationSerializer.Meta):
        fields: tuple[str, ...] = (
            *ObligationSerializer.Meta.fields, "stands", "deliveries", "acceptances",
        )  # fmt: skip

    @extend_schema_field(StandingOfSerializer(allow_null=True))
    def get_stands(self, row: Obligation) -> Any:
        """Return how it stands; null for one that was superseded."""
        line = line_of(row)
        return None if line is None else StandingOfSerializer(line).data

    @extend_schema_field(DeliverySerializer(many=True))
    def get_deliveries(self, row: Obligation) -> Any:
        """Return what was handed in, through all amendments."""
        rows = ObligationDelivery.objects.filter(_same_line(row)).order_by("delivered_on", "pk")
        return DeliverySerializer(rows, many=True).data

    @extend_schema_field(AcceptanceSerializer(many=True))
    def get_acceptances(self, row: Obligation) -> Any:
        """Return what was accepted, through all amendments."""
        rows = ObligationAcceptance.objects.filter(_same_line(row)).order_by("accepted_at", "pk")
        return AcceptanceSerializer(rows, many=True).data


def _same_line(row: Obligation) -> Q:
    return Q(obligation=row.line) | Q(obligation__first=row.line)


class ObligationFilter(forms.Form):
    """What obligations are filtered by."""

    contract = forms.IntegerField(label="合同", required=False, min_value=0)
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *Obligation.Kind.choices]
    )


class AcceptSerializer(
    body_of(AcceptForm, "ObligationAcceptFields")  # type: ignore[misc]
):
    """How much is accepted, and whether each standard that was agreed was met."""

    met_technical = serializers.ChoiceField(MET, label="技术标准", required=False)
    met_service = serializers.ChoiceField(MET, label="服务标准", required=False)
    met_safety = serializers.ChoiceField(MET, label="安全标准", required=False)


class Obligations(Api):
    """Obligations, the newest first."""

    noun = NOUN

    @listed(
        NOUN, "服务事项", ObligationSerializer, name="list_obligations",
        parameters=[*query_of(ObligationFilter), flag("all")],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the obligations in force; with `all=1` also those that were superseded."""
        actor = require(self.actor, "obligation_view")
        rows = Obligation.objects.filter(within(actor), **chosen(request, ObligationFilter))
        if not flag_of(request, "all"):
            rows = rows.filter(superseded_at=None)
        if actor.is_provider:
            rows = rows.exclude(contract__state=ServiceContract.State.DRAFT)
        return listing(request, ObligationSerializer, by_key(rows, "-id"))


ObligationRecord = record(
    NOUN, "一个服务事项", ObligationRecordSerializer, obligation_for, name="get_obligation"
)


class ObligationAcceptances(Api):
    """What is accepted of one obligation."""

    noun = NOUN

    @act(
        NOUN, "验收", ObligationRecordSerializer, name="accept_obligation", body=AcceptSerializer,
        code=201,
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Accept what was done of an obligation, and say whether its standards were met."""
        found = self.hold(
            lambda: obligation_for(self.actor, pk, "obligation_accept"), ObligationRecordSerializer
        )
        checked(AcceptSerializer(data=request.data))
        form = form_of(request, AcceptForm, line=line_in_force(found))
        services.obligation_accept(actor=self.actor, obligation=found, **form.act)
        return self.answer(ObligationRecordSerializer, obligation_for(self.actor, pk), 201)
