"""What the server has of a visit, in the words of the phone's log."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from documents.handing_over import hindrance, receipt_token
from documents.models import Document
from documents.qr import svg_data_uri
from inspections.access import may_give_points, visit_for
from inspections.models import Answer, FieldFile, FieldOperation, Hazard, Visit
from tenancy.actors import Actor
from tenancy.file_links import file_link

Words = dict[str, Any]


def answer_words(answer: Answer) -> Words:
    """Return an answer as docs/field.md writes it."""
    key = (
        {"item": answer.item_id}
        if answer.item_id is not None
        else {"risk_point": str(answer.risk_point_id)}
    )
    return {
        **key,
        "result": answer.result,
        "note": answer.note,
        "version": str(answer.version),
        "by": answer.answered_by_name,
    }


def hazard_words(hazard: Hazard) -> Words:
    """Return a hazard as docs/field.md writes it."""
    return {
        "id": str(hazard.pk),
        "number": hazard.number,
        "item": hazard.item_id,
        "risk_point": str(hazard.risk_point_id) if hazard.risk_point_id else None,
        "entry": hazard.entry_id,
        "place": hazard.place,
        "place_count": hazard.place_count,
        "description": hazard.description,
        "severity": hazard.severity,
        "category": hazard.category,
        "subcategory": hazard.subcategory,
        "basis": hazard.basis,
        "clause_code": hazard.clause_code,
        "measure": hazard.measure,
        "emergency_plan": hazard.emergency_plan,
        "due_on": hazard.due_on.isoformat(),
        "state": hazard.state,
        "state_label": hazard.get_state_display(),
    }


def file_words(file: FieldFile) -> Words:
    """Return a file's standing: its receipt once it is stored."""
    return {
        "id": str(file.pk),
        "state": file.state,
        "received": file.received,
        "size": file.size,
        "sha256": file.sha256,
        "stored_at": file.stored_at.isoformat() if file.stored_at else None,
        "message": file.message,
        "purpose": file.purpose,
        "operation": str(file.operation_id),
    }


def visit_words(actor: Actor, pk: UUID) -> Words:
    """Return all that the server has of a visit; 404 for another's.

    A visit that never came to be still shows the person's own operations.
    """
    operations = FieldOperation.objects.filter(visit_id=pk).order_by("device", "sequence")
    mine = operations.filter(member_id=actor.membership_id)
    begun = Visit.objects.filter(pk=pk).exists()
    if begun or not mine.exists():
        visit = visit_for(actor, pk)
        content = {"visit": _visit(visit), **_of(actor, visit), "points": _points_url(actor, visit)}
    else:
        content, operations = (
            {"visit": None, "answers": [], "hazards": [], "papers": [], "points": None},
            mine,
        )
    files = FieldFile.objects.filter(operation__in=operations).order_by("pk")
    return {
        **content,
        "operations": [_operation(row) for row in operations],
        "files": [file_words(file) for file in files],
    }


def _points_url(actor: Actor, visit: Visit) -> str | None:
    return reverse("scoring:give-visit", args=[visit.pk]) if may_give_points(actor, visit) else None


def _of(actor: Actor, visit: Visit) -> Words:
    hazards = visit.hazards.exclude(state=Hazard.State.DISMISSED).order_by("number")
    return {
        "answers": [answer_words(a) for a in visit.answers.order_by("pk")],
        "hazards": [hazard_words(h) for h in hazards],
        "papers": _papers(actor, visit),
    }


def _visit(visit: Visit) -> Words:
    return {
        "id": str(visit.pk),
        "kind": visit.kind,
        "part": visit.part,
        "state": visit.state,
        "state_label": visit.get_state_display(),
        "arrived_at": visit.arrived_at.isoformat(),
        "phone_arrived_at": visit.phone_arrived_at and visit.phone_arrived_at.isoformat(),
        "left_at": visit.left_at and visit.left_at.isoformat(),
        "note": visit.process_note,
        "representative_name": visit.representative_name,
        "representative_post": visit.representative_post,
        "refusal_reason": visit.refusal_reason,
        "witness_name": visit.witness_name,
    }


def _papers(actor: Actor, visit: Visit) -> list[Words]:
    rows = Document.objects.filter(
        subject_type="inspections.visit", subject_id=str(visit.pk)
    ).defer("content")
    return [_paper(actor, row) for row in rows.order_by("issued_at")]


def _paper(actor: Actor, document: Document) -> Words:
    """The QR is for whoever takes the paper along: he signs for it there, or reads that it is real."""
    if hindrance(document, on_screen=True):
        path = reverse("portal:check", args=[document.check_code])
    else:
        path = reverse("documents:receive", args=[receipt_token(document)])
    link = settings.SITE_URL + path
    return {
        "kind": document.kind,
        "title": document.title,
        "number": document.number,
        "state": document.state,
        "url": file_link(actor, "documents:download", document.pk),
        "link": link,
        "qr": svg_data_uri(link),
    }


def _operation(row: FieldOperation) -> Words:
    return {
        "id": str(row.pk),
        "sequence": row.sequence,
        "device": str(row.device),
        "kind": row.kind,
        "state": row.state,
        "message": row.outcome.get("message", ""),
        "body_sha256": row.body_sha256,
        "made_at": row.made_at.isoformat(),
        "happened_at": row.happened_at.isoformat(),
        "arrived_at": row.arrived_at.isoformat(),
    }
