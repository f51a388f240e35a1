from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "消息"

    def ready(self) -> None:
        from notifications.services import tell_of_reset
        from tenancy.signals import second_factor_was_reset

        second_factor_was_reset.connect(tell_of_reset, dispatch_uid="notifications.reset")
