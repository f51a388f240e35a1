from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "文书"

    def ready(self) -> None:
        from documents import printing
        from workflow.services import register_job

        register_job(printing.KIND, printing.run_part)
