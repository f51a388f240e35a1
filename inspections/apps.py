from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = "检查"

    def ready(self) -> None:
        from agencies.board import register_facts
        from documents.models import Document
        from documents.registry import Paper, register
        from inspections.documents import ServiceRecordDocument, SuggestionDocument
        from inspections.selectors import assignment_facts

        register_facts(assignment_facts)
        register(
            Document.Kind.SERVICE_RECORD,
            Paper(
                ServiceRecordDocument, "documents/service_record.html", "{short}服检〔{year}〕{n}号"
            ),
        )
        register(
            Document.Kind.SUGGESTION,
            Paper(SuggestionDocument, "documents/suggestion.html", "{short}服建〔{year}〕{n}号"),
        )
