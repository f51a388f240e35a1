from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = "记分与考评"

    def ready(self) -> None:
        from documents.registry import Family, Paper, register
        from inspections.documents import LedgerHead
        from inspections.signals import hazard_moved
        from scoring.documents import (
            AppraisalDocument,
            PointsSheetDocument,
            PointsSummaryDocument,
        )
        from scoring.services import outputs
        from workflow.services import register_job

        register(Paper("ledger", "隐患排查治理台账", LedgerHead, "documents/ledger.html"))
        register(
            Paper(
                "points_sheet",
                "安全生产监督检查记分表",
                PointsSheetDocument,
                "documents/points_sheet.html",
                "{short}安记〔{year}〕{n}号",
                Family.NOTICE,
            )
        )
        register(
            Paper(
                "points_summary",
                "记分汇总",
                PointsSummaryDocument,
                "documents/points_summary.html",
            )
        )
        register(
            Paper(
                "appraisal",
                "绩效考评表",
                AppraisalDocument,
                "documents/appraisal.html",
                "{short}应急考〔{year}〕{n}号",
                Family.NOTICE,
            )
        )
        register_job(outputs.KIND, outputs.run_part, snapshots=[outputs.FREEZE])
        hazard_moved.connect(_recompute, dispatch_uid="scoring.recompute")


def _recompute(hazard: object, **kwargs: object) -> None:
    """A recheck may reduce or add points; the provider who rechecks does not see them."""
    from inspections.models import Hazard
    from scoring.tasks import recompute_for_hazard

    assert isinstance(hazard, Hazard)
    if hazard.clause_code:
        recompute_for_hazard.send(hazard.owner_agency_id, str(hazard.pk))
