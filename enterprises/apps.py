from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    verbose_name = "企业"

    def ready(self) -> None:
        from enterprises import bringing, merged_parts
        from enterprises.access import file_for
        from enterprises.models import Enterprise
        from enterprises.registers import KINDS
        from enterprises.retention import drop_lists, lists_over
        from tenancy.personal import register
        from tenancy.retention import register_eraser
        from workflow.services import register_job

        register(Enterprise, "phone", find=file_for)
        register_eraser("import_file", due=lists_over, erase=drop_lists, org="enterprise_org")
        merged_parts.register()
        for kind in KINDS:
            bringing.register_kind(kind)
        register_job(bringing.JOB, bringing.run_part)
