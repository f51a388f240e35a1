"""What is said against a provider, and what was found true of it (domain.md 1.10, 3.3)."""

import secrets

from django.db import models
from django_fsm import FSMModelMixin, transition

from agencies.models import Assignment, ServiceContract
from common.encrypted import EncryptedCharField
from common.ids import uuid7
from enterprises.models import Enterprise
from tenancy.models import Membership, Organization, TenantModel
from workflow.fields import StateField


class BreachKind(models.TextChoices):
    """What a provider may not do: D2, D5, and the veto list of 3.3."""

    EXTRA_FEE = "extra_fee", "价外收费"
    ABSENT = "absent", "应到而未到现场"
    FALSE_REPORT = "false_report", "虚假或严重失实报告"
    LOWERED = "lowered", "故意降低标准"
    CONCEALED = "concealed", "隐瞒重大隐患"
    LENT = "lent", "租借资质或挂靠"
    UNSERVED = "unserved", "未履行服务项目、只收费不服务"
    SUBCONTRACTED = "subcontracted", "转包、分包"
    BOTH_SIDES = "both_sides", "既当裁判员又当运动员"
    ATTITUDE = "attitude", "服务态度"
    OTHER = "other", "其他"


def status_code() -> str:
    """Return what the complainant asks by: not to be guessed."""
    return secrets.token_hex(10)


class Complaint(FSMModelMixin, TenantModel):
    """A complaint about a provider: from an enterprise, from the public, or taken down by an officer.

    Life: received → handling → verified or unfounded, with finding and answer. The provider never
    sees it: `provider_org` stays empty, so that nothing that hangs on the row is the provider's
    either; whom it is about stands in `about`. The database shows it to the region, and to the
    enterprise that made it.
    """

    class Source(models.TextChoices):
        ENTERPRISE = "enterprise", "企业"
        PUBLIC = "public", "公众"
        OFFICER = "officer", "来电来访"

    class State(models.TextChoices):
        RECEIVED = "received", "待受理"
        HANDLING = "handling", "核查中"
        VERIFIED = "verified", "属实"
        UNFOUNDED = "unfounded", "不属实"

    OPEN = (State.RECEIVED, State.HANDLING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField("查询码", max_length=20, unique=True, default=status_code)
    source = models.CharField("来源", max_length=10, choices=Source.choices)
    about = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="被投诉机构",
    )  # fmt: skip
    about_name = models.CharField("被投诉机构（所写）", max_length=100)
    contract = models.ForeignKey(
        ServiceContract, models.PROTECT, null=True, blank=True, related_name="complaints",
        verbose_name="合同",
    )  # fmt: skip
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="企业"
    )
    kind = models.CharField("事项", max_length=16, choices=BreachKind.choices)
    happened_on = models.DateField("发生日期", null=True, blank=True)
    text = models.TextField("情况")
    complainant_name = EncryptedCharField("投诉人", max_length=40, blank=True)
    complainant_phone = EncryptedCharField("联系电话", max_length=30, blank=True)
    state = StateField("状态", default=State.RECEIVED, choices=State.choices)
    received_at = models.DateTimeField("收到时间")
    due_on = models.DateField("办理期限")
    due_reason = models.CharField("期限依据", max_length=300)
    handler = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办人"
    )
    handler_name = models.CharField("承办人", max_length=80, blank=True)
    handled_at = models.DateTimeField("受理时间", null=True, blank=True)
    finding = models.TextField("核查情况", blank=True)
    answer = models.TextField("答复", blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = "投诉举报"
        verbose_name_plural = "投诉举报"
        constraints = [
            models.CheckConstraint(
                name="complaint_is_not_the_providers", condition=models.Q(provider_org=None)
            ),
            models.CheckConstraint(
                name="complaint_handled_has_handler",
                condition=models.Q(state="received") | ~models.Q(handler_name=""),
            ),
            models.CheckConstraint(
                name="complaint_closed_has_finding_and_answer",
                condition=models.Q(state__in=["received", "handling"])
                | (
                    models.Q(closed_at__isnull=False) & ~models.Q(finding="") & ~models.Q(answer="")
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["owner_agency", "-received_at"], name="complaint_agency"),
            models.Index(fields=["contract"], name="complaint_contract"),
        ]

    def __str__(self) -> str:
        return f"{self.about_name} {self.get_kind_display()}"

    @transition("state", source=State.RECEIVED, target=State.HANDLING)
    def handle(self) -> None:
        """An officer takes it up."""

    @transition("state", source=State.HANDLING, target=State.VERIFIED)
    def verify(self) -> None:
        """It is true; a `VerifiedBreach` is made of it."""

    @transition("state", source=State.HANDLING, target=State.UNFOUNDED)
    def reject(self) -> None:
        """It is not true, or cannot be shown."""


class VerifiedBreach(FSMModelMixin, TenantModel):
    """A breach by a provider that was found true: of a complaint, or of an officer's own check.

    What evaluation and standing cite. Life: standing → revoked with a reason; the row stays.
    """

    class State(models.TextChoices):
        STANDING = "standing", "成立"
        REVOKED = "revoked", "已撤销"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contract = models.ForeignKey(
        ServiceContract, models.PROTECT, related_name="breaches", verbose_name="合同"
    )
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="企业"
    )
    complaint = models.OneToOneField(
        Complaint, models.PROTECT, null=True, blank=True, related_name="breach",
        verbose_name="投诉举报",
    )  # fmt: skip
    kind = models.CharField("违约行为", max_length=16, choices=BreachKind.choices)
    happened_on = models.DateField("发生日期")
    fact = models.TextField("查明的事实")
    evidence = models.TextField("证据")
    state = StateField("状态", default=State.STANDING, choices=State.choices)
    found_at = models.DateTimeField("认定时间")
    found_by_name = models.CharField("认定人", max_length=80)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)
    revoked_by_name = models.CharField("撤销人", max_length=80, blank=True)
    revoked_reason = models.CharField("撤销原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "查实的违约行为"
        verbose_name_plural = "查实的违约行为"
        constraints = [
            models.CheckConstraint(
                name="breach_has_fact_and_evidence",
                condition=~models.Q(fact="") & ~models.Q(evidence=""),
            ),
            models.CheckConstraint(
                name="breach_revoked_has_reason",
                condition=~models.Q(state="revoked")
                | (models.Q(revoked_at__isnull=False) & ~models.Q(revoked_reason="")),
            ),
        ]
        indexes = [models.Index(fields=["contract", "kind"], name="breach_contract")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on:%Y-%m-%d}"

    @transition("state", source=State.STANDING, target=State.REVOKED)
    def revoke(self) -> None:
        """It does not stand after all; the reason is on record."""
