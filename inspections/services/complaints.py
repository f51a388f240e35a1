"""complaint_make · complaint_receive · complaint_enter · complaint_handle · complaint_reject ·
complaint_verify · breach_add · breach_revoke · supervision_rules_save

A complaint is for the organizer alone; what is found true of it is a breach, which the provider reads.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from agencies.models import Assignment, ServiceContract
from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from enterprises.models import Enterprise
from evidence.services import attachment_add
from inspections.models import BreachKind, Complaint, SupervisionRules, VerifiedBreach
from inspections.supervision import rules_of
from notifications.services import notify
from tenancy import clock
from tenancy.actors import SYSTEM, Actor
from tenancy.enums import OrgKind
from tenancy.models import Agency, Organization
from tenancy.selectors import work_calendar
from tenancy.tasks import system_agency
from workflow.services import transition

Files = Sequence[tuple[str, bytes]]
PUBLIC_A_DAY = 200  # of one agency: whoever floods it is stopped here, and others may telephone


def contracts_serving(enterprise: Enterprise) -> list[ServiceContract]:
    """Return the contracts under which an enterprise is or was served, the newest first.

    Contracts are not an enterprise's to read; which provider it is served by is.
    """
    with acting_as(SYSTEM):
        served = Assignment.objects.filter(enterprise=enterprise.pk).values("batch__contract")
        rows = ServiceContract.objects.filter(pk__in=served).select_related("provider_org")
        return list(rows.order_by("-starts_on", "-pk"))


@transaction.atomic
def complaint_make(
    *,
    actor: Actor,
    enterprise: Enterprise,
    contract: ServiceContract,
    kind: str,
    text: str,
    happened_on: date | None = None,
    name: str = "",
    phone: str = "",
    files: Files = (),
) -> Complaint:
    """An enterprise complains about a provider that serves it. DomainError names the field.

    The organizer keeps it, so the system writes it there; the enterprise reads what comes of it.
    """
    if contract.pk not in {row.pk for row in contracts_serving(enterprise)}:
        raise DomainError("请选择为本企业服务的合同", field="contract")
    with acting_as(system_agency(contract.owner_agency_id)):
        return _keep(
            actor, contract.owner_agency_id, files, source=Complaint.Source.ENTERPRISE,
            region_code=enterprise.region_code, enterprise_org_id=enterprise.enterprise_org_id,
            enterprise=enterprise, contract=contract, about_id=contract.provider_org_id,
            about_name=contract.provider_org.name if contract.provider_org else "",
            kind=kind, text=text, happened_on=happened_on, name=name or actor.user_name,
            phone=phone,
        )  # fmt: skip


@transaction.atomic
def complaint_receive(
    *,
    agency: Agency,
    about_name: str,
    kind: str,
    text: str,
    happened_on: date | None = None,
    name: str = "",
    phone: str = "",
) -> Complaint:
    """Somebody of the public complains, without an account, with his name or without.

    DomainError names the field.
    """
    with acting_as(system_agency(agency.pk)) as system:
        today = clock.today(agency.pk)
        same_day = Complaint.objects.filter(
            owner_agency=agency.pk, source=Complaint.Source.PUBLIC, received_at__date=today
        )
        if same_day.count() >= PUBLIC_A_DAY:
            raise DomainError("今天收到的网上投诉太多，请拨打12350，或者明天再提交")
        return _keep(
            system, agency.pk, (), source=Complaint.Source.PUBLIC, region_code=agency.region_code,
            about_id=_provider_named(about_name), about_name=about_name, kind=kind, text=text,
            happened_on=happened_on, name=name, phone=phone,
        )  # fmt: skip


def _provider_named(name: str) -> int | None:
    """Return the provider of this name, short name or credit code, if exactly one is registered."""
    words = name.strip()
    named = Q(name=words) | Q(credit_code=words.upper()) | Q(provider__short_name=words)
    rows = Organization.objects.filter(named, kind=OrgKind.PROVIDER).values_list("pk", flat=True)
    found = list(rows.distinct()[:2])
    return found[0] if len(found) == 1 else None


@transaction.atomic
def complaint_enter(
    *,
    actor: Actor,
    about: Organization,
    kind: str,
    text: str,
    contract: ServiceContract | None = None,
    happened_on: date | None = None,
    name: str = "",
    phone: str = "",
    files: Files = (),
) -> Complaint:
    """An officer takes down what somebody said on the telephone or in person."""
    agency = Agency.objects.get(pk=actor.org_id)
    if contract is not None and contract.provider_org_id != about.pk:
        raise DomainError("合同不是这家机构的", field="contract")
    return _keep(
        actor, agency.pk, files, source=Complaint.Source.OFFICER, region_code=agency.region_code,
        contract=contract, about_id=about.pk, about_name=about.name, kind=kind, text=text,
        happened_on=happened_on, name=name, phone=phone,
    )  # fmt: skip


def _keep(
    actor: Actor, agency_id: int, files: Files, *, name: str, phone: str, **values: Any
) -> Complaint:
    now = clock.now(agency_id)
    _check_words(values, timezone.localdate(now))
    due = work_calendar(agency_id).add(timezone.localdate(now), rules_of(agency_id).complaint_days)
    values |= {"text": values["text"].strip(), "about_name": values["about_name"].strip()}
    row = Complaint.objects.create(
        owner_agency_id=agency_id, received_at=now, due_on=due.date, due_reason=due.why[:300],
        complainant_name=name.strip(), complainant_phone=phone.strip(), **values,
    )  # fmt: skip
    for filename, content in files:
        attachment_add(actor=actor, subject=row, filename=filename, content=content)
    record(actor=actor, act="complaint.receive", subject=row, data={"kind": row.kind}, at=now)
    notify(
        org_id=agency_id, kind="complaint.received", at=now,
        title=f"投诉举报：{row.about_name} {row.get_kind_display()}，{due.date:%Y-%m-%d}前核查",
        url=reverse("inspections:complaint", args=[row.pk]),
    )  # fmt: skip
    return row


def _check_words(values: dict[str, Any], today: date) -> None:
    if values["kind"] not in BreachKind.values:
        raise DomainError("请选择事项", field="kind")
    if not values["about_name"].strip():
        raise DomainError("请填写机构名称", field="about_name")
    if not values["text"].strip():
        raise DomainError("请写明情况", field="text")
    if values["happened_on"] is not None and values["happened_on"] > today:
        raise DomainError("发生日期不能晚于今天", field="happened_on")


@transaction.atomic
def complaint_handle(
    *, actor: Actor, complaint: Complaint, about: Organization | None = None
) -> Complaint:
    """An officer takes a complaint up, and says whom it is about where the writer did not know."""
    org_id = about.pk if about is not None else complaint.about_id
    if org_id is None:
        raise DomainError("请选择被投诉的机构", field="about")
    return transition(
        actor=actor, row=complaint, name="handle", about_id=org_id, handler_id=actor.member,
        handler_name=actor.display[:80], handled_at=clock.now(complaint.owner_agency_id),
    )  # fmt: skip


@transaction.atomic
def complaint_reject(*, actor: Actor, complaint: Complaint, finding: str, answer: str) -> Complaint:
    """It is not true or cannot be shown; the complainant is answered."""
    return _close(actor, complaint, "reject", finding, answer)


@transaction.atomic
def complaint_verify(
    *,
    actor: Actor,
    complaint: Complaint,
    contract: ServiceContract,
    kind: str,
    happened_on: date,
    fact: str,
    evidence: str,
    answer: str,
    files: Files = (),
) -> VerifiedBreach:
    """It is true: a breach under a contract is written down, and the complainant is answered.

    `fact` and `evidence` are what the provider reads; they name no complainant.
    """
    if contract.provider_org_id != complaint.about_id:
        raise DomainError("请选择被投诉机构的合同", field="contract")
    closed = _close(actor, complaint, "verify", fact, answer, field="fact", contract=contract)
    return _breach(
        actor, contract, closed, kind=kind, happened_on=happened_on, fact=fact, evidence=evidence,
        files=files,
    )  # fmt: skip


def _close(
    actor: Actor,
    complaint: Complaint,
    name: str,
    finding: str,
    answer: str,
    field: str = "finding",
    **values: Any,
) -> Complaint:
    if not finding.strip():
        raise DomainError("请写明核查情况", field=field)
    if not answer.strip():
        raise DomainError("请写明给投诉人的答复", field="answer")
    now = clock.now(complaint.owner_agency_id)
    closed = transition(
        actor=actor, row=complaint, name=name, finding=finding.strip(), answer=answer.strip(),
        closed_at=now, **values,
    )  # fmt: skip
    if closed.enterprise_org_id is not None:
        notify(
            org_id=closed.enterprise_org_id, kind="complaint.answered", at=now,
            title=f"你单位的投诉已答复：{closed.get_state_display()}",
            url=reverse("inspections:complaints-own"),
        )  # fmt: skip
    return closed


@transaction.atomic
def breach_add(
    *,
    actor: Actor,
    contract: ServiceContract,
    kind: str,
    happened_on: date,
    fact: str,
    evidence: str,
    assignment: Assignment | None = None,
    files: Files = (),
) -> VerifiedBreach:
    """An officer writes down a breach that his own check showed. DomainError names the field."""
    return _breach(
        actor, contract, None, kind=kind, happened_on=happened_on, fact=fact, evidence=evidence,
        assignment=assignment, files=files,
    )  # fmt: skip


def _breach(
    actor: Actor, contract: ServiceContract, complaint: Complaint | None, *, files: Files,
    **values: Any,
) -> VerifiedBreach:  # fmt: skip
    now = clock.now(contract.owner_agency_id)
    _check_breach(contract, values, timezone.localdate(now))
    assignment = values.get("assignment")
    if assignment is not None and assignment.batch.contract_id != contract.pk:
        raise DomainError("该企业不在这份合同中", field="assignment")
    values |= {"fact": values["fact"].strip(), "evidence": values["evidence"].strip()}
    row = VerifiedBreach.objects.create(
        **contract.tenant, contract=contract, complaint=complaint, found_at=now,
        found_by_name=actor.display[:80], **values,
    )  # fmt: skip
    for filename, content in files:
        attachment_add(actor=actor, subject=row, filename=filename, content=content)
    record(actor=actor, act="verifiedbreach.add", subject=row, summary=str(row), at=now)
    _tell_provider(row, f"查实违约行为：{row.get_kind_display()}（{contract.title}）")
    return row


def _check_breach(contract: ServiceContract, values: dict[str, Any], today: date) -> None:
    if values["kind"] not in BreachKind.values:
        raise DomainError("请选择违约行为", field="kind")
    if not values["fact"].strip():
        raise DomainError("请写明查明的事实", field="fact")
    if not values["evidence"].strip():
        raise DomainError("请写明证据", field="evidence")
    if not contract.signed_on <= values["happened_on"] <= today:
        raise DomainError(
            f"发生日期应在合同签订日{contract.signed_on:%Y-%m-%d}以后、今天以前",
            field="happened_on",
        )


@transaction.atomic
def breach_revoke(*, actor: Actor, breach: VerifiedBreach, reason: str) -> VerifiedBreach:
    """A breach does not stand after all; the row stays, with the reason."""
    if not reason.strip():
        raise DomainError("请写明撤销的原因", field="reason")
    now = clock.now(breach.owner_agency_id)
    moved = transition(
        actor=actor, row=breach, name="revoke", summary=reason.strip(), revoked_at=now,
        revoked_by_name=actor.display[:80], revoked_reason=reason.strip(),
    )  # fmt: skip
    _tell_provider(moved, f"已撤销违约认定：{moved.get_kind_display()}")
    return moved


def _tell_provider(breach: VerifiedBreach, title: str) -> None:
    assert breach.provider_org_id is not None  # a contract names its provider
    notify(
        org_id=breach.provider_org_id, kind="breach.moved", title=title, is_urgent=True,
        url=reverse("inspections:breach", args=[breach.pk]),
        at=clock.now(breach.owner_agency_id),
    )  # fmt: skip


@transaction.atomic
def supervision_rules_save(
    *, actor: Actor, notice_minutes: int, report_hours: int, complaint_days: int
) -> SupervisionRules:
    """Keep the own agency's figures; a complaint keeps the deadline that it got."""
    agency, now = Agency.objects.get(pk=actor.org), clock.now(actor.org)
    values = {
        "notice_minutes": notice_minutes, "report_hours": report_hours,
        "complaint_days": complaint_days,
    }  # fmt: skip
    for name, value in values.items():
        if value < 1:
            raise DomainError("应为正整数", field=name)
    row, _ = SupervisionRules.objects.update_or_create(
        owner_agency=agency,
        defaults={
            **values, "region_code": agency.region_code, "changed_at": now,
            "changed_by_name": actor.display[:80],
        },
    )  # fmt: skip
    record(actor=actor, act="supervision.rules", subject=row, data=values, at=now)
    return row
