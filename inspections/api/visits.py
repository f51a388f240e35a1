"""`/api/v1/visits/`, `/api/v1/assignments/`: who goes where, and what happened there."""

from typing import Any
from uuid import UUID

from django import forms
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.access import assignment_for, require_hand_in
from agencies.forms.contracts import WithdrawForm
from agencies.models import Assignment
from agencies.services import assignment_withdraw, inspectors_assign
from common.api import checked
from common.api_fields import Key, Text
from common.api_forms import body_of, query_of
from common.scope import first_rows
from inspections import services
from inspections.access import LEADS, visit_for, visits_of
from inspections.lists import assignments_open
from inspections.models import Hazard, Visit, VisitMember
from tenancy.access import require, within
from tenancy.api import Api, act, by_key, chosen, filtered, form_of, listed, listing, record

VISITS, ASSIGNMENTS = "visits", "assignments"


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """One enterprise of a batch, and how far its service has come."""

    enterprise_name = serializers.CharField(source="enterprise.name", label="企业名称")
    contract = serializers.IntegerField(source="batch.contract_id", label="合同")

    class Meta:
        model = Assignment
        fields: tuple[str, ...] = (
            "id", "batch", "contract", "enterprise", "enterprise_name", "region_code", "inspector",
            "inspector_name", "state", "planned_on", "surveyed_on", "soft_checked_on",
            "site_checked_on", "guided_on", "recheck_began_on", "accepted_on", "conclusion",
            "conclusion_note", "concluded_on", "withdrawn_at", "withdrawal", "withdrawn_reason",
            "replaces",
        )  # fmt: skip


class VisitMemberSerializer(serializers.ModelSerializer[VisitMember]):
    """One of a visit's team."""

    class Meta:
        model = VisitMember
        fields: tuple[str, ...] = ("name", "qualification", "certificate_number")


class VisitSerializer(serializers.ModelSerializer[Visit]):
    """People at one enterprise, from arrival to signature."""

    enterprise_name = serializers.CharField(source="enterprise.name", label="企业名称")

    class Meta:
        model = Visit
        fields: tuple[str, ...] = (
            "id", "assignment", "enterprise", "enterprise_name", "kind", "part", "state",
            "arrived_at", "left_at", "latitude", "longitude", "accuracy", "process_note",
            "representative_name", "representative_post", "refusal_reason", "witness_name",
            "signed_at",
        )  # fmt: skip


class VisitRecordSerializer(VisitSerializer):
    """A visit with its team and what it found."""

    team = serializers.SerializerMethodField(label="检查人员")
    hazards = serializers.SerializerMethodField(label="隐患")

    class Meta(VisitSerializer.Meta):
        fields: tuple[str, ...] = (*VisitSerializer.Meta.fields, "team", "hazards")

    @extend_schema_field(VisitMemberSerializer(many=True))
    def get_team(self, row: Visit) -> Any:
        """Return who came."""
        return VisitMemberSerializer(row.team.order_by("pk"), many=True).data

    def get_hazards(self, row: Visit) -> list[UUID]:
        """Return the ids of what stands of its findings."""
        found = row.hazards.exclude(state=Hazard.State.DISMISSED).order_by("number")
        return list(found.values_list("pk", flat=True))


class AssignmentFilter(forms.Form):
    """What assignments are filtered by: as on 我的任务, and by batch."""

    state = forms.ChoiceField(
        label="阶段", required=False, choices=[("", "全部"), *Assignment.Phase.choices]
    )
    mine = forms.ChoiceField(label="只看本人的", required=False, choices=[("1", "是")])
    batch = forms.IntegerField(label="批次", required=False, min_value=0)


class VisitFilter(forms.Form):
    """What visits are filtered by."""

    assignment = forms.IntegerField(label="指派", required=False, min_value=0)
    enterprise = forms.IntegerField(label="企业", required=False, min_value=0)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *Visit.State.choices]
    )
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *Visit.Kind.choices]
    )


class InspectorSerializer(serializers.Serializer[None]):
    """Who goes."""

    inspector = Key(label="评估人员")
    conflict_reason = Text(label="存在利益冲突仍要安排的理由", max_length=300, required=False)


WithdrawBody = body_of(WithdrawForm, "AssignmentWithdraw")


class Assignments(Api):
    """What is worked on."""

    noun = ASSIGNMENTS

    @listed(
        ASSIGNMENTS, "指派", AssignmentSerializer, name="list_assignments",
        parameters=query_of(AssignmentFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the open assignments of running contracts; an inspector's are his own."""
        actor = require(self.actor, "assignment_view")
        asked = filtered(AssignmentFilter(request.query_params)).cleaned_data
        is_mine = bool(asked["mine"]) or (actor.is_provider and actor.role not in LEADS)
        rows = assignments_open(actor, state=asked["state"], is_mine=is_mine)
        if asked["batch"] is not None:
            rows = rows.filter(batch=asked["batch"])
        rows = rows.select_related("enterprise", "batch")
        return listing(request, AssignmentSerializer, by_key(rows, "id"))


AssignmentRecord = record(
    ASSIGNMENTS, "一项指派", AssignmentSerializer, assignment_for, name="get_assignment"
)


class AssignmentInspector(Api):
    """Who of the provider goes."""

    noun = ASSIGNMENTS

    @act(
        ASSIGNMENTS, "安排评估人员", AssignmentSerializer, name="assign_inspector",
        body=InspectorSerializer,
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Put an inspector of one's own provider on an assignment."""
        actor = self.actor
        found = self.hold(
            lambda: assignment_for(actor, pk, "inspector_assign"), AssignmentSerializer
        )
        sent = checked(InspectorSerializer(data=request.data))
        inspectors_assign(
            actor=actor, batch=found.batch, plan={found.pk: sent["inspector"]},
            conflict_reason=sent.get("conflict_reason", ""),
        )  # fmt: skip
        return self.answer(AssignmentSerializer, assignment_for(actor, pk))


class AssignmentWithdrawal(Api):
    """An enterprise leaves its batch."""

    noun = ASSIGNMENTS

    @act(
        ASSIGNMENTS, "退出本批次", AssignmentSerializer, name="withdraw_assignment",
        body=WithdrawBody,
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Take an enterprise out of its batch, perhaps with another in its place; for good."""
        actor = self.actor
        found = self.hold(
            lambda: assignment_for(actor, pk, "assignment_withdraw"), AssignmentSerializer
        )
        require_hand_in(actor, found.batch.contract)
        checked(WithdrawBody(data=request.data))
        data = form_of(request, WithdrawForm, actor=actor, batch=found.batch).cleaned_data
        instead = data.pop("replacement")
        assignment_withdraw(
            actor=actor, assignment=found, replacement_id=instead.pk if instead else None, **data
        )
        return self.answer(AssignmentSerializer, assignment_for(actor, pk))


class Visits(Api):
    """Visits, the newest first."""

    noun = VISITS

    @listed(
        VISITS, "检查", VisitSerializer, name="list_visits", parameters=query_of(VisitFilter)
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List visits of the region, or of the provider."""
        actor = require(self.actor, "visit_view")
        rows = (
            visits_of(actor)
            .filter(within(actor), **chosen(request, VisitFilter))
            .select_related("enterprise")
        )
        with first_rows():
            return listing(request, VisitSerializer, by_key(rows, "-id"))


VisitRecord = record(VISITS, "一次检查", VisitRecordSerializer, visit_for, name="get_visit")


class VisitConfirmation(Api):
    """The project lead's word on what a visit found."""

    noun = VISITS

    @act(VISITS, "确认并交底", VisitRecordSerializer, name="confirm_visit")
    def post(self, request: Request, pk: UUID) -> Response:
        """Confirm all findings of a visit that wait for it, and hand them to the enterprise."""
        actor = require(self.actor, "hazard_confirm")
        found = self.hold(lambda: visit_for(actor, pk), VisitRecordSerializer)
        services.hazards_confirm(actor=actor, visit=found)
        return self.answer(VisitRecordSerializer, visit_for(actor, pk))
