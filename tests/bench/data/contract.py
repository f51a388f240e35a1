"""The contract, its batches and assignments, and who may open and visit which file."""

from decimal import Decimal
from random import Random

from django.contrib.auth.models import Permission

from agencies.models import (
    Assignment,
    AssignmentUserObjectPermission,
    ContractUserObjectPermission,
    ServiceBatch,
    ServiceContract,
)
from common.pinyin import name_words
from inspections.models import TeamMember
from tenancy.enums import Role
from tenancy.models import Grant
from tests.bench.data.copying import NULL, Sheet, text, uuid7_text
from tests.bench.data.deal import NOW, Deal, Served, at, day, milliseconds

PHASES = {"drawn": "accepted"}  # the rest are called like their stage
GUIDED, RECHECK, ACCEPTED, CONCLUDED = 3, 25, 35, 80  # days after the survey
STATES = ("concluded", "accepted", "recheck", "guidance", "survey", "waiting")


class ContractRows:
    """Rows of contract, batches, assignments and grants of one county."""

    def __init__(self) -> None:
        self.contracts = Sheet(
            ServiceContract,
            "id owner_agency_id region_code provider_org_id number title signed_on starts_on "
            "ends_on amount state created_at",
            enterprise_org_id=None,
        )
        self.batches = Sheet(
            ServiceBatch,
            "id owner_agency_id region_code provider_org_id contract_id name code starts_on "
            "ends_on hazard_sequence recheck_completed_on spot_check_due_on spot_check_due_reason "
            "created_at",
            enterprise_org_id=None,
        )
        self.assignments = Sheet(
            Assignment,
            "id owner_agency_id region_code provider_org_id enterprise_org_id batch_id "
            "enterprise_id inspector_id inspector_name state planned_on surveyed_on "
            "soft_checked_on site_checked_on guided_on recheck_began_on accepted_on conclusion "
            "concluded_on created_at",
        )
        self.grants = Sheet(
            Grant,
            "id owner_agency_id region_code org_id subject_id reason starts_on ends_on ended_at",
        )
        self.visitors = Sheet(
            AssignmentUserObjectPermission,
            "id content_object_id membership_id user_id",
            permission_id=_permission("log_visit"),
        )
        self.team = Sheet(
            TeamMember,
            "id owner_agency_id region_code provider_org_id contract_id membership_id user_id name "
            "search_text named_at decided_at confirmed_at",
            enterprise_org_id=None, state="confirmed", duty="inspector", named_by_name="项目负责人",
            decided_by_name="监管人员",
        )  # fmt: skip
        self.supervisors = Sheet(
            ContractUserObjectPermission,
            "id content_object_id membership_id user_id",
            permission_id=_permission("supervise_contract"),
        )

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """What is to be copied."""
        return (self.contracts, self.team, self.batches, self.assignments, self.grants,
                self.visitors, self.supervisors)  # fmt: skip

    def contract(self, deal: Deal) -> None:
        """The contract and who supervises it."""
        county = deal.county
        size = deal.level.batches * deal.level.per_batch
        self.contracts.add(
            str(deal.pk), str(county.pk), county.code, str(deal.provider.pk),
            f"HT-{county.code}-{deal.year}",
            f"{county.name.removesuffix('应急管理局')}{deal.year}年度安全生产社会化服务",
            day(deal.starts.toordinal() - 9), text(deal.starts), text(deal.ends),
            text(Decimal(size * 820)), "active" if deal.is_running else "completed",
            at(deal.starts.toordinal() - 9, 600),
        )  # fmt: skip
        self._confirmed(deal)
        for number, officer in enumerate(county.people[Role.OFFICER][:2]):
            pk = str(deal.pk * 2 + number)
            self.supervisors.add(pk, str(deal.pk), str(officer.membership), str(officer.user))

    def _confirmed(self, deal: Deal) -> None:
        """Everybody who may go on its visits, each confirmed before it began."""
        rng, signed = Random(f"team-{deal.pk}"), deal.starts.toordinal() - 8
        whose = str(deal.county.pk), deal.county.code, str(deal.provider.pk), str(deal.pk)
        for person in (*deal.provider.people[Role.PROJECT_LEAD], *deal.team):
            self.team.add(
                uuid7_text(milliseconds(signed, 600), rng.getrandbits(74)), *whose,
                str(person.membership), str(person.user), person.name, name_words(person.name),
                at(signed, 600), at(signed, 660), at(signed, 660),
            )  # fmt: skip

    def batch(self, deal: Deal, number: int, hazards: int) -> None:
        """One batch with the last number of its hazards."""
        batch, county = deal.batches[number], deal.county
        done, due, why = NULL, NULL, ""
        if batch.stage in ("concluded", "drawn", "accepted"):
            done_on = min(batch.starts + 70, NOW - 12)
            done, due = day(done_on), day(done_on + 28)
            why = f"自{done}起20个工作日"
        self.batches.add(
            str(batch.pk), str(county.pk), county.code, str(deal.provider.pk), str(deal.pk),
            f"{deal.year}年第{number + 1}批", batch.code, day(batch.starts), day(batch.starts + 90),
            str(hazards), done, due, why, at(batch.starts - 5, 540),
        )  # fmt: skip

    def assignment(self, deal: Deal, served: Served) -> None:
        """One assignment, the file that it opens, and who may go there."""
        state = PHASES.get(served.stage, served.stage)
        came = STATES.index("waiting") - STATES.index(state)
        days = [
            day(served.surveyed + more) if came >= step else NULL
            for step, more in ((1, 0), (2, 0), (2, 0), (2, GUIDED), (3, RECHECK), (4, ACCEPTED))
        ]
        failed = deal.rng.random() < 0.02
        conclusion = ("conditional" if failed else "passed") if came >= 4 else ""
        concluded = day(min(served.surveyed + CONCLUDED, NOW - 3)) if came >= 5 else NULL
        person, begun = served.inspector, served.batch.starts - 5
        self.assignments.add(
            served.pk, *served.whose, str(served.batch.pk), served.firm.pk, str(person.membership),
            person.name, state, day(served.surveyed), *days, conclusion, concluded, at(begun, 545),
        )  # fmt: skip
        ended = NULL if deal.is_running else at(deal.ends.toordinal(), 1080)
        owner, town, provider, _ = served.whose
        self.grants.add(
            served.pk, owner, town, provider, served.firm.pk, f"合同HT-{deal.county.code}-{deal.year}",
            day(begun), text(deal.ends), ended,
        )  # fmt: skip
        self.visitors.add(served.pk, served.pk, str(person.membership), str(person.user))


def _permission(codename: str) -> int:
    return Permission.objects.get(codename=codename, content_type__app_label="agencies").pk
