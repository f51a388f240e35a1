"""What the runtime role may do with the tables that the owner makes from here on, and what all of them use."""

from django.conf import settings
from django.db import migrations

ROLE = settings.RUNTIME_ROLE
# Pairs of neighbouring characters, by which Chinese words are found: most have two of them.
BIGRAMS = """
CREATE FUNCTION common_bigrams(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT array_agg(DISTINCT substr(lower(words), i, 2)) FROM generate_series(1, length(words) - 1) i
)
"""


class Migration(migrations.Migration):
    initial = True
    replaces = [("common", "0001_runtime_role"), ("common", "0002_bigrams")]
    run_before = [
        ("contenttypes", "0001_initial"),
        ("auth", "0001_initial"),
        ("sessions", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(
            [
                f"ALTER DEFAULT PRIVILEGES IN SCHEMA public "
                f'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{ROLE}"',
                f"ALTER DEFAULT PRIVILEGES IN SCHEMA public "
                f'GRANT USAGE, SELECT ON SEQUENCES TO "{ROLE}"',
                f'GRANT SELECT ON django_migrations TO "{ROLE}"',
                "CREATE EXTENSION IF NOT EXISTS pg_trgm",
                "CREATE EXTENSION IF NOT EXISTS btree_gist",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            """
            CREATE FUNCTION common_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% on %: this is never changed', TG_OP, TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation';
            END $$
            """,
            "DROP FUNCTION common_refuse_change()",
        ),
        migrations.RunSQL(BIGRAMS, "DROP FUNCTION common_bigrams(text)"),
    ]
