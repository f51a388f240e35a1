"""Whether the victim's rows are as they were, and whether anything new hangs on them."""

from functools import lru_cache

from django.db import connection

from common.scope import acting_as
from tenancy.actors import SYSTEM
from tests.attack.canaries import tenant_models
from tests.attack.people import Victim

Fingerprint = tuple[int, int]


@lru_cache(maxsize=1)
def _columns() -> dict[str, set[str]]:
    """Return {table: its columns} of all tables whose rows belong to somebody."""
    return {m._meta.db_table: {f.column for f in m._meta.concrete_fields} for m in tenant_models()}


@lru_cache(maxsize=1)
def _references() -> dict[str, list[tuple[str, str, str]]]:
    """Return {table: [(its column, the table it names, that one's key)]} between these tables."""
    known = _columns()
    return {
        m._meta.db_table: [
            (f.column, f.related_model._meta.db_table, f.target_field.column)
            for f in m._meta.concrete_fields
            if f.is_relation and f.related_model._meta.db_table in known
        ]
        for m in tenant_models()
    }


def touched() -> list[str]:
    """Return the tables of tenants that this transaction wrote to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return [name for (name,) in cursor.fetchall() if name in _columns()]


def fingerprints(tables: list[str] | None, victim: Victim) -> dict[str, Fingerprint]:
    """Return {table: (number, sum of hashes)} of the victim's rows, of these tables or of all."""
    found: dict[str, Fingerprint] = {}
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for table in _columns() if tables is None else tables:
            if victim.column in _columns()[table]:
                cursor.execute(
                    f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)"
                    f" FROM {table} t WHERE {victim.column} = %s",
                    [victim.value],
                )
                found[table] = cursor.fetchone()
    return found


def hanging(tables: list[str] | None, victim: Victim) -> dict[tuple[str, str], int]:
    """Return {(table, column): rows of others that name a row of the victim's}."""
    found, whose = {}, victim.column
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for table in _columns() if tables is None else tables:
            for column, named, key in _references()[table]:
                if whose in _columns()[table] and whose in _columns()[named]:
                    cursor.execute(
                        f"SELECT count(*) FROM {table} t JOIN {named} n ON n.{key} = t.{column}"
                        f" WHERE n.{whose} = %s AND t.{whose} IS DISTINCT FROM n.{whose}",
                        [victim.value],
                    )
                    found[table, column] = cursor.fetchone()[0]
    return found
