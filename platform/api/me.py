"""`/api/v1/me/`: whom a program acts as, and what it may do."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.models import ApiToken
from api.scopes import scopes_of
from tenancy.access import require
from tenancy.api import Api, read
from tenancy.enums import OrgKind, Role


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """The token that asks."""

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = ("name", "prefix", "expires_at")


class WhoSerializer(serializers.Serializer[Any]):
    """Whom a program acts as. `scopes` are the token's, or all that the role has in a session."""

    member = serializers.IntegerField()
    name = serializers.CharField()
    org = serializers.IntegerField()
    org_name = serializers.CharField()
    kind = serializers.ChoiceField(OrgKind.choices)
    role = serializers.ChoiceField(Role.choices)
    scopes = serializers.ListField(child=serializers.CharField())
    token = serializers.SerializerMethodField()

    @extend_schema_field(TokenSerializer(allow_null=True))
    def get_token(self, who: Any) -> Any:
        """Return the token, null in a session."""
        return TokenSerializer(who["asked_by"]).data if who["asked_by"] else None


class Me(Api):
    """Who asks; every token may know that of itself."""

    @read("me", "我是谁", WhoSerializer, name="who_am_i")
    def get(self, request: Request) -> Response:
        """Say who acts, for whom, in which role, and what he may ask for."""
        actor = require(self.actor, "document_view")  # whoever has chosen a membership
        token = request.auth if isinstance(request.auth, ApiToken) else None
        allowed = {scope for scope, _ in scopes_of(actor)}
        who = {
            "member": actor.member,
            "name": actor.user_name,
            "org": actor.org,
            "org_name": actor.org_name,
            "kind": actor.kind,
            "role": actor.role,
            "scopes": sorted(allowed & set(token.scopes) if token else allowed),
            "asked_by": token,
        }
        return self.answer(WhoSerializer, who)
