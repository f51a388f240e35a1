"""Word files: an editable copy of an issued paper, and an office's own forms filled with content."""

from documents.word.base import WordError
from documents.word.check import template_problems
from documents.word.copy import word_copy
from documents.word.fill import cn_date, iso, template_fill
from documents.word.starter import starter_template

__all__ = [
    "WordError",
    "cn_date",
    "iso",
    "starter_template",
    "template_fill",
    "template_problems",
    "word_copy",
]
