"""Who shares the platform, and what every row of theirs says about whose it is."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.utils import timezone

from accounts.models import User
from common.encrypted import EncryptedCharField
from common.ids import uuid7
from tenancy.enums import OrgKind, Role, SendBy, SendState

# [valid_from, valid_until], both days included.
DAYS_OF_DEPUTY = models.Func(
    "valid_from", "valid_until", models.Value("[]"), function="daterange",
    output_field=DateRangeField(),
)  # fmt: skip


class Organization(models.Model):
    """An agency, a provider or an enterprise; one per credit code in the whole system.

    An enterprise's site and what a region knows of it stand in `enterprises.Enterprise`; here is
    only what makes it one body. Rows come into being through `tenancy.services.organization_for`.

    A firm that stood in an agency's files twice is two bodies, of which one went into the other
    (`tenancy.former`): `merged_into` leads there, `former_ids` back, kept beside it so that an
    actor knows his bodies without asking. The former one gives its credit code up.
    """

    kind = models.CharField("类别", max_length=12, choices=OrgKind.choices)
    name = models.CharField("名称", max_length=100)
    # NULL for agencies, which have none to be known by: NULLs do not collide.
    credit_code = models.CharField(  # noqa: DJ001
        "统一社会信用代码", max_length=18, unique=True, null=True
    )
    is_training = models.BooleanField("演示单位", default=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="并入"
    )
    former_ids = ArrayField(
        models.BigIntegerField(), default=list, db_default=[], verbose_name="并入本单位的"
    )
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "单位"
        verbose_name_plural = "单位"
        indexes = [
            # Few among all the enterprises.
            models.Index(
                fields=["kind", "name"],
                condition=~models.Q(kind="enterprise"),
                name="organization_not_firm",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Owned(models.Model):
    """Something that is somebody's: `tenant` are the columns of what hangs on it."""

    class Meta:
        abstract = True

    @property
    def tenant(self) -> dict[str, object]:
        """Whose it is, as keyword arguments for a row that hangs on it."""
        raise NotImplementedError


class Agency(Owned):
    """A regulator in the tree by region code: a child's code begins with its parent's.

    `training_now` is where a training agency's own clock stood when it was set; with
    `training_set_at` it runs on from there, without it the clock stands still.
    """

    org = models.OneToOneField(Organization, models.PROTECT, primary_key=True, verbose_name="单位")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    region_code = models.CharField("行政区划代码", max_length=12, db_collation="C", db_index=True)
    region_name = models.CharField("行政区划", max_length=60)
    short_name = models.CharField("机关简称", max_length=20)
    # Named in the remedy clause of its orders (复议机关, 法院); empty: said in general words.
    government = models.CharField("本级人民政府", max_length=60, blank=True)
    superior = models.CharField("上级主管部门", max_length=60, blank=True)
    court = models.CharField("管辖法院", max_length=60, blank=True)
    training_now = models.DateTimeField("演示时钟", null=True, blank=True)
    training_set_at = models.DateTimeField("演示时钟起走", null=True, blank=True)

    class Meta:
        verbose_name = "监管机构"
        verbose_name_plural = "监管机构"
        constraints = [
            models.CheckConstraint(
                name="agency_region_code_is_digits",
                condition=models.Q(region_code__regex=r"^[0-9]{2,12}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.region_name

    @property
    def tenant(self) -> dict[str, object]:
        """Whose what the agency itself does is, as `TenantModel.tenant` says it."""
        return {
            "owner_agency_id": self.pk, "region_code": self.region_code,
            "provider_org_id": None, "enterprise_org_id": None,
        }  # fmt: skip


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Which of them give something, and to whom."""

    def own(self) -> "MembershipQuerySet":
        """People in their own right: whom work is given to, who counts as an administrator."""
        return self.filter(ended_at=None, deputy_for=None)

    def in_force(self) -> "MembershipQuerySet":
        """What may be acted in today, by real time: a deputy's within his period only."""
        today = timezone.localdate()
        in_period = models.Q(valid_from__lte=today, valid_until__gte=today)
        return self.filter(models.Q(deputy_for=None) | in_period, ended_at=None)


class Membership(models.Model):
    """Ties a user to an organisation with a role. Ended, it keeps its row and gives nothing.

    A deputy's (`deputy_for`) has the role of whom he stands in for, from `valid_from` to
    `valid_until`: it begins and ends by the date alone. Papers and acts say whose place it is.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name="用户")
    org = models.ForeignKey(
        Organization, models.PROTECT, related_name="memberships", verbose_name="单位"
    )
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    phone = EncryptedCharField("联系电话", max_length=30, blank=True)
    certificate_number = models.CharField("证号", max_length=40, blank=True)
    qualification = models.CharField("资格", max_length=60, blank=True)
    # By whom the agency's own identity provider knows the person: its `sub`, or a verified mailbox.
    identity = models.CharField("统一认证账号", max_length=191, blank=True)
    joined_at = models.DateTimeField("加入时间", auto_now_add=True)
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)
    deputy_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="deputies",
        verbose_name="代理何人",
    )  # fmt: skip
    # As it was: who has signed in but chosen nothing does not see the colleague's own row.
    deputy_for_name = models.CharField("代理何人（姓名）", max_length=40, blank=True)
    valid_from = models.DateField("代理自", null=True, blank=True)
    valid_until = models.DateField("代理至", null=True, blank=True)
    deputy_reason = models.CharField("代理事由", max_length=200, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "身份"
        verbose_name_plural = "身份"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "org", "role"],
                condition=models.Q(ended_at=None, deputy_for=None),
                name="membership_once_while_active",
            ),
            models.CheckConstraint(
                name="membership_deputy_has_period",
                condition=models.Q(
                    deputy_for=None, valid_from=None, valid_until=None, deputy_for_name=""
                )
                | (
                    models.Q(deputy_for__isnull=False, valid_until__gte=models.F("valid_from"))
                    & ~models.Q(deputy_for_name="")
                ),
            ),
            # Of one person one deputy at a time.
            ExclusionConstraint(
                name="membership_one_deputy_at_a_time",
                expressions=[
                    ("deputy_for", RangeOperators.EQUAL),
                    (DAYS_OF_DEPUTY, RangeOperators.OVERLAPS),
                ],
                condition=models.Q(ended_at=None, deputy_for__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["org", "role", "identity"],
                condition=models.Q(ended_at=None) & ~models.Q(identity=""),
                name="membership_identity_once_while_active",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_name} {self.get_role_display()}"

    @property
    def person_name(self) -> str:
        """The name for acts and papers; a deputy's says in whose place."""
        name: str = self.user.name
        return f"{name}（代{self.deputy_for_name}）" if self.deputy_for_name else name

    @property
    def is_active(self) -> bool:
        """Whether it is somebody's own and still gives anything."""
        return self.ended_at is None and self.deputy_for_id is None


class Invitation(models.Model):
    """An administrator's offer of a membership; taken up once, by whoever holds the link."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    org = models.ForeignKey(Organization, models.PROTECT, verbose_name="单位")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    name = models.CharField("姓名", max_length=40)
    email = models.EmailField("电子邮箱", blank=True)
    phone = EncryptedCharField("联系电话", max_length=30, blank=True)
    certificate_number = models.CharField("证号", max_length=40, blank=True)
    invited_by_org = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("发出时间", auto_now_add=True)
    expires_at = models.DateTimeField("失效时间")
    accepted_at = models.DateTimeField("接受时间", null=True)
    revoked_at = models.DateTimeField("撤回时间", null=True)
    # The last sending of its link, and the seconds since 1970 of those of the last hour.
    send_by = models.CharField("发送方式", max_length=4, choices=SendBy.choices, blank=True)
    send_state = models.CharField("发送状态", max_length=7, choices=SendState.choices, blank=True)
    send_error = models.CharField("未送达原因", max_length=200, blank=True)
    sent_at = models.DateTimeField("送出时间", null=True)
    send_times = models.JSONField("发送时刻", default=list)

    class Meta:
        verbose_name = "邀请"
        verbose_name_plural = "邀请"
        constraints = [
            models.CheckConstraint(
                name="invitation_accepted_or_revoked",
                condition=models.Q(accepted_at=None) | models.Q(revoked_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.org}"

    @property
    def is_over(self) -> bool:
        """Whether its days are gone."""
        return self.expires_at <= timezone.now()


class OfficerCertificate(models.Model):
    """An officer's enforcement certificate; enforcement papers need two people whose own is valid."""

    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="officer_certificates", verbose_name="人员"
    )
    org = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="单位")
    number = models.CharField("执法证号", max_length=40)
    issued_by = models.CharField("发证机关", max_length=60)
    valid_from = models.DateField("自")
    valid_until = models.DateField("至")
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)

    class Meta:
        verbose_name = "行政执法证件"
        verbose_name_plural = "行政执法证件"
        constraints = [
            models.CheckConstraint(
                name="officer_certificate_ends_after_start",
                condition=models.Q(valid_until__gte=models.F("valid_from")),
            ),
            models.UniqueConstraint(
                fields=["org", "number"],
                condition=models.Q(revoked_at=None),
                name="officer_certificate_number_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class TenantModel(Owned):
    """Whose a row is: who keeps it, where it is, and whom it concerns. Row-level security reads it."""

    owner_agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", verbose_name="主管机构"
    )
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    provider_org = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="服务机构",
    )
    enterprise_org = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="企业"
    )

    class Meta:
        abstract = True

    @property
    def tenant(self) -> dict[str, object]:
        """Whose this row is, as keyword arguments for a row that hangs on it."""
        return {
            "owner_agency_id": self.owner_agency_id,
            "region_code": self.region_code,
            "provider_org_id": self.provider_org_id,
            "enterprise_org_id": self.enterprise_org_id,
        }


class Grant(models.Model):
    """Opens one enterprise file to one provider while a contract lasts; written by the contract.

    `subject_id` is an `enterprises.Enterprise`; the table stands lower, so it holds the plain id.
    """

    owner_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    org = models.ForeignKey(Organization, models.PROTECT, related_name="grants")
    subject_id = models.BigIntegerField("企业档案")
    reason = models.CharField("依据", max_length=100)
    starts_on = models.DateField("自")
    ends_on = models.DateField("至", null=True, blank=True)
    ended_at = models.DateTimeField("收回时间", null=True, blank=True)

    class Meta:
        verbose_name = "授权"
        verbose_name_plural = "授权"
        constraints = [
            models.UniqueConstraint(
                fields=["org", "subject_id"],
                condition=models.Q(ended_at=None),
                name="grant_once_while_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.org_id} → {self.subject_id}"


class CalendarDay(models.Model):
    """An agency's own word on one day, over the State Council's calendar."""

    class Kind(models.TextChoices):
        WORKDAY = "workday", "工作日"
        WEEKEND = "weekend", "周末"
        HOLIDAY = "holiday", "放假"
        MAKEUP_WORKDAY = "makeup_workday", "调休上班"

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="calendar_days")
    day = models.DateField("日期")
    kind = models.CharField("类别", max_length=16, choices=Kind.choices)
    source = models.CharField("依据", max_length=100)

    class Meta:
        verbose_name = "工作日历"
        verbose_name_plural = "工作日历"
        constraints = [
            models.UniqueConstraint(fields=["agency", "day"], name="calendar_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"
