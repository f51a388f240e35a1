"""obligation_accept · acceptance_revoke · acceptance_issue: the buyer accepts what a contract owes.

The acceptance covers every technical, service and safety standard that was agreed, one by one
(政府采购法第四十一条; 实施条例第四十五条). What was accepted is never rewritten: revoked, it keeps its row.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse

from agencies.models import (
    Obligation,
    ObligationAcceptance,
    Publication,
    ServiceContract,
)
from agencies.services import publication_make, publication_withdraw
from audit.services import record
from common.errors import DomainError
from documents.frozen import content_sha256
from documents.models import Document
from documents.services import Issuer, document_issue
from inspections.obligations import Line, lines_of
from inspections.papers.acceptance import acceptance_body, contract_acceptance
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor

State = ServiceContract.State
PAPER = "contract_acceptance"
# Whether each agreed standard was met: {"technical": True, …}.
Results = Mapping[str, bool]


def _locked(contract_id: int) -> ServiceContract:
    """Lock a contract that is in force or over: one officer accepts after the other."""
    locked = (
        ServiceContract.objects.select_for_update(of=("self",), no_key=True)
        .select_related("owner_agency__org", "provider_org")
        .get(pk=contract_id)
    )
    if locked.state == State.DRAFT:
        raise DomainError("合同还没有生效")
    return locked


def _line(contract: ServiceContract, obligation: Obligation) -> Line:
    lines = lines_of(contract, clock.today_of(contract.owner_agency))
    found = next((one for one in lines if one.obligation.pk == obligation.pk), None)
    if found is None:
        raise DomainError("该事项已被变更，请刷新页面")
    return found


@transaction.atomic
def obligation_accept(
    *,
    actor: Actor,
    obligation: Obligation,
    quantity: int,
    results: Results,
    is_final: bool = False,
    note: str = "",
) -> ObligationAcceptance:
    """Accept so much of an obligation, and say of each agreed standard whether it was met.

    `is_final` ends it: what is missing was not done. DomainError for more than was done, for a
    standard without an answer, and for what is not met without a note.
    """
    contract = _locked(obligation.contract_id)
    line = _line(contract, obligation)
    if line.is_settled:
        raise DomainError("该事项已经验收完毕")
    _check_quantity(line, quantity, is_final)
    asked = {name for name, _, _ in obligation.standards}
    if missing := [
        Obligation.STANDARDS[n] for n in Obligation.STANDARDS if n in asked - {*results}
    ]:
        raise DomainError(f"请逐项填写是否达到：{'、'.join(missing)}")
    is_short = is_final and line.accepted + quantity < line.obligation.quantity
    if (is_short or not all(results[name] for name in asked)) and not note.strip():
        raise DomainError("没有达到标准或者没有全部完成的，须写明情况", field="note")
    accepted = ObligationAcceptance.objects.create(
        **obligation.tenant, obligation=obligation, quantity=quantity, is_final=is_final,
        note=note.strip()[:300], accepted_at=clock.now(contract.owner_agency_id),
        accepted_by_name=actor.display[:80], **{f"{name}_met": results[name] for name in asked},
    )  # fmt: skip
    record(
        actor=actor, act="obligation.accept", subject=accepted, summary=obligation.name,
        at=accepted.accepted_at,
        data={"quantity": quantity, "is_final": is_final, **{n: results[n] for n in sorted(asked)}},
    )  # fmt: skip
    _tell(contract, f"“{obligation.name}”已验收{quantity}{obligation.unit}", accepted)
    return accepted


def _check_quantity(line: Line, quantity: int, is_final: bool) -> None:
    unit = line.obligation.unit
    if quantity < 0 or (quantity == 0 and not is_final):
        raise DomainError("请填写验收数量；不再验收的，勾选“验收完毕”", field="quantity")
    if quantity > line.open:
        raise DomainError(
            f"已完成{line.done}{unit}，已验收{line.accepted}{unit}，最多还能验收{line.open}{unit}",
            field="quantity",
        )


def _tell(contract: ServiceContract, title: str, accepted: ObligationAcceptance) -> None:
    notify(
        org_id=int(contract.provider_org_id or 0), kind="contract.accepted", title=title,
        url=reverse("inspections:obligations", args=[contract.pk]), at=accepted.accepted_at,
    )  # fmt: skip


@transaction.atomic
def acceptance_revoke(*, actor: Actor, acceptance: ObligationAcceptance, reason: str) -> None:
    """Take back what was accepted by mistake, for a reason; its row stays."""
    if not reason.strip():
        raise DomainError("请写明撤销原因", field="reason")
    _locked(acceptance.obligation.contract_id)
    locked = ObligationAcceptance.objects.select_for_update(of=("self",), no_key=True).get(
        pk=acceptance.pk
    )
    if locked.revoked_at is not None:
        raise DomainError("已经撤销")
    locked.revoked_at = clock.now(locked.owner_agency_id)
    locked.revoked_reason = reason.strip()[:200]
    locked.save(update_fields=["revoked_at", "revoked_reason"])
    record(
        actor=actor, act="obligation.accept_revoke", subject=locked, summary=locked.revoked_reason
    )


@transaction.atomic
def acceptance_issue(
    *, actor: Actor, contract: ServiceContract, served_opinion: str, asked: int, conclusion: str
) -> Document:
    """Issue the 履约验收单 once every obligation is settled, and publish the result.

    `served_opinion` is what the served enterprises said and `asked` how many were asked: they take
    part and the result is announced (实施条例第四十五条). After a correction the paper is issued
    anew and replaces the former one. DomainError names the obligations that are open.
    """
    locked = _locked(contract.pk)
    lines = lines_of(locked, clock.today_of(locked.owner_agency))
    if not lines:
        raise DomainError("合同没有登记服务事项，无从验收")
    if waiting := [line.obligation.name for line in lines if not line.is_settled]:
        raise DomainError(f"还有事项没有验收完毕：{'、'.join(waiting)}")
    words = {"served_opinion": served_opinion.strip(), "conclusion": conclusion.strip()}
    for name, text in words.items():
        if not text:
            raise DomainError("请填写", field=name)
    content = contract_acceptance(locked, lines, actor, asked=asked, **words)
    standing = standing_paper(locked)
    digest = content_sha256(content)
    if standing is not None and standing.content_sha256 == digest:
        return standing
    agency = locked.owner_agency
    paper = document_issue(
        actor=actor, kind=PAPER, subject=locked, content=content, replaces=standing,
        title=f"{locked.title}履约验收单"[:200], issuer=Issuer(agency.pk, agency.short_name),
        issue_key=f"{PAPER}:{locked.pk}:{digest}",
    )  # fmt: skip
    _publish(actor, locked, {**acceptance_body(locked, lines, asked=asked, **words)})
    return paper


def _publish(actor: Actor, contract: ServiceContract, body: dict[str, Any]) -> None:
    """Publish the result; what was published before a correction is withdrawn, with its trace."""
    kind = Publication.Kind.ACCEPTANCE
    former = Publication.objects.filter(
        subject_type=contract._meta.label_lower, subject_id=str(contract.pk), kind=kind,
        state=Publication.State.PUBLISHED,
    )  # fmt: skip
    for row in former:
        publication_withdraw(actor=actor, publication=row, reason="更正，由新的验收公告代替")
    publication_make(
        actor=actor, kind=kind, subject=contract, title=f"{contract.title}履约验收公告", body=body
    )


def standing_paper(contract: ServiceContract) -> Document | None:
    """Return the 履约验收单 of a contract that stands."""
    rows = Document.objects.filter(
        kind=PAPER, subject_type="agencies.servicecontract", subject_id=str(contract.pk),
        state=Document.State.ISSUED,
    )  # fmt: skip
    return rows.defer("content").first()
