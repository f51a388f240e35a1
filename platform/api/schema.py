"""How the schema names what is ours."""

from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema


class SessionScheme(OpenApiAuthenticationExtension):
    """The pages' own session; what changes something bears the token of `/field/api/me` as well."""

    target_class = "common.api.Session"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return the schema."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "网页登录后的会话；POST 与 PUT 另带 X-CSRFToken",
        }


class TokenScheme(OpenApiAuthenticationExtension):
    """A program's token: docs/api.md."""

    target_class = "common.api.Token"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return the schema."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "网页“账号与安全 → 接口令牌”里建立，只用于 /api/v1/ 和 /api/schema/",
        }


class FigureField(OpenApiSerializerFieldExtension):
    """A decimal as text: a point alone is none, which spectacular's own pattern lets through."""

    target_class = "common.api_fields.Figure"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """Return the schema."""
        return {"type": "string", "format": "decimal", "pattern": self.target.pattern}
