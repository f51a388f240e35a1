"""From rows to the frozen content of papers."""

from inspections.papers.visits import enterprise_head, service_record, suggestion

__all__ = ["enterprise_head", "service_record", "suggestion"]
