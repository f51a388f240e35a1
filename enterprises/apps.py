from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    verbose_name = "企业"

    def ready(self) -> None:
        from enterprises.access import enterprise_for
        from enterprises.models import Enterprise
        from tenancy.personal import register

        register(Enterprise, "phone", find=enterprise_for)
