"""Purchases are the agency's; a provider reads its own offer once the award is made.

What was published is for everybody and never changes.
"""

from django.db import migrations

from common.rls import (
    OWN_ORG,
    PROVIDER,
    REGION,
    enable,
    fixed_columns,
    policy,
    setting_id,
    tenant_table,
)

DISCLOSED = f"({PROVIDER} AND disclosed_at IS NOT NULL)"
# By a function of the owner's: the policies of offers and lots would ask one another in a circle.
TOOK_PART = f"""
CREATE FUNCTION agencies_took_part(project bigint) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM agencies_offer o JOIN agencies_procurementlot l ON l.id = o.lot_id
        WHERE l.procurement_id = project AND o.disclosed_at IS NOT NULL
        AND o.provider_org_id = {setting_id("provider_org")}
    )
$$
"""
TOOK = f"({setting_id('provider_org')} IS NOT NULL AND agencies_took_part({{}}))"
OWN_SCORE = (
    f"({PROVIDER} AND EXISTS (SELECT 1 FROM agencies_offer o "
    "WHERE o.id = offer_id AND o.disclosed_at IS NOT NULL))"
)

PUBLIC = "agencies_publication"
PUBLISHED = (
    "code", "owner_agency_id", "region_code", "agency_name", "is_training", "kind", "subject_type",
    "subject_id", "title", "body", "body_sha256", "published_at", "published_by_name", "until_on",
)  # fmt: skip
WITHDRAWN_STAYS = (
    f"CREATE TRIGGER withdrawn_stays BEFORE UPDATE ON {PUBLIC} FOR EACH ROW "
    "WHEN (OLD.state = 'withdrawn') EXECUTE FUNCTION common_refuse_change()"
)


class Migration(migrations.Migration):
    replaces = [("agencies", "0010_purchase_security")]
    dependencies = [("agencies", "0004_library_and_choice")]
    operations = [
        migrations.RunSQL([TOOK_PART], ["DROP FUNCTION agencies_took_part(bigint)"]),
        *tenant_table("agencies_purchaseplan", REGION),
        *tenant_table(
            "agencies_purchaseplanitem", REGION, parents=[("plan_id", "agencies_purchaseplan")]
        ),
        *tenant_table("agencies_procurement", REGION),
        policy("agencies_procurement", "offered", using=TOOK.format("id"), command="SELECT"),
        *tenant_table(
            "agencies_procurementlot", REGION,
            parents=[("procurement_id", "agencies_procurement")],
        ),
        policy("agencies_procurementlot", "offered", using=TOOK.format("procurement_id"), command="SELECT"),
        *tenant_table(
            "agencies_awardcriterion", REGION,
            parents=[("procurement_id", "agencies_procurement")],
        ),
        policy("agencies_awardcriterion", "offered", using=TOOK.format("procurement_id"), command="SELECT"),
        *tenant_table(
            "agencies_offer", REGION, parents=[("lot_id", "agencies_procurementlot")]
        ),
        policy("agencies_offer", "disclosed", using=DISCLOSED, command="SELECT"),
        *tenant_table(
            "agencies_offerscore", REGION,
            parents=[
                ("offer_id", "agencies_offer"), ("criterion_id", "agencies_awardcriterion")
            ],
        ),
        policy("agencies_offerscore", "disclosed", using=OWN_SCORE, command="SELECT"),
        enable(PUBLIC),
        policy(PUBLIC, "readable", using="true", command="SELECT"),
        policy(PUBLIC, "publish", check=f"owner_agency_id = {OWN_ORG}", command="INSERT"),
        policy(PUBLIC, "withdraw", using=f"owner_agency_id = {OWN_ORG}", command="UPDATE"),
        fixed_columns(PUBLIC, PUBLISHED),
        migrations.RunSQL([WITHDRAWN_STAYS], [f"DROP TRIGGER withdrawn_stays ON {PUBLIC}"]),
    ]  # fmt: skip
