"""From rows to the frozen content of papers: sheets, letters."""

from scoring.papers.letters import (
    adjustment,
    appeal_decision,
    correction,
    interview_notice,
    interview_record,
    points_notice,
    threshold_paper,
)
from scoring.papers.sheets import book_mark, points_sheet

__all__ = [
    "adjustment",
    "appeal_decision",
    "book_mark",
    "correction",
    "interview_notice",
    "interview_record",
    "points_notice",
    "points_sheet",
    "threshold_paper",
]
