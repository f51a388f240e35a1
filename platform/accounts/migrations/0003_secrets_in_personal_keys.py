"""Secrets of second factors leave the key that followed from SECRET_KEY for those of personal data."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import migrations

from accounts.second_factors import with_tokens
from common.encrypted import keys

PURPOSE = b"anfu.accounts.secrets:"


def former_key(secret):
    digest = hashlib.sha256(PURPOSE + secret.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def move(apps, schema_editor):
    """What no former key opens stays: it could not be read before either, or it has been moved."""
    former = MultiFernet(map(former_key, [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]))

    def moved(token):
        try:
            return keys().close(former.decrypt(token).decode())
        except InvalidToken:
            return token

    for row in apps.get_model("mfa", "Authenticator").objects.order_by("pk"):
        row.data = with_tokens(row.data, moved)
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_password_rules"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
