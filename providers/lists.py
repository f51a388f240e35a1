"""The list of measures: for people and for programs."""

from django.db.models import Q, QuerySet

from providers.forms.standing import StandingFilter
from providers.models import StandingDecision
from tenancy.actors import Actor


def standing_of(
    actor: Actor, form: StandingFilter, *, everybody: bool
) -> QuerySet[StandingDecision]:
    """Return the measures that the actor may read; of a provider, unless it asks, its own."""
    rows = StandingDecision.objects.filter(owner_agency__org__is_training=actor.is_training)
    if actor.is_provider and not everybody:
        rows = rows.filter(provider_org=actor.org_id)
    if not form.is_valid():
        return rows
    wanted = form.cleaned_data
    if text := wanted["q"].strip():
        rows = rows.filter(Q(name__icontains=text) | Q(credit_code__startswith=text.upper()))
    for name in ("measure", "state"):
        if wanted[name]:
            rows = rows.filter(**{name: wanted[name]})
    return rows
