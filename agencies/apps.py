from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = "监管"

    def ready(self) -> None:
        from agencies.documents import AwardNoticeDocument
        from agencies.payment_paper import PaymentSheetDocument
        from documents.registry import Family, Paper, register

        register(
            Paper(
                "payment_sheet", "付款核定表", PaymentSheetDocument,
                "documents/payment_sheet.html", "{short}付核〔{year}〕{n}号", Family.NOTICE,
                is_served=False,
            )
        )  # fmt: skip
        register(
            Paper(
                "award_notice", "中标（成交）结果公告", AwardNoticeDocument,
                "documents/award_notice.html", "{short}采公〔{year}〕{n}号", Family.NOTICE,
                is_served=False,
            )
        )  # fmt: skip
        from agencies import entering, merged_files
        from agencies.grants import grants_end
        from agencies.holdings import register_contracts
        from agencies.selectors import figures_of_year
        from agencies.services.handover import standing_follow
        from agencies.services.standing import standing_publish
        from providers.figures import register_figures
        from providers.signals import standing_changed
        from tenancy.services import register_leaving

        register_figures(figures_of_year)
        register_contracts()
        entering.register()
        merged_files.register()
        register_leaving(grants_end)
        standing_changed.connect(standing_follow, dispatch_uid="agencies.standing")
        standing_changed.connect(standing_publish, dispatch_uid="agencies.standing_publish")
