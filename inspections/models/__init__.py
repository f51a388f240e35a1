"""What happens on site and until it is closed, one module per noun."""

from inspections.models.content import (
    AcceptanceCriterion,
    ChecklistItem,
    ChecklistTemplate,
    GuidanceTopic,
    LibraryEntry,
    Severity,
)
from inspections.models.draw import (
    DrawPublication,
    DrawSecret,
    SpotCheck,
    SpotCheckDraw,
    SpotCheckPair,
)
from inspections.models.enforcement import (
    EnforcementPlan,
    EnforcementReferral,
    RectificationOrder,
    ReferralFact,
)
from inspections.models.hazards import Extension, Hazard, Recheck, Rectification
from inspections.models.service import (
    CriterionFinding,
    GuidanceRecord,
    Meeting,
    MeetingAttendance,
)
from inspections.models.visits import Answer, Visit, VisitMember

__all__ = [
    "AcceptanceCriterion",
    "Answer",
    "ChecklistItem",
    "ChecklistTemplate",
    "CriterionFinding",
    "DrawPublication",
    "DrawSecret",
    "EnforcementPlan",
    "EnforcementReferral",
    "Extension",
    "GuidanceRecord",
    "GuidanceTopic",
    "Hazard",
    "LibraryEntry",
    "Meeting",
    "MeetingAttendance",
    "Recheck",
    "Rectification",
    "RectificationOrder",
    "ReferralFact",
    "Severity",
    "SpotCheck",
    "SpotCheckDraw",
    "SpotCheckPair",
    "Visit",
    "VisitMember",
]
