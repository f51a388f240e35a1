"""papers_correct: papers that showed a hazard as it read before: voided, and replaced by ones that name them.

All else on a new paper stays as it was frozen, so that the two differ in what was corrected alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from django.utils import timezone

from documents.frozen import thaw
from documents.models import Document
from documents.registry import kind_name, paper_of
from documents.services import Issuer, document_issue, document_void
from inspections.documents import SuggestedHazard, SuggestionDocument
from inspections.documents.enforcement import Officer, OrderedItem, RectifyOrderDocument
from inspections.documents.reports import MajorReportDocument
from inspections.models import Hazard, HazardCorrection, RectificationOrder
from inspections.papers.reports import staff_of
from inspections.services.enforcement import RECHECK_WITHIN
from providers.models import Provider
from tenancy.actors import Actor
from tenancy.models import Agency

Item = TypeVar("Item", SuggestedHazard, OrderedItem)


@dataclass(frozen=True, slots=True)
class Correcting:
    """What is corrected, by whom; of officers' own faults, the two whose names an order bears."""

    actor: Actor
    hazard: Hazard
    correction: HazardCorrection
    officers: tuple[Officer, ...] = ()

    @property
    def is_out(self) -> bool:
        """Whether the hazard is withdrawn."""
        return self.correction.is_withdrawal

    @property
    def day(self) -> date:
        """The day on which it is corrected."""
        assert self.correction.applied_at is not None  # applied
        return timezone.localdate(self.correction.applied_at)


def papers_correct(by: Correcting) -> list[str]:
    """Replace every valid paper that advises or orders about the hazard; return the new numbers.

    Nothing left on it, the paper is void without another. What was signed by the enterprise as a
    record of the day stays: it says what was found then, and opening the visit again changes it.
    """
    return [number for old in _showing(by.hazard) if (number := _correct(by, old))]


def _showing(hazard: Hazard) -> list[Document]:
    visit, key = str(hazard.visit_id), str(hazard.pk)
    rows = Document.objects.filter(state=Document.State.ISSUED, subject_id__in=[visit, key])
    found = rows.filter(kind__in=_MAKERS).order_by("issued_at", "pk")
    return [paper for paper in found if hazard.number in _numbers(paper)]


def _numbers(paper: Document) -> set[str]:
    content = paper.content
    items = content.get("hazards") or content.get("items") or []
    return {item["number"] for item in items} | {content.get("hazard_number", "")}


def _correct(by: Correcting, old: Document) -> str | None:
    content: Any = thaw(paper_of(old.kind).content, old.content)
    made = _MAKERS[old.kind](content, by)
    if made is None:
        what = f"隐患{by.hazard.number}{by.correction.get_kind_display()}"
        reason = f"{what}：{by.correction.reason}"[:200]
        document_void(actor=by.actor, document=old, reason=reason)
        return None
    new = document_issue(
        actor=by.actor,
        kind=old.kind,
        subject=by.hazard.visit if old.subject_id == str(by.hazard.visit_id) else by.hazard,
        content=replace(made, correction=_words(by, old)),
        title=old.title,
        issuer=_issuer(by.actor),
        issue_key=f"{old.kind}:{by.correction.pk}:{str(old.pk)[-12:]}",
        replaces=old,
        enterprise_org_id=old.enterprise_org_id,
    )
    _keep_order(by.hazard, old, new)
    return new.number


def _issuer(actor: Actor) -> Issuer:
    names = Provider.objects if actor.is_provider else Agency.objects
    short = names.filter(pk=actor.org).values_list("short_name", flat=True).first()
    return Issuer(actor.org, short or actor.org_name[:6])


def _keep_order(hazard: Hazard, old: Document, new: Document) -> None:
    """An order is the paper that holds now, and is looked at again after its last deadline."""
    for order in RectificationOrder.objects.select_for_update(of=("self",), no_key=True).filter(
        document=old
    ):
        days = order.hazards.filter(state__in=Hazard.OPEN_STATES).values_list("due_on", flat=True)
        last = max(days, default=order.last_due_on)
        order.document, order.last_due_on = new, last
        order.recheck_due_on = last + timedelta(days=RECHECK_WITHIN)
        order.save(update_fields=["document", "last_due_on", "recheck_due_on"])


def _words(by: Correcting, old: Document) -> str:
    day = f"{by.day.year}年{by.day.month}月{by.day.day}日"
    what = f"{by.correction.get_kind_display()}隐患{by.hazard.number}"
    paper = f"{kind_name(old.kind)}{old.number}"
    return f"{day}{what}，代替{paper}，原文书作废。原因：{by.correction.reason}"


def _items(items: tuple[Item, ...], by: Correcting) -> tuple[Item, ...]:
    """Return the items with the hazard as it reads now, or without it; places stay gapless."""
    number = by.hazard.number
    kept = [item for item in items if not by.is_out or item.number != number]
    return tuple(
        replace(item, position=place, **(_now(item, by.hazard) if item.number == number else {}))
        for place, item in enumerate(kept, start=1)
    )


def _now(item: SuggestedHazard | OrderedItem, hazard: Hazard) -> dict[str, Any]:
    if isinstance(item, OrderedItem):
        text = f"{hazard.place}：{hazard.description}"
        return {"description": text, "basis": hazard.basis, "due_on": hazard.due_on}
    names = ("place", "description", "basis", "measure", "due_on", "due_reason")
    now: dict[str, Any] = {name: getattr(hazard, name) for name in names}
    return now | {"severity": hazard.get_severity_display()}


def _suggestion(old: SuggestionDocument, by: Correcting) -> SuggestionDocument | None:
    items = _items(old.hazards, by)
    lead = staff_of(by.actor)
    return replace(old, hazards=items, lead=lead, issued_on=by.day) if items else None


def _order(old: RectifyOrderDocument, by: Correcting) -> RectifyOrderDocument | None:
    items = _items(old.items, by)
    return replace(old, items=items, officers=by.officers, issued_on=by.day) if items else None


def _major(old: MajorReportDocument, by: Correcting) -> MajorReportDocument | None:
    """The report of a hazard that is none, or no major one, holds no more."""
    hazard = by.hazard
    if by.is_out or not hazard.is_major:
        return None
    return replace(
        old, place=hazard.place, description=hazard.description, criterion=hazard.basis,
        due_on=hazard.due_on,
    )  # fmt: skip


_MAKERS: dict[str, Callable[[Any, Correcting], Any]] = {
    "suggestion": _suggestion,
    "rectify_order": _order,
    "major_report": _major,
}
