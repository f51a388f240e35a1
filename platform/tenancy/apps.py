from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "tenancy"
    verbose_name = "单位与人员"

    def ready(self) -> None:
        from tenancy import checks, retention, sign_in  # noqa: F401  (checks registers itself)

        sign_in.connect()

        retention.register_eraser(
            "invitation", due=retention.over, erase=retention.blank_invitations, org="org"
        )
        retention.register_eraser(
            "membership_phone",
            due=retention.left,
            erase=lambda rows: rows.update(phone=""),
            org="org",
        )
        retention.register_eraser(
            "sign_in_failure",
            due=retention.failures,
            erase=lambda rows: rows.delete()[0],
            org=None,
        )
