"""A small county to test in, made of plain functions; each opens its own scope."""

from datetime import datetime
from itertools import count

from django.test import Client

from accounts.models import User
from accounts.sessions import second_factor_given
from common.scope import acting_as
from tenancy.actors import SYSTEM, Actor, actor_for
from tenancy.enums import OrgKind, Role
from tenancy.file_links import file_link
from tenancy.models import Agency, Membership, Organization
from tenancy.services import agency_create, organization_for

_serial = count(1)
PASSWORD = "correct-horse-42"


def agency(code: str = "130371", *, training: bool = True, now: datetime | None = None) -> Agency:
    """An agency of a region, made as the operator makes one."""
    with acting_as(SYSTEM):
        return agency_create(
            region_code=code,
            region_name=f"地区{code}",
            name=f"地区{code}应急管理局{next(_serial)}",
            short_name=f"区{code}",
            is_training=training,
            training_now=now,
        )


def organization(kind: OrgKind, name: str, credit_code: str) -> Organization:
    """A provider or an enterprise as a body."""
    with acting_as(SYSTEM):
        pk = organization_for(kind=kind, name=name, credit_code=credit_code, is_training=True)
        return Organization.objects.get(pk=pk)


def member(org: Organization, role: Role, name: str = "", **fields: object) -> Actor:
    """A person of an organisation, as the actor he is."""
    serial = next(_serial)
    with acting_as(SYSTEM):
        user = User.objects.create_user(
            username=f"user{serial}", name=name or f"人员{serial}", password=PASSWORD
        )
        membership = Membership.objects.create(
            user=user, org=org, role=role, certificate_number=f"证{serial:04d}", **fields
        )
        membership = Membership.objects.select_related("org__agency", "user").get(pk=membership.pk)
        return actor_for(membership)


TOWNS = {
    "珠江道街道": "130371001",
    "黄河道街道": "130371002",
    "孟家营街道": "130371003",
    "船厂路街道": "130371004",
    "榆关镇": "130371100",
}


def zone(now: datetime | None = None) -> Agency:
    """The zone 130371 with its five townships."""
    top = agency("130371", now=now)
    with acting_as(SYSTEM):
        for name, code in TOWNS.items():
            agency_create(
                region_code=code,
                region_name=name,
                name=f"{name}应急管理办公室{next(_serial)}",
                short_name=name[:2],
                is_training=True,
                training_now=now,
            )
    return top


def link(client: Client, name: str, pk: object) -> str:
    """The address of a file as a page of whoever is signed in would have it."""
    with acting_as(SYSTEM):
        row = Membership.objects.select_related("org__agency", "user")
        own = row.get(user_id=client.session["_auth_user_id"], ended_at=None)
        return file_link(actor_for(own), name, pk)


def sign_in(client: Client, actor: Actor, *, second_factor: bool = False) -> None:
    """Sign the actor's user in; with one membership he acts in it."""
    client.force_login(
        User.objects.get(pk=actor.user_id),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    if second_factor:
        session = client.session
        second_factor_given(session, actor.user_id)
        session.save()


def client_of(actor: Actor) -> Client:
    """A browser of the actor's user, signed in."""
    client = Client()
    sign_in(client, actor)
    return client
