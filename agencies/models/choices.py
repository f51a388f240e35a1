"""The enterprise chooses its provider (企业在机构库自主选择机构, domain.md 1.2)."""

from datetime import date

from django.db import models
from django_fsm import FSMModelMixin, transition

from agencies.models.contracts import ServiceBatch, ServiceContract
from enterprises.models import Enterprise
from tenancy.models import Membership, TenantModel
from workflow.fields import StateField

REASON_LENGTH = 10  # characters that a regulator's reason has at least


class ChoiceRound(FSMModelMixin, TenantModel):
    """A time in which enterprises choose among the providers of the library.

    Life: draft → open → closed; cancelled on the way. While it is open, enterprises choose from
    `opens_on` to `closes_on`. Closed, every choice has become an assignment.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        OPEN = "open", "进行中"
        CLOSED = "closed", "已结束"
        CANCELLED = "cancelled", "已取消"

    title = models.CharField("名称", max_length=60)
    code = models.CharField("批次代号前缀", max_length=16)
    kind = models.CharField("合同类别", max_length=24, choices=ServiceContract.Kind.choices)
    service = models.CharField("服务内容", max_length=300)
    opens_on = models.DateField("选择开始")
    closes_on = models.DateField("选择截止")
    state = StateField("状态", default=State.DRAFT, choices=State.choices)
    opened_at = models.DateTimeField("发出时间", null=True, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    state_reason = models.CharField("取消原因", max_length=300, blank=True)
    created_at = models.DateTimeField("建立时间")
    created_by_name = models.CharField("建立人", max_length=80)

    class Meta:
        verbose_name = "企业选择"
        verbose_name_plural = "企业选择"
        constraints = [
            models.UniqueConstraint(fields=["owner_agency", "code"], name="choice_round_code_once"),
            models.CheckConstraint(
                name="choice_round_ends_after_start",
                condition=models.Q(closes_on__gte=models.F("opens_on")),
            ),
            models.CheckConstraint(
                name="choice_round_open_has_time",
                condition=~models.Q(state__in=["open", "closed"])
                | models.Q(opened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="choice_round_closed_has_time",
                condition=~models.Q(state="closed") | models.Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="choice_round_cancelled_has_reason",
                condition=~models.Q(state="cancelled") | ~models.Q(state_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @transition("state", source=State.DRAFT, target=State.OPEN)
    def open(self) -> None:
        """The enterprises are asked."""

    @transition("state", source=State.OPEN, target=State.CLOSED)
    def close(self) -> None:
        """What was chosen is assigned."""

    @transition("state", source=[State.DRAFT, State.OPEN], target=State.CANCELLED)
    def cancel(self) -> None:
        """It leads to nothing."""

    def is_choosing(self, day: date) -> bool:
        """Whether enterprises may choose on a day."""
        return self.state == self.State.OPEN and self.opens_on <= day <= self.closes_on


class ChoiceOffer(TenantModel):
    """A provider that takes part, by which contract, and at what price where it has one."""

    round = models.ForeignKey(
        ChoiceRound, models.PROTECT, related_name="offers", verbose_name="企业选择"
    )
    contract = models.ForeignKey(
        ServiceContract, models.PROTECT, related_name="offers", verbose_name="合同"
    )
    price = models.DecimalField(
        "价格（元）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    price_unit = models.CharField("计价单位", max_length=40, blank=True)
    batch = models.OneToOneField(
        ServiceBatch, models.PROTECT, null=True, blank=True, related_name="offer",
        verbose_name="批次",
    )  # fmt: skip
    withdrawn_at = models.DateTimeField("退出时间", null=True, blank=True)
    withdrawn_reason = models.CharField("退出原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "参加的机构"
        verbose_name_plural = "参加的机构"
        constraints = [
            models.UniqueConstraint(fields=["round", "provider_org"], name="choice_offer_once"),
            models.CheckConstraint(
                name="choice_offer_price_not_negative",
                condition=models.Q(price=None) | models.Q(price__gte=0),
            ),
            models.CheckConstraint(
                name="choice_offer_withdrawn_has_reason",
                condition=models.Q(withdrawn_at=None) | ~models.Q(withdrawn_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.provider_org}"


class ChoiceInvite(TenantModel):
    """An enterprise of a round. It was asked at `asked_at`; `choice` is what counts now."""

    round = models.ForeignKey(
        ChoiceRound, models.PROTECT, related_name="invites", verbose_name="企业选择"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="choice_invites", verbose_name="企业"
    )
    asked_at = models.DateTimeField("通知时间", null=True, blank=True)
    choice = models.OneToOneField(
        "ProviderChoice", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="现在的选择",
    )  # fmt: skip

    class Meta:
        verbose_name = "选择机构的企业"
        verbose_name_plural = "选择机构的企业"
        constraints = [
            models.UniqueConstraint(fields=["round", "enterprise"], name="choice_invite_once"),
            models.CheckConstraint(
                name="choice_invite_chosen_was_asked",
                condition=models.Q(choice=None) | models.Q(asked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.enterprise}"


class ProviderChoice(TenantModel):
    """A choice: who made it, when, for which provider. Never changed; a later one takes its place.

    A regulator who chooses for an enterprise says why (指定服务 is forbidden, domain.md 1.3).
    """

    class MadeAs(models.TextChoices):
        ENTERPRISE = "enterprise", "企业自主选择"
        REGULATOR = "regulator", "监管部门代为选择"

    invite = models.ForeignKey(
        ChoiceInvite, models.PROTECT, related_name="choices", verbose_name="企业"
    )
    offer = models.ForeignKey(
        ChoiceOffer, models.PROTECT, related_name="choices", verbose_name="机构"
    )
    made_as = models.CharField("方式", max_length=12, choices=MadeAs.choices)
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="选择人"
    )
    made_by_name = models.CharField("选择人", max_length=80)
    reason = models.CharField("理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "机构选择"
        verbose_name_plural = "机构选择"
        constraints = [
            models.CheckConstraint(
                name="provider_choice_for_another_has_reason",
                condition=models.Q(made_as="enterprise", reason="")
                | models.Q(made_as="regulator", reason__regex=rf".{{{REASON_LENGTH},}}"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invite} {self.get_made_as_display()}"
