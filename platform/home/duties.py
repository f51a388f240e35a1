"""What has a day and somebody who must keep it: the duties that beat warns of, agency by agency.

Questionnaires are not here: their evaluation reminds of them itself (scoring.services.appraisals).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from agencies.models import Assignment, ServiceContract
from inspections.models import Complaint, Extension, Hazard
from scoring.models import Appraisal, PointAppeal, SelfEvaluation

FIRM, PROVIDER, AGENCY = "firm", "provider", "agency"


@dataclass(frozen=True, slots=True)
class Duty:
    """One kind of dated duty. `holder` is who must keep it; `contract` the path to its contract.

    `one` names the page of a single thing, `many` the list that a summary opens, for each of
    those who are told: the holder first, then the regulator.
    """

    kind: str
    words: str
    holder: str
    rows: Callable[[int], QuerySet[Any]]
    due: str
    one: str
    many: str
    many_of_agency: str
    name: str
    contract: str = ""
    told_when_late: str = ""  # who was told of lateness already, and by what
    is_for_all: bool = True  # whether others than the holder may open the single thing

    def url(self, pk: object, *, is_holder: bool) -> str:
        """Return where one of them is looked at."""
        return self.one.format(pk) if is_holder or self.is_for_all else self.many_of_agency


def _hazards(agency_id: int) -> QuerySet[Any]:
    return Hazard.objects.filter(
        owner_agency=agency_id, state__in=Hazard.DUE_STATES, assignment__withdrawn_at=None
    )


def _visits(agency_id: int) -> QuerySet[Any]:
    return Assignment.objects.filter(
        owner_agency=agency_id, state=Assignment.Phase.WAITING, withdrawn_at=None,
        batch__contract__state=ServiceContract.State.ACTIVE,
    ).exclude(planned_on=None)  # fmt: skip


def _self_evaluations(agency_id: int) -> QuerySet[Any]:
    return SelfEvaluation.objects.filter(
        owner_agency=agency_id, filed_at=None, appraisal__state=Appraisal.State.FROZEN
    )


DUTIES = (
    Duty(
        "hazard", "隐患整改", FIRM, _hazards, "due_on", "/hazards/{}/", "/deadlines/",
        "/hazards/?overdue=now", "enterprise__name", "assignment__batch__contract_id",
        told_when_late="企业和服务机构（当日逾期通知）",
    ),
    Duty(
        "visit", "到企业检查", PROVIDER, _visits, "planned_on", "/visits/of/{}/",
        "/visits/mine/?state=waiting", "/contracts/", "enterprise__name", "batch__contract_id",
    ),
    Duty(
        "self", "机构自评", PROVIDER, _self_evaluations, "due_on", "/appraisals/self/{}/",
        "/appraisals/own/", "/appraisals/", "contract_title", is_for_all=False,
    ),
    Duty(
        "extension", "答复延期申请", AGENCY,
        lambda pk: Extension.objects.filter(owner_agency=pk, state=Extension.State.ASKED),
        "old_due_on", "/hazards/extensions/{}/", "/hazards/extensions/", "/hazards/extensions/",
        "hazard__enterprise__name",
    ),
    Duty(
        "appeal", "答复陈述申辩", AGENCY,
        lambda pk: PointAppeal.objects.filter(owner_agency=pk, state=PointAppeal.State.ASKED),
        "decide_by", "/points/appeals/{}/", "/points/appeals/", "/points/appeals/",
        "enterprise__name",
    ),
    Duty(
        "complaint", "办理投诉举报", AGENCY,
        lambda pk: Complaint.objects.filter(owner_agency=pk, state__in=Complaint.OPEN),
        "due_on", "/complaints/{}/", "/complaints/", "/complaints/", "about_name",
    ),
)  # fmt: skip
