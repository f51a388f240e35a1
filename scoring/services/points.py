"""rule_book_adopt · points_give · cycle_recompute"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from documents.services import Issuer, document_issue
from enterprises.models import Enterprise
from evidence.models import Photo
from evidence.services import photo_add
from inspections.models import Hazard, Visit
from scoring import papers
from scoring.models import (
    PointCycle,
    PointEntry,
    PointSheet,
    RuleBook,
    RuleClause,
    ThresholdEvent,
)
from scoring.points import Parameters, Total
from scoring.rulebook import load_clauses
from scoring.selectors import book_for, cycle_total_of
from tenancy import clock
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.models import Agency, Membership
from workflow.services import transition

COLOURS = {"绿": "green", "黄": "yellow", "橙": "orange", "红": "red"}


@transaction.atomic
def rule_book_adopt(*, actor: Actor, agency: Agency, version: str, adopted_on: date) -> RuleBook:
    """Adopt the rule book that comes with the software, as a proposal; adopted, it is frozen."""
    if RuleBook.objects.filter(owner_agency=agency, version=version).exists():
        raise DomainError(f"记分表{version}已存在", field="version")
    book = RuleBook.objects.create(
        owner_agency=agency,
        region_code=agency.region_code,
        version=version,
        adopted_on=adopted_on,
        is_proposal=True,
    )
    RuleClause.objects.bulk_create(
        RuleClause(
            book=book,
            region_code=agency.region_code,
            **{name: getattr(data, name) for name in data.__slots__},
        )
        for data in load_clauses()
    )
    record(
        actor=actor,
        act="rulebook.adopt",
        subject=("scoring.rulebook", str(book.pk)),
        agency_id=agency.pk,
        region_code=agency.region_code,
        summary=version,
    )
    return book


@dataclass(frozen=True, slots=True)
class Given:
    """One clause to be given: from a hazard, with how many places and whether mended at once."""

    hazard: Hazard
    clause: RuleClause
    units: int = 1
    is_corrected_on_site: bool = False


@transaction.atomic
def points_give(
    *,
    actor: Actor,
    enterprise: Enterprise,
    contract: Any,
    given: Sequence[Given],
    second_officer: Membership,
    signature: bytes = b"",
    representative_name: str = "",
    refusal_reason: str = "",
    witness_name: str = "",
    is_obstructed: bool = False,
    visit: Visit | None = None,
) -> PointSheet:
    """Two officers give points to one enterprise, signed or refused (domain.md 2.4.9).

    A provider proposes, officers give. DomainError names the wrong field. The sheet (记分表) is
    issued and the cycle computed anew in the same transaction, under the cycle's row lock.
    """
    first = _officer(actor.member, "officer")
    second = _officer(second_officer.pk, "second_officer")
    if first.pk == second.pk:
        raise DomainError("两名检查人员不能是同一人", field="second_officer")
    _check_signed(signature, representative_name, refusal_reason, witness_name)
    if not given:
        raise DomainError("请选择要记分的条款", field="given")
    now = clock.now(enterprise.owner_agency_id)
    year = timezone.localtime(now).year
    cycle = lock_cycle(enterprise, year)
    before = cycle.total
    sheet = _sheet(actor, enterprise, contract, visit, cycle, first, second, is_obstructed)
    entries = _entries(sheet, cycle, given, now)
    if signature:
        photo_add(actor=actor, subject=sheet, purpose=Photo.Purpose.SIGNATURE, content=signature)
        sheet = transition(
            actor=actor, row=sheet, name="sign", issued_at=now,
            representative_name=representative_name.strip(),
        )  # fmt: skip
    else:
        sheet = transition(
            actor=actor, row=sheet, name="refuse", issued_at=now,
            refusal_reason=refusal_reason.strip(), witness_name=witness_name.strip(),
        )  # fmt: skip
    total = _recompute(actor, cycle)
    agency = Agency.objects.select_related("org").get(pk=enterprise.owner_agency_id)
    document_issue(
        actor=actor,
        kind="points_sheet",
        subject=sheet,
        content=papers.points_sheet(sheet, agency, entries, total, before, signature),
        title=f"{enterprise.name}安全生产监督检查记分表",
        issuer=Issuer(agency.pk, agency.short_name),
    )
    return sheet


def _officer(membership_id: int, field: str) -> Membership:
    found = (
        Membership.objects.select_related("user")
        .filter(pk=membership_id, role=Role.OFFICER, ended_at=None)
        .exclude(certificate_number="")
        .first()
    )
    if found is None:
        raise DomainError("须是持有行政执法证件的在用人员", field=field)
    return found


def _check_signed(signature: bytes, name: str, reason: str, witness: str) -> None:
    if signature:
        if not name.strip():
            raise DomainError("请填写现场负责人姓名", field="representative_name")
        return
    if not reason.strip():
        raise DomainError("请由企业签字，或填写拒签原因", field="refusal_reason")
    if not witness.strip():
        raise DomainError("拒签须有见证人", field="witness_name")


def lock_cycle(enterprise: Enterprise, year: int) -> PointCycle:
    """Return the enterprise's cycle of the year, locked; two officers at once wait here."""
    PointCycle.objects.get_or_create(
        owner_agency_id=enterprise.owner_agency_id,
        enterprise=enterprise,
        year=year,
        defaults={
            "region_code": enterprise.region_code,
            "enterprise_org_id": enterprise.enterprise_org_id,
        },
    )
    return PointCycle.objects.select_for_update(of=("self",)).get(
        owner_agency_id=enterprise.owner_agency_id, enterprise=enterprise, year=year
    )


def _sheet(
    actor: Actor,
    enterprise: Enterprise,
    contract: Any,
    visit: Visit | None,
    cycle: PointCycle,
    first: Membership,
    second: Membership,
    is_obstructed: bool,
) -> PointSheet:
    return PointSheet.objects.create(
        **cycle.tenant,
        enterprise=enterprise,
        contract=contract,
        visit=visit,
        cycle=cycle,
        book=book_for(enterprise),
        inspected_at=clock.now(enterprise.owner_agency_id),
        place=enterprise.address or enterprise.name,
        officer=first,
        officer_name=first.user.name,
        officer_certificate=first.certificate_number,
        second_officer=second,
        second_officer_name=second.user.name,
        second_officer_certificate=second.certificate_number,
        is_obstructed=is_obstructed,
    )


def _entries(
    sheet: PointSheet, cycle: PointCycle, given: Sequence[Given], now: Any
) -> list[PointEntry]:
    taken = PointEntry.objects.filter(hazard__in=[g.hazard for g in given])
    numbers = list(taken.values_list("hazard__number", flat=True)[:5])
    if numbers:
        raise DomainError(f"{'、'.join(numbers)}已记过分", field="given")
    for one in given:
        if one.clause.is_major and not one.hazard.is_major:
            raise DomainError(f"第{one.clause.code}款只用于重大隐患", field="given")
    return PointEntry.objects.bulk_create(
        PointEntry(
            **cycle.tenant,
            sheet=sheet,
            cycle=cycle,
            clause=one.clause,
            hazard=one.hazard,
            units=one.units,
            fact=f"{one.hazard.place}：{one.hazard.description}",
            is_corrected_on_site=one.is_corrected_on_site,
            due_on=one.hazard.due_on,
            issued_at=now,
        )
        for one in given
    )


@transaction.atomic
def cycle_recompute(*, actor: Actor, cycle_id: int) -> PointCycle:
    """Compute one cycle anew from its entries and what became of their hazards."""
    cycle = PointCycle.objects.select_for_update(of=("self",)).get(pk=cycle_id)
    _recompute(actor, cycle)
    return cycle


def _recompute(actor: Actor, cycle: PointCycle) -> Total:
    total = cycle_total_of(cycle)
    cycle.total, cycle.gross = total.net, total.gross
    cycle.colour = COLOURS[total.colour]
    cycle.computed_at = clock.now(cycle.owner_agency_id)
    cycle.save(update_fields=["total", "gross", "colour", "computed_at"])
    reached: dict[str, bool] = {
        ThresholdEvent.Kind.REACHED_12: total.has_reached_report,
        ThresholdEvent.Kind.REACHED_18: total.has_reached_veto,
    }
    _note_events(actor, cycle, reached, total.net)
    return total


def _note_events(
    actor: Actor, cycle: PointCycle, reached: Mapping[str, bool], net: Decimal
) -> None:
    """At most one event of a kind in a cycle; one not sent yet is cancelled when points fall."""
    events = {event.kind: event for event in cycle.events.all()}
    drafted, cancelled = ThresholdEvent.State.DRAFTED, ThresholdEvent.State.CANCELLED
    for kind, is_reached in reached.items():
        event = events.get(kind)
        if is_reached and event is None:
            event = ThresholdEvent.objects.create(
                **cycle.tenant, cycle=cycle, enterprise_id=cycle.enterprise_id, kind=kind,
                total=net, reached_at=clock.now(cycle.owner_agency_id),
            )  # fmt: skip
        elif is_reached and event is not None and event.state == cancelled:
            event.state, event.note, event.total = drafted, "", net
        elif not is_reached and event is not None and event.state == drafted:
            event.state, event.note = cancelled, f"累计降为{net}分"
        else:
            continue
        event.save()
        record(
            actor=actor,
            act=f"points.{kind}",
            subject=event,
            summary=f"{event.get_kind_display()}：{event.get_state_display()}",
            data={"total": str(net)},
            at=clock.now(cycle.owner_agency_id),
        )


def parameters_of(book: RuleBook) -> Parameters:
    """Return the parameters of a rule book."""
    return Parameters.of(book.parameters)
