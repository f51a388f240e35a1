from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "providers"
    verbose_name = "服务机构"

    def ready(self) -> None:
        from providers.access import provider_for
        from providers.models import Provider
        from providers.services import certificates_end
        from tenancy.personal import register
        from tenancy.services import register_leaving

        register(Provider, "phone", find=provider_for, owner="org_id")
        register_leaving(certificates_end)
