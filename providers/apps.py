from django.apps import AppConfig

NUMBERED = {
    "standing_notice": ("机构状态告知书", "StandingNoticeDocument", "应急机告"),
    "standing_decision": ("机构状态决定书", "StandingDecisionDocument", "应急机决"),
    "standing_lift": ("机构状态解除决定书", "StandingLiftDocument", "应急机解"),
}


class ProvidersConfig(AppConfig):
    name = "providers"
    verbose_name = "服务机构"

    def ready(self) -> None:
        from documents.registry import Family, Paper, register
        from providers import documents
        from providers.access import own_decision, provider_for
        from providers.models import Provider, StandingDecision
        from providers.services import certificates_end
        from tenancy import personal
        from tenancy.services import register_leaving

        personal.register(Provider, "phone", find=provider_for, owner="org_id")
        # Nobody's own: with stars for everybody, whole by the button for the deciding agency.
        personal.register(StandingDecision, "id_number", find=own_decision)
        register_leaving(certificates_end)
        for kind, (title, name, mark) in NUMBERED.items():
            content, number = getattr(documents, name), f"{{short}}{mark}〔{{year}}〕{{n}}号"
            template = f"documents/{kind}.html"
            register(Paper(kind, title, content, template, number, Family.NOTICE, False))
        register(
            Paper(
                "cross_region_notice", "跨区域执业告知书", documents.CrossRegionNoticeDocument,
                "documents/cross_region_notice.html", "{short}跨告〔{year}〕{n}号",
                Family.SERVICE, False,
            )
        )  # fmt: skip
