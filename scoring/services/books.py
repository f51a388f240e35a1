"""book_draft · clause_save · clause_remove · book_edit · book_load · book_adopt · book_drop ·
rule_book_adopt: the table of points, from a draft to the day it is adopted."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from django.db import transaction

from common.errors import DomainError
from scoring.models import GravityVariant, RuleBook, RuleClause
from scoring.points import Parameters
from scoring.rulebook import ClauseData, RuleBookError, check_clauses, load_clauses
from scoring.services.versions import (
    locked_draft,
    owner_of,
    version_adopt,
    version_create,
    version_drop,
    version_record,
)
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency


@transaction.atomic
def book_draft(
    *, actor: Actor, version: str, based_on: RuleBook | None = None, note: str = ""
) -> RuleBook:
    """Begin a new version: a copy of another book with all of its clauses, or the enclosed table.

    DomainError names the field.
    """
    agency = owner_of(RuleBook, actor)
    book = version_create(RuleBook, agency, version, note=note, based_on=based_on)
    if based_on is None:
        _fill(book, load_clauses())
    else:
        book.parameters, book.is_proposal = based_on.parameters, based_on.is_proposal
        book.save(update_fields=["parameters", "is_proposal"])
        _fill(book, [clause_data(clause) for clause in clauses_of(based_on)])
    version_record(actor, book, "draft")
    return book


def clauses_of(book: RuleBook) -> Sequence[RuleClause]:
    """Return a book's clauses in order, each with its variants."""
    return list(book.clauses.prefetch_related("variants").order_by("item", "sub"))


def clause_data(clause: RuleClause) -> ClauseData:
    """Return a clause as its sheet states it."""
    values = {
        one.name: getattr(clause, one.name) for one in fields(ClauseData) if one.name != "variants"
    }
    variants = tuple((variant.label, variant.points) for variant in clause.variants.all())
    return ClauseData(**values, variants=variants)


def _fill(book: RuleBook, clauses: Sequence[ClauseData]) -> None:
    made = RuleClause.objects.bulk_create(
        RuleClause(book=book, region_code=book.region_code, **columns_of(data)) for data in clauses
    )
    GravityVariant.objects.bulk_create(
        GravityVariant(clause=clause, region_code=book.region_code, label=label, points=points)
        for clause, data in zip(made, clauses, strict=True)
        for label, points in data.variants
    )


def columns_of(data: ClauseData) -> dict[str, Any]:
    """Return a clause's own columns."""
    names = (one.name for one in fields(ClauseData) if one.name != "variants")
    return {name: getattr(data, name) for name in names}


@transaction.atomic
def clause_save(
    *, actor: Actor, book: RuleBook, data: ClauseData, clause: RuleClause | None = None
) -> RuleClause:
    """Add a clause to a draft, or write one anew. DomainError names the field."""
    locked = locked_draft(actor, book)
    others = [
        clause_data(one) for one in clauses_of(locked) if clause is None or one.pk != clause.pk
    ]
    try:
        check_clauses([*others, data])
    except RuleBookError as error:
        raise DomainError(str(error), field="code") from None
    if clause is None:
        saved = RuleClause(book=locked, region_code=locked.region_code)
    else:
        saved = RuleClause.objects.get(pk=clause.pk, book=locked)
    for name, value in columns_of(data).items():
        setattr(saved, name, value)
    saved.save()
    saved.variants.all().delete()
    GravityVariant.objects.bulk_create(
        GravityVariant(clause=saved, region_code=locked.region_code, label=label, points=points)
        for label, points in data.variants
    )
    return saved


@transaction.atomic
def clause_remove(*, actor: Actor, clause: RuleClause) -> None:
    """Take a clause out of a draft."""
    locked_draft(actor, clause.book)
    clause.delete()


@transaction.atomic
def book_edit(
    *, actor: Actor, book: RuleBook, parameters: Mapping[str, Any], note: str, is_proposal: bool
) -> RuleBook:
    """Write a draft's parameters and what it says of itself. DomainError names the parameter."""
    locked = locked_draft(actor, book)
    try:
        locked.parameters = Parameters.of(parameters).as_data
    except ValueError as error:
        raise DomainError(str(error), field="parameters") from None
    locked.note, locked.is_proposal = note.strip(), is_proposal
    locked.save(update_fields=["parameters", "note", "is_proposal"])
    return locked


@transaction.atomic
def book_load(*, actor: Actor, book: RuleBook, clauses: Sequence[ClauseData]) -> RuleBook:
    """Replace all clauses of a draft by those of a sheet."""
    locked = locked_draft(actor, book)
    if not clauses:
        raise DomainError("表格里没有条款", field="file")
    RuleClause.objects.filter(book=locked).delete()
    _fill(locked, clauses)
    version_record(actor, locked, "load")
    return locked


@transaction.atomic
def book_adopt(*, actor: Actor, book: RuleBook, adopted_on: date) -> RuleBook:
    """Adopt a draft from a day on; after that nothing of it changes. DomainError names the field."""
    locked = locked_draft(actor, book)
    if adopted_on < clock.today(locked.owner_agency_id):
        raise DomainError("施行日期不能早于今天", field="adopted_on")
    _check_whole(locked)
    return version_adopt(actor, locked, adopted_on)


def _check_whole(book: RuleBook) -> None:
    try:
        check_clauses([clause_data(clause) for clause in clauses_of(book)], is_whole=True)
    except RuleBookError as error:
        raise DomainError(str(error)) from None


@transaction.atomic
def book_drop(*, actor: Actor, book: RuleBook) -> None:
    """Throw a draft away."""
    version_drop(actor, book)


@transaction.atomic
def rule_book_adopt(
    *,
    actor: Actor,
    agency: Agency,
    version: str,
    adopted_on: date,
    copy_of: RuleBook | None = None,
) -> RuleBook:
    """Adopt the table that comes with the software, or a copy of another, at a new installation.

    It is a proposal until somebody says otherwise.
    """
    book = version_create(RuleBook, agency, version)
    if copy_of is None:
        _fill(book, load_clauses())
    else:
        book.parameters = copy_of.parameters
        _fill(book, [clause_data(clause) for clause in clauses_of(copy_of)])
    return version_adopt(actor, book, adopted_on)
