"""From rows to the papers of an evaluation."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from documents.frozen import thaw
from documents.models import Document
from scoring.appraisals.documents import (
    AppraisalDocument,
    AppraisalIndicator,
    AppraisalNoticeDocument,
    ObjectionAnswerDocument,
    ObjectionDocument,
    PartyLine,
)
from scoring.appraisals.freezing import Asked, changed_since
from scoring.appraisals.reading import forms_of, rules_of, scheme_mark
from scoring.models import Appraisal, AppraisalObjection
from tenancy import clock
from tenancy.models import Agency

WHOLE = "考评结果"


def lines_of(appraisal: Appraisal) -> tuple[AppraisalIndicator, ...]:
    """The indicators as they were computed last."""
    return thaw(tuple[AppraisalIndicator, ...], appraisal.results)


def line_of(appraisal: Appraisal, code: str) -> str:
    """Say what one indicator counts, or the whole, in words."""
    for line in lines_of(appraisal):
        if line.code != code:
            continue
        if line.score is None:
            return f"{line.code} {line.name}不计入（{line.unmeasured_reason}）"
        measured = f"{line.numerator:f}/{line.denominator:f}，" if line.denominator else ""
        return f"{line.code} {line.name}：{measured}{line.score}分"
    return f"{WHOLE}{appraisal.score}分，{appraisal.grade}"


def valid_sheet(appraisal: Appraisal) -> Document | None:
    """Return the sheet that stands for an evaluation."""
    rows = Document.objects.filter(
        kind="appraisal", subject_type=appraisal._meta.label_lower,
        subject_id=str(appraisal.pk), state=Document.State.ISSUED,
    )  # fmt: skip
    return rows.defer("content").order_by("-issued_at").first()


def head_of(appraisal: Appraisal, agency: Agency) -> dict[str, Any]:
    """What stands at the top of each paper."""
    contract = appraisal.contract
    return {
        "training": agency.org.is_training,
        "agency_name": agency.org.name,
        "provider_name": contract.provider_org.name if contract.provider_org else "",
        "contract_number": contract.number,
        "contract_title": contract.title,
    }


def sheet(appraisal: Appraisal, agency: Agency) -> AppraisalDocument:
    """绩效考评表 as it stands."""
    scheme, contract = rules_of(appraisal.scheme), appraisal.contract
    asked = Asked(appraisal.pk, contract.pk, scheme.parameters)
    is_final = appraisal.purpose == Appraisal.Purpose.FINAL
    changed = changed_since(asked, clock.now(agency.pk)) if is_final else ()
    lines = lines_of(appraisal)
    raw = sum((line.score for line in lines if line.score is not None), Decimal(0))
    return AppraisalDocument(
        **head_of(appraisal, agency),
        period_from=contract.starts_on,
        period_until=contract.ends_on,
        made_at=appraisal.made_at,
        input_sha256=appraisal.input_sha256,
        scheme=scheme_mark(scheme),
        indicators=lines,
        measured_weight=appraisal.measured_weight,
        raw_score=raw,
        score=appraisal.score,
        grade=appraisal.grade,
        veto_reason=appraisal.veto_reason,
        purpose=appraisal.get_purpose_display(),
        version=appraisal.version,
        buyer_score=appraisal.buyer_score,
        parties=_parties(appraisal) if is_final else (),
        flags=tuple(appraisal.flags) if is_final else (),
        open_rechecks=appraisal.open_rechecks,
        changed_since=sum(1 for _ in changed),
        corrects=appraisal.correction_reason,
    )


def _parties(appraisal: Appraisal) -> tuple[PartyLine, ...]:
    forms, asked = len(forms_of(appraisal)), len(appraisal.questionnaires.all())
    words = {"服务对象": f"问卷{forms}/{asked}份"}
    third = getattr(appraisal, "third_party", None)
    if third is not None and third.score is not None:
        words["第三方"] = third.body_name
    scores = (appraisal.buyer_score, appraisal.served_score, appraisal.third_score)
    return tuple(
        PartyLine(party["name"], score, Decimal(party["share"]), words.get(party["name"], ""))
        for party, score in zip(appraisal.parties, scores, strict=True)
    )


def notice(appraisal: Appraisal, agency: Agency, sheet_number: str) -> AppraisalNoticeDocument:
    """考评结果告知书 to the provider."""
    assert appraisal.objection_until is not None  # drafted
    return AppraisalNoticeDocument(
        **head_of(appraisal, agency),
        sheet_number=sheet_number,
        score=appraisal.score,
        grade=appraisal.grade,
        veto_reason=appraisal.veto_reason,
        lost=tuple(
            f"{line.code} {line.name}：{line.deduction}"
            for line in lines_of(appraisal)
            if line.deduction
        ),
        objection_until=appraisal.objection_until,
        objection_workdays=rules_of(appraisal.scheme).parameters.objection_workdays,
        objection_place="本平台“年度考评”页面，或者向考评机关书面提出",
        issued_on=clock.today(agency.pk),
    )


def indicator_words(appraisal: Appraisal, code: str) -> str:
    """Name an indicator, or the whole."""
    names = {line.code: f"{line.code} {line.name}" for line in lines_of(appraisal)}
    return names.get(code, WHOLE)


def objection(row: AppraisalObjection, evidence: Sequence[str]) -> ObjectionDocument:
    """考评异议书."""
    agency = Agency.objects.select_related("org").get(pk=row.owner_agency_id)
    return ObjectionDocument(
        **head_of(row.appraisal, agency),
        indicator=indicator_words(row.appraisal, row.code),
        reason=row.reason,
        evidence=tuple(evidence),
        filed_by=row.filed_by_name,
        filed_on=timezone.localdate(row.filed_at),
    )


def answer(
    row: AppraisalObjection,
    appraisal: Appraisal,
    agency: Agency,
    before: str,
    score_before: Decimal,
) -> ObjectionAnswerDocument:
    """考评异议答复书: `before` and `score_before` as they stood when it was filed."""
    assert row.answered_at is not None  # answered
    return ObjectionAnswerDocument(
        **head_of(appraisal, agency),
        indicator=indicator_words(appraisal, row.code),
        reason=row.reason,
        is_granted=row.state == AppraisalObjection.State.GRANTED,
        answer=row.answer,
        before=before,
        after=line_of(appraisal, row.code),
        score_before=score_before,
        score_after=appraisal.score,
        answered_by=row.answered_by_name,
        answered_on=timezone.localdate(row.answered_at),
    )
