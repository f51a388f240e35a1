"""Whether the victim's rows are as they were, and whether anything new hangs on them."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.db import connection

from common.scope import acting_as
from tests.attack import whose

Fingerprint = tuple[int, int]


@lru_cache(maxsize=1)
def references() -> dict[str, list[tuple[str, str, str]]]:
    """Return {table: [(its column, the table it names, that one's key)]}."""
    return {
        m._meta.db_table: [
            (f.column, f.related_model._meta.db_table, f.target_field.column)
            for f in m._meta.concrete_fields
            if f.is_relation
        ]
        for m in whose.all_models()
    }


def touched() -> list[str]:
    """Return the tables that this transaction wrote to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return [name for (name,) in cursor.fetchall()]


class Watch:
    """The rows of one victim as they stood, to be compared after each probe."""

    def __init__(self, column: str, value: int) -> None:
        self.eyes = whose.Eyes(value)
        self.known = whose.conditions(column, value)
        self.rows = self._fingerprints(self.known)
        self.hung = self._hanging(self.known)

    def changes(self) -> list[str]:
        """Say what this transaction did to the victim: changed, removed, or hung upon."""
        tables = [t for t in touched() if t in self.known]
        rows = self._fingerprints(tables)
        found = [f"changed rows of {t}" for t in tables if rows[t] != self.rows[t]]
        for (table, column), number in self._hanging(tables).items():
            if number > self.hung[table, column]:
                found.append(f"hung a row of {table} by {column}")
        return found

    def _fingerprints(self, tables: Iterable[str]) -> dict[str, Fingerprint]:
        """Return {table: (number, sum of hashes)} of the victim's rows."""
        found: dict[str, Fingerprint] = {}
        with acting_as(self.eyes), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(
                    f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)"
                    f" FROM {table} t WHERE {self.known[table]}"
                )
                found[table] = cursor.fetchone()
        return found

    def _hanging(self, tables: Iterable[str]) -> Mapping[tuple[str, str], int]:
        """Return {(table, column): rows of others that name a row of the victim's}."""
        found = {}
        with acting_as(self.eyes), connection.cursor() as cursor:
            for table in tables:
                for column, named, key in references().get(table, []):
                    if named in self.known and named != whose.ORGANIZATION:
                        cursor.execute(
                            f"SELECT count(*) FROM {table} WHERE ({self.known[table]}) IS NOT TRUE"
                            f" AND {column} IN (SELECT {key} FROM {named} WHERE {self.known[named]})"
                        )
                        found[table, column] = cursor.fetchone()[0]
        return found
