from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = "监管"

    def ready(self) -> None:
        from agencies.payment_paper import PaymentSheetDocument
        from documents.registry import Family, Paper, register

        register(
            Paper(
                "payment_sheet", "付款核定表", PaymentSheetDocument,
                "documents/payment_sheet.html", "{short}付核〔{year}〕{n}号", Family.NOTICE,
                is_served=False,
            )
        )  # fmt: skip
