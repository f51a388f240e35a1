"""Measures against a body or a person: the exit ladder, the blacklist, the bans (D5 八)."""

from datetime import date
from typing import ClassVar

from django.db import models
from django_fsm import FSMModelMixin, transition

from common.encrypted import EncryptedCharField
from tenancy.models import Membership, TenantModel
from workflow.fields import StateField


class ProviderRules(TenantModel):
    """What an agency sets for its dealings with providers; without a row the defaults hold.

    No source states any of these figures: every default is a [proposal].
    """

    statement_days = models.PositiveSmallIntegerField("陈述申辩期限（工作日）", default=5)
    report_month = models.PositiveSmallIntegerField("年度业绩报告截止月", default=3)
    report_day = models.PositiveSmallIntegerField("年度业绩报告截止日", default=31)
    repeat_visits = models.PositiveSmallIntegerField("同一人到同一企业的次数", default=6)
    allows_consultant = models.BooleanField("写明理由后允许评估曾提供咨询的企业", default=False)
    changed_at = models.DateTimeField("修改时间", null=True)
    changed_by_name = models.CharField("修改人", max_length=80, blank=True)

    class Meta:
        verbose_name = "机构监管规则"
        verbose_name_plural = "机构监管规则"
        constraints = [
            models.UniqueConstraint(fields=["owner_agency"], name="provider_rules_once"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_agency} 机构监管规则"


class StandingDecision(FSMModelMixin, TenantModel):
    """One measure against a body or a person, with its ground, evidence, term and words.

    Ladder (机构状态, D5 八(一)): 责令整改 → 通报批评 → 中止服务 → 吊销资格（移送）; beside it the
    blacklist of five kinds of bodies, 行业禁入, and 职业禁入 of persons (八(二), 八(三)). All have one
    procedure. Life: drafted → noticed (告知书; the body may state its case within its days)
    → effective (decided by somebody who did not draft it) → lifted (repaired) or expired; a draft
    or a notice may be dropped. A measure may be taken without those below it on the ladder.

    The body need not be registered here: it is known by its credit code. A person is known by the
    name and the number of a certificate. From the decision on everybody who signed in reads it, for
    it holds everywhere; before, only the agency that drafts it and, from the notice on, the body.
    """

    class Measure(models.TextChoices):
        RECTIFY = "rectify", "责令整改"
        REPRIMAND = "reprimand", "通报批评"
        SUSPEND = "suspend", "中止服务"
        REVOKE = "revoke", "吊销资格（移送）"
        BLACKLIST = "blacklist", "列入黑名单"
        INDUSTRY_BAN = "industry_ban", "行业禁入"
        OCCUPATION_BAN = "occupation_ban", "职业禁入"

    LADDER = (Measure.RECTIFY, Measure.REPRIMAND, Measure.SUSPEND, Measure.REVOKE)
    # Whoever is under one of these cannot be chosen, assigned or log a visit, heaviest first.
    BARRING: ClassVar[dict[str, str]] = {
        Measure.REVOKE: "被吊销资格",
        Measure.INDUSTRY_BAN: "被行业禁入",
        Measure.BLACKLIST: "被列入黑名单",
        Measure.SUSPEND: "被中止服务",
        Measure.OCCUPATION_BAN: "被职业禁入",
    }
    # They may end by nothing but a decision: corrected, or never (L1 §92: 终身).
    OPEN_ENDED = (Measure.RECTIFY, Measure.REVOKE, Measure.INDUSTRY_BAN, Measure.OCCUPATION_BAN)

    class Subject(models.TextChoices):
        SERVICE = "service", "技术服务机构"
        INSURER = "insurer", "商业保险机构"
        TRAINER = "trainer", "培训机构"
        ASSOCIATION = "association", "社会组织"
        ENGINEERS = "engineers", "注册安全工程师事务所"
        PERSON = "person", "从业人员"

    class Ground(models.TextChoices):
        FALSE_REPORT = "false_report", "出具虚假报告"
        LENT = "lent", "租赁资质证书"
        ATTACHED = "attached", "违法挂靠"
        ABSENT = "absent", "从业人员应到而不到现场"
        FEES = "fees", "垄断收费、违规收费、指定收费"
        NOT_PERFORMED = "not_performed", "未履行服务项目"
        FEE_ONLY = "fee_only", "只收费不服务"
        ACCIDENT = "accident", "对事故负有责任"
        APPRAISAL = "appraisal", "考评不合格"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        DRAFTED = "drafted", "拟办"
        NOTICED = "noticed", "已告知"
        EFFECTIVE = "effective", "已决定"
        LIFTED = "lifted", "已解除"
        EXPIRED = "expired", "已期满"
        DROPPED = "dropped", "不予采取"

    PENDING = (State.DRAFTED, State.NOTICED)
    measure = models.CharField("措施", max_length=16, choices=Measure.choices)
    subject = models.CharField("对象", max_length=12, choices=Subject.choices)
    name = models.CharField("名称或姓名", max_length=100)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    id_number = EncryptedCharField("身份证件号码", max_length=30, blank=True)
    certificate_number = models.CharField("从业证书编号", max_length=60, blank=True)
    ground = models.CharField("事由", max_length=16, choices=Ground.choices)
    ground_words = models.CharField("其他事由", max_length=100, blank=True)
    facts = models.TextField("事实")
    basis = models.TextField("依据")
    demand = models.TextField("整改要求", blank=True)
    demand_due_on = models.DateField("整改期限", null=True, blank=True)
    from_on = models.DateField("自")
    until_on = models.DateField("至", null=True, blank=True)
    state = StateField("状态", default=State.DRAFTED, choices=State.choices)
    drafted_at = models.DateTimeField("拟办时间")
    drafted_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    drafted_by_name = models.CharField("拟办人", max_length=80)
    noticed_at = models.DateTimeField("告知时间", null=True, blank=True)
    respond_until = models.DateField("陈述申辩至", null=True, blank=True)
    respond_reason = models.CharField("期限依据", max_length=300, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_by_name = models.CharField("决定人", max_length=80, blank=True)
    reason = models.TextField("理由", blank=True)
    # The last day on which it holds: that of the term, or the day before it was lifted.
    last_on = models.DateField("实际至", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_by_name = models.CharField("办理人", max_length=80, blank=True)
    ended_reason = models.CharField("结束原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "机构状态决定"
        verbose_name_plural = "机构状态决定"
        constraints = [
            models.CheckConstraint(
                name="standing_decision_is_of_a_body_or_a_person",
                condition=models.Q(subject="person", measure="occupation_ban", credit_code="")
                | (
                    ~models.Q(subject="person")
                    & ~models.Q(measure="occupation_ban")
                    & ~models.Q(credit_code="")
                ),
            ),
            models.CheckConstraint(
                name="standing_decision_ends_after_start",
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("from_on")),
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                name="standing_decision_open_ended_by_kind",
                condition=models.Q(until_on__isnull=False)
                | models.Q(measure__in=["rectify", "revoke", "industry_ban", "occupation_ban"]),
                violation_error_message="请填写结束日期",
            ),
            models.CheckConstraint(
                name="standing_decision_demand_has_deadline",
                condition=~models.Q(measure="rectify")
                | (~models.Q(demand="") & models.Q(demand_due_on__isnull=False)),
                violation_error_message="责令整改须写明整改要求和期限",
            ),
            models.CheckConstraint(
                name="standing_decision_noticed_has_window",
                condition=models.Q(noticed_at=None) | models.Q(respond_until__isnull=False),
            ),
            models.CheckConstraint(
                name="standing_decision_decided_after_notice",
                condition=models.Q(state__in=["drafted", "noticed", "dropped"], decided_at=None)
                | (
                    models.Q(state__in=["effective", "lifted", "expired"])
                    & models.Q(noticed_at__isnull=False, decided_at__isnull=False)
                    & ~models.Q(reason="")
                ),
            ),
            models.CheckConstraint(
                name="standing_decision_by_another_person",
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("drafted_by")),
            ),
            models.CheckConstraint(
                name="standing_decision_ended_has_reason",
                condition=models.Q(state__in=["drafted", "noticed", "effective"], ended_at=None)
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_reason="")),
            ),
            models.UniqueConstraint(
                fields=["owner_agency", "measure", "credit_code", "name", "certificate_number"],
                condition=models.Q(state__in=["drafted", "noticed", "effective"]),
                name="standing_decision_one_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["credit_code"], condition=models.Q(decided_at__isnull=False),
                name="standing_decision_body",
            ),
            models.Index(
                fields=["certificate_number"], condition=models.Q(subject="person"),
                name="standing_decision_person",
            ),
            models.Index(fields=["owner_agency", "-id"], name="standing_decision_agency"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {self.get_measure_display()}"

    @property
    def why(self) -> str:
        """The ground in words."""
        return self.ground_words or str(self.get_ground_display())

    @property
    def is_barring(self) -> bool:
        """Whether it keeps its subject from serving."""
        return self.measure in self.BARRING

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        is_begun = self.decided_at is not None and self.from_on <= day
        return is_begun and (self.last_on is None or day <= self.last_on)

    @transition("state", source=State.DRAFTED, target=State.NOTICED)
    def notice(self) -> None:
        """The body was told what is intended, why, and until when it may state its case."""

    @transition("state", source=State.NOTICED, target=State.EFFECTIVE)
    def decide(self) -> None:
        """Another person decided, after the days or after the statement."""

    @transition("state", source=[State.DRAFTED, State.NOTICED], target=State.DROPPED)
    def drop(self) -> None:
        """It will not be taken."""

    @transition("state", source=State.EFFECTIVE, target=State.LIFTED)
    def lift(self) -> None:
        """Repaired (修复): somebody decided that it ends before its time."""

    @transition("state", source=State.EFFECTIVE, target=State.EXPIRED)
    def expire(self) -> None:
        """Its term is over."""


class StandingStatement(TenantModel):
    """What the body says of a decision: its case before it (陈述申辩), or why it is repaired."""

    class Kind(models.TextChoices):
        STATEMENT = "statement", "陈述申辩"
        REPAIR = "repair", "修复申请"

    decision = models.ForeignKey(StandingDecision, models.PROTECT, related_name="statements")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    text = models.TextField("内容")
    made_at = models.DateTimeField("提出时间")
    made_by_name = models.CharField("提出人", max_length=80)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by_name = models.CharField("答复人", max_length=80, blank=True)
    answer = models.TextField("答复", blank=True)

    class Meta:
        verbose_name = "机构陈述"
        verbose_name_plural = "机构陈述"
        constraints = [
            models.UniqueConstraint(
                fields=["decision"], condition=models.Q(kind="statement"),
                name="standing_statement_once",
            ),
            models.UniqueConstraint(
                fields=["decision"], condition=models.Q(kind="repair", answered_at=None),
                name="standing_repair_one_open",
            ),
            models.CheckConstraint(
                name="standing_statement_answered_has_words",
                condition=models.Q(answered_at=None) | ~models.Q(answer=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.decision} {self.get_kind_display()}"
