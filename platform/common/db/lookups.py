"""`pk__any_of=[…]`: the rows of some thousand ids, which go to the database as one array.

As parameters of IN they take longer to write down than to find.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Field, Lookup


def array_text(values: Iterable[Any]) -> str:
    """Return values as PostgreSQL writes an array: one text, where the driver would turn each."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: Any) -> str:
    if isinstance(value, int | UUID):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@Field.register_lookup
class AnyOf(Lookup):  # type: ignore[type-arg]
    """Whether a value is one of many."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return `column = ANY(array)`, of the column's type even when it is empty."""
        sql, params = self.process_lhs(compiler, connection)
        field = self.lhs.output_field
        kind = str(field.db_type(connection) or "").split("(")[0]
        return f"{sql} = ANY(%s::{kind}[])", [*params, array_text(self.rhs)]
