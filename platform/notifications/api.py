"""`/api/v1/notifications/`: the inbox."""

from typing import Any

from django import forms
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked, described
from common.api_fields import Uuid
from common.api_forms import query_of
from common.paging import count_up_to, keyset
from notifications.models import Notification
from notifications.services import inbox, notifications_read
from tenancy.access import require
from tenancy.api import KEY, Api, filtered, listed, listing

NOUN = "notifications"
MOST = 500


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """A message."""

    class Meta:
        model = Notification
        fields: tuple[str, ...] = (
            "id",
            "kind",
            "is_urgent",
            "title",
            "url",
            "created_at",
            "read_at",
        )


class UnreadFilter(forms.Form):
    """What the inbox is filtered by."""

    unread = forms.ChoiceField(label="只看未读", required=False, choices=[("1", "是")])


class ReadBodySerializer(serializers.Serializer[Any]):
    """Which messages."""

    ids = serializers.ListField(
        child=Uuid(), max_length=MOST, required=False, label="消息", help_text="不给则全部"
    )


class HowManySerializer(serializers.Serializer[Any]):
    """How many were unread until now."""

    read = serializers.IntegerField()


class Notifications(Api):
    """The inbox, the newest first."""

    noun = NOUN

    @listed(
        NOUN, "消息", NotificationSerializer, name="list_notifications",
        parameters=query_of(UnreadFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List what is addressed to the actor or to his whole organisation."""
        actor = require(self.actor, "document_view")
        rows = inbox(actor)
        if filtered(UnreadFilter(request.query_params)).cleaned_data["unread"]:
            rows = rows.filter(read_at=None)
        return listing(
            request, NotificationSerializer,
            lambda window: (keyset(rows, order=["-id"], window=window), count_up_to(rows)),
        )  # fmt: skip


class NotificationsRead(Api):
    """Messages that somebody has seen."""

    noun = NOUN

    @described(
        "标为已读", {200: HowManySerializer}, request=ReadBodySerializer, parameters=[KEY],
        problems=[400, 409, 415, 422], name="read_notifications", tags=[NOUN],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Mark messages as read, all of them without `ids`."""
        actor = require(self.actor, "document_view")
        sent = checked(ReadBodySerializer(data=request.data))
        ids = [str(pk) for pk in sent["ids"]] if "ids" in sent else None
        return Response({"read": notifications_read(actor=actor, ids=ids)})
