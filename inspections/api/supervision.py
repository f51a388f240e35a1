"""`/api/v1/teams/`, `visit-plans/`, `reviews/`, `disclosures/`: a provider watched while it works."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.models import Assignment
from common.api import checked
from common.api_fields import Text
from common.api_forms import body_of, query_of
from inspections import services
from inspections.access import (
    disclosure_for,
    disclosures_of,
    review_for,
    reviews_of,
    team_member_for,
    visit_plan_for,
)
from inspections.forms.supervision import AnswerForm, NoteForm, WhyForm
from inspections.models import (
    Disclosure,
    DisclosureItem,
    ExpertOpinion,
    ExpertReview,
    TeamMember,
    VisitPlan,
)
from tenancy.access import require, within
from tenancy.actors import Actor
from tenancy.api import Api, act, by_key, chosen, form_of, listed, listing, record

TEAMS, PLANS, REVIEWS, DISCLOSURES = "teams", "visit-plans", "reviews", "disclosures"


def _state(model: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *model.State.choices]
    )


def _number(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0)


# teams


class TeamMemberSerializer(serializers.ModelSerializer[TeamMember]):
    """One person of a contract's team, and how it was decided."""

    class Meta:
        model = TeamMember
        fields: tuple[str, ...] = (
            "id", "contract", "name", "duty", "qualification", "certificate_number", "state",
            "named_at", "named_by_name", "decided_at", "decided_by_name", "note", "confirmed_at",
            "ended_at", "ended_reason",
        )  # fmt: skip


class TeamFilter(forms.Form):
    """What the people of teams are filtered by."""

    contract = _number("合同")
    state = _state(TeamMember)


class ConfirmSerializer(serializers.Serializer[None]):
    """What is said to it."""

    note = Text(label="核实意见", max_length=300, required=False, allow_blank=True)


RejectBody = body_of(NoteForm, "TeamMemberReject")


class TeamMembers(Api):
    """Everybody who was ever named, the last one first."""

    noun = TEAMS

    @listed(
        TEAMS, "项目组成员", TeamMemberSerializer, name="list_team_members",
        parameters=query_of(TeamFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the people of teams of the region, or of the provider."""
        actor = require(self.actor, "supervision_view")
        rows = TeamMember.objects.filter(within(actor), **chosen(request, TeamFilter))
        return listing(request, TeamMemberSerializer, by_key(rows, "-id"))


def _member(actor: Actor, pk: UUID) -> TeamMember:
    return team_member_for(actor, pk, "supervision_view")


TeamMemberRecord = record(
    TEAMS, "项目组的一个人", TeamMemberSerializer, _member, name="get_team_member"
)


class TeamMemberConfirmation(Api):
    """The organizer's word on one person."""

    noun = TEAMS

    @act(
        TEAMS, "确认项目组成员", TeamMemberSerializer, name="confirm_team_member",
        body=ConfirmSerializer,
    )  # fmt: skip
    def post(self, request: Request, pk: UUID) -> Response:
        """Confirm a person, so that he may go to enterprises."""
        found = self.hold(
            lambda: team_member_for(self.actor, pk, "team_confirm"), TeamMemberSerializer
        )
        sent = checked(ConfirmSerializer(data=request.data))
        services.team_confirm(actor=self.actor, member=found, note=sent.get("note", ""))
        return self.answer(TeamMemberSerializer, _member(self.actor, pk))


class TeamMemberRejection(Api):
    """The same, the other way."""

    noun = TEAMS

    @act(
        TEAMS, "不予确认", TeamMemberSerializer, name="reject_team_member", body=RejectBody
    )  # fmt: skip
    def post(self, request: Request, pk: UUID) -> Response:
        """Do not confirm a person, and say why."""
        found = self.hold(
            lambda: team_member_for(self.actor, pk, "team_confirm"), TeamMemberSerializer
        )
        checked(RejectBody(data=request.data))
        services.team_reject(
            actor=self.actor, member=found, **form_of(request, NoteForm).cleaned_data
        )
        return self.answer(TeamMemberSerializer, _member(self.actor, pk))


# plans of visits


class PlannedVisitSerializer(serializers.ModelSerializer[Assignment]):
    """On which day an enterprise is come to."""

    assignment = serializers.IntegerField(source="id", label="指派")
    enterprise_name = serializers.CharField(source="enterprise.name", label="企业名称")

    class Meta:
        model = Assignment
        fields: tuple[str, ...] = (
            "assignment", "enterprise", "enterprise_name", "inspector_name", "planned_on",
        )  # fmt: skip


class VisitPlanSerializer(serializers.ModelSerializer[VisitPlan]):
    """A provider's plan of a batch, and how it was decided."""

    contract = serializers.IntegerField(source="batch.contract_id", label="合同")

    class Meta:
        model = VisitPlan
        fields: tuple[str, ...] = (
            "id", "batch", "contract", "state", "created_at", "submitted_at", "submitted_by_name",
            "returned_reason", "return_count", "decided_at", "decided_by_name", "disclosed_on",
            "disclosed_to",
        )  # fmt: skip


class VisitPlanRecordSerializer(VisitPlanSerializer):
    """A plan with its days."""

    visits = serializers.SerializerMethodField(label="各企业的日期")

    class Meta(VisitPlanSerializer.Meta):
        fields: tuple[str, ...] = (*VisitPlanSerializer.Meta.fields, "visits")

    @extend_schema_field(PlannedVisitSerializer(many=True))
    def get_visits(self, row: VisitPlan) -> Any:
        """Return the enterprises of the batch by the day on which somebody comes."""
        rows = row.batch.assignments.filter(withdrawn_at=None).select_related("enterprise")
        return PlannedVisitSerializer(rows.order_by("planned_on", "pk"), many=True).data


class VisitPlanFilter(forms.Form):
    """What plans are filtered by."""

    batch = _number("批次")
    state = _state(VisitPlan)


ReturnBody = body_of(WhyForm, "VisitPlanReturn")


class VisitPlans(Api):
    """Plans, the newest first."""

    noun = PLANS

    @listed(
        PLANS, "评估计划", VisitPlanSerializer, name="list_visit_plans",
        parameters=query_of(VisitPlanFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the plans of the region, or of the provider."""
        actor = require(self.actor, "supervision_view")
        rows = VisitPlan.objects.filter(within(actor), **chosen(request, VisitPlanFilter))
        return listing(
            request, VisitPlanSerializer, by_key(rows.select_related("batch"), "-id")
        )  # fmt: skip


VisitPlanRecord = record(
    PLANS, "一份评估计划", VisitPlanRecordSerializer, visit_plan_for, name="get_visit_plan"
)


class VisitPlanAct(Api):
    """Something that is done with a plan, and the plan as it then is."""

    noun = PLANS

    def _held(self, pk: UUID, perm: str) -> VisitPlan:
        return self.hold(
            lambda: visit_plan_for(self.actor, pk, perm), VisitPlanRecordSerializer
        )  # fmt: skip

    def _done(self, pk: UUID) -> Response:
        return self.answer(VisitPlanRecordSerializer, visit_plan_for(self.actor, pk))


class VisitPlanSubmission(VisitPlanAct):
    """The lead hands it in."""

    @act(PLANS, "提交评估计划", VisitPlanRecordSerializer, name="submit_visit_plan")
    def post(self, request: Request, pk: UUID) -> Response:
        """Hand a plan in that has a day for every enterprise."""
        services.plan_submit(actor=self.actor, plan=self._held(pk, "visit_plan_edit"))
        return self._done(pk)


class VisitPlanApproval(VisitPlanAct):
    """The organizer agrees."""

    @act(PLANS, "批准评估计划", VisitPlanRecordSerializer, name="approve_visit_plan")
    def post(self, request: Request, pk: UUID) -> Response:
        """Agree to a plan that was handed in."""
        services.plan_approve(actor=self.actor, plan=self._held(pk, "visit_plan_approve"))
        return self._done(pk)


class VisitPlanReturn(VisitPlanAct):
    """The organizer does not agree."""

    @act(
        PLANS, "退回评估计划", VisitPlanRecordSerializer, name="return_visit_plan", body=ReturnBody
    )  # fmt: skip
    def post(self, request: Request, pk: UUID) -> Response:
        """Send a plan back with the reason."""
        found = self._held(pk, "visit_plan_approve")
        checked(ReturnBody(data=request.data))
        services.plan_return(actor=self.actor, plan=found, **form_of(request, WhyForm).cleaned_data)
        return self._done(pk)


# experts on reports


class ExpertOpinionSerializer(serializers.ModelSerializer[ExpertOpinion]):
    """An expert and what he says."""

    class Meta:
        model = ExpertOpinion
        fields: tuple[str, ...] = (
            "id", "name", "unit", "title", "certificate_number", "conflict", "conclusion",
            "points", "given_at", "issued_at",
        )  # fmt: skip


class ExpertReviewSerializer(serializers.ModelSerializer[ExpertReview]):
    """A round of experts on one report."""

    class Meta:
        model = ExpertReview
        fields: tuple[str, ...] = (
            "id", "contract", "batch", "assignment", "document", "round", "state", "words",
            "opened_at", "opened_by_name", "closed_at",
        )  # fmt: skip


class ExpertReviewRecordSerializer(ExpertReviewSerializer):
    """A round with what each expert says, to a provider once it is over."""

    opinions = serializers.SerializerMethodField(label="专家意见")

    class Meta(ExpertReviewSerializer.Meta):
        fields: tuple[str, ...] = (*ExpertReviewSerializer.Meta.fields, "opinions")

    @extend_schema_field(ExpertOpinionSerializer(many=True))
    def get_opinions(self, row: ExpertReview) -> Any:
        """Return the experts in the order of their naming."""
        return ExpertOpinionSerializer(row.opinions.order_by("pk"), many=True).data


class ExpertReviewFilter(forms.Form):
    """What rounds of experts are filtered by."""

    contract = _number("合同")
    state = _state(ExpertReview)


class ExpertReviews(Api):
    """Rounds of experts, the newest first."""

    noun = REVIEWS

    @listed(
        REVIEWS, "专家审核", ExpertReviewSerializer, name="list_reviews",
        parameters=query_of(ExpertReviewFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the rounds of experts on reports of the region, or of the provider."""
        actor = require(self.actor, "expert_review_view")
        rows = reviews_of(actor).filter(within(actor), **chosen(request, ExpertReviewFilter))
        return listing(request, ExpertReviewSerializer, by_key(rows, "-id"))


ExpertReviewRecord = record(
    REVIEWS, "一轮专家审核", ExpertReviewRecordSerializer, review_for, name="get_review"
)


# disclosures


class DisclosureItemSerializer(serializers.ModelSerializer[DisclosureItem]):
    """One enterprise of a disclosure."""

    enterprise_name = serializers.CharField(source="assignment.enterprise.name", label="企业名称")

    class Meta:
        model = DisclosureItem
        fields: tuple[str, ...] = ("assignment", "enterprise_name", "hazards", "majors")


class DisclosureSerializer(serializers.ModelSerializer[Disclosure]):
    """What a provider told the organizer."""

    contract = serializers.IntegerField(source="batch.contract_id", label="合同")

    class Meta:
        model = Disclosure
        fields: tuple[str, ...] = (
            "id", "batch", "contract", "words", "state", "made_at", "made_by_name",
            "acknowledged_at", "acknowledged_by_name", "answer",
        )  # fmt: skip


class DisclosureRecordSerializer(DisclosureSerializer):
    """A disclosure with its enterprises."""

    items = serializers.SerializerMethodField(label="企业")

    class Meta(DisclosureSerializer.Meta):
        fields: tuple[str, ...] = (*DisclosureSerializer.Meta.fields, "items")

    @extend_schema_field(DisclosureItemSerializer(many=True))
    def get_items(self, row: Disclosure) -> Any:
        """Return the enterprises in the order of the paper."""
        rows = row.items.select_related("assignment__enterprise").order_by("pk")
        return DisclosureItemSerializer(rows, many=True).data


class DisclosureFilter(forms.Form):
    """What disclosures are filtered by."""

    batch = _number("批次")
    state = _state(Disclosure)


AcknowledgeBody = body_of(AnswerForm, "DisclosureAcknowledge")


class Disclosures(Api):
    """Disclosures, the newest first."""

    noun = DISCLOSURES

    @listed(
        DISCLOSURES, "交底书", DisclosureSerializer, name="list_disclosures",
        parameters=query_of(DisclosureFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the disclosures of the region, or of the provider."""
        actor = require(self.actor, "supervision_view")
        rows: QuerySet[Disclosure] = disclosures_of(actor).filter(
            within(actor), **chosen(request, DisclosureFilter)
        )
        return listing(
            request, DisclosureSerializer, by_key(rows.select_related("batch"), "-id")
        )  # fmt: skip


DisclosureRecord = record(
    DISCLOSURES, "一份交底书", DisclosureRecordSerializer, disclosure_for, name="get_disclosure"
)


class DisclosureAcknowledgement(Api):
    """The organizer has it."""

    noun = DISCLOSURES

    @act(
        DISCLOSURES, "签收交底书", DisclosureRecordSerializer, name="acknowledge_disclosure",
        body=AcknowledgeBody,
    )  # fmt: skip
    def post(self, request: Request, pk: UUID) -> Response:
        """Say that the organizer has it, and what it says to it."""
        found = self.hold(
            lambda: disclosure_for(self.actor, pk, "disclosure_acknowledge"),
            DisclosureRecordSerializer,
        )
        checked(AcknowledgeBody(data=request.data))
        services.disclosure_acknowledge(
            actor=self.actor, disclosure=found, **form_of(request, AnswerForm).cleaned_data
        )
        return self.answer(DisclosureRecordSerializer, disclosure_for(self.actor, pk))
