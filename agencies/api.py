"""`/api/v1/contracts/`, `/api/v1/batches/`, `/api/v1/library/`."""

from typing import Any

from django import forms
from django.db.models import Sum
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.access import batch_for, contract_for, library_entry_for
from agencies.forms.library import LibraryFilter
from agencies.lists import contracts_of, library_of
from agencies.models import AssignmentTally, LibraryProvider, ServiceBatch, ServiceContract
from common.api_forms import query_of
from common.paging import count_up_to, keyset
from tenancy.access import require
from tenancy.api import Api, filtered, listed, listing, read

CONTRACTS, LIBRARY = "contracts", "library"


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


class ContractFilter(forms.Form):
    """What contracts are filtered by."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *ServiceContract.State.choices]
    )


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
        return listing(
            request, ContractSerializer,
            lambda window: (
                keyset(rows, order=["-starts_on", "-id"], window=window), count_up_to(rows)
            ),
        )  # fmt: skip


class ContractRecord(Api):
    """One contract."""

    noun = CONTRACTS

    @read(CONTRACTS, "一份合同", ContractRecordSerializer, name="get_contract")
    def get(self, request: Request, pk: int) -> Response:
        """Read a contract and its batches."""
        return self.answer(ContractRecordSerializer, contract_for(self.actor, pk))


class BatchRecord(Api):
    """One batch."""

    noun = CONTRACTS

    @read(CONTRACTS, "一个批次", BatchRecordSerializer, name="get_batch")
    def get(self, request: Request, pk: int) -> Response:
        """Read a batch and how far its enterprises are."""
        return self.answer(BatchRecordSerializer, batch_for(self.actor, pk))


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
        return listing(
            request, LibraryEntrySerializer,
            lambda window: (
                keyset(shown, order=["business_class_id", "id"], window=window), count_up_to(rows)
            ),
        )  # fmt: skip


class LibraryEntryRecord(Api):
    """One entry."""

    noun = LIBRARY

    @read(LIBRARY, "机构库的一个条目", LibraryEntrySerializer, name="get_library_entry")
    def get(self, request: Request, pk: int) -> Response:
        """Read an entry."""
        return self.answer(
            LibraryEntrySerializer, library_entry_for(self.actor, pk, "library_view")
        )
