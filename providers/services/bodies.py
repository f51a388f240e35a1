"""provider_register: the body itself."""

from django.db import transaction

from audit.services import record
from common import credit_code as codes
from common.errors import DomainError
from providers.models import Provider
from tenancy.actors import Actor
from tenancy.enums import OrgKind
from tenancy.models import Agency, Organization
from tenancy.services import organization_for


@transaction.atomic
def provider_register(
    *,
    actor: Actor,
    name: str,
    short_name: str,
    credit_code: str,
    contact_name: str = "",
    phone: str = "",
    address: str = "",
    required_qualification: str = "",
) -> Provider:
    """Register a provider, or find the one that is registered already; one per credit code.

    Nothing is asked of it but what a law asks: `required_qualification` names that, '' is 无需资质.
    """
    code = codes.normalise(credit_code)
    problem = codes.problem(code)
    if problem:
        raise DomainError(problem, field="credit_code")
    agency = Agency.objects.select_related("org").get(pk=actor.org_id)
    org_id = organization_for(
        kind=OrgKind.PROVIDER, name=name, credit_code=code, is_training=agency.org.is_training
    )
    if Provider.objects.filter(pk=org_id).exists():
        name = Organization.objects.get(pk=org_id).name
        raise DomainError(f"该机构已登记为“{name}”，可直接在合同中选用", field="credit_code")
    provider = Provider.objects.create(
        org_id=org_id,
        short_name=short_name,
        contact_name=contact_name,
        phone=phone,
        address=address,
        required_qualification=required_qualification,
        registered_by=agency,
    )
    record(
        actor=actor,
        act="provider.register",
        subject=("providers.provider", str(org_id)),
        agency_id=agency.pk,
        region_code=agency.region_code,
        summary=name,
    )
    return provider
