"""Content of the regulator's enforcement papers, from rows."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils import timezone

from documents.models import Document
from evidence.models import Photo
from evidence.services import photos_of, small_of
from inspections.documents import Picture, Refusal, Signature
from inspections.documents.enforcement import (
    CheckedFault,
    CheckPlanDocument,
    CheckRecordDocument,
    Officer,
    OrderedItem,
    RecheckedItem,
    RecheckOpinionDocument,
    RectifyOrderDocument,
)
from inspections.models import (
    Answer,
    EnforcementPlan,
    EnforcementReferral,
    Hazard,
    Recheck,
    RectificationOrder,
    Visit,
)
from inspections.papers.visits import enterprise_head
from tenancy.models import Agency, Membership

# 行政复议法 (2023) §20, §24 [L8]: from 2024-01-01 decisions of a department of a county-or-higher
# government are reconsidered by its own government only. Wording: domain.md 4.4.
REMEDIES = (
    (
        date(2024, 1, 1),
        "如果不服本指令，可以依法在60日内向{government}申请行政复议，或者在6个月内依法向{court}提起"
        "行政诉讼，但本指令不停止执行，法律另有规定的除外。",
    ),
    (
        date(1900, 1, 1),
        "如果不服本指令，可以依法在60日内向{government}或者{superior}申请行政复议，或者在6个月内依法"
        "向{court}提起行政诉讼，但本指令不停止执行，法律另有规定的除外。",
    ),
)
PICTURE_SIDE = 420  # pixels: 210 dpi on the 49 mm that a photo takes on these papers
SHOWN_PHOTOS = 12  # on one record; the rest is named by its number and stays in the file


def remedy(agency: Agency, issued_on: date) -> str:
    """The remedy clause as it must read on the day of issue."""
    text = next(text for since, text in REMEDIES if issued_on >= since)
    return text.format(
        government=agency.government or "本级人民政府",
        superior=agency.superior or "上一级主管部门",
        court=agency.court or "有管辖权的人民法院",
    )


def officers(people: Sequence[Membership], numbers: Mapping[int, str]) -> tuple[Officer, ...]:
    """Those who have a certificate on the day, as papers name them."""
    return tuple(Officer(m.user.name, numbers[m.pk]) for m in people if m.pk in numbers)


def check_plan(
    plan: EnforcementPlan,
    referral: EnforcementReferral,
    agency: Agency,
    pair: tuple[Officer, ...],
    issued_on: date,
) -> CheckPlanDocument:
    """现场检查方案 of one enterprise on the list."""
    facts = referral.facts.order_by("happened_at", "pk")
    return CheckPlanDocument(
        training=agency.org.is_training,
        issuer_name=agency.org.name,
        enterprise=enterprise_head(referral.assignment.enterprise),
        facts=tuple(
            f"{timezone.localdate(f.happened_at):%Y-%m-%d} {f.get_kind_display()}：{f.text}"
            for f in facts
        ),
        scale=plan.scale,
        weak_points=plan.weak_points,
        deep_causes=plan.deep_causes,
        content=plan.content,
        planned_on=plan.planned_on,
        officers=pair,
        issued_on=issued_on,
    )


def check_record(visit: Visit, agency: Agency, signature: bytes) -> CheckRecordDocument:
    """现场检查记录 of a signed or refused officers' visit."""
    assert visit.left_at is not None  # set with the signature
    team = list(visit.team.order_by("pk"))
    hazards = list(visit.hazards.exclude(state=Hazard.State.DISMISSED).order_by("number"))
    photos = photos_of("inspections.hazard", [h.pk for h in hazards])
    signed_at = visit.signed_at or visit.left_at
    passed = (
        Answer.objects.filter(visit=visit, result=Answer.Result.OK)
        .select_related("item", "risk_point")
        .order_by("item__template", "item__position", "risk_point")
    )
    return CheckRecordDocument(
        training=agency.org.is_training,
        issuer_name=agency.org.name,
        enterprise=enterprise_head(visit.enterprise),
        representative_name=visit.representative_name,
        representative_post=visit.representative_post,
        place=visit.enterprise.address or visit.enterprise.name,
        arrived_at=visit.arrived_at,
        left_at=visit.left_at,
        officers=tuple(Officer(m.name, m.certificate_number) for m in team if m.certificate_number),
        assistants=tuple(m.name for m in team if not m.certificate_number),
        purpose=f"{visit.get_kind_display()}：检查安全生产法律、法规、规章和标准的执行情况",
        faults=_faults(hazards, photos),
        passed=tuple(str(answer.item or answer.risk_point) for answer in passed),
        note=visit.process_note,
        signature=Signature(
            visit.representative_name, visit.representative_post, signed_at, signature
        )
        if signature
        else None,
        refusal=None if signature else Refusal(visit.refusal_reason, visit.witness_name, signed_at),
        issued_on=timezone.localdate(signed_at),
    )


def _faults(
    hazards: Sequence[Hazard], photos: Mapping[str, Sequence[Photo]]
) -> tuple[CheckedFault, ...]:
    left, found = SHOWN_PHOTOS, []
    for position, hazard in enumerate(hazards, start=1):
        shown = list(photos.get(str(hazard.pk), []))[: min(left, 2)]
        left -= len(shown)
        found.append(
            CheckedFault(
                position=position,
                number=hazard.number,
                place=hazard.place,
                description=hazard.description,
                basis=hazard.basis,
                photos=tuple(
                    picture(photo, f"照片{position}-{n}") for n, photo in enumerate(shown, start=1)
                ),
            )
        )
    return tuple(found)


def picture(photo: Photo, caption: str) -> Picture:
    """A small copy of a photo for a paper, named by the original's hash."""
    return Picture(caption, photo.sha256, small_of(photo, PICTURE_SIDE))


def rectify_order(
    visit: Visit,
    agency: Agency,
    hazards: Sequence[Hazard],
    pair: tuple[Officer, ...],
    issued_on: date,
) -> RectifyOrderDocument:
    """责令限期整改指令书 for faults of one visit, each with its own deadline."""
    record = Document.objects.filter(
        kind="check_record", subject_id=str(visit.pk), state=Document.State.ISSUED
    ).first()
    return RectifyOrderDocument(
        training=agency.org.is_training,
        issuer_name=agency.org.name,
        enterprise=enterprise_head(visit.enterprise),
        check_record_number=record.number if record else "",
        items=tuple(
            OrderedItem(position, h.number, f"{h.place}：{h.description}", h.basis, h.due_on)
            for position, h in enumerate(hazards, start=1)
        ),
        remedy=remedy(agency, issued_on),
        officers=pair,
        representative_name=visit.representative_name,
        issued_on=issued_on,
    )


def recheck_opinion(
    order: RectificationOrder,
    agency: Agency,
    hazards: Sequence[Hazard],
    results: Mapping[str, tuple[str, str]],
    follow_up: str,
    rechecks: Mapping[str, Recheck],
    representative_name: str,
    pair: tuple[Officer, ...],
    rechecked_on: date,
) -> RecheckOpinionDocument:
    """整改复查意见书; by hazard id `results` holds (result in words, opinion), `rechecks` the rows."""
    photos = photos_of("inspections.recheck", [recheck.pk for recheck in rechecks.values()])
    return RecheckOpinionDocument(
        training=agency.org.is_training,
        issuer_name=agency.org.name,
        enterprise=enterprise_head(order.visit.enterprise),
        order_number=order.document.number,
        ordered_on=order.issued_on,
        rechecked_on=rechecked_on,
        items=tuple(
            RecheckedItem(
                position=position,
                number=h.number,
                description=f"{h.place}：{h.description}",
                due_on=h.due_on,
                result=results[str(h.pk)][0],
                opinion=results[str(h.pk)][1],
                photos=tuple(
                    picture(photo, f"照片{position}")
                    for photo in photos.get(str(rechecks[str(h.pk)].pk), [])
                ),
            )
            for position, h in enumerate(hazards, start=1)
        ),
        follow_up=follow_up,
        officers=pair,
        representative_name=representative_name,
        issued_on=rechecked_on,
    )
