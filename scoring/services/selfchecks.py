"""self_check_begin · self_check_answer · self_check_finish · self_check_share · item_mended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from common.errors import DomainError
from enterprises.models import Enterprise
from scoring.models import RuleClause, SelfCheck, SelfCheckItem
from scoring.points import Entry, Parameters, Total, cycle_total
from scoring.selectors import book_for, clause_of
from scoring.services.cycles import tenant_of
from tenancy import clock
from tenancy.actors import Actor

Result = SelfCheckItem.Result


@dataclass(frozen=True, slots=True)
class Found:
    """What the enterprise says of one clause."""

    result: str
    units: int = 1
    fact: str = ""
    responsible_person: str = ""
    due_on: date | None = None


@transaction.atomic
def self_check_begin(*, actor: Actor, enterprise: Enterprise) -> SelfCheck:
    """Begin a round over all clauses in force, or go on with the one that is open."""
    found = SelfCheck.objects.filter(enterprise=enterprise, finished_at=None).first()
    if found is not None:
        return found
    now = clock.now(enterprise.owner_agency_id)
    return SelfCheck.objects.create(
        **tenant_of(enterprise), enterprise=enterprise,
        book=book_for(enterprise, timezone.localdate(now)), started_at=now,
        started_by_name=actor.display[:40],
    )  # fmt: skip


@transaction.atomic
def self_check_answer(
    *, actor: Actor, check: SelfCheck, answers: Mapping[str, Found]
) -> list[SelfCheckItem]:
    """Write down what was found, {clause code: found}; again, the newer counts."""
    locked = _open(check)
    clauses = {clause.code: clause for clause in locked.book.clauses.all()}
    saved = []
    for code, found in answers.items():
        clause = clauses.get(code)
        if clause is None:
            raise DomainError(f"第{code}款不在记分表（{locked.book.version}）中", field=code)
        _check(clause, found)
        item, _ = SelfCheckItem.objects.update_or_create(
            check_of=locked, clause=clause,
            defaults={
                **locked.tenant, "result": found.result, "units": found.units,
                "fact": found.fact.strip(), "due_on": found.due_on,
                "responsible_person": found.responsible_person.strip(),
            },
        )  # fmt: skip
        saved.append(item)
    return saved


def _check(clause: RuleClause, found: Found) -> None:
    if found.result not in Result.values:
        raise DomainError("请选择没有、有或者不涉及", field=clause.code)
    if found.units < 1 or (found.units > 1 and clause.max_units == 1):
        raise DomainError(f"第{clause.code}款不按项（处）计，只能记1项", field=clause.code)


@transaction.atomic
def self_check_finish(*, actor: Actor, check: SelfCheck) -> SelfCheck:
    """End a round: every clause has an answer, and what fails says what it is."""
    locked = _open(check)
    answered = {item.clause_id: item for item in locked.items.select_related("clause")}
    missing = [c.code for c in locked.book.clauses.all() if c.pk not in answered]
    if missing:
        raise DomainError(f"还有{len(missing)}款没有自查：第{'、'.join(missing[:10])}款")
    bare = [i.clause.code for i in answered.values() if i.result == Result.FAIL and not i.fact]
    if bare:
        raise DomainError(f"请写明第{'、'.join(bare[:10])}款的情况")
    locked.finished_at = clock.now(locked.owner_agency_id)
    locked.save(update_fields=["finished_at"])
    return locked


@transaction.atomic
def self_check_share(*, actor: Actor, check: SelfCheck) -> SelfCheck:
    """Show a finished round to the regulator; that cannot be taken back."""
    locked = SelfCheck.objects.select_for_update(of=("self",), no_key=True).get(pk=check.pk)
    if locked.finished_at is None:
        raise DomainError("完成自查以后才能公开")
    if locked.shared_at is None:
        locked.shared_at = clock.now(locked.owner_agency_id)
        locked.save(update_fields=["shared_at"])
        locked.items.update(shared_at=locked.shared_at)
    return locked


@transaction.atomic
def item_mended(*, actor: Actor, item: SelfCheckItem, done_on: date) -> SelfCheckItem:
    """Note that something of one's own list was mended."""
    if item.result != Result.FAIL:
        raise DomainError("该项不需要整改")
    if done_on > clock.today(item.owner_agency_id):
        raise DomainError("完成日期不能晚于今天", field="done_on")
    item.done_on = done_on
    item.save(update_fields=["done_on"])
    return item


def cost_of(check: SelfCheck, items: Sequence[SelfCheckItem]) -> Total:
    """Return what an inspection would give today for what the enterprise found itself."""
    failing = [item for item in items if item.result == Result.FAIL and item.done_on is None]
    entries = [
        Entry(key=str(item.pk), sheet=0, clause=clause_of(item.clause), units=item.units)
        for item in failing
    ]
    return cycle_total(entries, parameters=Parameters.of(check.book.parameters))


def _open(check: SelfCheck) -> SelfCheck:
    locked = SelfCheck.objects.select_for_update(of=("self",), no_key=True).select_related("book").get(
        pk=check.pk
    )  # fmt: skip
    if locked.finished_at is not None:
        raise DomainError("这次自查已经完成，请另开一次")
    return locked
