from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = "监管"

    def ready(self) -> None:
        from agencies.selectors import figures_of_year
        from agencies.services.handover import standing_follow
        from providers.figures import register_figures
        from providers.signals import standing_changed

        register_figures(figures_of_year)
        standing_changed.connect(standing_follow, dispatch_uid="agencies.standing")
