"""The database itself keeps tenants apart: asked in raw SQL, as the role that the web uses."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from common.scope import acting_as
from tenancy.actors import SYSTEM, signed_in
from tenancy.enums import OrgKind, Role
from tenancy.models import Agency, Membership, Organization, TenantModel
from tests import world

pytestmark = pytest.mark.django_db

# Tables of ours that hold nobody's data; everything else of ours must be under a policy.
OPEN = {"accounts_user", "accounts_user_groups", "accounts_user_user_permissions"}
OPEN |= {"accounts_pastpassword"}  # read and written before anybody is known: a reset
OURS = [
    [
        "accounts",
        "audit",
        "chain",
        "tenancy",
        "workflow",
        "evidence",
        "notifications",
        "documents",
        "home",
    ],
    ["enterprises", "providers", "agencies", "inspections", "scoring"],
]


def our_tables() -> set[str]:
    return {
        model._meta.db_table
        for labels in OURS
        for label in labels
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    }


def rows(sql: str, *args: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        return cursor.fetchall()


def test_tests_run_as_the_runtime_role_that_owns_nothing_and_bypasses_nothing():
    [(user, bypass, owns)] = rows(
        "SELECT current_user, (SELECT rolsuper OR rolbypassrls FROM pg_roles "
        "WHERE rolname = current_user), EXISTS (SELECT 1 FROM pg_tables "
        "WHERE schemaname = 'public' AND tableowner = current_user)"
    )
    assert (user, bypass, owns) == ("anfu_app", False, False)


def test_every_table_of_ours_is_under_row_level_security():
    secured = {name for (name,) in rows("SELECT relname FROM pg_class WHERE relrowsecurity")}
    assert our_tables() - OPEN - secured == set()


def test_no_function_of_the_owner_takes_a_temporary_table_for_ours():
    paths = rows(
        "SELECT proname, array_to_string(proconfig, ' ') FROM pg_proc "
        "WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert paths
    assert [name for name, path in paths if "search_path=public, pg_temp" not in path] == []


def test_every_tenant_model_has_a_policy_that_reads_the_scope():
    policies = dict(
        rows(
            "SELECT tablename, string_agg(coalesce(qual, '') || coalesce(with_check, ''), ' ') "
            "FROM pg_policies GROUP BY tablename"
        )
    )
    for model in apps.get_models():
        if issubclass(model, TenantModel):
            assert "anfu." in policies[model._meta.db_table], model


def test_without_an_actor_there_are_no_rows_in_any_table_but_reference_tables():
    world.agency()
    readable = {"inspections_libraryentry", "inspections_checklisttemplate"}
    readable |= {"inspections_checklistitem", "inspections_acceptancecriterion"}
    readable |= {"inspections_guidancetopic"}
    for table in our_tables() - OPEN - readable:
        assert rows(f"SELECT count(*) FROM {table}") == [(0,)], table


def test_a_user_who_has_chosen_nothing_sees_only_his_own_memberships():
    zone = world.agency()
    one = world.member(zone.org, Role.OFFICER)
    world.member(zone.org, Role.OFFICER)
    with acting_as(signed_in(one.user_id)):
        assert rows("SELECT user_id FROM tenancy_membership") == [(one.user_id,)]


def test_members_of_another_organisation_are_invisible_and_untouchable():
    zone, other = world.agency("130371"), world.agency("130400")
    mine = world.member(zone.org, Role.AGENCY_ADMIN)
    theirs = world.member(other.org, Role.AGENCY_ADMIN)
    with acting_as(mine):
        assert not Membership.objects.filter(pk=theirs.membership_id).exists()
        assert Membership.objects.filter(pk=theirs.membership_id).update(phone="1") == 0


def test_an_agency_finds_a_known_firm_without_seeing_it():
    zone, other = world.agency("130371"), world.agency("130400")
    firm = world.organization(OrgKind.ENTERPRISE, "北方铸造厂", "91130371MA0DEMA179")
    officer = world.member(zone.org, Role.OFFICER)
    world.member(other.org, Role.OFFICER)
    with acting_as(officer):
        assert not Organization.objects.filter(pk=firm.pk).exists()
        found = rows(
            "SELECT found_id FROM tenancy_organization_for('enterprise', '别名', %s, false)",
            firm.credit_code,
        )
    assert found == [(firm.pk,)]
    with acting_as(SYSTEM):
        assert Organization.objects.get(pk=firm.pk).name == "北方铸造厂"


def test_only_an_agency_makes_organisations():
    firm = world.organization(OrgKind.ENTERPRISE, "北方铸造厂", "91130371MA0DEMA179")
    principal = world.member(firm, Role.PRINCIPAL)
    with (
        acting_as(principal),
        pytest.raises(DatabaseError, match="only an agency"),
        transaction.atomic(),
    ):
        rows("SELECT * FROM tenancy_organization_for('enterprise', 'x', 'y', false)")


def test_a_range_ends_where_the_next_region_begins():
    for code in ("130371", "130372", "1303", "130371004"):
        world.agency(code)
    officer = world.member(_org("130371"), Role.OFFICER)
    with acting_as(officer):
        low, high = officer.region_lo, officer.region_hi
        inside = rows(
            "SELECT region_code FROM tenancy_agency WHERE region_code >= %s AND region_code < %s "
            "ORDER BY 1",
            low,
            high,
        )
    assert inside == [("130371",), ("130371004",)]


def _org(code: str) -> Organization:
    with acting_as(SYSTEM):
        return Agency.objects.select_related("org").get(region_code=code).org


def test_the_scope_follows_the_actor_inside_one_transaction_and_after_a_rolled_back_savepoint():
    zone = world.agency()
    a, b = world.member(zone.org, Role.OFFICER), world.member(zone.org, Role.OFFICER)

    def seen() -> list[tuple]:
        return rows("SELECT current_setting('anfu.user_id', true)")

    with acting_as(a):
        assert seen() == [(str(a.user_id),)]
        with pytest.raises(RuntimeError), acting_as(b):
            assert seen() == [(str(b.user_id),)]
            raise RuntimeError
        assert seen() == [(str(a.user_id),)]
    assert seen() == [("",)]


def test_copy_outside_a_transaction_raises_instead_of_seeing_nothing(transactional_db):
    with connection.cursor() as cursor, pytest.raises(RuntimeError, match="transaction"):
        cursor.cursor.copy_expert("COPY tenancy_agency TO STDOUT", None)


def test_a_transaction_that_begins_with_its_isolation_level_still_learns_who_acts(
    transactional_db,
):
    zone = world.agency()
    officer = world.member(zone.org, Role.OFFICER)
    with acting_as(officer, atomic=False):
        assert rows("SELECT count(*) FROM tenancy_agency") == [(1,)]
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            assert rows("SELECT count(*) FROM tenancy_agency") == [(1,)]
