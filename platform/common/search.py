"""Search for any part of a row's words, through an index of neighbouring pairs of characters.

PostgreSQL's trigrams do not serve Chinese words of two characters, and under a policy no index is
used for operators that might leak what they compare. So each searched table has a GIN index of its
pairs and a function of the owner's that searches within the actor's own scope and returns ids.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, migrations

from common.rls import ENTERPRISE_ORGS, setting, setting_id, setting_ids

IDS = ("user_id", "org_id", "provider_org", "enterprise_org")
CHUNK = 2000  # rows of a table whose words are worked out at once
MOST = 10_000  # found by more, a word says so little that reading in order finds a page soon


def fill_words(app: str, model: str, of: Callable[[Any], str]) -> migrations.RunPython:
    """Work the `search_text` of a table's rows out; begun again, it goes on with what is left."""

    def fill(apps: Any, _: Any) -> None:
        rows = apps.get_model(app, model).objects.order_by("pk")
        last = None
        while chunk := list((rows.filter(pk__gt=last) if last else rows)[:CHUNK]):
            last = chunk[-1].pk
            stale = [row for row in chunk if row.search_text != of(row)]
            for row in stale:
                row.search_text = of(row)
            rows.bulk_update(stale, ["search_text"])

    return migrations.RunPython(fill, migrations.RunPython.noop)


def search_index(
    table: str, words: str, scope: str, *, key: str = "bigint", where: str = "true"
) -> list[migrations.RunSQL]:
    """Make a table's index and function; the migration has `atomic = False`.

    `words` is the SQL of a row's text, `scope` the policy of the table, `key` the type of its id;
    `where` says which rows are searched, if not all.
    """
    function = f"""
    CREATE FUNCTION {table}_search(wanted text, most integer) RETURNS SETOF {key}
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    SET enable_bitmapscan = on SET plan_cache_mode = force_custom_plan AS $$
    DECLARE
        {_values()}
    BEGIN
        RETURN QUERY
        SELECT id FROM {table}
        WHERE common_bigrams({words}) @> common_bigrams(wanted)
          AND strpos(lower({words}), lower(wanted)) > 0
          AND ({where}) AND ({_by_values(scope)})
        LIMIT most;
    END $$
    """
    partial = "" if where == "true" else f" WHERE {where}"
    index = (
        f"CREATE INDEX CONCURRENTLY {table}_words ON {table} "
        f"USING gin (common_bigrams({words})){partial}"
    )
    return [
        migrations.RunSQL(index, f"DROP INDEX {table}_words"),
        migrations.RunSQL(function, f"DROP FUNCTION {table}_search(text, integer)"),
    ]


def _values() -> str:
    """Declare the actor's settings as variables: the planner knows those, and how many rows they let through."""
    orgs = f"v_enterprise_orgs bigint[] := {setting_ids('enterprise_orgs')};\n"
    return orgs + "\n".join(
        f"v_{name} text := {setting(name)}; v_{name}_id bigint := "
        + (setting_id(name) if name in IDS else "NULL")
        + ";"
        for name in (*IDS, "region_lo", "region_hi")
    )


def _by_values(scope: str) -> str:
    scope = scope.replace(ENTERPRISE_ORGS, "v_enterprise_orgs")
    for name in (*IDS, "region_lo", "region_hi"):
        scope = scope.replace(setting_id(name), f"v_{name}_id").replace(setting(name), f"v_{name}")
    return scope


def search(table: str, text: str) -> list[Any] | None:
    """Return the ids of the rows that contain `text`, of those that the actor may see.

    None where the index cannot tell: for a single character, or a word that too many rows have.
    """
    return search_many([table], text)[table]


def search_many(tables: Sequence[str], text: str, most: int = MOST) -> dict[str, list[Any] | None]:
    """Return the same of several tables, in one statement; None where more than `most` have it."""
    wanted = text.strip()
    if len(wanted) < 2:
        return dict.fromkeys(tables)
    each = ", ".join(f"ARRAY(SELECT {table}_search(%s, %s))" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {each}", [wanted, most + 1] * len(tables))
        found = dict(zip(tables, cursor.fetchone(), strict=True))
    return {table: ids if len(ids) <= most else None for table, ids in found.items()}
