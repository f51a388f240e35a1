from tenancy.access import require, visible_or_404
from tenancy.actors import Actor
from webhooks.models import Delivery, Endpoint


def endpoint_for(actor: Actor | None, pk: object) -> Endpoint:
    """Return an address of the administrator's own organisation."""
    actor = require(actor, "webhook_manage")
    return visible_or_404(Endpoint.objects.filter(org_id=actor.org), pk)


def delivery_for(actor: Actor | None, pk: object) -> Delivery:
    """Return what was sent to one of them."""
    actor = require(actor, "webhook_manage")
    rows = Delivery.objects.filter(org_id=actor.org).select_related("endpoint")
    return visible_or_404(rows, pk)
