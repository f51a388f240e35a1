from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from accounts.second_factors import close_again
        from common.encrypted import register_closed

        register_closed("mfa_authenticator.data", close_again)
