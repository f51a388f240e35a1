"""What a provider and its people may do, from a day to a day."""

from datetime import date, timedelta

from django.db import models

from tenancy.models import Membership, TenantModel

ENDS = "有效期止不能早于有效期起"
SOON = timedelta(days=60)  # [proposal] before the last day, when a page warns and the inbox reminds


class Credential(TenantModel):
    """What a provider or one of its people may do, from a day to a day.

    The provider enters it with its evidence; the agency that registered the provider verifies it.
    """

    class Standing(models.TextChoices):
        REMOVED = "removed", "已注销"
        LAPSED = "lapsed", "已过期"
        LATER = "later", "未到有效期"
        SOON = "soon", "即将到期"
        VALID = "valid", "有效"

    number = models.CharField("证书编号", max_length=60)
    issued_by = models.CharField("发证机关", max_length=60)
    valid_from = models.DateField("有效期自")
    valid_until = models.DateField("有效期至")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by_name = models.CharField("登记人", max_length=80)
    verified_at = models.DateTimeField("核验时间", null=True, blank=True)
    verified_by_name = models.CharField("核验人", max_length=80, blank=True)
    removed_at = models.DateTimeField("注销时间", null=True, blank=True)
    removed_reason = models.CharField("注销原因", max_length=200, blank=True)
    # Days before the last one for which a reminder went out last.
    reminded_days = models.PositiveSmallIntegerField("已提醒", null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    def standing_on(self, day: date) -> Standing:
        """How it stands on a day."""
        if self.removed_at is not None:
            return self.Standing.REMOVED
        if self.valid_until < day:
            return self.Standing.LAPSED
        if self.valid_from > day:
            return self.Standing.LATER
        return self.Standing.SOON if self.valid_until - day <= SOON else self.Standing.VALID


class Qualification(Credential):
    """A qualification of the body (机构资质): for what, in which class, until when."""

    kind = models.CharField("资质名称", max_length=60)
    scope = models.CharField("业务范围", max_length=300)
    level = models.CharField("等级", max_length=20, blank=True)

    class Meta:
        verbose_name = "机构资质"
        verbose_name_plural = "机构资质"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_org", "kind", "number"], condition=models.Q(removed_at=None),
                name="qualification_once",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")),
                name="qualification_ends_after_start", violation_error_message=ENDS,
            ),
        ]  # fmt: skip


class StaffCertificate(Credential):
    """A person's certificate (从业人员证书), registered at one body only."""

    class Kind(models.TextChoices):
        ENGINEER = "engineer", "注册安全工程师"
        ASSESSOR = "assessor", "安全评价师"
        FIRE = "fire", "注册消防工程师"
        TITLE = "title", "专业技术职称"
        OTHER = "other", "其他"

    class Level(models.TextChoices):
        JUNIOR = "junior", "初级"
        MIDDLE = "middle", "中级"
        SENIOR = "senior", "高级"

    class Specialty(models.TextChoices):
        COAL = "coal", "煤矿"
        MINE = "mine", "金属非金属矿山"
        CHEMICALS = "chemicals", "化工"
        METALLURGY = "metallurgy", "金属冶炼"
        BUILDING = "building", "建筑施工"
        ROAD = "road", "道路运输"
        OTHER = "other", "其他"

    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="staff_certificates", verbose_name="人员"
    )
    holder_name = models.CharField("姓名", max_length=40)
    kind = models.CharField("证书", max_length=10, choices=Kind.choices)
    level = models.CharField("级别", max_length=10, choices=Level.choices, blank=True)
    specialty = models.CharField("专业", max_length=12, choices=Specialty.choices, blank=True)

    class Meta:
        verbose_name = "从业人员证书"
        verbose_name_plural = "从业人员证书"
        constraints = [
            # Over all providers: who registered at one works at no other (挂靠, D5).
            models.UniqueConstraint(
                fields=["kind", "number"], condition=models.Q(removed_at=None),
                name="staff_certificate_at_one_body", violation_error_message="该证书已登记",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")),
                name="staff_certificate_ends_after_start", violation_error_message=ENDS,
            ),
        ]  # fmt: skip
