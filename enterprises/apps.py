from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    verbose_name = "企业"

    def ready(self) -> None:
        from enterprises import bringing, file_bringing, merged_parts
        from enterprises.access import file_for
        from enterprises.entering import no_phone_follow
        from enterprises.models import Enterprise
        from enterprises.own_files import FILES
        from enterprises.registers import KINDS
        from enterprises.retention import drop_lists, lists_over
        from tenancy.personal import register
        from tenancy.retention import register_eraser
        from tenancy.signals import member_joined
        from workflow.services import register_job

        register(Enterprise, "phone", find=file_for)
        member_joined.connect(no_phone_follow, dispatch_uid="enterprises.no_phone")
        register_eraser("import_file", due=lists_over, erase=drop_lists, org="enterprise_org")
        merged_parts.register()
        for kind in KINDS:
            bringing.register_kind(kind)
        register_job(bringing.JOB, bringing.run_part)
        file_bringing.register_files(FILES)
        register_job(file_bringing.JOB, file_bringing.run_part)
