"""Points: the region, and the enterprise after signing; entries, events and adopted books never change.

A sub-district reads the rule book of the region above it, and writes none but its own. Evaluations:
the agency; the provider from its notice on. Forms stay sealed until they are opened.
"""

from django.db import migrations

from common.rls import (
    ABOVE,
    ENTERPRISE,
    ENTERPRISE_ISSUED,
    PROVIDER,
    REGION,
    SYSTEM,
    append_only,
    enable,
    fixed_columns,
    policy,
    setting_id,
    tenant_table,
)

CYCLE = ("cycle_id", "scoring_pointcycle")
SHEET = ("sheet_id", "scoring_pointsheet")
ENTRY = ("entry_id", "scoring_pointentry")
FIRM = ("enterprise_id", "enterprises_enterprise")
FIRM_ORG = setting_id("enterprise_org")
APPRAISAL = ("appraisal_id", "scoring_appraisal")
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
OF_APPRAISAL = "EXISTS (SELECT 1 FROM scoring_appraisal a WHERE a.id = appraisal_id)"
# The agency writes a form's row and asks for it; filed, it sees it again only once all are opened.
UNSEALED = f"({SYSTEM} OR ({REGION} AND (filed_at IS NULL OR opened_at IS NOT NULL)))"

# After the row: whether it may be written at all is the policies' to say first.
FREEZE_BOOKS = """
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
THAW_BOOKS = """
DROP TRIGGER adopted_stays ON scoring_rulebook;
DROP TRIGGER adopted_stays ON scoring_gravityvariant;
DROP TRIGGER adopted_stays ON scoring_ruleclause;
DROP FUNCTION scoring_refuse_adopted_variant();
DROP FUNCTION scoring_refuse_adopted();
"""
# What was decided does not move: a correction is a new row. And an adopted scheme stays as it is.
FREEZE_APPRAISALS = """
CREATE TRIGGER decided_stays BEFORE UPDATE ON scoring_appraisal FOR EACH ROW
    WHEN (OLD.decided_at IS NOT NULL AND (NEW.score, NEW.grade, NEW.results, NEW.measures, NEW.vetoes,
          NEW.parties, NEW.buyer_score, NEW.decided_at, NEW.input_sha256) IS DISTINCT FROM
          (OLD.score, OLD.grade, OLD.results, OLD.measures, OLD.vetoes, OLD.parties, OLD.buyer_score,
           OLD.decided_at, OLD.input_sha256))
    EXECUTE FUNCTION common_refuse_change();
CREATE TRIGGER filed_stays BEFORE UPDATE ON scoring_questionnaire FOR EACH ROW
    WHEN (OLD.filed_at IS NOT NULL AND (NEW.answers, NEW.comment, NEW.filed_at, NEW.doubts)
          IS DISTINCT FROM (OLD.answers, OLD.comment, OLD.filed_at, OLD.doubts))
    EXECUTE FUNCTION common_refuse_change();
CREATE TRIGGER filed_stays BEFORE UPDATE ON scoring_thirdpartyreview FOR EACH ROW
    WHEN (OLD.filed_at IS NOT NULL AND (NEW.score, NEW.opinion, NEW.filed_at)
          IS DISTINCT FROM (OLD.score, OLD.opinion, OLD.filed_at))
    EXECUTE FUNCTION common_refuse_change();
CREATE FUNCTION scoring_refuse_adopted_scheme() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_scheme bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.scheme_id ELSE NEW.scheme_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM scoring_appraisalscheme WHERE id = of_scheme AND state = 'adopted') THEN
        RAISE EXCEPTION 'an adopted scheme does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER adopted_stays AFTER INSERT OR UPDATE OR DELETE ON scoring_schemeindicator
    FOR EACH ROW EXECUTE FUNCTION scoring_refuse_adopted_scheme();
CREATE TRIGGER adopted_stays BEFORE UPDATE OR DELETE ON scoring_appraisalscheme
    FOR EACH ROW WHEN (OLD.state = 'adopted') EXECUTE FUNCTION common_refuse_change();
"""
THAW_APPRAISALS = """
DROP TRIGGER adopted_stays ON scoring_appraisalscheme;
DROP TRIGGER adopted_stays ON scoring_schemeindicator;
DROP FUNCTION scoring_refuse_adopted_scheme();
DROP TRIGGER filed_stays ON scoring_thirdpartyreview;
DROP TRIGGER filed_stays ON scoring_questionnaire;
DROP TRIGGER decided_stays ON scoring_appraisal;
"""


def _rules(table: str) -> list[migrations.RunSQL]:
    return [
        enable(table),
        policy(table, "in_region", using=REGION),
        policy(table, "from_above", using=ABOVE, command="SELECT"),
    ]


def _reads(table: str, using: str) -> migrations.RunSQL:
    return policy(table, "enterprise_reads", using=using, command="SELECT")


BOOKS = [
    *_rules("scoring_rulebook"),
    _reads("scoring_rulebook", OWN_BOOK),
    *_rules("scoring_ruleclause"),
    _reads("scoring_ruleclause", OF_BOOK),
    *_rules("scoring_gravityvariant"),
    _reads("scoring_gravityvariant", OF_CLAUSE),
    migrations.RunSQL(FREEZE_BOOKS, THAW_BOOKS),
]
POINTS = [
    # What officers gave is theirs to write: the enterprise reads it once it is issued.
    *tenant_table("scoring_pointcycle", REGION, parents=[FIRM]),
    _reads("scoring_pointcycle", ENTERPRISE),
    *tenant_table("scoring_pointsheet", REGION, parents=[FIRM, CYCLE]),
    _reads("scoring_pointsheet", ENTERPRISE_ISSUED),
    *tenant_table(
        "scoring_pointentry", REGION, parents=[SHEET, CYCLE, ("hazard_id", "inspections_hazard")]
    ),
    _reads("scoring_pointentry", ENTERPRISE_ISSUED),
    append_only("scoring_pointentry"),
    *tenant_table("scoring_pointevent", REGION, parents=[CYCLE, ENTRY, SHEET]),
    _reads("scoring_pointevent", ENTERPRISE_ISSUED),
    append_only("scoring_pointevent"),
    *tenant_table("scoring_thresholdevent", REGION, parents=[CYCLE]),
    _reads("scoring_thresholdevent", f"({ENTERPRISE} AND sent_at IS NOT NULL)"),
    *tenant_table("scoring_consequence", REGION, parents=[FIRM]),
    _reads("scoring_consequence", ENTERPRISE),
    *tenant_table("scoring_interview", REGION, parents=[FIRM, CYCLE]),
    _reads("scoring_interview", ENTERPRISE_ISSUED),
    *tenant_table("scoring_pointtraining", REGION, ENTERPRISE, parents=[FIRM]),
    *tenant_table("scoring_pointappeal", REGION, ENTERPRISE, parents=[FIRM, CYCLE, SHEET]),
    *tenant_table(
        "scoring_pointappealitem",
        REGION,
        ENTERPRISE,
        parents=[ENTRY, ("appeal_id", "scoring_pointappeal")],
    ),
    *tenant_table("scoring_sheetdraft", REGION, parents=[FIRM]),
]
BOARDS_AND_SELF_CHECKS = [
    *tenant_table("scoring_pointpresentation", REGION),
    enable("scoring_publishedgrade"),
    policy("scoring_publishedgrade", "published", using="true", command="SELECT"),
    policy("scoring_publishedgrade", "in_region", using=REGION),
    *tenant_table("scoring_noticeboard", REGION, parents=[FIRM]),
    _reads("scoring_noticeboard", ENTERPRISE_ISSUED),
    *tenant_table("scoring_selfcheck", ENTERPRISE, parents=[FIRM]),
    policy("scoring_selfcheck", "shared", using=SHARED, command="SELECT"),
    *tenant_table(
        "scoring_selfcheckitem", ENTERPRISE, parents=[("check_of_id", "scoring_selfcheck")]
    ),
    policy("scoring_selfcheckitem", "shared", using=SHARED, command="SELECT"),
    *tenant_table("scoring_effectmonth", REGION),
]
APPRAISALS = [
    *_rules("scoring_appraisalscheme"),
    *_rules("scoring_schemeindicator"),
    *tenant_table(
        "scoring_appraisal", REGION, parents=[("contract_id", "agencies_servicecontract")]
    ),
    policy(
        "scoring_appraisal",
        "provider_reads",
        using=f"({PROVIDER} AND noticed_at IS NOT NULL)",
        command="SELECT",
    ),
    enable("scoring_appraisalevidence"),
    policy("scoring_appraisalevidence", "of_appraisal", using=OF_APPRAISAL),
    fixed_columns("scoring_appraisalevidence", ["appraisal_id", "ids", "flags", "sha256"]),
    *tenant_table("scoring_appraisalcorrection", REGION, parents=[APPRAISAL]),
    append_only("scoring_appraisalcorrection"),
    policy(
        "scoring_appraisalcorrection",
        "provider_reads",
        using=f"({PROVIDER} AND {OF_APPRAISAL})",
        command="SELECT",
    ),
    *tenant_table("scoring_appraisalobjection", REGION, PROVIDER, parents=[APPRAISAL]),
    *tenant_table("scoring_selfevaluation", REGION, PROVIDER, parents=[APPRAISAL]),
    *tenant_table("scoring_questionnaire", UNSEALED, ENTERPRISE, parents=[APPRAISAL]),
    *tenant_table("scoring_thirdpartyreview", UNSEALED, parents=[APPRAISAL]),
    *tenant_table("scoring_inquiryrecord", REGION, parents=[APPRAISAL]),
    migrations.RunSQL(FREEZE_APPRAISALS, THAW_APPRAISALS),
]
# The last migration of each app's former history, which its first one here replaces together with
# the first. So Django refuses a database that has only a part of the former history; without this
# it would leave out without a word what cannot be replaced. See docs/decisions/0014.
FORMER = [
    ("common", "0002_bigrams"),
    ("audit", "0006_no_temporary_tables"),
    ("accounts", "0003_secrets_in_personal_keys"),
    ("tenancy", "0010_few_bodies"),
    ("workflow", "0003_providers_jobs"),
    ("evidence", "0005_marks_and_scans"),
    ("notifications", "0002_row_level_security"),
    ("documents", "0009_no_temporary_tables"),
    ("chain", "0003_cover_older_files"),
    ("enterprises", "0011_names_of_a_city"),
    ("providers", "0009_registrar_stays"),
    ("agencies", "0018_payment_stages_security"),
    ("inspections", "0020_watched_while_working_security"),
    ("scoring", "0014_appraisal_security"),
]


class Migration(migrations.Migration):
    replaces = [
        ("scoring", "0002_row_level_security"),
        ("scoring", "0004_rules_from_above"),
        ("scoring", "0008_points_security"),
        ("scoring", "0010_effect_months_security"),
    ]
    dependencies = [
        ("scoring", "0003_appraisals"),
        ("inspections", "0007_search"),
        *FORMER,
    ]
    operations = [*BOOKS, *POINTS, *BOARDS_AND_SELF_CHECKS, *APPRAISALS]
