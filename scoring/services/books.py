"""book_draft · clause_save · clause_remove · book_edit · book_load · book_adopt · book_drop ·
rule_book_adopt: the table of points, from a draft to the day it is adopted."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from django.db import transaction

from audit.services import record
from common.errors import DomainError
from scoring.models import GravityVariant, RuleBook, RuleClause
from scoring.points import Parameters
from scoring.rulebook import ClauseData, RuleBookError, check_clauses, load_clauses
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency

COUNTY_DIGITS = 6


def _owner(actor: Actor) -> Agency:
    """Return the actor's agency; a township uses the district's table and has none of its own."""
    agency = Agency.objects.get(pk=actor.org)
    if len(agency.region_code) > COUNTY_DIGITS:
        raise DomainError("乡镇使用上级的记分表，不能自行制定或者修改")
    return agency


def _locked_draft(actor: Actor, book: RuleBook) -> RuleBook:
    _owner(actor)
    locked = RuleBook.objects.select_for_update(of=("self",)).get(pk=book.pk)
    if locked.owner_agency_id != actor.org_id:
        raise DomainError("只能修改本机构的记分表")
    if locked.state != RuleBook.State.DRAFT:
        raise DomainError("记分表已施行，不能再修改；请另拟新版本")
    return locked


@transaction.atomic
def book_draft(
    *, actor: Actor, version: str, based_on: RuleBook | None = None, note: str = ""
) -> RuleBook:
    """Begin a new version: a copy of another book with all of its clauses, or the enclosed table.

    DomainError names the field.
    """
    agency = _owner(actor)
    book = _create(agency, version, note=note, based_on=based_on)
    if based_on is None:
        _fill(book, load_clauses())
    else:
        book.parameters, book.is_proposal = based_on.parameters, based_on.is_proposal
        book.save(update_fields=["parameters", "is_proposal"])
        _fill(book, [clause_data(clause) for clause in clauses_of(based_on)])
    _record(actor, book, "rulebook.draft")
    return book


def _create(agency: Agency, version: str, **values: Any) -> RuleBook:
    if not version.strip():
        raise DomainError("请填写版本名称", field="version")
    if RuleBook.objects.filter(owner_agency=agency, version=version.strip()).exists():
        raise DomainError(f"记分表{version}已存在", field="version")
    return RuleBook.objects.create(
        owner_agency=agency, region_code=agency.region_code, version=version.strip(), **values
    )


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
    locked = _locked_draft(actor, book)
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
    _locked_draft(actor, clause.book)
    clause.delete()


@transaction.atomic
def book_edit(
    *, actor: Actor, book: RuleBook, parameters: Mapping[str, Any], note: str, is_proposal: bool
) -> RuleBook:
    """Write a draft's parameters and what it says of itself. DomainError names the parameter."""
    locked = _locked_draft(actor, book)
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
    locked = _locked_draft(actor, book)
    if not clauses:
        raise DomainError("表格里没有条款", field="file")
    RuleClause.objects.filter(book=locked).delete()
    _fill(locked, clauses)
    _record(actor, locked, "rulebook.load")
    return locked


@transaction.atomic
def book_adopt(*, actor: Actor, book: RuleBook, adopted_on: date) -> RuleBook:
    """Adopt a draft from a day on; after that nothing of it changes. DomainError names the field."""
    locked = _locked_draft(actor, book)
    if adopted_on < clock.today(locked.owner_agency_id):
        raise DomainError("施行日期不能早于今天", field="adopted_on")
    _check_whole(locked)
    return _adopt(actor, locked, adopted_on)


def _check_whole(book: RuleBook) -> None:
    try:
        check_clauses([clause_data(clause) for clause in clauses_of(book)], is_whole=True)
    except RuleBookError as error:
        raise DomainError(str(error)) from None


def _adopt(actor: Actor, book: RuleBook, adopted_on: date) -> RuleBook:
    same_day = RuleBook.objects.filter(owner_agency=book.owner_agency_id, adopted_on=adopted_on)
    if same_day.exists():
        raise DomainError("这一天已有一版记分表施行", field="adopted_on")
    book.adopted_on = adopted_on
    book.adopt()
    book.save()
    _record(actor, book, "rulebook.adopt")
    return book


@transaction.atomic
def book_drop(*, actor: Actor, book: RuleBook) -> None:
    """Throw a draft away."""
    locked = _locked_draft(actor, book)
    _record(actor, locked, "rulebook.drop")
    locked.delete()


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
    book = _create(agency, version)
    if copy_of is None:
        _fill(book, load_clauses())
    else:
        book.parameters = copy_of.parameters
        _fill(book, [clause_data(clause) for clause in clauses_of(copy_of)])
    return _adopt(actor, book, adopted_on)


def _record(actor: Actor, book: RuleBook, act: str) -> None:
    record(
        actor=actor,
        act=act,
        subject=("scoring.rulebook", str(book.pk)),
        agency_id=book.owner_agency_id,
        region_code=book.region_code,
        summary=book.version,
    )
