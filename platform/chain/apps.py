from django.apps import AppConfig


class ChainConfig(AppConfig):
    name = "chain"
    verbose_name = "存证链"

    def ready(self) -> None:
        from chain import services
        from workflow.services import register_job

        register_job(services.KIND, services.run_part)
