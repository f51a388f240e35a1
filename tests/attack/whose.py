"""Which rows of every table are a victim's: by the columns that say so, or by what a row hangs on.

It is read from the models, so that a new table is attacked as soon as it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model

from tenancy.actors import EVERYWHERE

ORGANIZATION, USER = "tenancy_organization", "accounts_user"
COLUMNS = ("org_id", "agency_id", "issuer_org_id")  # of tables that say it without TenantModel
# Rows that everybody who signed in may read, as SQL; to change or to forge them is an attack all the
# same. Of organisations the regulators and providers: they are chosen from lists.
SHARED = {
    "tenancy_organization": "kind <> 'enterprise'",
    "tenancy_agency": "true",
    "tenancy_calendarday": "true",
    "providers_provider": "true",
    "inspections_drawpublication": "true",
    "agencies_publication": "true",
    "audit_dailyhead": "true",
    "audit_seal": "true",  # hashes, of which every regulator may check the chain
}
# A sub-district works by the rules of the region above it.
RULES = {"scoring_rulebook", "scoring_ruleclause"}
# Tables without policies: read before it is known who asks, or Django's own without a word of
# anybody's. What the pages show of them is attacked over HTTP.
BEFORE_SIGN_IN = {
    "accounts_user", "accounts_pastpassword", "accounts_user_groups", "django_session",
    "accounts_user_user_permissions", "account_emailaddress", "account_emailconfirmation",
    "mfa_authenticator", "socialaccount_socialaccount", "socialaccount_socialapp",
    "socialaccount_socialtoken", "usersessions_usersession", "axes_accessattempt",
    "axes_accessattemptexpiration", "axes_accessfailurelog", "axes_accesslog", "auth_group",
    "auth_permission", "auth_group_permissions", "django_content_type", "django_migrations",
    "guardian_userobjectpermission", "guardian_groupobjectpermission",
}  # fmt: skip


@dataclass(frozen=True)
class Eyes:
    """A scope that sees whatever belongs to one organisation, of whatever kind it is."""

    org: int

    def scope(self) -> tuple[str, ...]:
        """Every region, and the organisation's own rows."""
        own = str(self.org)
        return ("", own, *EVERYWHERE, own, own, own)


def all_models() -> list[type[Model]]:
    """Return the model of every table."""
    found = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed]
    return sorted(found, key=lambda m: m._meta.db_table)


def columns_of(model: type[Model]) -> set[str]:
    """Return the names of a table's columns."""
    return {f.column for f in model._meta.concrete_fields}


def conditions(column: str, value: int) -> dict[str, str]:
    """Return {table: SQL that holds for rows of the organisation `value`}.

    `column` is what tables of tenants say it by: owner_agency_id, provider_org_id, enterprise_org_id.
    """
    members = f"SELECT user_id FROM tenancy_membership WHERE org_id = {value:d}"
    regions = f"SELECT region_code FROM tenancy_agency WHERE org_id = {value:d}"
    found = {ORGANIZATION: f"id = {value:d}", USER: f"id IN ({members})"}
    for model in all_models():
        said = next((c for c in (column, *COLUMNS) if c in columns_of(model)), None)
        if said is not None:
            found[model._meta.db_table] = f"{said} = {value:d}"
        elif column == "owner_agency_id" and "region_code" in columns_of(model):
            found[model._meta.db_table] = f"region_code IN ({regions})"
    while more := _hanging(found):
        found |= more
    return found


def _hanging(known: Mapping[str, str]) -> dict[str, str]:
    """Tables that say nothing themselves, by the first table they name that is known."""
    found = {}
    for model in all_models():
        if model._meta.db_table in known:
            continue
        for field in model._meta.concrete_fields:
            named = field.related_model if field.is_relation else None
            if named is not None and named._meta.db_table in known:
                table = named._meta.db_table
                key = field.target_field.column
                found[model._meta.db_table] = (
                    f"{field.column} IN (SELECT {key} FROM {table} WHERE {known[table]})"
                )
                break
    return found
