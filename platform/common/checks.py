"""Refuse to serve as a database role that row-level security does not bind."""

from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections

ROLE_SQL = """
    SELECT current_user, r.rolsuper OR r.rolbypassrls,
           EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = 'public' AND c.relkind = 'r'
                     AND pg_has_role(current_user, c.relowner, 'MEMBER'))
    FROM pg_roles r WHERE r.rolname = current_user
"""


@register(Tags.database)
def runtime_role(databases: Any = None, **kwargs: Any) -> list[Error]:
    """Return an error for each database whose role could see past the policies."""
    errors = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute(ROLE_SQL)
            name, bypasses, owns = cursor.fetchone()
        if bypasses or owns:
            errors.append(
                Error(
                    f"The database role {name} bypasses row-level security or owns tables.",
                    hint="Set DATABASE_URL to a role that owns nothing (see docs/architecture.md).",
                    id="anfu.E001",
                )
            )
    return errors
