"""What makes visits a service in five phases: meetings, guidance, acceptance, the draw, enforcement.

The first contract goes all the way, from the kick-off on 1 June to the closing report in September;
the second is still in the middle of phase 2 when the story ends, so that the board shows both.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from agencies.models import Assignment, ServiceBatch
from agencies.services import assignment_withdraw
from common.scope import acting_as
from config.demo import words
from config.demo.county import Firm
from config.demo.enforcement import Enforcement
from config.demo.moments import at
from config.demo.pictures import picture
from config.demo.second_look import SecondLook
from documents.handing_over import consent_record, receipt_give
from documents.models import Document, Receipt
from enterprises.models import Enterprise, MajorInstallation, SpecialOperationCertificate
from enterprises.services import certificate_add, enterprise_save
from inspections import demo_text
from inspections.models import GuidanceTopic, Hazard, Meeting
from inspections.services import (
    assignment_accept,
    attendance_add,
    attendance_self,
    batch_advance,
    criterion_find,
    disclosure_acknowledge,
    disclosure_make,
    draw_commit,
    guidance_save,
    guidance_save_many,
    hazard_find_unmended,
    hazard_recheck,
    meeting_hold,
    meeting_plan,
    phase_advance,
    sign_in,
)
from inspections.services.acceptance import issue_acceptance_sheet
from inspections.services.meetings import sign_in_token
from inspections.services.projects import issue_project_report
from inspections.supervision import to_disclose

if TYPE_CHECKING:
    from config.demo.story import Story

TRAINING, SUMMARY = date(2026, 7, 16), date(2026, 8, 26)
GUIDED, RECHECK, UNMENDED, ACCEPTED = (
    date(2026, 8, 19),
    date(2026, 8, 21),
    date(2026, 8, 25),
    date(2026, 8, 27),
)
EXCHANGED = date(2026, 7, 10)
DISCLOSED = (date(2026, 6, 12), date(2026, 6, 26), EXCHANGED, date(2026, 7, 24))
COMMITTED, REPORTED = date(2026, 6, 15), date(2026, 9, 17)


class FivePhases:
    """Plans the moments of one batch beside its visits; `story` has the queue and the clock."""

    def __init__(self, story: "Story", firm: Firm, batch: ServiceBatch) -> None:
        self.story, self.firm, self.batch = story, firm, batch
        self.county, self.rng = story.county, story.rng
        self.enforcement = Enforcement(story, firm, batch)
        self.second_look = SecondLook(story, firm, batch, self.enforcement)

    def plan_whole(self) -> None:
        """The first contract: every phase to its end."""
        moments: tuple[tuple[date, int, Callable[[datetime], None]], ...] = (
            (COMMITTED, 9, self._commit),
            (TRAINING, 9, self._training),
            (GUIDED, 10, self._rest_of_guidance),
            (RECHECK, 9, self._to_recheck),
            (UNMENDED, 9, self._unmended),
            (SUMMARY, 9, self._summary),
            (ACCEPTED, 9, self._accept),
            (REPORTED, 10, self._report),
            (EXCHANGED, 15, self._exchange),
            *((day, 16, self._disclose) for day in DISCLOSED),
        )
        for day, hour, act in moments:
            self.story.plan(at(day, hour), act)
        for number, day in enumerate((date(2026, 7, 3), date(2026, 7, 24), date(2026, 8, 7))):
            self.story.plan(at(day, 17), partial(self._guide, number))
        self.second_look.plan(ACCEPTED)
        self.enforcement.plan()

    def plan_half(self) -> None:
        """The second contract: surveyed, half guided; one enterprise leaves and another comes."""
        self.story.plan(at(date(2026, 7, 20), 10), self._replace)
        self.story.plan(at(DISCLOSED[-1], 16), self._disclose)
        self.story.plan(at(date(2026, 8, 12), 17), partial(self._guide, 0))
        self.story.plan(at(date(2026, 9, 3), 17), partial(self._guide, 1))

    # meetings

    def kick_off(self, now: datetime) -> None:
        """动员会: most sign in with their phones, some at the desk."""
        self._meet(now, "kickoff", f"{self.batch.name}动员会", words.KICKOFF, 0.95)

    def _training(self, now: datetime) -> None:
        self._meet(now, "training", "共性问题培训会", words.TRAINING, 0.8)

    def _summary(self, now: datetime) -> None:
        self._meet(now, "summary", "服务总结会", words.SUMMARY, 0.7)

    def _meet(self, now: datetime, kind: str, title: str, minutes: str, share: float) -> None:
        lead, rng = self.firm.lead, self.rng
        with acting_as(lead):
            meeting = meeting_plan(
                actor=lead, batch=self.batch, kind=kind, title=title, starts_at=now,
                place="开发区管委会二楼会议室", host_name=demo_text.person_name(rng),
                agenda=words.AGENDA,
            )  # fmt: skip
            rows = self.batch.assignments.filter(withdrawn_at=None).select_related("enterprise")
            firms = [row.enterprise for row in rows.order_by("pk")]
        for firm in firms:
            if rng.random() < share:
                self._attend(meeting, firm)
        self.story.set_clock(now + timedelta(minutes=25))
        with acting_as(lead):
            slides = [("会议材料.jpg", picture(rng, "基础管理", ""))]
            meeting_hold(actor=lead, meeting=meeting, minutes=minutes, files=slides)

    def _exchange(self, now: datetime) -> None:
        """意见交换会 of both sides about what was found, before everything is handed over."""
        lead, officer = self.firm.lead, self.county.officers[0]
        with acting_as(lead):
            meeting = meeting_plan(
                actor=lead, batch=self.batch, kind="exchange", title="排查问题意见交换会",
                starts_at=now, place="开发区管委会三楼会议室", host_name=officer.user_name,
                agenda="通报查出的问题，听取组织单位的意见",
            )  # fmt: skip
        for actor in (officer, lead, *self.firm.inspectors):
            with acting_as(actor):
                attendance_self(actor=actor, meeting=meeting)
        self.story.set_clock(now + timedelta(minutes=50))
        with acting_as(lead):
            meeting_hold(actor=lead, meeting=meeting, minutes=words.EXCHANGE)

    def _disclose(self, now: datetime) -> None:
        """Tell the organizer of every enterprise that is ready; an officer signs for it."""
        lead, officer = self.firm.lead, self.county.admin
        with acting_as(lead):
            ready = list(to_disclose(self.batch).values_list("pk", flat=True))
            if not ready:
                return
            made = disclosure_make(
                actor=lead, batch=self.batch, assignment_ids=ready, words=words.DISCLOSURE
            )
        with acting_as(officer):
            disclosure_acknowledge(actor=officer, disclosure=made, answer="请督促按期整改")

    def _attend(self, meeting: Meeting, firm: Enterprise) -> None:
        person, post = firm.principal_name or demo_text.person_name(self.rng), "主要负责人"
        if self.rng.random() < 0.12:
            with acting_as(self.firm.lead):
                attendance_add(meeting=meeting, unit_name=firm.name, person_name=person, post=post)
            return
        token = sign_in_token(meeting)
        sign_in(token=token, unit_name=firm.name, person_name=person, post=post, phone="")

    # the file of an enterprise, phase 2

    def settle_file(self, enterprise_id: int, now: datetime) -> None:
        """The inspector completes the file on site: installations, operators' certificates."""
        lead, rng = self.firm.lead, self.rng
        with acting_as(lead):
            firm = Enterprise.objects.get(pk=enterprise_id)
            if firm.major_installation:
                return
            firm.major_installation = MajorInstallation.NONE
            if "液氨" in firm.risk_factors:
                firm.major_installation = MajorInstallation.SUPERVISED
            firm.special_operator_count = firm.special_operator_count or 0
            enterprise_save(actor=lead, enterprise=firm)
            for number in range(firm.special_operator_count):
                self._certificate(rng, firm, number, now.date())
        if rng.random() < 0.6:
            self._consent(firm, now)

    def _certificate(self, rng: Random, firm: Enterprise, number: int, today: date) -> None:
        kinds = SpecialOperationCertificate.Category
        lapsed = rng.random() < 0.02
        until = today + timedelta(days=-40 if lapsed else rng.randint(200, 1800))
        certificate_add(
            actor=self.firm.lead, enterprise=firm, holder_name=demo_text.person_name(rng),
            number=f"{rng.randrange(10**6):06}{number:02}", project="",
            category=rng.choice((kinds.ELECTRIC, kinds.WELDING, kinds.HEIGHT)),
            valid_until=until, review_due_on=None,
        )  # fmt: skip

    def _consent(self, firm: Enterprise, now: datetime) -> None:
        officer = self.county.officers[0]
        assert firm.enterprise_org_id is not None  # a file always names its body
        with acting_as(officer):
            consent_record(
                actor=officer, owner_agency_id=firm.owner_agency_id, region_code=firm.region_code,
                enterprise_org_id=firm.enterprise_org_id, signed_on=now.date(),
                signer_name=firm.principal_name or "负责人", contact="安服平台企业端",
            )  # fmt: skip

    def receive(self, enterprise_id: int) -> None:
        """The principal signs for what came by now, mostly."""
        principal = self.county.principals[enterprise_id]
        with acting_as(principal):
            waiting = Document.objects.filter(
                kind__in=("service_record", "suggestion"), receipt=None
            ).defer("content")
            for document in waiting.order_by("issued_at", "kind"):
                receipt_give(
                    actor=principal, document=document, how=Receipt.How.PAGE,
                    person_name=principal.user_name, person_post="主要负责人",
                )  # fmt: skip

    def _guide(self, part: int, now: datetime) -> None:
        """A third of the topics, written down for everybody who was surveyed; some with a file."""
        lead, rng = self.firm.lead, self.rng
        with acting_as(lead):
            rows = list(
                self.batch.assignments.filter(withdrawn_at=None, state="guidance")
                .select_related("enterprise")
                .order_by("pk")
            )
            for topic in list(GuidanceTopic.objects.filter(is_retired=False))[part::3]:
                self._topic(rng, topic, rows, now.date())

    def _topic(
        self, rng: Random, topic: GuidanceTopic, rows: list[Assignment], today: date
    ) -> None:
        lead = self.firm.lead
        mine = [row for row in rows if topic.concerns(row.enterprise.risk_factors)]
        if not mine:
            return
        for row in rng.sample(mine, k=max(1, len(mine) // 20)):
            guidance_save(
                actor=lead, assignment=row, topic=topic, state="done", done_on=today,
                helped_by_name=row.inspector_name, note="",
                files=[(f"{topic.name}.jpg", picture(rng, "基础管理", ""))],
            )  # fmt: skip
        ids = [row.pk for row in mine if rng.random() < 0.97]
        guidance_save_many(
            actor=lead, batch=self.batch, assignment_ids=ids, topic=topic, state="done",
            done_on=today, helped_by_name=lead.user_name, note=words.TRACE,
        )  # fmt: skip

    def _rest_of_guidance(self, now: datetime) -> None:
        """What was left over, enterprise by enterprise; then what only a person can judge."""
        lead = self.firm.lead
        with acting_as(lead):
            rows = list(
                self.batch.assignments.filter(withdrawn_at=None)
                .select_related("enterprise")
                .order_by("pk")
            )
            topics = list(GuidanceTopic.objects.filter(is_retired=False))
            for row in rows:
                done = set(row.guidance.values_list("topic_id", flat=True))
                for topic in topics:
                    if topic.pk in done or not topic.concerns(row.enterprise.risk_factors):
                        continue
                    guidance_save(
                        actor=lead, assignment=row, topic=topic, state="done", note=words.TRACE,
                        done_on=now.date(), helped_by_name=row.inspector_name,
                    )  # fmt: skip
                self._judge(row)

    def _judge(self, assignment: Assignment) -> None:
        for number, (good, bad) in words.JUDGED.items():
            is_good = self.rng.random() > 0.04
            criterion_find(
                actor=self.firm.lead, assignment=assignment, number=number,
                result="ok" if is_good else "fail", note=good if is_good else bad,
            )  # fmt: skip

    # phase 3

    def _to_recheck(self, now: datetime) -> None:
        with acting_as(self.firm.lead):
            batch_advance(actor=self.firm.lead, batch=self.batch)

    def _unmended(self, now: datetime) -> None:
        """A last round before acceptance: what waits is rechecked, what is not mended is said so."""
        lead, rng = self.firm.lead, self.rng
        with acting_as(lead):
            rows = Hazard.objects.filter(assignment__batch=self.batch, source="provider")
            for hazard in rows.filter(state=Hazard.State.SUBMITTED).order_by("number"):
                last = hazard.rectifications.order_by("-round")[0]
                actor = (
                    lead if last.submitted_by_id != lead.membership_id else self.firm.inspectors[0]
                )
                with acting_as(actor):
                    hazard_recheck(actor=actor, hazard=hazard, result="passed")
            for hazard in rows.filter(state__in=Hazard.DUE_STATES).order_by("number"):
                is_refused = hazard.enterprise_id in self.story.careless and rng.random() < 0.15
                hazard_find_unmended(
                    actor=lead, hazard=hazard, is_refused=is_refused,
                    reason=words.REFUSED if is_refused else words.UNMENDED,
                    new_due_on=self.story.calendar.add(now.date(), rng.randint(10, 20)).date,
                )  # fmt: skip

    def _accept(self, now: datetime) -> None:
        """Everybody is ready: two hundred papers, one after the other; the workers make the files."""
        lead = self.firm.lead
        with acting_as(lead):
            waiting = self.batch.assignments.filter(withdrawn_at=None, state="guidance")
            for row in waiting.order_by("pk"):
                phase_advance(actor=lead, assignment=row)
            for row in self.batch.assignments.filter(state="recheck").order_by("pk"):
                assignment_accept(actor=lead, assignment=row)
            issue_acceptance_sheet(actor=lead, batch=self.batch)

    # phase 4 begins before anybody knows the list

    def _commit(self, now: datetime) -> None:
        with acting_as(self.county.admin):
            draw_commit(actor=self.county.admin, batch=self.batch)

    def _report(self, now: datetime) -> None:
        with acting_as(self.firm.lead):
            issue_project_report(
                actor=self.firm.lead, batch=self.batch, problems=words.PROBLEMS,
                suggestions=words.SUGGESTIONS,
            )  # fmt: skip

    def _replace(self, now: datetime) -> None:
        admin = self.county.admin
        with acting_as(admin):
            rows = self.batch.assignments.filter(withdrawn_at=None).order_by("pk")
            taken = rows.values("enterprise_id")
            spare = Enterprise.objects.exclude(pk__in=taken).order_by("pk").first()
            assert spare is not None  # the list is longer than this batch
            assignment_withdraw(
                actor=admin, assignment=rows[0], withdrawal="stopped", reason="企业停产，短期内不复工",
                replacement_id=spare.pk,
            )  # fmt: skip
