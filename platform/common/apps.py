from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = "公共"

    def ready(self) -> None:
        from common import checks  # noqa: F401  (registers the start-up check)
        from common.db import lookups  # noqa: F401  (registers `any_of`)
