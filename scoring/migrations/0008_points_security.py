"""Points as events: who sees and writes what; entries, events and adopted books never change."""

from django.db import migrations

from common.rls import (
    ABOVE,
    ENTERPRISE,
    ENTERPRISE_ISSUED,
    REGION,
    append_only,
    enable,
    policy,
    setting_id,
    tenant_table,
)

CYCLE = ("cycle_id", "scoring_pointcycle")
SHEET = ("sheet_id", "scoring_pointsheet")
ENTRY = ("entry_id", "scoring_pointentry")
FIRM = ("enterprise_id", "enterprises_enterprise")
FIRM_ORG = setting_id("enterprise_org")
# An enterprise reads the table that it is measured by: what was adopted for it or above it.
OWN_BOOK = (
    f"(state = 'adopted' AND {FIRM_ORG} IS NOT NULL AND EXISTS (SELECT 1 FROM enterprises_enterprise e "
    f"WHERE e.enterprise_org_id = {FIRM_ORG} AND starts_with(e.region_code, scoring_rulebook.region_code)))"
)
OF_BOOK = (
    f"({FIRM_ORG} IS NOT NULL AND EXISTS "
    "(SELECT 1 FROM scoring_rulebook b WHERE b.id = book_id AND b.state = 'adopted'))"
)
OF_CLAUSE = f"({FIRM_ORG} IS NOT NULL AND EXISTS (SELECT 1 FROM scoring_ruleclause c WHERE c.id = clause_id))"
SHARED = f"({REGION} AND shared_at IS NOT NULL)"

# What officers gave is theirs to write: the enterprise reads it once it is issued.
READ_BY_ENTERPRISE = {
    "scoring_pointcycle": ENTERPRISE,
    "scoring_pointsheet": ENTERPRISE_ISSUED,
    "scoring_pointentry": ENTERPRISE_ISSUED,
}

# After the row: whether it may be written at all is the policies' to say first.
FREEZE = """
CREATE FUNCTION scoring_refuse_adopted() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_book bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.book_id ELSE NEW.book_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM scoring_rulebook WHERE id = of_book AND state = 'adopted') THEN
        RAISE EXCEPTION 'an adopted rule book does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER adopted_stays AFTER INSERT OR UPDATE OR DELETE ON scoring_ruleclause
    FOR EACH ROW EXECUTE FUNCTION scoring_refuse_adopted();
CREATE FUNCTION scoring_refuse_adopted_variant() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_clause bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.clause_id ELSE NEW.clause_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM scoring_ruleclause c JOIN scoring_rulebook b ON b.id = c.book_id
               WHERE c.id = of_clause AND b.state = 'adopted') THEN
        RAISE EXCEPTION 'an adopted rule book does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER adopted_stays AFTER INSERT OR UPDATE OR DELETE ON scoring_gravityvariant
    FOR EACH ROW EXECUTE FUNCTION scoring_refuse_adopted_variant();
CREATE TRIGGER adopted_stays BEFORE UPDATE OR DELETE ON scoring_rulebook
    FOR EACH ROW WHEN (OLD.state = 'adopted') EXECUTE FUNCTION common_refuse_change();
"""
THAW = """
DROP TRIGGER adopted_stays ON scoring_rulebook;
DROP TRIGGER adopted_stays ON scoring_gravityvariant;
DROP TRIGGER adopted_stays ON scoring_ruleclause;
DROP FUNCTION scoring_refuse_adopted_variant();
DROP FUNCTION scoring_refuse_adopted();
"""


def _read_only(table: str, using: str) -> list[migrations.RunSQL]:
    old = f"CREATE POLICY tenant ON {table} FOR ALL USING ({REGION} OR {using})"
    return [
        migrations.RunSQL([f"DROP POLICY tenant ON {table}"], [old]),
        policy(table, "tenant", using=REGION),
        policy(table, "enterprise_reads", using=using, command="SELECT"),
    ]


class Migration(migrations.Migration):
    dependencies = [("scoring", "0007_points_of_before")]
    operations = [
        enable("scoring_gravityvariant"),
        policy("scoring_gravityvariant", "in_region", using=REGION),
        policy("scoring_gravityvariant", "from_above", using=ABOVE, command="SELECT"),
        policy("scoring_rulebook", "enterprise_reads", using=OWN_BOOK, command="SELECT"),
        policy("scoring_ruleclause", "enterprise_reads", using=OF_BOOK, command="SELECT"),
        policy("scoring_gravityvariant", "enterprise_reads", using=OF_CLAUSE, command="SELECT"),
        *(op for table, using in READ_BY_ENTERPRISE.items() for op in _read_only(table, using)),
        policy(
            "scoring_thresholdevent", "enterprise_reads", command="SELECT",
            using=f"({ENTERPRISE} AND sent_at IS NOT NULL)",
        ),
        *tenant_table("scoring_pointevent", REGION, parents=[CYCLE, ENTRY, SHEET]),
        policy("scoring_pointevent", "enterprise_reads", using=ENTERPRISE_ISSUED, command="SELECT"),
        *tenant_table("scoring_consequence", REGION, parents=[FIRM]),
        policy("scoring_consequence", "enterprise_reads", using=ENTERPRISE, command="SELECT"),
        *tenant_table("scoring_interview", REGION, parents=[FIRM, CYCLE]),
        policy("scoring_interview", "enterprise_reads", using=ENTERPRISE_ISSUED, command="SELECT"),
        *tenant_table("scoring_pointtraining", REGION, ENTERPRISE, parents=[FIRM]),
        *tenant_table("scoring_pointappeal", REGION, ENTERPRISE, parents=[FIRM, CYCLE, SHEET]),
        *tenant_table(
            "scoring_pointappealitem", REGION, ENTERPRISE,
            parents=[ENTRY, ("appeal_id", "scoring_pointappeal")],
        ),
        *tenant_table("scoring_selfcheck", ENTERPRISE, parents=[FIRM]),
        policy("scoring_selfcheck", "shared", using=SHARED, command="SELECT"),
        *tenant_table(
            "scoring_selfcheckitem", ENTERPRISE, parents=[("check_of_id", "scoring_selfcheck")]
        ),
        policy("scoring_selfcheckitem", "shared", using=SHARED, command="SELECT"),
        *tenant_table("scoring_noticeboard", REGION, parents=[FIRM]),
        policy("scoring_noticeboard", "enterprise_reads", using=ENTERPRISE_ISSUED, command="SELECT"),
        *tenant_table("scoring_pointpresentation", REGION),
        *tenant_table("scoring_sheetdraft", REGION, parents=[FIRM]),
        enable("scoring_publishedgrade"),
        policy("scoring_publishedgrade", "published", using="true", command="SELECT"),
        policy("scoring_publishedgrade", "in_region", using=REGION),
        append_only("scoring_pointentry"),
        append_only("scoring_pointevent"),
        migrations.RunSQL(FREEZE, THAW),
    ]  # fmt: skip
