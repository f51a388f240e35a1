"""draw_commit · draw_freeze · draw_number · draw_reveal · draw_announce · spot_check_begin ·
spot_check_compare"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from agencies.models import Assignment, ServiceBatch
from audit.services import record
from common.errors import DomainError
from documents.models import Document
from documents.services import Issuer, document_issue
from inspections import draw as rules
from inspections.documents.reports import CheckedLine, DrawNoticeDocument
from inspections.models import (
    DrawPublication,
    DrawSecret,
    Hazard,
    Severity,
    SpotCheck,
    SpotCheckDraw,
    SpotCheckPair,
    Visit,
)
from inspections.papers.deadlines import deadline_proof
from inspections.services.visits import visit_start
from inspections.signs.update import signs_of, signs_update
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.selectors import work_calendar
from workflow.services import transition

State, Verdict = SpotCheckDraw.State, SpotCheckPair.Verdict
# If the provider gives no number within these working days, the draw goes on without.
NUMBER_WITHIN = 3
NO_NUMBER = "机构未给数"


@transaction.atomic
def draw_commit(*, actor: Actor, batch: ServiceBatch) -> SpotCheckDraw:
    """Fix the agency's secret by its hash, while nobody can know the list yet.

    The secret is made here and stays hidden until the draw; only its hash is published.
    """
    locked = ServiceBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    if SpotCheckDraw.objects.filter(batch=locked).exists():
        raise DomainError("本批次已经作出承诺")
    if locked.recheck_completed_on:
        raise DomainError("复查验收已完成：承诺必须在名单确定之前作出，请改用双方到场的现场抽签")
    secret = secrets.token_hex(32)
    now = clock.now(locked.owner_agency_id)
    draw = SpotCheckDraw.objects.create(
        **locked.tenant,
        batch=locked,
        code=secrets.token_hex(8),
        commitment=rules.sha256(secret),
        committed_at=now,
        committed_by_name=actor.display,
        ratio=locked.sample_ratio,
        minimum=locked.sample_minimum,
    )
    whose = {**locked.tenant, "provider_org_id": None}
    DrawSecret.objects.create(**whose, draw=draw, secret=secret)
    record(actor=actor, act="draw.commit", subject=draw, summary=draw.commitment, at=now)
    _publish(draw, now)
    return draw


@transaction.atomic
def draw_freeze(*, actor: Actor, draw: SpotCheckDraw) -> SpotCheckDraw:
    """Freeze the list of accepted enterprises, with what counts for the draw; ask for the number.

    Possible once phase 3 is complete; from here the list never changes. A provider reads the list:
    the signs that count stand there as their ids.
    """
    locked = SpotCheckDraw.objects.select_for_update(of=("self",), no_key=True).get(pk=draw.pk)
    batch = ServiceBatch.objects.get(pk=locked.batch_id)
    if batch.recheck_completed_on is None:
        raise DomainError("复查验收还没有全部完成，名单不能冻结")
    rows = list(
        batch.assignments.filter(withdrawn_at=None, state=Assignment.Phase.ACCEPTED)
        .select_related("enterprise")
        .order_by("region_code", "pk")
    )
    majors = set(
        Hazard.objects.filter(
            assignment__in=rows, severity=Severity.MAJOR, source=Hazard.Source.PROVIDER
        )
        .exclude(state=Hazard.State.DISMISSED)
        .values_list("assignment_id", flat=True)
    )
    signs_update(actor=actor, batch=batch)
    signs = signs_of(rows)
    entries = [
        {
            "token": secrets.token_hex(6),
            "town": row.region_code,
            "major": row.pk in majors,
            "signs": [str(sign.pk) for sign in signs.get(row.pk, [])],
            "assignment": row.pk,
        }
        for row in rows
    ]
    now = clock.now(locked.owner_agency_id)
    frozen = transition(
        actor=actor,
        row=locked,
        name="freeze",
        entries=entries,
        list_sha256=rules.list_hash(_entries(entries)),
        frozen_at=now,
    )
    _publish(frozen, now)
    assert frozen.provider_org_id is not None  # a batch always names its provider
    notify(
        org_id=frozen.provider_org_id,
        kind="draw.frozen",
        title=f"{batch.name}：抽查名单已冻结，请在{NUMBER_WITHIN}个工作日内给出本机构的随机数",
        url=reverse("inspections:draw", args=[batch.pk]),
        at=now,
    )
    return frozen


def _entries(rows: Sequence[Mapping[str, Any]]) -> list[rules.Entry]:
    return [rules.Entry(r["token"], r["town"], r["major"], len(r["signs"])) for r in rows]


@transaction.atomic
def draw_number(*, actor: Actor, draw: SpotCheckDraw, number: str) -> SpotCheckDraw:
    """The provider adds a number of its own after the list is frozen; it cannot be taken back."""
    if not actor.is_provider:
        raise DomainError("随机数由服务机构给出")
    wanted = number.strip()
    if not wanted.isdigit() or not 4 <= len(wanted) <= 40:
        raise DomainError("请给出 4 到 40 位数字", field="number")
    return _number(actor, draw, wanted)


def _number(actor: Actor, draw: SpotCheckDraw, number: str) -> SpotCheckDraw:
    now = clock.now(draw.owner_agency_id)
    numbered = transition(
        actor=actor,
        row=draw,
        name="give_number",
        provider_number=number,
        numbered_at=now,
        numbered_by_name=actor.display,
    )
    if actor.is_agency:
        _publish(numbered, now)
    notify(
        org_id=numbered.owner_agency_id,
        kind="draw.numbered",
        title=f"{numbered.batch.name}：服务机构已给出随机数，可以抽取",
        url=reverse("inspections:draw", args=[numbered.batch_id]),
        at=now,
    )
    return numbered


@transaction.atomic
def draw_reveal(*, actor: Actor, draw: SpotCheckDraw) -> SpotCheckDraw:
    """Reveal the secret, compute the sample, publish everything needed to replay it."""
    locked = SpotCheckDraw.objects.select_for_update(of=("self",), no_key=True).get(pk=draw.pk)
    now = clock.now(locked.owner_agency_id)
    if locked.state == State.FROZEN:
        locked = _without_number(actor, locked, now)
    secret = DrawSecret.objects.get(draw=locked).secret
    by_token = {row["token"]: row["assignment"] for row in locked.entries}
    drawn = rules.draw(
        _entries(locked.entries),
        ratio=locked.ratio,
        minimum=locked.minimum,
        secret=secret,
        number=locked.provider_number,
    )
    done = transition(
        actor=actor,
        row=locked,
        name="draw",
        summary=f"{len(locked.entries)}家中抽取{len(drawn)}家",
        secret=secret,
        sample=[entry.token for entry, _ in drawn],
        drawn_at=now,
    )
    SpotCheck.objects.bulk_create(
        SpotCheck(**_whose(done, by_token[entry.token]), draw=done, why=why,
                  assignment_id=by_token[entry.token])
        for entry, why in drawn
    )  # fmt: skip
    _publish(done, now)
    _prove_deadline(actor, done)
    return done


def _without_number(actor: Actor, draw: SpotCheckDraw, now: datetime) -> SpotCheckDraw:
    assert draw.frozen_at is not None  # it is frozen
    due = work_calendar(draw.owner_agency_id).add(draw.frozen_at.date(), NUMBER_WITHIN).date
    if now.date() <= due:
        raise DomainError(f"服务机构可以在{due:%Y-%m-%d}前给出随机数，之后才能不等它抽取")
    return _number(actor, draw, NO_NUMBER)


def _whose(draw: SpotCheckDraw, assignment_id: int) -> dict[str, Any]:
    assignment = Assignment.objects.get(pk=assignment_id)
    return {**draw.tenant, "region_code": assignment.region_code}


def _prove_deadline(actor: Actor, draw: SpotCheckDraw) -> None:
    """The deadline of the spot check with its proof, day by day."""
    batch = ServiceBatch.objects.select_related(
        "owner_agency__org", "provider_org", "contract"
    ).get(pk=draw.batch_id)
    agency = batch.owner_agency
    document_issue(
        actor=actor,
        kind="deadline_proof",
        subject=batch,
        content=deadline_proof(batch, work_calendar(agency.pk)),
        title=f"{batch.name}抽查期限推算表",
        issuer=Issuer(agency.pk, agency.short_name),
    )


def _publish(draw: SpotCheckDraw, now: datetime) -> None:
    """Copy what anyone may read to the public table; names stay behind."""
    body = rules.publication(
        entries=_entries(draw.entries),
        commitment=draw.commitment,
        ratio=draw.ratio,
        minimum=draw.minimum,
        number=draw.provider_number,
        secret=draw.secret,
    )
    DrawPublication.objects.update_or_create(
        code=draw.code,
        defaults={"body": body, "updated_at": now},
        create_defaults={
            "owner_agency_id": draw.owner_agency_id,
            "region_code": Agency.objects.get(pk=draw.owner_agency_id).region_code,
            "body": body,
            "updated_at": now,
        },
    )


def replay_url(draw: SpotCheckDraw) -> str:
    """Return the public address at which the draw can be replayed."""
    return settings.SITE_URL + reverse("portal:draw", args=[draw.code])


# the officers' own look


@transaction.atomic
def spot_check_begin(
    *, actor: Actor, spot_check: SpotCheck, member_ids: Sequence[int], **arrival: Any
) -> Visit:
    """Officers arrive at a drawn enterprise; until they have signed they see none of its findings."""
    locked = (
        SpotCheck.objects.select_for_update(of=("self",), no_key=True)
        .select_related("assignment__batch__contract", "assignment__enterprise")
        .get(pk=spot_check.pk)
    )
    visit = visit_start(
        actor=actor,
        assignment=locked.assignment,
        kind=Visit.Kind.SPOT_CHECK,
        member_ids=member_ids,
        **arrival,
    )
    transition(actor=actor, row=locked, name="begin", visit=visit)
    return visit


@dataclass(frozen=True, slots=True)
class Judged:
    """How one finding stands to the other side's: `officers` or `providers` may be empty."""

    verdict: str
    officers: str = ""
    providers: str = ""
    note: str = ""


@transaction.atomic
def spot_check_compare(
    *, actor: Actor, spot_check: SpotCheck, pairs: Sequence[Judged], opinion: str
) -> SpotCheck:
    """Judge every finding of either side: found by both, missed, overstated, mended or new since.

    DomainError unless each finding stands in exactly one line.
    """
    locked = SpotCheck.objects.select_for_update(of=("self",), no_key=True).get(pk=spot_check.pk)
    if locked.state != SpotCheck.State.SUBMITTED:
        raise DomainError(f"当前状态为“{locked.get_state_display()}”，不能比对")
    if not opinion.strip():
        raise DomainError("请填写抽查意见", field="opinion")
    officers, providers = findings_of(locked)
    _check_complete("抽查发现", officers, [p.officers for p in pairs if p.officers])
    _check_complete("机构发现", providers, [p.providers for p in pairs if p.providers])
    for pair in pairs:
        _check_sides(pair)
    SpotCheckPair.objects.bulk_create(
        SpotCheckPair(
            **{**locked.tenant, "provider_org_id": None},
            spot_check=locked,
            officers_hazard_id=pair.officers or None,
            providers_hazard_id=pair.providers or None,
            verdict=pair.verdict,
            note=pair.note[:200],
        )
        for pair in pairs
    )
    counts = {v: sum(p.verdict == v for p in pairs) for v in Verdict.values}
    return transition(
        actor=actor,
        row=locked,
        name="compare",
        summary=f"双方均发现{counts['both']}，漏查{counts['missed']}，不实{counts['overstated']}",
        found_both=counts[Verdict.BOTH],
        missed=counts[Verdict.MISSED],
        overstated=counts[Verdict.OVERSTATED],
        opinion=opinion.strip(),
        compared_at=clock.now(locked.owner_agency_id),
        compared_by_name=actor.display,
    )


def findings_of(spot_check: SpotCheck) -> tuple[list[Hazard], list[Hazard]]:
    """Return (the officers' findings, the provider's) at a drawn enterprise."""
    rows = Hazard.objects.exclude(state=Hazard.State.DISMISSED).order_by("number")
    return (
        list(rows.filter(visit=spot_check.visit_id)),
        list(rows.filter(assignment=spot_check.assignment_id, source=Hazard.Source.PROVIDER)),
    )


def _check_complete(words: str, hazards: Sequence[Hazard], named: Sequence[str]) -> None:
    wanted = {str(h.pk): h.number for h in hazards}
    if len(named) != len(set(named)):
        raise DomainError(f"同一项{words}不能比对两次", field="pairs")
    if set(named) - set(wanted):
        raise DomainError(f"{words}不属于该企业，请刷新页面", field="pairs")
    if left := [number for pk, number in wanted.items() if pk not in set(named)]:
        raise DomainError(f"{words}还没有比对：{'、'.join(left[:5])}", field="pairs")


SIDES = {
    Verdict.BOTH: (True, True),
    Verdict.MISSED: (True, False),
    Verdict.NEW: (True, False),
    Verdict.OVERSTATED: (False, True),
    Verdict.MENDED: (False, True),
}


def _check_sides(pair: Judged) -> None:
    if pair.verdict not in Verdict.values:
        raise DomainError("请选择比对结果", field="pairs")
    if SIDES[Verdict(pair.verdict)] != (bool(pair.officers), bool(pair.providers)):
        label = Verdict(pair.verdict).label
        raise DomainError(f"“{label}”与所选的隐患不符", field="pairs")
    if pair.verdict == Verdict.OVERSTATED and not pair.note.strip():
        raise DomainError("认定不实须写明理由", field="pairs")


def proposed_pairs(officers: Sequence[Hazard], providers: Sequence[Hazard]) -> list[Judged]:
    """Propose how findings stand to each other: same question or library entry, else unmatched."""
    left = list(providers)
    found: list[Judged] = []
    for hazard in officers:
        match = next((p for p in left if _same(hazard, p)), None)
        if match is None:
            found.append(Judged(Verdict.MISSED, officers=str(hazard.pk)))
            continue
        left.remove(match)
        found.append(Judged(Verdict.BOTH, str(hazard.pk), str(match.pk)))
    return found + [Judged(Verdict.MENDED, providers=str(hazard.pk)) for hazard in left]


def _same(one: Hazard, other: Hazard) -> bool:
    by_entry = one.entry_id is not None and one.entry_id == other.entry_id
    return by_entry or (one.item_id is not None and one.item_id == other.item_id)


@transaction.atomic
def draw_announce(*, actor: Actor, draw: SpotCheckDraw, requirement: str) -> Document:
    """Issue 抽查结果通报 to the provider once every drawn enterprise is compared; the batch is done."""
    if not requirement.strip():
        raise DomainError("请填写工作要求", field="requirement")
    locked = SpotCheckDraw.objects.select_for_update(of=("self",), no_key=True).get(pk=draw.pk)
    checks = list(
        locked.checks.select_for_update(of=("self",), no_key=True)
        .select_related("assignment__enterprise")
        .order_by("assignment__region_code", "assignment_id")
    )
    if left := sum(check.state != SpotCheck.State.COMPARED for check in checks):
        raise DomainError(f"还有{left}家没有抽查比对，不能通报")
    now = clock.now(locked.owner_agency_id)
    announced = transition(actor=actor, row=locked, name="announce", announced_at=now)
    SpotCheck.objects.filter(draw=locked).update(announced_at=now)
    batch = ServiceBatch.objects.select_related(
        "contract", "provider_org", "owner_agency__org"
    ).get(pk=locked.batch_id)
    _conclude(actor, batch)
    agency = batch.owner_agency
    return document_issue(
        actor=actor,
        kind="draw_notice",
        subject=announced,
        content=_notice(announced, batch, checks, requirement.strip()),
        title=f"关于{batch.name}服务结果抽查情况的通报",
        issuer=Issuer(agency.pk, agency.short_name),
    )


def _conclude(actor: Actor, batch: ServiceBatch) -> None:
    today = clock.today(batch.owner_agency_id)
    rows = batch.assignments.filter(withdrawn_at=None, state=Assignment.Phase.ACCEPTED)
    for row in rows.order_by("pk"):
        transition(actor=actor, row=row, name="conclude", concluded_on=today)


def _notice(
    draw: SpotCheckDraw, batch: ServiceBatch, checks: Sequence[SpotCheck], requirement: str
) -> DrawNoticeDocument:
    assert batch.recheck_completed_on is not None  # before the list was frozen
    assert batch.spot_check_due_on is not None
    return DrawNoticeDocument(
        training=batch.owner_agency.org.is_training,
        issuer_name=batch.owner_agency.org.name,
        addressee=batch.provider_org.name if batch.provider_org else "",
        contract_title=batch.contract.title,
        batch_name=batch.name,
        total=len(draw.entries),
        sampled=len(checks),
        ratio=f"{draw.ratio * 100:.0f}%",
        commitment=draw.commitment,
        list_sha256=draw.list_sha256,
        provider_number=draw.provider_number,
        secret=draw.secret,
        replay_url=replay_url(draw),
        completed_on=batch.recheck_completed_on,
        due_on=batch.spot_check_due_on,
        due_reason=batch.spot_check_due_reason,
        lines=tuple(
            CheckedLine(
                position=position,
                name=check.assignment.enterprise.name,
                why=check.why,
                found_both=check.found_both or 0,
                missed=check.missed or 0,
                overstated=check.overstated or 0,
                opinion=check.opinion,
            )
            for position, check in enumerate(checks, start=1)
        ),
        requirement=requirement,
        issued_on=clock.today(batch.owner_agency_id),
    )
