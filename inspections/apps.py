from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = "检查"

    def ready(self) -> None:
        from agencies.conflicts import register_visits
        from agencies.gates import register_facts, register_preparation
        from documents.access import register_hidden
        from documents.registry import register
        from enterprises.bringing import register_kind
        from enterprises.file_bringing import register_files
        from evidence import access as evidence
        from inspections import entering, holdings, merged_files, retention
        from inspections.access import (
            attendance_for,
            complainant_for,
            hidden_files,
            hidden_subjects,
        )
        from inspections.historical import KIND
        from inspections.historical_photos import FILES
        from inspections.kinds import PAPERS
        from inspections.models import Complaint, MeetingAttendance
        from inspections.outside import services as outside
        from inspections.selectors import assignment_facts, figures_of_year, visits_by_person
        from inspections.services import acceptance
        from inspections.services.handing import sendings_end
        from inspections.supervision import team_warning
        from providers.figures import register_figures
        from tenancy import personal
        from tenancy.retention import register_hold
        from tenancy.services import register_leaving
        from workflow.services import register_job

        personal.register(MeetingAttendance, "phone", find=attendance_for)
        personal.register(
            Complaint, "complainant_name", "complainant_phone", find=complainant_for,
            hide=personal.wholly,
        )  # fmt: skip
        retention.register()
        register_hold(retention.organisations_with_a_case)
        holdings.register()
        entering.register()
        merged_files.register()
        register_leaving(sendings_end)
        register_facts(assignment_facts)
        register_visits(visits_by_person)
        register_figures(figures_of_year)
        register_preparation(team_warning)
        register_hidden(hidden_subjects)
        evidence.register_hidden(hidden_files)
        for paper in PAPERS:
            register(paper)
        register_job(outside.KIND, outside.run_part)
        register_job(acceptance.KIND, acceptance.run_part, then=acceptance.make_files)
        register_kind(KIND)
        register_files(FILES)
