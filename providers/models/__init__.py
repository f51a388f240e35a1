"""Who serves, one module per noun."""

from providers.models.bodies import Provider
from providers.models.credentials import (
    ENDS,
    SOON,
    Credential,
    Qualification,
    StaffCertificate,
)
from providers.models.reports import (
    CrossRegionNotice,
    PerformanceReport,
    PerformanceReportPublication,
)
from providers.models.standing import ProviderRules, StandingDecision, StandingStatement

__all__ = [
    "ENDS",
    "SOON",
    "Credential",
    "CrossRegionNotice",
    "PerformanceReport",
    "PerformanceReportPublication",
    "Provider",
    "ProviderRules",
    "Qualification",
    "StaffCertificate",
    "StandingDecision",
    "StandingStatement",
]
