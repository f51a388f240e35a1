from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = "记分与考评"

    def ready(self) -> None:
        from documents.models import Document
        from documents.registry import Paper, register
        from inspections.documents import LedgerHead
        from inspections.signals import hazard_moved
        from scoring.documents import (
            AppraisalDocument,
            PointsSheetDocument,
            PointsSummaryDocument,
        )
        from scoring.services import outputs
        from workflow.services import register_job

        kinds = Document.Kind
        register(kinds.LEDGER, Paper(LedgerHead, "documents/ledger.html"))
        register(
            kinds.POINTS_SHEET,
            Paper(PointsSheetDocument, "documents/points_sheet.html", "{short}安记〔{year}〕{n}号"),
        )
        register(
            kinds.POINTS_SUMMARY, Paper(PointsSummaryDocument, "documents/points_summary.html")
        )
        register(
            kinds.APPRAISAL,
            Paper(AppraisalDocument, "documents/appraisal.html", "{short}应急考〔{year}〕{n}号"),
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
