from providers.models import Provider
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor


def provider_for(actor: Actor | None, pk: object) -> Provider:
    """Return a registered provider; agencies and providers know them all."""
    require(actor, "provider_view")
    return visible_or_404(Provider.objects.select_related("org", "registered_by__org"), pk)
