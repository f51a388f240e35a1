from django.apps import AppConfig

NUMBERED = {
    "points_sheet": ("安全生产监督检查记分表", "PointsSheetDocument", "安记"),
    "points_notice": ("安全生产监督检查记分告知书", "PointsNoticeDocument", "安记告"),
    "points_report": ("记满12分抄报单", "ThresholdDocument", "安记报"),
    "points_veto": ("记满18分一票否决通知", "ThresholdDocument", "安记否"),
    "points_correction": ("记分抄报更正函", "CorrectionDocument", "安记更"),
    "points_adjustment": ("记分减免/加处确认单", "AdjustmentDocument", "安记调"),
    "points_appeal": ("记分陈述申辩复核决定书", "AppealDecisionDocument", "安记复"),
    "interview_notice": ("约谈通知书", "InterviewNoticeDocument", "安约"),
    "interview_record": ("约谈记录", "InterviewRecordDocument", "安约记"),
    "appraisal": ("绩效考评表", "AppraisalDocument", "应急考"),
    "appraisal_notice": ("考评结果告知书", "AppraisalNoticeDocument", "应急考告"),
    "appraisal_objection": ("考评异议书", "ObjectionDocument", "考异"),
    "appraisal_answer": ("考评异议答复书", "ObjectionAnswerDocument", "应急考复"),
    "appraisal_publicity": ("考评结果公示", "PublicityDocument", "应急考公"),
}


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = "记分与考评"

    def ready(self) -> None:
        from agencies.evaluations import register_published
        from agencies.past import register_past, register_refusing
        from agencies.payments import register_basis
        from documents.registry import Family, Paper, register
        from evidence.access import register_hidden
        from inspections.documents import LedgerHead
        from inspections.signals import hazard_corrected, hazard_moved
        from scoring import boards, documents, entering, letters
        from scoring.appraisals import documents as appraisal_documents
        from scoring.appraisals.consequences import (
            past_evaluations,
            payment_basis,
            published_evaluations,
            refusals,
        )
        from scoring.services import merged_files, outputs, summaries, tryouts, years
        from workflow.services import register_job

        modules = (documents, letters, appraisal_documents)
        register(Paper("ledger", "隐患排查治理台账", LedgerHead, "documents/ledger.html"))
        for kind, (title, name, mark) in NUMBERED.items():
            content = next(getattr(m, name) for m in modules if hasattr(m, name))
            number = f"{{short}}{mark}〔{{year}}〕{{n}}号"
            register(Paper(kind, title, content, f"documents/{kind}.html", number, Family.NOTICE))
        register(
            Paper(
                "points_summary",
                "记分汇总",
                documents.PointsSummaryDocument,
                "documents/points_summary.html",
            )
        )
        register(
            Paper(
                "points_region",
                "记分年度汇总",
                letters.RegionSummaryDocument,
                "documents/points_region.html",
            )
        )
        for kind, (title, content) in {
            "notice_board": ("风险告知公示栏", boards.BoardDocument),
            "accident_plate": ("安全生产事故处理流程牌", boards.PlateDocument),
        }.items():
            register(Paper(kind, title, content, f"documents/{kind}.html"))
        entering.register()
        register_hidden(entering.sealed_slips)
        register_past(past_evaluations)
        register_refusing(refusals)
        register_basis(payment_basis)
        register_published(published_evaluations)
        register_job(outputs.KIND, outputs.run_part, snapshots=[outputs.FREEZE])
        register_job(tryouts.KIND, tryouts.run_part)
        register_job(summaries.KIND, summaries.run_part)
        register_job(years.KIND, years.run_part, snapshots=[years.FREEZE])
        merged_files.register()
        hazard_moved.connect(_follow, dispatch_uid="scoring.follow")
        hazard_corrected.connect(_ask_again, dispatch_uid="scoring.ask_again")


def _follow(hazard: object, **kwargs: object) -> None:
    """A recheck may take points away or add some; the provider who rechecks does not see them."""
    from inspections.models import Hazard
    from scoring.tasks import follow_hazard

    assert isinstance(hazard, Hazard)
    if hazard.clause_code:
        follow_hazard.send(hazard.owner_agency_id, str(hazard.pk))


def _ask_again(hazard: object, correction: object, **kwargs: object) -> None:
    """Points given for a hazard that reads otherwise now are for officers to look at again."""
    from inspections.models import HazardCorrection
    from scoring.tasks import ask_about_corrected

    assert isinstance(correction, HazardCorrection)
    ask_about_corrected.send(correction.owner_agency_id, str(correction.pk))
