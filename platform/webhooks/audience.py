"""Whose an event is: who is concerned by its subject, and whether he may see it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.apps import apps
from django.core.exceptions import ValidationError

from common.scope import acting_as
from tenancy.actors import Actor, region_range
from tenancy.enums import OrgKind
from tenancy.models import Organization, TenantModel

Key = tuple[str, str]  # the kind of a subject (a model's label) and its id


class Whose(NamedTuple):
    """Whose a subject is, as its row says it."""

    region_code: str
    provider_org_id: int | None
    enterprise_org_id: int | None


def body_of(org: Organization) -> Actor:
    """Return an organisation as an actor without a person: it sees what row-level security gives it.

    An agency is loaded with `org`. It has no role, so it may do nothing.
    """
    is_agency = org.kind == OrgKind.AGENCY
    lo, hi = region_range(org.agency.region_code) if is_agency else ("", "")
    return Actor(
        org_id=org.pk, kind=org.kind, region_lo=lo, region_hi=hi, org_name=org.name,
        is_training=org.is_training,
    )  # fmt: skip


def _by_kind(keys: Iterable[Key]) -> Mapping[str, list[str]]:
    found = defaultdict(list)
    for kind, pk in keys:
        found[kind].append(pk)
    return found


def _model(kind: str) -> type[TenantModel] | None:
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        return None
    return model if issubclass(model, TenantModel) else None


def _usable(model: type[TenantModel], ids: Iterable[str]) -> list[object]:
    found = []
    for pk in ids:
        try:
            found.append(model._meta.pk.to_python(pk))
        except ValidationError:
            continue
    return found


def whose(keys: Iterable[Key]) -> dict[Key, Whose]:
    """Return whose each subject is, in a statement for each kind; what is gone is left out."""
    found: dict[Key, Whose] = {}
    for kind, ids in _by_kind(keys).items():
        if model := _model(kind):
            rows = model._base_manager.filter(pk__in=_usable(model, ids))
            for pk, *columns in rows.values_list("pk", *Whose._fields):
                found[kind, str(pk)] = Whose(*columns)
    return found


def visible_to(actor: Actor, keys: Iterable[Key]) -> set[Key]:
    """Return which subjects row-level security shows to an organisation now."""
    found: set[Key] = set()
    with acting_as(actor):
        for kind, ids in _by_kind(keys).items():
            if model := _model(kind):
                rows = model._base_manager.filter(pk__in=_usable(model, ids))
                found.update((kind, str(pk)) for pk in rows.values_list("pk", flat=True))
    return found


def concerns(actor: Actor, row: Whose) -> bool:
    """Whether a subject is a body's own: of its region, of its service, of its firm."""
    if actor.is_agency:
        return actor.region_lo <= row.region_code < actor.region_hi
    if actor.is_provider:
        return row.provider_org_id == actor.org_id
    return row.enterprise_org_id in actor.orgs
