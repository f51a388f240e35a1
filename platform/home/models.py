"""Deadlines that are warned of, who was briefed, whose calendar may be read, own data taken out."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models import User
from common.ids import uuid7
from tenancy.models import Membership, Organization, TenantModel

DAYS = [MinValueValidator(1), MaxValueValidator(60)]


class DeadlineRules(TenantModel):
    """An agency's own days, all of them working days; each default is a [proposal]."""

    first_days = models.PositiveSmallIntegerField("第一次提醒：到期前", default=3, validators=DAYS)
    last_days = models.PositiveSmallIntegerField("再次提醒：到期前", default=1, validators=DAYS)
    officer_days = models.PositiveSmallIntegerField(
        "逾期满多少天告知服务机构和监管人员", default=1, validators=DAYS
    )
    leader_days = models.PositiveSmallIntegerField(
        "逾期满多少天报本机关负责人", default=3, validators=DAYS
    )
    superior_days = models.PositiveSmallIntegerField(
        "逾期满多少天报上级机关", default=10, validators=DAYS
    )
    changed_at = models.DateTimeField("修改时间")
    changed_by_name = models.CharField("修改人", max_length=80)

    class Meta:
        verbose_name = "期限提醒规则"
        verbose_name_plural = "期限提醒规则"
        constraints = [
            models.UniqueConstraint(fields=["owner_agency"], name="deadline_rules_once"),
            models.CheckConstraint(
                name="deadline_rules_in_order",
                condition=models.Q(
                    first_days__gt=models.F("last_days"),
                    officer_days__lt=models.F("leader_days"),
                    leader_days__lt=models.F("superior_days"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_agency} 期限提醒规则"


class DeadlineWarning(TenantModel):
    """That somebody was told of a deadline, once for each step; rows are only added.

    `due_on` is the day as it stood: a deadline that was moved is warned of anew. `told` says who
    was told, so that an escalation can be shown.
    """

    class Step(models.TextChoices):
        FIRST = "first", "到期前提醒"
        LAST = "last", "到期前再次提醒"
        OFFICER = "officer", "逾期，告知监管人员"
        LEADER = "leader", "逾期，报本机关负责人"
        SUPERIOR = "superior", "逾期，报上级机关"

    AHEAD = (Step.FIRST, Step.LAST)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("事项", max_length=20)
    subject_id = models.CharField(max_length=64)
    due_on = models.DateField("期限")
    step = models.CharField("提醒", max_length=8, choices=Step.choices)
    days = models.SmallIntegerField("当时剩余的工作日")
    told = models.CharField("告知", max_length=200)
    warned_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "期限提醒"
        verbose_name_plural = "期限提醒"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "due_on", "step"], name="deadline_warning_once"
            ),
        ]
        indexes = [
            models.Index(fields=["owner_agency", "-id"], name="deadline_warning_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.due_on}"


class BriefSent(TenantModel):
    """That an agency's leaders were sent the brief of the week before this Monday."""

    week_on = models.DateField("周一")
    sent_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "工作周报"
        verbose_name_plural = "工作周报"
        constraints = [
            models.UniqueConstraint(fields=["owner_agency", "week_on"], name="brief_sent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.week_on}"


class CalendarFeed(models.Model):
    """A link by which one person's calendar programme reads his deadlines.

    The link itself is kept nowhere, only its digest. It reads as one membership and ends with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField("建立时间")
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "日历订阅"
        verbose_name_plural = "日历订阅"
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=models.Q(revoked_at=None),
                name="calendar_feed_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DataArchive(models.Model):
    """An archive of an organisation's own data that somebody asked for, until its file is removed.

    It is no `workflow.Job`: a job is seen by everybody of its region, this by its organisation alone.
    Whoever works on it holds it until `leased_until`; killed, it is begun again then.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "等待制作"
        MAKING = "making", "正在制作"
        READY = "ready", "可以下载"
        FAILED = "failed", "没有做成"
        REMOVED = "removed", "已删除"
        EXPIRED = "expired", "已过期"

    UNDER_WAY = (State.WAITING, State.MAKING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    org = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="单位")
    with_files = models.BooleanField("含照片、附件和文书")
    is_whole = models.BooleanField("含完整电话号码")
    reason = models.CharField("理由", max_length=200, blank=True)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.WAITING)
    started_by = models.ForeignKey(
        Membership, models.PROTECT, related_name="+", verbose_name="申请人身份"
    )
    started_by_name = models.CharField("申请人", max_length=120)
    started_at = models.DateTimeField("申请时间")
    as_of = models.DateTimeField("数据截至", null=True)
    made_at = models.DateTimeField("制成时间", null=True)
    expires_at = models.DateTimeField("文件保留至", null=True)
    done = models.PositiveIntegerField("已放入的文件", default=0)
    total = models.PositiveIntegerField("文件数", null=True)
    rows = models.PositiveIntegerField("行数", default=0)
    missing = models.PositiveIntegerField("没有取到的文件", default=0)
    path = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField("字节数", default=0)
    sha256 = models.CharField("哈希", max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    error = models.CharField("原因", max_length=300, blank=True)
    leased_until = models.DateTimeField("制作中至", null=True)

    class Meta:
        verbose_name = "数据导出"
        verbose_name_plural = "数据导出"
        indexes = [models.Index(fields=["org", "-id"], name="data_archive_own")]
        constraints = [
            models.UniqueConstraint(
                fields=["org"],
                condition=models.Q(state__in=("waiting", "making")),
                name="data_archive_one_under_way",
            ),
            models.CheckConstraint(
                name="data_archive_ready_has_file",
                condition=~models.Q(state="ready")
                | models.Q(made_at__isnull=False, expires_at__isnull=False)
                & ~models.Q(path="")
                & ~models.Q(sha256=""),
            ),
            models.CheckConstraint(
                name="data_archive_whole_has_reason",
                condition=models.Q(is_whole=False) | ~models.Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.org_id} {self.started_at:%Y-%m-%d}"

    @property
    def is_under_way(self) -> bool:
        """Whether a worker has it, or will."""
        return self.state in self.UNDER_WAY
