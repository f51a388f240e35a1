"""After the work: both providers are evaluated, heard, and put before everybody.

The first has served all hundred to the end; the second is still in the middle, and it shows. One
objection of the second holds.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from agencies.models import Assignment
from agencies.payment_state import reached_of
from agencies.services import payment_approve, payment_propose
from agencies.services.payments import proposal_from
from common.scope import acting_as
from config.demo.county import Firm
from config.demo.moments import DAY, at
from inspections.services import (
    breach_add,
    complaint_handle,
    complaint_make,
    complaint_verify,
)
from scoring.appraisals.reading import measures_now, rules_of
from scoring.models import Appraisal, Questionnaire, SelfEvaluation, ThirdPartyReview
from scoring.models.parties import QUESTIONS
from scoring.services import (
    appraisal_decide,
    appraisal_draft,
    appraisals_freeze,
    appraisals_publish,
    forms_close,
    objection_answer,
    objection_file,
    questionnaire_file,
    scheme_adopt,
    scheme_draft,
    scoring_begin,
    self_evaluation_file,
    third_party_ask,
    third_party_file,
)
from scoring.services.parties import third_party_token
from tenancy.actors import SYSTEM
from tenancy.models import Agency

if TYPE_CHECKING:
    from config.demo.story import Story

ADOPTED, COMPLAINED, FROZEN = date(2026, 6, 2), date(2026, 9, 8), date(2026, 9, 21)
MISSED_ON = date(2026, 8, 20)
ANSWERED, CLOSED, OBJECTED, RULED = (
    date(2026, 9, 23), date(2026, 9, 25), date(2026, 9, 28), date(2026, 9, 30),
)  # fmt: skip
DECIDED, PUBLISHED = date(2026, 10, 13), date(2026, 10, 14)
THIRD = "秦皇岛市安全生产协会（演示）"
WORDS = "到场检查按计划完成，个别检查手机信号差，定位缺失；隐患已督促整改并复查。"
GROUND = "该次检查的过程控制记录写在纸上，离场前忘了录入；附纸质记录和当天的现场照片。"
ANSWER = "经核对纸质记录、照片时间和企业证明，记录当天形成、内容属实，异议成立。"
COMMENTS = ("讲得清楚，整改有人指导", "来得准时", "希望多讲操作规程", "", "", "")


class Evaluation:
    """Plans the evaluation of the contracts that are over."""

    def __init__(self, story: "Story") -> None:
        self.story, self.county, self.rng = story, story.county, story.rng

    def plan(self) -> None:
        """From the freeze to the notice."""
        for day, hour, act in (
            (ADOPTED, 9, self._scheme),
            (COMPLAINED, 9, self._complaint),
            (FROZEN, 9, self._freeze),
            (FROZEN + DAY, 15, self._self_evaluations),
            (ANSWERED, 10, self._answers),
            (CLOSED, 16, self._close),
            (OBJECTED, 10, self._object),
            (RULED, 15, self._rule),
            (DECIDED, 10, self._decide),
            (PUBLISHED, 9, self._publish),
            (PUBLISHED + DAY, 10, self._pay),
        ):
            self.story.plan(at(day, hour), act)

    def rows(self) -> list[Appraisal]:
        """The evaluations, as the agency sees them; inside an actor."""
        rows = Appraisal.objects.filter(purpose=Appraisal.Purpose.FINAL)
        return list(rows.select_related("contract__provider_org", "scheme").order_by("pk"))

    def _scheme(self, now: datetime) -> None:
        admin = self.county.admin
        with acting_as(admin):
            draft = scheme_draft(actor=admin, version="2026（演示）")
            scheme_adopt(actor=admin, scheme=draft, adopted_on=now.date())

    def _complaint(self, now: datetime) -> None:
        """An enterprise of the second provider waited in vain; an officer finds that it is true."""
        officer, contract = self.county.officers[0], self.story.contracts[1]
        with acting_as(officer):
            served = Assignment.objects.filter(batch__contract=contract, withdrawn_at=None)
            firm = served.select_related("enterprise").order_by("pk")[0].enterprise
        principal = self.county.principals[firm.pk]
        with acting_as(principal):
            made = complaint_make(
                actor=principal, enterprise=firm, contract=contract, kind="absent",
                text="约定8月20日上午来复查，等了一天没有来，也没有通知。", happened_on=MISSED_ON,
            )  # fmt: skip
        evidence = "企业证明、通话记录（演示）"
        with acting_as(officer):
            handled = complaint_handle(actor=officer, complaint=made)
            complaint_verify(
                actor=officer, complaint=handled, contract=contract, kind="absent",
                fact="约定8月20日到场复查，未到场也未通知企业", answer="情况属实，已记入考评。",
                happened_on=MISSED_ON, evidence=evidence,
            )  # fmt: skip
            breach_add(
                actor=officer, contract=contract, kind="attitude",
                fact="企业询问时拒绝解释整改要求",
                happened_on=MISSED_ON, evidence=evidence,
            )  # fmt: skip

    def _freeze(self, now: datetime) -> None:
        system = self.county.system
        with acting_as(system):
            over = [one for one in self.story.contracts if one.ends_on < now.date()]
            appraisals_freeze(actor=system, contracts=over, year=now.year, at=now)

    def _firm(self, org_id: int | None) -> Firm:
        return next(firm for firm in self.county.providers if firm.org.pk == org_id)

    def _self_evaluations(self, now: datetime) -> None:
        for firm in self.county.providers:
            with acting_as(firm.lead):
                for asked in SelfEvaluation.objects.all():
                    full = {one["code"]: {"score": one["weight"], "words": ""}
                            for one in asked.indicators}  # fmt: skip
                    self_evaluation_file(
                        actor=firm.lead, evaluation=asked, answers=full, summary=WORDS
                    )
        officer = self.county.officers[0]
        with acting_as(officer):
            for row in self.rows():
                begun = scoring_begin(actor=officer, appraisal=row)
                third_party_ask(actor=officer, appraisal=begun, body_name=THIRD)

    def _answers(self, now: datetime) -> None:
        """Most of the served answer; the third body by its link."""
        with acting_as(SYSTEM):
            asked = list(Questionnaire.objects.order_by("pk").values_list("pk", "enterprise_id"))
            reviews = list(ThirdPartyReview.objects.order_by("pk"))
        for pk, enterprise_id in asked:
            principal = self.county.principals[enterprise_id]
            if self.rng.random() < 0.25:
                continue
            points = [self.rng.choice((8, 9, 9, 9, 10, 10)) for _ in QUESTIONS]
            with acting_as(principal):
                questionnaire_file(
                    actor=principal, form=Questionnaire.objects.get(pk=pk), answers=points,
                    comment=self.rng.choice(COMMENTS),
                )  # fmt: skip
        for place, review in enumerate(reviews):
            score, opinion = (("91", "过程记录完整，整改闭环"), ("55", "进度偏慢，报告未出具"))[
                place
            ]
            third_party_file(
                token=third_party_token(review), score=Decimal(score), opinion=opinion,
                person_name="周明",
            )  # fmt: skip

    def _close(self, now: datetime) -> None:
        officer = self.county.officers[0]
        with acting_as(officer):
            for row in self.rows():
                closed = forms_close(
                    actor=officer, appraisal=row, reason="回收份数已够，企业均已通知"
                )
                appraisal_draft(actor=officer, appraisal=closed)

    def _object(self, now: datetime) -> None:
        """The second provider speaks against one indicator."""
        lead = self.county.providers[1].lead
        with acting_as(lead):
            row = Appraisal.objects.select_related("contract__provider_org").get()
            objection_file(actor=lead, appraisal=row, code="B3", reason=GROUND)

    def _rule(self, now: datetime) -> None:
        officer = self.county.officers[1]
        with acting_as(officer):
            for row in self.rows():
                for objection in row.objections.all():
                    found = measures_now(row, rules_of(row.scheme))[objection.code]
                    objection_answer(
                        actor=officer, objection=objection, is_granted=True, answer=ANSWER,
                        numerator=min(found.numerator + 1, found.denominator),
                        denominator=found.denominator,
                    )  # fmt: skip

    def _decide(self, now: datetime) -> None:
        admin = self.county.admin
        with acting_as(admin):
            for row in self.rows():
                appraisal_decide(actor=admin, appraisal=row)

    def _publish(self, now: datetime) -> None:
        admin = self.county.admin
        with acting_as(admin):
            agency = Agency.objects.select_related("org").get(pk=self.county.zone.pk)
            appraisals_publish(actor=admin, agency=agency, year=now.year)

    def _pay(self, now: datetime) -> None:
        """What is due by the phases in full, what waited for the evaluation as it came out."""
        officer, admin = self.county.officers[0], self.county.admin
        with acting_as(officer):
            proposed = []
            for row in self.rows():
                stages = list(row.contract.payment_stages.filter(superseded_at=None))
                reached = reached_of(row.contract, stages)
                for stage in stages:
                    outcome, cuts = proposal_from(reached[stage.pk].basis, stage)
                    if reached[stage.pk].is_reached:
                        proposed.append(
                            payment_propose(
                                actor=officer, stage=stage, outcome=outcome or "full",
                                reason=reached[stage.pk].words, deductions=cuts,
                            )
                        )  # fmt: skip
        with acting_as(admin):
            for decision in proposed:
                payment_approve(actor=admin, decision=decision)
