"""What it adds up to: points of the enterprise, evaluation of the provider; one module per noun."""

from scoring.models.appraisal import Appraisal
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
from scoring.models.points import (
    PointCycle,
    PointEntry,
    PointEvent,
    PointSheet,
    SheetDraft,
    ThresholdEvent,
)
from scoring.models.presentation import PointPresentation
from scoring.models.selfcheck import SelfCheck, SelfCheckItem

__all__ = [
    "Appraisal",
    "Consequence",
    "EffectMonth",
    "GravityVariant",
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
    "RuleBook",
    "RuleClause",
    "SelfCheck",
    "SelfCheckItem",
    "SheetDraft",
    "ThresholdEvent",
]
