"""`/api/v1/contracts/`, `/api/v1/batches/`, `/api/v1/payments/`, `/api/v1/library/`."""

from typing import Any

from django import forms
from django.db.models import Sum
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.access import batch_for, contract_for, library_entry_for, payment_for
from agencies.forms.library import LibraryFilter
from agencies.lists import batches_of, contracts_of, library_of, payments_of
from agencies.models import (
    AssignmentTally,
    LibraryProvider,
    PaymentDecision,
    ServiceBatch,
    ServiceContract,
)
from common.api_forms import query_of
from tenancy.access import require
from tenancy.api import Api, by_key, filtered, listed, listing, record

CONTRACTS, LIBRARY, PAYMENTS = "contracts", "library", "payments"
MOST_ID = 2**63 - 1


class ContractSerializer(serializers.ModelSerializer[ServiceContract]):
    """A contract with one provider."""

    provider_name = serializers.CharField(source="provider_org.name", label="服务机构名称")

    class Meta:
        model = ServiceContract
        fields: tuple[str, ...] = (
            "id", "number", "title", "kind", "state", "provider_org", "provider_name",
            "owner_agency", "region_code", "signed_on", "starts_on", "ends_on", "amount", "lot",
            "note",
        )  # fmt: skip


class BatchSerializer(serializers.ModelSerializer[ServiceBatch]):
    """The enterprises that are served together."""

    class Meta:
        model = ServiceBatch
        fields: tuple[str, ...] = (
            "id", "contract", "name", "code", "starts_on", "ends_on", "sample_ratio",
            "sample_minimum", "spot_check_days", "referral_overdue_days", "recheck_completed_on",
            "spot_check_due_on", "spot_check_due_reason",
        )  # fmt: skip


class PhaseSerializer(serializers.Serializer[Any]):
    """How many enterprises of a batch are in a phase."""

    state = serializers.CharField(label="阶段")
    number = serializers.IntegerField(label="企业数")


class BatchRecordSerializer(BatchSerializer):
    """A batch with the sums of its board."""

    phases = serializers.SerializerMethodField(label="各阶段")

    class Meta(BatchSerializer.Meta):
        fields: tuple[str, ...] = (*BatchSerializer.Meta.fields, "phases")

    @extend_schema_field(PhaseSerializer(many=True))
    def get_phases(self, row: ServiceBatch) -> Any:
        """Return the phases that somebody is in."""
        sums = AssignmentTally.objects.filter(batch=row).order_by("state").values("state")
        counted = sums.annotate(sum=Sum("number"))
        return [{"state": one["state"], "number": one["sum"]} for one in counted if one["sum"]]


class ContractRecordSerializer(ContractSerializer):
    """A contract with its batches."""

    batches = serializers.SerializerMethodField(label="批次")

    class Meta(ContractSerializer.Meta):
        fields: tuple[str, ...] = (*ContractSerializer.Meta.fields, "batches")

    @extend_schema_field(BatchSerializer(many=True))
    def get_batches(self, row: ServiceContract) -> Any:
        """Return them in the order they were opened."""
        return BatchSerializer(row.batches.order_by("pk"), many=True).data


class LibraryEntrySerializer(serializers.ModelSerializer[LibraryProvider]):
    """A provider in an agency's library."""

    provider_name = serializers.CharField(source="provider_org.name", label="服务机构名称")
    class_name = serializers.CharField(source="business_class.name", label="分类名称")

    class Meta:
        model = LibraryProvider
        fields: tuple[str, ...] = (
            "id", "owner_agency", "provider_org", "provider_name", "business_class", "class_name",
            "level", "state", "state_reason", "from_on", "until_on", "ended_on", "replaces",
        )  # fmt: skip


class PaymentSerializer(serializers.ModelSerializer[PaymentDecision]):
    """What becomes of one stage's money, with its calculation."""

    stage_name = serializers.CharField(source="stage.name", label="付款阶段名称")

    class Meta:
        model = PaymentDecision
        fields: tuple[str, ...] = (
            "id", "contract", "stage", "stage_name", "state", "outcome", "amount_due",
            "amount_cut", "amount_paid", "reason", "proposed_at", "decided_at", "supersedes",
            "superseded_at",
        )  # fmt: skip


class ContractFilter(forms.Form):
    """What contracts are filtered by."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *ServiceContract.State.choices]
    )


class BatchFilter(forms.Form):
    """What batches are filtered by."""

    contract = forms.IntegerField(label="合同", required=False, min_value=0, max_value=MOST_ID)


class PaymentFilter(forms.Form):
    """What decisions are filtered by."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *PaymentDecision.State.choices]
    )
    contract = forms.IntegerField(label="合同", required=False, min_value=0, max_value=MOST_ID)


class Contracts(Api):
    """Contracts, the latest first."""

    noun = CONTRACTS

    @listed(
        CONTRACTS, "合同", ContractSerializer, name="list_contracts",
        parameters=query_of(ContractFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the contracts of the region, or of the provider."""
        actor = require(self.actor, "contract_view")
        state = filtered(ContractFilter(request.query_params)).cleaned_data["state"]
        rows = contracts_of(actor, state)
        return listing(request, ContractSerializer, by_key(rows, "-starts_on", "-id"))


ContractRecord = record(
    CONTRACTS, "一份合同", ContractRecordSerializer, contract_for, name="get_contract"
)


class Batches(Api):
    """Batches, the latest first."""

    noun = CONTRACTS

    @listed(
        CONTRACTS, "批次", BatchSerializer, name="list_batches", parameters=query_of(BatchFilter)
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the batches of the region, or of the provider."""
        actor = require(self.actor, "batch_view")
        contract = filtered(BatchFilter(request.query_params)).cleaned_data["contract"]
        return listing(
            request, BatchSerializer, by_key(batches_of(actor, contract), "-starts_on", "-id")
        )


BatchRecord = record(CONTRACTS, "一个批次", BatchRecordSerializer, batch_for, name="get_batch")


class Library(Api):
    """The library of providers."""

    noun = LIBRARY

    @listed(
        LIBRARY, "机构库", LibraryEntrySerializer, name="list_library_entries",
        parameters=query_of(LibraryFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the agency's own library, by class; a provider what it is entered in."""
        actor = require(self.actor, "library_view")
        form, whole = library_of(actor, request.query_params)
        rows = filtered(form).narrow(whole)
        shown = rows.select_related("business_class", "provider_org")
        page = by_key(rows, "business_class_id", "id", shown=shown)
        return listing(request, LibraryEntrySerializer, page)


LibraryEntryRecord = record(
    LIBRARY, "机构库的一个条目", LibraryEntrySerializer,
    lambda actor, pk: library_entry_for(actor, pk, "library_view"), name="get_library_entry",
)  # fmt: skip


class Payments(Api):
    """Decisions on what is paid, the latest first."""

    noun = PAYMENTS

    @listed(
        PAYMENTS, "付款决定", PaymentSerializer, name="list_payments",
        parameters=query_of(PaymentFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the own agency's decisions; of a provider what was approved for it."""
        actor = require(self.actor, "payment_view")
        asked = filtered(PaymentFilter(request.query_params)).cleaned_data
        rows = payments_of(actor, state=asked["state"], contract=asked["contract"])
        return listing(
            request, PaymentSerializer,
            by_key(rows, "-id", shown=rows.select_related("stage")),
        )  # fmt: skip


PaymentRecord = record(PAYMENTS, "一次付款决定", PaymentSerializer, payment_for, name="get_payment")
