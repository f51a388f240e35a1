from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "文书"

    def ready(self) -> None:
        from documents import printing
        from documents.access import consent_for
        from documents.models import DeliveryConsent
        from documents.retention import contacts_over
        from tenancy.personal import register
        from tenancy.retention import register_eraser
        from workflow.services import register_job

        register(DeliveryConsent, "contact", find=consent_for)
        register_eraser(
            "consent_contact",
            due=contacts_over,
            erase=lambda rows: rows.update(contact=""),
            org="enterprise_org",
        )
        register_job(printing.KIND, printing.run_part)
