"""Pairs of neighbouring characters, by which Chinese words are found: most have two of them."""

from django.db import migrations

BIGRAMS = """
CREATE FUNCTION common_bigrams(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT array_agg(DISTINCT substr(lower(words), i, 2)) FROM generate_series(1, length(words) - 1) i
)
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0001_runtime_role")]
    operations = [migrations.RunSQL(BIGRAMS, "DROP FUNCTION common_bigrams(text)")]
