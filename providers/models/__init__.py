"""Who serves, one module per noun."""

from providers.models.bodies import Provider
from providers.models.credentials import (
    ENDS,
    SOON,
    Credential,
    Qualification,
    StaffCertificate,
)

__all__ = ["ENDS", "SOON", "Credential", "Provider", "Qualification", "StaffCertificate"]
