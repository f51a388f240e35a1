"""Whose robot and whose delivery it is."""

from notifications.models import Delivery, Robot
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor


def robot_for(actor: Actor, pk: object) -> Robot:
    """Return a robot of the administrator's own organisation."""
    require(actor, "robot_manage")
    rows = Robot.objects.filter(org_id=actor.org, removed_at=None).select_related("receiver")
    return visible_or_404(rows, pk)


def delivery_for(actor: Actor, pk: object) -> Delivery:
    """Return a delivery of one's own, or for the administrator one of his organisation's robots."""
    rows = Delivery.objects.filter(org_id=actor.org)
    own = rows.filter(user_id=actor.user_id)
    if actor.may("robot_manage"):
        own |= rows.filter(user_id=None)
    return visible_or_404(own, pk)
