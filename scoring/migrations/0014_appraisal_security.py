"""Evaluations: the agency; the provider from its notice on. Forms stay sealed until they are opened."""

from django.db import migrations

from common.rls import (
    ABOVE,
    ENTERPRISE,
    PROVIDER,
    REGION,
    SYSTEM,
    append_only,
    enable,
    fixed_columns,
    policy,
    tenant_table,
)

APPRAISAL = ("appraisal_id", "scoring_appraisal")
OF_APPRAISAL = "EXISTS (SELECT 1 FROM scoring_appraisal a WHERE a.id = appraisal_id)"
# The agency writes a form's row and asks for it; filed, it sees it again only once all are opened.
UNSEALED = f"({SYSTEM} OR ({REGION} AND (filed_at IS NULL OR opened_at IS NOT NULL)))"

# What was decided does not move: a correction is a new row. And an adopted scheme stays as it is.
FREEZE = """
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
THAW = """
DROP TRIGGER adopted_stays ON scoring_appraisalscheme;
DROP TRIGGER adopted_stays ON scoring_schemeindicator;
DROP FUNCTION scoring_refuse_adopted_scheme();
DROP TRIGGER filed_stays ON scoring_thirdpartyreview;
DROP TRIGGER filed_stays ON scoring_questionnaire;
DROP TRIGGER decided_stays ON scoring_appraisal;
"""


def _sealed(table: str, *branches: str) -> list[migrations.RunSQL]:
    return tenant_table(table, UNSEALED, *branches, parents=[APPRAISAL])


class Migration(migrations.Migration):
    dependencies = [("scoring", "0013_appraisals")]
    operations = [
        enable("scoring_appraisalscheme"),
        policy("scoring_appraisalscheme", "in_region", using=REGION),
        policy("scoring_appraisalscheme", "from_above", using=ABOVE, command="SELECT"),
        enable("scoring_schemeindicator"),
        policy("scoring_schemeindicator", "in_region", using=REGION),
        policy("scoring_schemeindicator", "from_above", using=ABOVE, command="SELECT"),
        policy(
            "scoring_appraisal", "provider_reads", command="SELECT",
            using=f"({PROVIDER} AND noticed_at IS NOT NULL)",
        ),
        enable("scoring_appraisalevidence"),
        policy("scoring_appraisalevidence", "of_appraisal", using=OF_APPRAISAL),
        fixed_columns("scoring_appraisalevidence", ["appraisal_id", "ids", "flags", "sha256"]),
        *tenant_table("scoring_appraisalcorrection", REGION, parents=[APPRAISAL]),
        append_only("scoring_appraisalcorrection"),
        policy(
            "scoring_appraisalcorrection", "provider_reads", command="SELECT",
            using=f"({PROVIDER} AND {OF_APPRAISAL})",
        ),
        *tenant_table("scoring_appraisalobjection", REGION, PROVIDER, parents=[APPRAISAL]),
        *tenant_table("scoring_selfevaluation", REGION, PROVIDER, parents=[APPRAISAL]),
        *_sealed("scoring_questionnaire", ENTERPRISE),
        *_sealed("scoring_thirdpartyreview"),
        *tenant_table("scoring_inquiryrecord", REGION, parents=[APPRAISAL]),
        enable("scoring_appraisalpublication"),
        policy("scoring_appraisalpublication", "readable", using="true", command="SELECT"),
        policy("scoring_appraisalpublication", "own", using=REGION),
        migrations.RunSQL(FREEZE, THAW),
    ]  # fmt: skip
