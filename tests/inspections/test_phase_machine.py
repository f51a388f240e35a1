"""Random acts of random people never bring an enterprise to a state whose duties are unmet."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from agencies.models import Assignment
from agencies.services import assignment_withdraw
from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from inspections.models import (
    CriterionFinding,
    GuidanceRecord,
    GuidanceTopic,
    Hazard,
    Meeting,
    Visit,
)
from inspections.selectors import checklist_items
from inspections.services import (
    answers_save,
    assignment_accept,
    attendance_add,
    batch_advance,
    criterion_find,
    guidance_save,
    hazard_add,
    hazard_find_unmended,
    hazard_recheck,
    hazards_confirm,
    major_report,
    meeting_hold,
    meeting_plan,
    phase_advance,
    rectification_submit,
    visit_sign,
    visit_start,
)
from tests import county as counties

pytestmark = pytest.mark.django_db
PEOPLE = ("lead", "inspector", "idle_inspector", "admin", "officer", "principal")
ORDER = [phase.value for phase in Assignment.Phase]
BY_LEADS = {"recheck", "accepted"}  # 转入复查验收 and 完成验收 are the project lead's alone


class Phases(RuleBasedStateMachine):
    """One enterprise of a batch; every example is undone."""

    county: counties.County
    reached: set[str]

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.number = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def fresh(self) -> Assignment:
        with acting_as(self.county.admin):
            rows = Assignment.objects.select_related(
                "enterprise", "batch__contract", "provider_org", "owner_agency__org"
            )
            return rows.get(pk=self.county.assignment.pk)

    def attempt(self, who: str, act: Callable) -> None:
        """Somebody tries something. A refusal undoes it; only a lead closes what leads close."""
        actor, before = getattr(self.county, who), self.fresh().state
        with (
            suppress(DomainError, PermissionDenied, ObjectDoesNotExist, DatabaseError),
            acting_as(actor),
            transaction.atomic(),
        ):
            act(actor)
        after = self.fresh().state
        self.reached.add(after)
        assert ORDER.index(after) >= ORDER.index(before)
        if after != before and after in BY_LEADS:
            assert who == "lead", (who, before, after)

    @rule(steps=st.integers(1, 16))
    def somebody_diligent_carries_on(self, steps):
        """Do what is due next, as the right person: or random acts would seldom get far."""
        for _ in range(steps):
            row = self.fresh()
            if row.withdrawn_at or row.state == "accepted":
                return
            self.due_next(row)

    def due_next(self, row: Assignment) -> None:
        with acting_as(self.county.admin):
            hazards = Hazard.objects.filter(assignment=row)
            states = set(hazards.values_list("state", flat=True))
            is_open = row.visits.filter(state="open").exists()
            unreported = hazards.filter(severity="major", major_reported_at=None).exists()
            is_guided = row.guidance.filter(state__in=["done", "na"]).exists()
            is_covered = checked(row, "soft") and checked(row, "site")
            is_kicked_off = Meeting.objects.filter(batch=row.batch, state="held").exists()
        if is_open:
            return self.leave("inspector")
        if not is_covered:
            return self.arrive("inspector", "both")
        if not is_kicked_off:
            return self.kick_off("lead")
        if unreported:
            return self.report("lead")
        if "found" in states or row.state == "survey":
            return self.confirm("lead")
        if not is_guided:
            self.guide("lead", "done")
            return self.judge("lead", "ok")
        if row.state == "guidance":
            return self.advance("lead", False)
        if states & {"issued", "rectifying", "returned"}:
            self.mend()
            return self.recheck("lead", "passed")
        if "submitted" in states:
            return self.recheck("lead", "passed")
        return self.accept("lead", "")

    @rule(who=st.sampled_from(PEOPLE), part=st.sampled_from(["soft", "site", "both"]))
    def arrive(self, who, part):
        row = self.fresh()
        self.attempt(who, lambda a: visit_start(actor=a, assignment=row, part=part))

    @rule(who=st.sampled_from(PEOPLE), severity=st.sampled_from(["general", "general", "major"]))
    def find(self, who, severity):
        self.number += 1

        def act(actor):
            visit = Visit.objects.get(assignment=self.county.assignment, state="open")
            hazard_add(
                actor=actor, visit=visit, item=checklist_items(visit)[0], place="车间",
                description="箱门未接地", severity=severity, category="现场管理",
                basis="判定标准第三条第二项", measure="接地", clause_code="15.5",
                photos=[counties.picture((self.number % 250, 1, 1))],
            )  # fmt: skip

        self.attempt(who, act)

    @rule(who=st.sampled_from(PEOPLE))
    def leave(self, who):
        def act(actor):
            visit = Visit.objects.get(assignment=self.county.assignment, state="open")
            answers = {item.pk: ("ok", "") for item in checklist_items(visit)}
            answers_save(actor=actor, visit=visit, answers=answers)
            visit_sign(
                actor=actor, visit=visit, representative_name="张立新", representative_post="厂长",
                signature=counties.picture(kind="PNG"),
            )  # fmt: skip

        self.attempt(who, act)

    @rule(who=st.sampled_from(PEOPLE))
    def confirm(self, who):
        def act(actor):
            for visit in Visit.objects.filter(assignment=self.county.assignment).exclude(
                state="open"
            ):
                hazards_confirm(actor=actor, visit=visit)

        self.attempt(who, act)

    @rule(who=st.sampled_from(PEOPLE))
    def report(self, who):
        def act(actor):
            hazard = Hazard.objects.filter(severity="major", major_reported_at=None)[:1].get()
            major_report(
                actor=actor, hazard=hazard, causes="无", harm="有", treatment="改",
                temporary_measures="停",
            )  # fmt: skip

        self.attempt(who, act)

    @rule(who=st.sampled_from(("lead", "admin")))
    def kick_off(self, who):
        def act(actor):
            meeting = meeting_plan(
                actor=actor, batch=self.county.batch, kind="kickoff", title="动员会", place="会议室",
                host_name="李主任", starts_at=counties.NOW - timedelta(hours=2),
            )  # fmt: skip
            attendance_add(meeting=meeting, unit_name="北方铸造厂0", person_name="张立新")
            meeting_hold(actor=actor, meeting=meeting, minutes="讲解服务内容")

        self.attempt(who, act)

    @rule(
        who=st.sampled_from(PEOPLE), state=st.sampled_from(["done", "done", "done", "doing", "na"])
    )
    def guide(self, who, state):
        row = self.fresh()

        def act(actor):
            for topic in GuidanceTopic.objects.filter(is_retired=False):
                guidance_save(
                    actor=actor, assignment=row, topic=topic, state=state, note="见档案柜",
                    done_on=counties.NOW.date(), helped_by_name="王工",
                )  # fmt: skip

        self.attempt(who, act)

    @rule(who=st.sampled_from(PEOPLE), result=st.sampled_from(["ok", "fail", "na"]))
    def judge(self, who, result):
        row = self.fresh()

        def act(actor):
            for number in range(1, 10):
                criterion_find(
                    actor=actor,
                    assignment=row,
                    number=number,
                    result=result,
                    note="已核查",
                )

        self.attempt(who, act)

    @rule()
    def mend(self):
        def act(actor):
            for hazard in Hazard.objects.filter(state__in=Hazard.DUE_STATES):
                rectification_submit(
                    actor=actor, hazard=hazard, text="已接地", responsible_person="张立新",
                    done_on=hazard.found_on, photos=[counties.picture((9, 9, self.number % 250))],
                )  # fmt: skip

        self.attempt("principal", act)

    @rule(who=st.sampled_from(PEOPLE), result=st.sampled_from(["passed", "passed", "failed"]))
    def recheck(self, who, result):
        def act(actor):
            for hazard in Hazard.objects.filter(state=Hazard.State.SUBMITTED):
                hazard_recheck(
                    actor=actor, hazard=hazard, result=result, reason="未到位",
                    new_due_on=date(2026, 7, 3) if result == "failed" else None,
                )  # fmt: skip

        self.attempt(who, act)

    @rule(who=st.sampled_from(PEOPLE), is_refused=st.booleans())
    def find_unmended(self, who, is_refused):
        def act(actor):
            for hazard in Hazard.objects.filter(state__in=Hazard.DUE_STATES):
                hazard_find_unmended(
                    actor=actor, hazard=hazard, reason="未动", is_refused=is_refused,
                    new_due_on=date(2026, 7, 3),
                )  # fmt: skip

        self.attempt(who, act)

    @rule(who=st.sampled_from(PEOPLE), whole=st.booleans())
    def advance(self, who, whole):
        row = self.fresh()

        def act(actor):
            if whole:
                batch_advance(actor=actor, batch=self.county.batch)
            else:
                phase_advance(actor=actor, assignment=row)

        self.attempt(who, act)

    @rule(
        who=st.sampled_from(PEOPLE), wanted=st.sampled_from(["", "passed", "conditional", "failed"])
    )
    def accept(self, who, wanted):
        row = self.fresh()
        self.attempt(
            who,
            lambda a: assignment_accept(
                actor=a, assignment=row, conclusion=wanted, note="按现场情况"
            ),
        )

    @rule(who=st.sampled_from(("lead", "principal", "admin")))
    def withdraw(self, who):
        if self.number % 7 != 6:  # seldom, or nothing else would ever happen
            return
        row = self.fresh()
        self.attempt(
            who,
            lambda a: assignment_withdraw(
                actor=a, assignment=row, withdrawal="stopped", reason="停产"
            ),
        )

    @invariant()
    def its_duties_are_met(self):
        row = self.fresh()
        at = ORDER.index(row.state)
        with acting_as(self.county.admin):
            if at >= ORDER.index("survey"):
                assert row.visits.exists()
            if at >= ORDER.index("guidance"):
                assert Meeting.objects.filter(
                    batch=row.batch, kind="kickoff", state="held"
                ).exists()
                assert checked(row, "soft")
                assert checked(row, "site")
            if at >= ORDER.index("recheck"):
                assert GuidanceRecord.objects.filter(assignment=row).exists()
            papers = Document.objects.filter(
                kind__in=["enterprise_report", "conclusion"], state="issued"
            )
            if row.state == "accepted":
                accepted_is_complete(row)
                assert sorted(papers.values_list("kind", flat=True)) == [
                    "conclusion", "enterprise_report",
                ]  # fmt: skip
            else:
                assert not papers.exists()


def checked(row: Assignment, part: str) -> bool:
    """A signed visit covered this part."""
    return row.visits.filter(part__in=[part, "both"]).exclude(state="open").exists()


def accepted_is_complete(row: Assignment) -> None:
    topics = [
        topic for topic in GuidanceTopic.objects.filter(is_retired=False)
        if topic.concerns(row.enterprise.risk_factors)
    ]  # fmt: skip
    settled = GuidanceRecord.objects.filter(assignment=row, state__in=["done", "na"])
    assert {t.pk for t in topics} <= set(settled.values_list("topic_id", flat=True))
    assert not row.visits.filter(state="open").exists()
    hazards = list(Hazard.objects.filter(assignment=row).exclude(state="dismissed"))
    assert all(h.issued_at for h in hazards)
    assert all(h.rechecked_on for h in hazards)
    assert all(h.state != "submitted" for h in hazards)
    assert all(h.major_reported_at for h in hazards if h.is_major)
    said = CriterionFinding.objects.filter(assignment=row).values_list("criterion_id", flat=True)
    assert {3, 4, 5} <= set(said)  # what data cannot say
    is_open = any(h.state != "closed" for h in hazards)
    assert not (row.conclusion == "passed" and is_open)


def test_random_acts_never_reach_a_phase_whose_duties_are_unmet():
    county = counties.build(enterprises=1, kicked_off=False)
    machine = type("OfThisCounty", (Phases,), {"county": county, "reached": set()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
        ),
    )
    assert machine.reached >= {"survey", "guidance", "recheck", "accepted"}
