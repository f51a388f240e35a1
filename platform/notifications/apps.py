from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "消息"

    def ready(self) -> None:
        from notifications.receivers import addresses_forget, deliveries_forget, deliveries_past
        from notifications.services import tell_of_deputy, tell_of_reset, tell_of_work
        from tenancy import retention
        from tenancy.signals import (
            deputy_named,
            person_was_erased,
            second_factor_was_reset,
            work_handed_over,
        )

        retention.register_eraser(
            "message_delivery", due=deliveries_past, erase=deliveries_forget, org=None
        )
        person_was_erased.connect(addresses_forget, dispatch_uid="notifications.erase")
        second_factor_was_reset.connect(tell_of_reset, dispatch_uid="notifications.reset")
        work_handed_over.connect(tell_of_work, dispatch_uid="notifications.work")
        deputy_named.connect(tell_of_deputy, dispatch_uid="notifications.deputy")
