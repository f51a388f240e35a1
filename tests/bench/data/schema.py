"""Indexes and keys out of the way while rows are loaded, and back as they were.

Loading 40 million rows into finished indexes takes hours. What is taken down is what the catalogue
says, put up again from its own words; `described` before and after shows that nothing is missing.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection

TABLES = (
    "SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
)
# What makes a table what it is: columns, constraints, indexes, triggers, policies, row security.
DESCRIBED = f"""
SELECT 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod)
       || ' ' || attnotnull || ' ' || attidentity::text || ' ' || attcollation::regcollation::text
FROM pg_attribute WHERE attrelid IN ({TABLES}) AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname,
       pg_get_constraintdef(oid) || ' ' || convalidated || ' ' || condeferrable
FROM pg_constraint WHERE conrelid IN ({TABLES}) AND contype <> 'n'
UNION ALL
SELECT 'index', indrelid::regclass::text, indexrelid::regclass::text,
       pg_get_indexdef(indexrelid) || ' ' || indisvalid
FROM pg_index WHERE indrelid IN ({TABLES})
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) || ' ' || tgenabled::text
FROM pg_trigger WHERE tgrelid IN ({TABLES}) AND NOT tgisinternal
UNION ALL
SELECT 'policy', polrelid::regclass::text, polname, polcmd::text || ' ' || polpermissive || ' '
       || coalesce(pg_get_expr(polqual, polrelid), '') || ' '
       || coalesce(pg_get_expr(polwithcheck, polrelid), '')
FROM pg_policy WHERE polrelid IN ({TABLES})
UNION ALL
SELECT 'security', oid::regclass::text, '', relrowsecurity || ' ' || relforcerowsecurity
FROM pg_class WHERE oid IN ({TABLES})
"""
# (kind, table, how to take it down, how to put it up); foreign keys hang on the other keys.
MOVABLE = f"""
SELECT contype::text, conrelid::regclass::text,
       format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
              pg_get_constraintdef(oid)), conname
FROM pg_constraint WHERE conrelid IN ({TABLES}) AND contype IN ('f', 'p', 'u')
UNION ALL
SELECT 'i', i.indrelid::regclass::text, format('DROP INDEX %s', i.indexrelid::regclass),
       pg_get_indexdef(i.indexrelid), ''
FROM pg_index i WHERE i.indrelid IN ({TABLES})
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype <> 'f')
"""
BY_SIZE = "SELECT pg_relation_size(%s::regclass)"
# The catalogue writes the same list as (ARRAY[…])::text[] or with a cast at each word, depending on
# whether it was read from a migration or from the catalogue itself.
_NOISE = re.compile(r"::[a-z ]+(\[\])?|[()\s]")
MEMORY = "SET maintenance_work_mem = '768MB'; SET max_parallel_maintenance_workers = 0"


@contextmanager
def owners() -> Iterator[Any]:
    """A cursor of the role that owns the tables, each statement on its own."""
    role = settings.DATABASE_OWNER
    link = psycopg2.connect(
        host=role["HOST"], user=role["USER"], dbname=connection.settings_dict["NAME"],
        password=role["PASSWORD"] or None, port=role["PORT"] or None,
    )  # fmt: skip
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


def described() -> set[tuple[str, ...]]:
    """Return everything the catalogue says of our tables, as comparable lines."""
    with owners() as cursor:
        cursor.execute(DESCRIBED)
        return {(*row[:3], _NOISE.sub("", row[3])) for row in cursor.fetchall()}


@contextmanager
def without_keys() -> Iterator[None]:
    """Load within; afterwards every index and key is back and checked, however the loading ended.

    RuntimeError if the tables are not what they were.
    """
    before = described()
    with owners() as cursor:
        cursor.execute(MOVABLE)
        found = cursor.fetchall()
        for kinds in ("f", "pui"):
            for kind, _, down, _, _ in found:
                if kind in kinds:
                    cursor.execute(down)
    try:
        yield
    finally:
        _put_up(found)
    if changed := before ^ described():
        raise RuntimeError(f"the schema is not what it was: {sorted(changed)[:5]}")


def _put_up(found: list[tuple[str, ...]]) -> None:
    tables = _largest_first({table for _, table, *_ in found})
    ups = {t: [up for k, at, _, up, _ in found if at == t and k != "f"] for t in tables}
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, ups.values()))
        # Not validated it is there at once, so that tables can be checked side by side.
        keys = [(table, up, name) for k, table, _, up, name in found if k == "f"]
        run([f"{up} NOT VALID" for _, up, _ in keys])
        checks = {
            t: [f'ALTER TABLE {t} VALIDATE CONSTRAINT "{name}"' for at, _, name in keys if at == t]
            for t in tables
        }
        list(pool.map(run, checks.values()))
        list(pool.map(run, ([f"VACUUM (ANALYZE) {table}"] for table in tables)))


def _largest_first(tables: set[str]) -> list[str]:
    with owners() as cursor:
        sizes = {}
        for table in tables:
            cursor.execute(BY_SIZE, [table])
            sizes[table] = cursor.fetchone()[0]
    return sorted(tables, key=lambda table: (-sizes[table], table))


def run(statements: list[str]) -> None:
    """Run statements one after the other as the owner."""
    with owners() as cursor:
        cursor.execute(MEMORY)
        for statement in statements:
            cursor.execute(statement)
