"""Row-level-security policies as migration operations.

A policy is an OR of branches, each naming one kind of actor. Settings that were never set, or that
ended with their transaction, read as NULL or '': every comparison below is then false, so no actor
means no rows. Settings stand in sub-selects so that they are evaluated once per statement and the
comparison stays an index condition.
"""

from collections.abc import Sequence

from django.db import migrations


def setting(key: str) -> str:
    """Return SQL for one text setting."""
    return f"(SELECT current_setting('anfu.{key}', true))"


def setting_id(key: str) -> str:
    """Return SQL for one setting as an id, NULL when it is not set."""
    return f"(SELECT nullif(current_setting('anfu.{key}', true), '')::bigint)"


def setting_ids(key: str) -> str:
    """Return SQL for one setting as an array of ids, NULL when it is not set."""
    return (
        f"(SELECT string_to_array(nullif(current_setting('anfu.{key}', true), ''), ':')::bigint[])"
    )


REGION = f"(region_code >= {setting('region_lo')} AND region_code < {setting('region_hi')})"
PROVIDER = f"(provider_org_id = {setting_id('provider_org')})"
# A firm and the bodies that were merged into it. The cast makes it one array, not a set of rows.
ENTERPRISE_ORGS = f"{setting_ids('enterprise_orgs')}::bigint[]"
ENTERPRISE = f"(enterprise_org_id = ANY ({ENTERPRISE_ORGS}))"
ENTERPRISE_ISSUED = f"({ENTERPRISE} AND issued_at IS NOT NULL)"
OWN_USER = f"(user_id = {setting_id('user_id')})"
OWN_ORG = setting_id("org_id")
# A sub-district reads what its superior decided: the actor's own code begins with the row's.
ABOVE = f"left({setting('region_lo')}, length(region_code)) = region_code"
# The whole system, as beat and the operator's commands work: its range is not one region's.
SYSTEM = f"({setting('region_lo')} = '0' AND {setting('region_hi')} = ':')"
SIGNED_IN = f"({setting_id('user_id')} IS NOT NULL OR {setting('region_lo')} <> '')"


def _run(forward: Sequence[str], backward: Sequence[str]) -> migrations.RunSQL:
    return migrations.RunSQL(list(forward), list(backward))


def enable(table: str) -> migrations.RunSQL:
    """Turn row-level security on; the owner is not forced, or data migrations would see nothing."""
    return _run(
        [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"],
        [f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"],
    )


def policy(
    table: str, name: str, *, using: str = "", check: str = "", command: str = "ALL", kind: str = ""
) -> migrations.RunSQL:
    """One policy; `kind` may be RESTRICTIVE. Without `check`, `using` holds for new rows too."""
    body = (f" USING ({using})" if using else "") + (f" WITH CHECK ({check})" if check else "")
    mode = f" AS {kind}" if kind else ""
    return _run(
        [f"CREATE POLICY {name} ON {table}{mode} FOR {command}{body}"],
        [f"DROP POLICY {name} ON {table}"],
    )


def tenant_table(
    table: str, *branches: str, parents: Sequence[tuple[str, str]] = ()
) -> list[migrations.RunSQL]:
    """Security of one tenant table: who sees and writes a row, and that its parents are visible.

    `branches` are OR-ed; `parents` are (foreign key column, parent table) pairs. PostgreSQL accepts
    a foreign key to an invisible row, so a new row must see its parents; and because an enterprise
    may write to a row whose parents it does not see, a trigger holds them fixed ever after.
    """
    operations = [enable(table), policy(table, "tenant", using=" OR ".join(branches))]
    for column, parent in parents:
        seen = (
            f"{column} IS NULL OR EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {table}.{column})"
        )
        operations.append(
            policy(table, f"{column}_visible", check=seen, command="INSERT", kind="RESTRICTIVE")
        )
    fixed = ["owner_agency_id", "provider_org_id", "enterprise_org_id", *(c for c, _ in parents)]
    return [*operations, fixed_columns(table, fixed)]


def fixed_columns(table: str, columns: Sequence[str]) -> migrations.RunSQL:
    """Whose a row is, and what it hangs on, never changes: a trigger refuses it for every role."""
    changed = " OR ".join(f"NEW.{c} IS DISTINCT FROM OLD.{c}" for c in columns)
    return _run(
        [
            f"CREATE TRIGGER fixed_columns BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN ({changed}) EXECUTE FUNCTION common_refuse_change()"
        ],
        [f"DROP TRIGGER fixed_columns ON {table}"],
    )


def append_only(table: str) -> migrations.RunSQL:
    """Rows are added and never changed or removed, whatever the role; only a flush by the owner."""
    return _run(
        [
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION common_refuse_change()"
        ],
        [f"DROP TRIGGER append_only ON {table}"],
    )


def reference_table(table: str) -> list[migrations.RunSQL]:
    """A table everybody may read and only the system as a whole writes (loading of content)."""
    return [
        enable(table),
        policy(table, "readable", using="true", command="SELECT"),
        policy(table, "system", using=SYSTEM),
    ]
