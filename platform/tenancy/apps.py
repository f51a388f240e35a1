from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "tenancy"
    verbose_name = "单位与人员"

    def ready(self) -> None:
        from tenancy import checks  # noqa: F401  (registers the start-up check)
