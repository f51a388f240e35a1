"""`/api/v1/providers/`: the registered bodies, what they are qualified for; `/api/v1/standing/`."""

from typing import Any

from django.db.models import prefetch_related_objects
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api_forms import query_of
from common.paging import Slice, Window, count_up_to, keyset
from providers.access import decision_for, provider_for
from providers.forms.standing import StandingFilter
from providers.lists import standing_of
from providers.models import Provider, Qualification, StandingDecision
from providers.standing import ladder_on
from tenancy import clock
from tenancy.access import require
from tenancy.api import Api, by_key, filtered, flag, flag_of, listed, listing, record
from tenancy.enums import OrgKind
from tenancy.models import Organization
from tenancy.personal import shown

NOUN = "providers"


class ProviderSerializer(serializers.ModelSerializer[Provider]):
    """A body that gives safety services. The telephone has its stars, as on the page."""

    id = serializers.IntegerField(source="org_id", label="单位")
    name = serializers.CharField(source="org.name", label="名称")
    credit_code = serializers.CharField(
        source="org.credit_code", label="统一社会信用代码", allow_null=True
    )
    phone = serializers.SerializerMethodField(label="联系电话")

    class Meta:
        model = Provider
        fields: tuple[str, ...] = (
            "id", "name", "short_name", "credit_code", "contact_name", "phone", "address",
            "required_qualification", "registered_by",
        )  # fmt: skip

    def get_phone(self, row: Provider) -> str:
        """Return it as the actor sees it."""
        return shown(self.context["request"]._request.actor, row, "phone")


class QualificationSerializer(serializers.ModelSerializer[Qualification]):
    """What a provider may do, from a day to a day."""

    class Meta:
        model = Qualification
        fields: tuple[str, ...] = (
            "id", "kind", "scope", "level", "number", "issued_by", "valid_from", "valid_until",
            "verified_at", "verified_by_name",
        )  # fmt: skip


class MeasureSerializer(serializers.ModelSerializer[StandingDecision]):
    """A measure that is in force against a provider."""

    class Meta:
        model = StandingDecision
        fields: tuple[str, ...] = ("id", "measure", "state")


class ProviderRecordSerializer(ProviderSerializer):
    """A provider with its qualifications, and the measures in force against it."""

    qualifications = serializers.SerializerMethodField(label="资质")
    measures = serializers.SerializerMethodField(label="生效的措施")

    class Meta(ProviderSerializer.Meta):
        fields: tuple[str, ...] = (*ProviderSerializer.Meta.fields, "qualifications", "measures")

    @extend_schema_field(QualificationSerializer(many=True))
    def get_qualifications(self, row: Provider) -> Any:
        """Return those that are not struck off, the first to lapse first."""
        rows = Qualification.objects.filter(provider_org=row.org_id, removed_at=None)
        return QualificationSerializer(rows.order_by("valid_until", "pk"), many=True).data

    @extend_schema_field(MeasureSerializer(many=True))
    def get_measures(self, row: Provider) -> Any:
        """Return what is in force today."""
        today = clock.today(row.registered_by_id)
        code, is_training = row.org.credit_code or "", row.org.is_training
        return MeasureSerializer(ladder_on(code, today, is_training=is_training)[1], many=True).data


def provider_page(text: str, window: Window) -> tuple[Slice[Any], int]:
    """Return one page of the registered providers by name, and how many bodies there are."""
    registered = Provider.objects.values("pk")
    bodies = Organization.objects.filter(kind=OrgKind.PROVIDER, name__icontains=text.strip())
    bodies = bodies.filter(pk__in=registered)
    page = keyset(bodies, order=["name", "id"], window=window)
    rows = Provider.objects.in_bulk([body.pk for body in page])
    found = [rows[body.pk] for body in page]
    prefetch_related_objects(found, "org")
    return Slice(found, page.before, page.after), count_up_to(bodies)


class Providers(Api):
    """Registered providers, by name."""

    noun = NOUN

    @listed(
        NOUN, "服务机构", ProviderSerializer, name="list_providers",
        parameters=[OpenApiParameter("q", str, description="名称")],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the registered providers; `q` is part of the name."""
        require(self.actor, "provider_view")
        text = request.query_params.get("q", "").replace("\0", "")
        return listing(request, ProviderSerializer, lambda window: provider_page(text, window))


ProviderRecord = record(
    NOUN, "一家服务机构", ProviderRecordSerializer, provider_for, name="get_provider"
)


class StandingDecisionSerializer(serializers.ModelSerializer[StandingDecision]):
    """A measure against a body or a person, with its ground and its term."""

    why = serializers.CharField(label="事由", read_only=True)

    class Meta:
        model = StandingDecision
        fields: tuple[str, ...] = (
            "id", "owner_agency", "provider_org", "measure", "subject", "name", "credit_code",
            "ground", "why", "facts", "basis", "demand", "demand_due_on", "state", "from_on",
            "until_on", "noticed_at", "respond_until", "decided_at", "reason", "last_on",
            "ended_at", "ended_reason",
        )  # fmt: skip


class Standings(Api):
    """Measures against providers and their people, the newest first."""

    noun = NOUN

    @listed(
        NOUN, "机构状态决定", StandingDecisionSerializer, name="list_standing",
        parameters=[*query_of(StandingFilter), flag("everybody")],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List what the actor may read: decided ones are everybody's.

        Of a provider without `everybody=1` only those about itself.
        """
        actor = require(self.actor, "standing_view")
        form = filtered(StandingFilter(request.query_params))
        rows = standing_of(actor, form, everybody=flag_of(request, "everybody"))
        return listing(request, StandingDecisionSerializer, by_key(rows, "-id"))


StandingRecord = record(
    NOUN, "一项机构状态决定", StandingDecisionSerializer,
    lambda actor, pk: decision_for(require(actor, "standing_view"), pk), name="get_standing",
)  # fmt: skip
