"""Long work in parts, and things that a person must see to. What is owed stands here, not in Redis."""

from django.db import models

from common.ids import uuid7
from tenancy.models import Membership, TenantModel


class Job(TenantModel):
    """Work that takes longer than a page: split into parts, each done once, however often started.

    `frozen` is the input as it stood when the job was started; `input_sha256` is its hash.
    """

    class State(models.TextChoices):
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "有失败"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("种类", max_length=40)
    title = models.CharField("名称", max_length=120)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    frozen = models.JSONField("冻结的数据", default=dict)
    input_sha256 = models.CharField("数据哈希", max_length=64)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.RUNNING)
    started_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, related_name="+", verbose_name="发起人"
    )
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "作业"
        verbose_name_plural = "作业"
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-created_at"], name="job_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                name="job_done_has_finished_at",
                condition=~models.Q(state="done") | models.Q(finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class JobPart(TenantModel):
    """One piece of a job. `needs` parts of a lower `step` run first; a worker holds it by its row."""

    class State(models.TextChoices):
        PENDING = "pending", "等待"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"

    job = models.ForeignKey(Job, models.CASCADE, related_name="parts", verbose_name="作业")
    key = models.CharField("部分", max_length=60)
    title = models.CharField("名称", max_length=120)
    step = models.PositiveSmallIntegerField("次序", default=0)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    error = models.CharField("原因", max_length=500, blank=True)
    result = models.JSONField("结果", default=dict)
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "作业部分"
        verbose_name_plural = "作业部分"
        constraints = [models.UniqueConstraint(fields=["job", "key"], name="job_part_once")]
        indexes = [
            models.Index(
                fields=["owner_agency", "state"],
                condition=models.Q(state="pending"),
                name="job_part_owed",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class WorkTask(TenantModel):
    """Something a person must see to, e.g. a document part that failed three times."""

    org_id_for = models.BigIntegerField("办理单位")
    kind = models.CharField("种类", max_length=40)
    title = models.CharField("事项", max_length=200)
    url = models.CharField("链接", max_length=200)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    created_at = models.DateTimeField("产生时间", auto_now_add=True)
    done_at = models.DateTimeField("办结时间", null=True)
    done_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "待办"
        verbose_name_plural = "待办"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id", "org_id_for"],
                condition=models.Q(done_at=None),
                name="work_task_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title
