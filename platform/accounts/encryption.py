"""Secrets of accounts at rest: encrypted with a key that follows from SECRET_KEY.

After a change of SECRET_KEY the old one in SECRET_KEY_FALLBACKS still reads them.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

_PURPOSE = b"anfu.accounts.secrets:"


def _key(secret: str) -> Fernet:
    digest = hashlib.sha256(_PURPOSE + secret.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def _keys() -> MultiFernet:
    return MultiFernet([_key(s) for s in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def encrypt(text: str) -> str:
    """Return the text encrypted, as ASCII."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """Return what was encrypted; raises `cryptography.fernet.InvalidToken` for another key."""
    return _keys().decrypt(text.encode()).decode()
