"""`/api/v1/meetings/`: the meetings of batches, who was there, what was said."""

from typing import Any
from uuid import UUID

from django import forms
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import JSON, checked
from common.api_forms import body_of, query_of
from inspections import services
from inspections.access import meeting_for
from inspections.forms.phases import MinutesForm
from inspections.models import Meeting, MeetingAttendance
from tenancy.access import require, within
from tenancy.api import Api, act, by_key, chosen, form_of, listed, listing, record

NOUN = "meetings"


class MeetingSerializer(serializers.ModelSerializer[Meeting]):
    """A meeting of a batch."""

    contract = serializers.IntegerField(source="batch.contract_id", label="合同")

    class Meta:
        model = Meeting
        fields: tuple[str, ...] = (
            "id", "batch", "contract", "kind", "title", "starts_at", "place", "host_name",
            "agenda", "minutes", "state", "held_at", "created_at",
        )  # fmt: skip


class AttendanceSerializer(serializers.ModelSerializer[MeetingAttendance]):
    """Somebody who was there. His telephone stays with the sheet."""

    class Meta:
        model = MeetingAttendance
        fields: tuple[str, ...] = (
            "assignment", "unit_name", "person_name", "post", "how", "signed_at",
        )  # fmt: skip


class MeetingRecordSerializer(MeetingSerializer):
    """A meeting with its sheet."""

    attendances = serializers.SerializerMethodField(label="签到")

    class Meta(MeetingSerializer.Meta):
        fields: tuple[str, ...] = (*MeetingSerializer.Meta.fields, "attendances")

    @extend_schema_field(AttendanceSerializer(many=True))
    def get_attendances(self, row: Meeting) -> Any:
        """Return who was there, the first to sign in first."""
        return AttendanceSerializer(row.attendances.order_by("signed_at", "pk"), many=True).data


class MeetingFilter(forms.Form):
    """What meetings are filtered by."""

    batch = forms.IntegerField(label="批次", required=False, min_value=0)
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *Meeting.Kind.choices]
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *Meeting.State.choices]
    )


MinutesBody = body_of(MinutesForm, "MeetingMinutes", only=("minutes",))
MinutesFiles = body_of(MinutesForm, "MeetingMinutesWithFiles", with_files=True)


class Meetings(Api):
    """Meetings, the newest first."""

    noun = NOUN

    @listed(
        NOUN, "会议", MeetingSerializer, name="list_meetings", parameters=query_of(MeetingFilter)
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the meetings of the region, or of the provider."""
        actor = require(self.actor, "meeting_view")
        rows = Meeting.objects.filter(
            within(actor), **chosen(request, MeetingFilter)
        ).select_related("batch")
        return listing(request, MeetingSerializer, by_key(rows, "-id"))


MeetingRecord = record(NOUN, "一次会议", MeetingRecordSerializer, meeting_for, name="get_meeting")


class MeetingMinutes(Api):
    """What was said."""

    noun = NOUN
    parser_classes = (JSON, MultiPartParser)

    @act(
        NOUN, "登记会议纪要", MeetingRecordSerializer, name="hold_meeting",
        body={"application/json": MinutesBody, "multipart/form-data": MinutesFiles},
    )  # fmt: skip
    def post(self, request: Request, pk: UUID) -> Response:
        """Write the minutes, keep the material, close the sheet; for good."""
        found = self.hold(
            lambda: meeting_for(self.actor, pk, "meeting_manage"), MeetingRecordSerializer
        )
        checked((MinutesFiles if request.FILES else MinutesBody)(data=request.data))
        data = form_of(request, MinutesForm).cleaned_data
        services.meeting_hold(actor=self.actor, meeting=found, **data)
        return self.answer(MeetingRecordSerializer, meeting_for(self.actor, pk))


class MeetingCancellation(Api):
    """It will not take place."""

    noun = NOUN

    @act(NOUN, "取消会议", MeetingRecordSerializer, name="cancel_meeting")
    def post(self, request: Request, pk: UUID) -> Response:
        """Cancel a meeting that was planned."""
        found = self.hold(
            lambda: meeting_for(self.actor, pk, "meeting_manage"), MeetingRecordSerializer
        )
        services.meeting_cancel(actor=self.actor, meeting=found)
        return self.answer(MeetingRecordSerializer, meeting_for(self.actor, pk))
