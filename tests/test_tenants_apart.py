"""Row-level security with rows in every table: the wrong actor and none get nothing, in raw SQL."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from agencies.models import Assignment
from common.scope import acting_as
from scoring.services import book_draft
from tenancy.enums import Role
from tenancy.models import TenantModel
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
TABLES = sorted(
    m._meta.db_table
    for m in apps.get_models()
    if issubclass(m, TenantModel) and not m._meta.abstract
)
# Whether a provider is qualified is for everybody to know (D1); only its own write it.
KNOWN_TO_ALL = {"providers_qualification"}
# So are an agency's rules for providers, and a report once it is submitted.
KNOWN_TO_ALL |= {"providers_providerrules", "providers_performancereport"}
# An enterprise's own business until it shows it.
NOT_FOR_AGENCIES = {"scoring_selfcheck", "scoring_selfcheckitem"}
# Never an enterprise's business, whatever its own name stands in the row (domain.md, appendix C).
NOT_FOR_FIRMS = {
    "agencies_assignment", "inspections_visit", "inspections_visitmember", "inspections_answer",
    "agencies_servicecontract", "agencies_servicebatch", "workflow_job", "workflow_jobpart",
    "enterprises_enterpriseimport", "enterprises_claimcode", "enterprises_columnmatch",
    "enterprises_enterprisemerge",
    "inspections_historicalhazard", "scoring_appraisal", "scoring_pointpresentation",
    "scoring_effectmonth", "scoring_appraisalcorrection", "scoring_appraisalobjection",
    "scoring_selfevaluation", "scoring_inquiryrecord", "scoring_thirdpartyreview",
    "scoring_sheetdraft", "inspections_sign", "inspections_signthresholds",
    "providers_standingstatement", "providers_crossregionnotice",
    "agencies_conflictreason",
    "inspections_fieldoperation", "inspections_fieldfile", "inspections_visittrack", "chain_verification",
    "agencies_purchaseplan", "agencies_purchaseplanitem", "agencies_procurement",
    "agencies_procurementlot", "agencies_awardcriterion", "agencies_offer", "agencies_offerscore",
    "agencies_obligation", "agencies_obligationdelivery", "agencies_obligationacceptance",
    "inspections_teammember", "inspections_visitplan", "inspections_planchange",
    "inspections_expertreview", "inspections_expertopinion", "inspections_disclosure",
    "inspections_visitreopening",
    "inspections_disclosureitem", "inspections_verifiedbreach", "inspections_supervisionrules",
    "inspections_outsideexport",
}  # fmt: skip
NOT_FOR_PROVIDERS = {
    "workflow_job", "enterprises_enterpriseimport", "enterprises_claimcode", "inspections_sign",
    "enterprises_columnmatch", "inspections_historicalhazard", "enterprises_enterprisemerge",
    "inspections_signthresholds", "chain_verification", "inspections_complaint",
    "inspections_outsideexport",  # the agency's own
    "agencies_purchaseplan", "agencies_purchaseplanitem",
    *(table for table in TABLES if table.startswith("scoring_")),
} - {  # its own, from the notice on
    "scoring_appraisal", "scoring_appraisalcorrection", "scoring_appraisalobjection",
    "scoring_selfevaluation",
}  # fmt: skip


# Whom an agency warned and briefed is its own business.
NOT_FOR_FIRMS |= {"home_deadlinerules", "home_deadlinewarning", "home_briefsent"}
NOT_FOR_PROVIDERS |= {"home_deadlinerules", "home_deadlinewarning", "home_briefsent"}
# The library, choosing and payment: an enterprise reads what it may choose from, a provider its own.
NOT_FOR_FIRMS |= {
    "agencies_librarychange", "agencies_paymentstage", "agencies_paymentdecision",
}  # fmt: skip
NOT_FOR_PROVIDERS |= {
    "agencies_choiceround", "agencies_choiceoffer", "agencies_choiceinvite",
    "agencies_providerchoice",
}  # fmt: skip


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def seen(actor) -> dict[str, int]:
    with acting_as(actor):
        return {table: count(table) for table in TABLES}


def test_every_tenant_table_is_read_by_its_own_and_by_nobody_else(scenes):
    mine, other = (scene.county for scene in scenes)
    world.agency(other.zone.region_code[:4])
    own = seen(mine.admin)
    assert {t for t, n in own.items() if n == 0} == NOT_FOR_AGENCIES
    assert set(seen(None).values()) == {0}
    stranger = seen(other.admin)
    with acting_as(mine.admin), connection.cursor() as cursor:
        for table in set(TABLES) - KNOWN_TO_ALL:
            cursor.execute(
                f"SELECT count(*) FROM {table} WHERE starts_with(region_code, %s)",
                [other.zone.region_code],
            )
            assert cursor.fetchone() == (0,), table
    assert all(stranger[t] == own[t] for t in set(TABLES) - KNOWN_TO_ALL - {"evidence_photo"})
    firm, provider = seen(mine.principal), seen(mine.lead)
    assert all(firm[t] == 0 for t in NOT_FOR_FIRMS)
    assert all(firm[t] > 0 for t in NOT_FOR_AGENCIES)
    assert all(provider[t] == 0 for t in NOT_FOR_PROVIDERS)


def test_rows_of_others_can_be_neither_changed_nor_removed_nor_forged(scenes):
    mine, other = (scene.county for scene in scenes)
    for actor in (other.admin, other.lead, other.principal):
        with acting_as(actor), connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(
                    f"UPDATE {table} SET region_code = region_code WHERE owner_agency_id = %s",
                    [mine.zone.pk],
                )
                assert cursor.rowcount == 0, table
                cursor.execute(f"DELETE FROM {table} WHERE owner_agency_id = %s", [mine.zone.pk])
                assert cursor.rowcount == 0, table


def test_a_row_never_changes_hands_even_by_its_own_people(scenes):
    mine, other = (scene.county for scene in scenes)
    with acting_as(mine.admin):
        for table in sorted(set(TABLES) - NOT_FOR_AGENCIES):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET owner_agency_id = %s", [other.zone.pk])


def test_a_new_row_cannot_hang_on_an_invisible_parent(scenes):
    mine, other = (scene.county for scene in scenes)
    sql = """
        INSERT INTO agencies_assignment (owner_agency_id, region_code, provider_org_id, enterprise_org_id,
            batch_id, enterprise_id, inspector_name, state, withdrawn_reason, created_at)
        VALUES (%s, %s, NULL, NULL, %s, %s, '', 'waiting', '', now())
    """
    args = [other.zone.pk, other.zone.region_code, mine.batch.pk, other.enterprises[0].pk]
    with (
        acting_as(other.admin),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, args)


def test_a_township_sees_its_own_enterprises_and_a_city_all_of_its_zones():

    city = world.agency("1303")
    county = counties.build(enterprises=3)
    town = world.agency("130371004")

    with acting_as(county.admin):
        mine = county.enterprises[0]
        mine.region_code = "130371004"
        mine.save()
        Assignment.objects.filter(enterprise=mine).update(region_code="130371004")
    with acting_as(world.member(town.org, Role.OFFICER)):
        assert Assignment.objects.count() == 1
    with acting_as(world.member(city.org, Role.OFFICER)):
        assert Assignment.objects.count() == 3


def test_a_township_reads_the_rules_from_above_and_can_neither_change_nor_forge_them():
    county = counties.build(enterprises=1)
    town = world.agency("130371004")
    drafts = {
        "scoring_rulebook": "state = 'draft'",
        "scoring_ruleclause": "book_id IN (SELECT id FROM scoring_rulebook WHERE state = 'draft')",
    }
    with acting_as(county.admin):
        book_draft(actor=county.admin, version="草稿")  # an adopted one changes for nobody
    for actor, number in ((world.member(town.org, Role.AGENCY_ADMIN), 0), (county.admin, 1)):
        with acting_as(actor), connection.cursor() as cursor:
            for table, where in drafts.items():
                assert count(table) > 0
                cursor.execute(f"UPDATE {table} SET region_code = region_code WHERE {where}")
                assert min(cursor.rowcount, 1) == number, table
                copy = "(jsonb_populate_record(t, '{\"id\": 0}')).*"
                forged = f"INSERT INTO {table} SELECT {copy} FROM {table} t WHERE {where} LIMIT 1"
                words = "unique" if number else "row-level security"
                with pytest.raises(DatabaseError, match=words), transaction.atomic():
                    cursor.execute(forged)
