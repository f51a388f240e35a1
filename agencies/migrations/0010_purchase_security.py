"""Purchases are the agency's; a provider reads its own offer once the award is made.

What was published is for everybody and never changes. A contract's obligations are the agency's to
write and both sides' to read; what was delivered is the provider's to enter.
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

PUBLIC = "agencies_purchasepublication"
PUBLISHED = (
    "code", "owner_agency_id", "region_code", "agency_name", "is_training", "kind", "subject_type",
    "subject_id", "title", "body", "body_sha256", "published_at", "published_by_name",
)  # fmt: skip
# A contract goes back to its lot for good; its other columns are held by 0002.
LOT = "agencies_servicecontract"
FIXED_LOT = (
    f"CREATE TRIGGER fixed_lot BEFORE UPDATE ON {LOT} FOR EACH ROW "
    "WHEN (NEW.lot_id IS DISTINCT FROM OLD.lot_id) EXECUTE FUNCTION common_refuse_change()"
)
WITHDRAWN_STAYS = (
    f"CREATE TRIGGER withdrawn_stays BEFORE UPDATE ON {PUBLIC} FOR EACH ROW "
    "WHEN (OLD.state = 'withdrawn') EXECUTE FUNCTION common_refuse_change()"
)
LOT_SEEN = (
    f"lot_id IS NULL OR EXISTS (SELECT 1 FROM agencies_procurementlot p WHERE p.id = {LOT}.lot_id)"
)


class Migration(migrations.Migration):
    dependencies = [("agencies", "0009_purchase_and_obligations")]
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
        policy("agencies_procurementlot", "offered", using=TOOK.format("procurement_id"), command="SELECT"),
        policy(LOT, "lot_id_visible", check=LOT_SEEN, command="INSERT", kind="RESTRICTIVE"),
        migrations.RunSQL([FIXED_LOT], [f"DROP TRIGGER fixed_lot ON {LOT}"]),
        enable(PUBLIC),
        policy(PUBLIC, "readable", using="true", command="SELECT"),
        policy(PUBLIC, "publish", check=f"owner_agency_id = {OWN_ORG}", command="INSERT"),
        policy(PUBLIC, "withdraw", using=f"owner_agency_id = {OWN_ORG}", command="UPDATE"),
        fixed_columns(PUBLIC, PUBLISHED),
        migrations.RunSQL([WITHDRAWN_STAYS], [f"DROP TRIGGER withdrawn_stays ON {PUBLIC}"]),
        *tenant_table(
            "agencies_obligation", REGION,
            parents=[("contract_id", LOT)],
        ),
        policy("agencies_obligation", "provider_reads", using=PROVIDER, command="SELECT"),
        *tenant_table(
            "agencies_obligationdelivery", REGION, PROVIDER,
            parents=[("obligation_id", "agencies_obligation")],
        ),
        *tenant_table(
            "agencies_obligationacceptance", REGION,
            parents=[("obligation_id", "agencies_obligation")],
        ),
        policy(
            "agencies_obligationacceptance", "provider_reads", using=PROVIDER, command="SELECT"
        ),
    ]  # fmt: skip
