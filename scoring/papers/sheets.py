"""From rows to the frozen content of the papers of points and of the evaluation."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils import timezone

from evidence.models import Photo
from inspections.documents import Refusal, Signature, StaffMember
from inspections.papers import enterprise_head
from scoring.documents import PointsSheetDocument, PointsSheetRow, VersionMark
from scoring.models import PointEntry, PointSheet, RuleBook
from scoring.points import Total
from tenancy.models import Agency


def book_mark(book: RuleBook) -> VersionMark:
    """The rule book as papers name it."""
    return VersionMark("乡镇安全生产监督检查记分规则", book.version, book.is_proposal)


def points_sheet(
    sheet: PointSheet,
    agency: Agency,
    entries: Sequence[PointEntry],
    total: Total,
    before: Decimal,
    signature: bytes,
) -> PointsSheetDocument:
    """记分表 of one sheet; `total` is the cycle's after it, `before` its net before it."""
    assert sheet.issued_at is not None  # signed or refused
    lines = {line.key: line for line in total.lines}
    photos = _photo_counts(entries)
    rows = tuple(
        PointsSheetRow(
            clause_code=entry.clause.code,
            clause_text=entry.clause.text,
            fact=entry.fact,
            points=lines[str(entry.pk)].points,
            is_corrected_on_site=entry.is_corrected_on_site,
            due_on=entry.due_on,
            photos=photos.get(str(entry.hazard_id), 0) + photos.get(str(entry.pk), 0),
            note=lines[str(entry.pk)].why,
        )
        for entry in entries
    )
    year = timezone.localtime(sheet.inspected_at).year
    return PointsSheetDocument(
        training=agency.org.is_training,
        agency_name=agency.org.name,
        enterprise=enterprise_head(sheet.enterprise),
        officers=(
            StaffMember(sheet.officer_name, "", sheet.officer_certificate),
            StaffMember(sheet.second_officer_name, "", sheet.second_officer_certificate),
        ),
        inspected_at=sheet.inspected_at,
        inspected_until=None,
        place=sheet.place,
        rule_book=book_mark(sheet.book),
        cycle=f"{year}年1月1日至12月31日",
        rows=rows,
        total_now=sum((row.points for row in rows), Decimal(0)),
        total_before=before,
        total_after=total.net,
        colour_after=total.colour,
        reduction_notes=(
            "可减免条款按期整改的，减半记分；逾期未整改的加处；同款再犯加倍且不减免。",
        ),
        enterprise_opinion=sheet.opinion,
        signature=Signature(sheet.representative_name, "现场负责人", sheet.issued_at, signature)
        if signature
        else None,
        refusal=None
        if signature
        else Refusal(sheet.refusal_reason, sheet.witness_name, sheet.issued_at),
        is_obstructed=sheet.is_obstructed,
    )


def _photo_counts(entries: Sequence[PointEntry]) -> Mapping[str, int]:
    ids = [str(pk) for entry in entries for pk in (entry.hazard_id, entry.pk) if pk]
    rows = Photo.objects.filter(
        subject_type__in=("inspections.hazard", "scoring.pointentry"), subject_id__in=ids
    )
    return Counter(rows.values_list("subject_id", flat=True))
