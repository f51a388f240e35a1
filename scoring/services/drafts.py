"""sheets_prepare: what officers mean to give to several enterprises, from the providers' findings."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction

from audit.services import record
from common.errors import DomainError
from enterprises.models import Enterprise
from inspections.models import Hazard
from scoring.models import SheetDraft
from scoring.selectors import proposals
from scoring.services.cycles import tenant_of
from tenancy import clock
from tenancy.actors import Actor


@transaction.atomic
def sheets_prepare(*, actor: Actor, pairs: Sequence[str]) -> int:
    """Choose all findings of enterprises, named "contract:enterprise"; return how many enterprises.

    Nothing is given by it: each sheet is looked through and signed on the spot.
    """
    wanted: dict[int, set[int]] = defaultdict(set)
    for pair in pairs:
        contract, _, enterprise = pair.partition(":")
        if not (contract.isdigit() and enterprise.isdigit()):
            raise DomainError("请重新选择企业")
        wanted[int(contract)].add(int(enterprise))
    found: dict[int, list[Hazard]] = defaultdict(list)
    for contract_id, firms in wanted.items():
        for hazard in proposals(contract_id):
            firm_id = hazard.enterprise.kept_id
            if firm_id in firms and hazard.owner_agency_id == actor.org_id:
                found[firm_id].append(hazard)
    if not found:
        raise DomainError("请选择有建议记分的企业")
    now = clock.now(actor.org)
    for firm in Enterprise.objects.filter(pk__in=found):
        draft, _ = SheetDraft.objects.update_or_create(
            enterprise=firm,
            defaults={
                **tenant_of(firm), "prepared_at": now, "prepared_by_name": actor.display[:40],
                "hazards": {str(h.pk): h.clause_code for h in found[firm.pk]},
            },
        )  # fmt: skip
        record(actor=actor, act="points.prepare", subject=draft, at=now)
    return len(found)
