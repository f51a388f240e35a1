from django.db.models import QuerySet

from api.models import ApiToken
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor


def tokens_own(actor: Actor) -> QuerySet[ApiToken]:
    """Return the tokens that act as the actor's own membership."""
    return ApiToken.objects.filter(membership_id=actor.member)


def tokens_of_people(actor: Actor | None) -> QuerySet[ApiToken]:
    """Return the tokens of the organisation's people, for its administrator."""
    actor = require(actor, "people_manage")
    return ApiToken.objects.filter(org_id=actor.org_id)


def token_for(actor: Actor, pk: object) -> ApiToken:
    """Return a token to revoke: one's own, or as administrator a colleague's."""
    rows = tokens_of_people(actor) if actor.may("people_manage") else tokens_own(actor)
    return visible_or_404(rows.select_related("membership__user"), pk)
