"""What it adds up to: points of the enterprise, evaluation of the provider; one module per noun."""

from scoring.models.appraisal import (
    Appraisal,
    AppraisalCorrection,
    AppraisalEvidence,
    AppraisalObjection,
    AppraisalPublication,
)
from scoring.models.boards import NoticeBoard, PublishedGrade
from scoring.models.books import GravityVariant, RuleBook, RuleClause
from scoring.models.consequences import (
    Consequence,
    Interview,
    PointAppeal,
    PointAppealItem,
    PointTraining,
)
from scoring.models.effects import EffectMonth
from scoring.models.parties import (
    InquiryRecord,
    Questionnaire,
    SelfEvaluation,
    ThirdPartyReview,
)
from scoring.models.points import (
    PointCycle,
    PointEntry,
    PointEvent,
    PointSheet,
    SheetDraft,
    ThresholdEvent,
)
from scoring.models.presentation import PointPresentation
from scoring.models.schemes import AppraisalScheme, SchemeIndicator
from scoring.models.selfcheck import SelfCheck, SelfCheckItem

__all__ = [
    "Appraisal",
    "AppraisalCorrection",
    "AppraisalEvidence",
    "AppraisalObjection",
    "AppraisalPublication",
    "AppraisalScheme",
    "Consequence",
    "EffectMonth",
    "GravityVariant",
    "InquiryRecord",
    "Interview",
    "NoticeBoard",
    "PointAppeal",
    "PointAppealItem",
    "PointCycle",
    "PointEntry",
    "PointEvent",
    "PointPresentation",
    "PointSheet",
    "PointTraining",
    "PublishedGrade",
    "Questionnaire",
    "RuleBook",
    "RuleClause",
    "SchemeIndicator",
    "SelfCheck",
    "SelfCheckItem",
    "SelfEvaluation",
    "SheetDraft",
    "ThirdPartyReview",
    "ThresholdEvent",
]
