"""Counts kept by the write that changes them: triggers that append to a table of sums.

A page that counts millions of rows reads the sums instead. Each statement that adds, changes or
removes rows appends what it changed, as +n and -n by the fixed dimensions; nobody waits for anybody,
since nothing is updated in place. The sum over a dimension's rows is the count. `settle` melts what
has been appended into one row for each combination; beat does it, and reading is right at any time.
"""

from collections.abc import Mapping, Sequence

from django.db import connection, migrations


def tally_triggers(
    table: str, tally: str, groups: Sequence[Mapping[str, str]]
) -> list[migrations.RunSQL]:
    """Keep `tally` in step with `table`, from now on and for what is there already.

    Each group is {column of the tally: SQL expression over a row of `table`}; a column that a group
    does not name stays NULL, and rows where its first one is NULL are not counted in it.
    """
    name = f"{tally}_keep"
    function = f"""
    CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            {_appends(tally, groups, {"added": 1})}
        ELSIF TG_OP = 'UPDATE' THEN
            {_appends(tally, groups, {"added": 1, "removed": -1})}
        ELSE
            {_appends(tally, groups, {"removed": -1})}
        END IF;
        RETURN NULL;
    END $$
    """
    seen = {
        "INSERT": "NEW TABLE AS added",
        "UPDATE": "NEW TABLE AS added OLD TABLE AS removed",
        "DELETE": "OLD TABLE AS removed",
    }
    triggers = [
        f"CREATE TRIGGER {tally}_{event.lower()} AFTER {event} ON {table} REFERENCING {tables} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        for event, tables in seen.items()
    ]
    fill = _appends(tally, groups, {table: 1})
    return [
        migrations.RunSQL(
            [function, *triggers, fill],
            [
                *(f"DROP TRIGGER {tally}_{event.lower()} ON {table}" for event in seen),
                f"DROP FUNCTION {name}()",
                f"DELETE FROM {tally}",
            ],
        )
    ]


def _appends(tally: str, groups: Sequence[Mapping[str, str]], sources: Mapping[str, int]) -> str:
    return "".join(_append(tally, group, sources) for group in groups)


def _append(tally: str, group: Mapping[str, str], sources: Mapping[str, int]) -> str:
    columns, first = ", ".join(group), next(iter(group.values()))
    picked = ", ".join(f"{sql} AS {column}" for column, sql in group.items())
    rows = " UNION ALL ".join(
        f"SELECT {picked}, {sign} AS number FROM {source} WHERE {first} IS NOT NULL"
        for source, sign in sources.items()
    )
    return (
        f"INSERT INTO {tally} ({columns}, number) SELECT {columns}, sum(number) FROM ({rows}) r "
        f"GROUP BY {columns} HAVING sum(number) <> 0; "
    )


def settle(tally: str, columns: Sequence[str]) -> int:
    """Melt what has been appended into one row for each combination; return how many were made.

    Run as the whole system. What others append meanwhile stays beside it and is melted next time.
    """
    names = ", ".join(columns)
    several = f"SELECT unnest(array_agg(id)) FROM {tally} GROUP BY {names} HAVING count(*) > 1"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH gone AS (DELETE FROM {tally} WHERE id IN ({several}) RETURNING {names}, number) "
            f"INSERT INTO {tally} ({names}, number) SELECT {names}, sum(number) FROM gone "
            f"GROUP BY {names} HAVING sum(number) <> 0"
        )
        return cursor.rowcount
