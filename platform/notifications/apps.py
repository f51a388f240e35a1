from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "消息"

    def ready(self) -> None:
        from notifications.services import tell_of_deputy, tell_of_reset, tell_of_work
        from tenancy.signals import deputy_named, second_factor_was_reset, work_handed_over

        second_factor_was_reset.connect(tell_of_reset, dispatch_uid="notifications.reset")
        work_handed_over.connect(tell_of_work, dispatch_uid="notifications.work")
        deputy_named.connect(tell_of_deputy, dispatch_uid="notifications.deputy")
