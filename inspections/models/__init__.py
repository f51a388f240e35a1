"""What happens on site and until it is closed, one module per noun."""

from inspections.models.complaints import BreachKind, Complaint, VerifiedBreach
from inspections.models.content import (
    AcceptanceCriterion,
    ChecklistItem,
    ChecklistTemplate,
    GuidanceTopic,
    LibraryEntry,
    Severity,
)
from inspections.models.corrections import HazardCorrection, VisitReopening
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
from inspections.models.field import FieldFile, FieldOperation
from inspections.models.hazards import Extension, Hazard, Recheck, Rectification
from inspections.models.historical import HistoricalHazard
from inspections.models.matches import PhotoMatch
from inspections.models.outside import OutsideExport
from inspections.models.service import (
    CriterionFinding,
    GuidanceRecord,
    Meeting,
    MeetingAttendance,
)
from inspections.models.signs import Sign, SignThresholds
from inspections.models.supervision import (
    Disclosure,
    DisclosureItem,
    ExpertOpinion,
    ExpertReview,
    SupervisionRules,
)
from inspections.models.tally import HazardTally
from inspections.models.team import PlanChange, TeamMember, VisitPlan
from inspections.models.visits import Answer, Visit, VisitMember, VisitTrack

__all__ = [
    "AcceptanceCriterion",
    "Answer",
    "BreachKind",
    "ChecklistItem",
    "ChecklistTemplate",
    "Complaint",
    "CriterionFinding",
    "Disclosure",
    "DisclosureItem",
    "DrawPublication",
    "DrawSecret",
    "EnforcementPlan",
    "EnforcementReferral",
    "ExpertOpinion",
    "ExpertReview",
    "Extension",
    "FieldFile",
    "FieldOperation",
    "GuidanceRecord",
    "GuidanceTopic",
    "Hazard",
    "HazardCorrection",
    "HazardTally",
    "HistoricalHazard",
    "LibraryEntry",
    "Meeting",
    "MeetingAttendance",
    "OutsideExport",
    "PhotoMatch",
    "PlanChange",
    "Recheck",
    "Rectification",
    "RectificationOrder",
    "ReferralFact",
    "Severity",
    "Sign",
    "SignThresholds",
    "SpotCheck",
    "SpotCheckDraw",
    "SpotCheckPair",
    "SupervisionRules",
    "TeamMember",
    "VerifiedBreach",
    "Visit",
    "VisitMember",
    "VisitPlan",
    "VisitReopening",
    "VisitTrack",
]
