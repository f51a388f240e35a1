"""What is done about providers, one module per noun.

bodies: provider_register
credentials: qualification_add · staff_certificate_add · credential_verify · credential_remove ·
             certificates_end · credentials_remind
"""

from providers.services.bodies import provider_register
from providers.services.credentials import (
    certificates_end,
    credential_remove,
    credential_verify,
    credentials_remind,
    qualification_add,
    staff_certificate_add,
)

__all__ = [
    "certificates_end",
    "credential_remove",
    "credential_verify",
    "credentials_remind",
    "provider_register",
    "qualification_add",
    "staff_certificate_add",
]
