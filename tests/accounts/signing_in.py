"""Signing in as a person does, and what came of it."""

import time

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.test import Client

from accounts.models import User
from audit.models import AuditEntry
from common.scope import acting_as
from tenancy.actors import SYSTEM, Actor
from tests import world


def user_of(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id)


def enter(client: Client, actor: Actor, password: str = world.PASSWORD):
    """Fill in the sign-in form."""
    return attempt(client, user_of(actor).username, password)


def attempt(client: Client, login: str, password: str = "wrong-Word-99"):
    return client.post("/accounts/login/", {"login": login, "password": password})


def with_app(actor: Actor) -> str:
    """Give a person an authenticator app; return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user_of(actor), secret)
    return secret


def code(secret: str) -> str:
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def acts(name: str) -> list[AuditEntry]:
    with acting_as(SYSTEM):
        return list(AuditEntry.objects.filter(act=name).order_by("id"))
