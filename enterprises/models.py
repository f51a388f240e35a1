from datetime import date

from django.db import models

from common.encrypted import EncryptedCharField
from common.ids import uuid7
from enterprises.search import named
from tenancy.models import Membership, TenantModel


class Industry(models.TextChoices):
    """Eight 工贸 industries (domain.md 5.3), hazardous chemicals and the rest."""

    METALLURGY = "冶金", "冶金"
    NONFERROUS = "有色", "有色"
    BUILDING_MATERIALS = "建材", "建材"
    MACHINERY = "机械", "机械"
    LIGHT = "轻工", "轻工"
    TEXTILE = "纺织", "纺织"
    TOBACCO = "烟草", "烟草"
    COMMERCE = "商贸", "商贸"
    CHEMICALS = "危化品", "危化品"
    OTHER = "其他", "其他"


class MajorInstallation(models.TextChoices):
    """Whether there is a major hazard installation (重大危险源); empty: nobody has said yet."""

    NONE = "none", "无"
    SUPERVISED = "watched", "有，已备案监控"
    UNSUPERVISED = "open", "有，未备案监控"


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    """What is asked of enterprises."""

    def open(self) -> "EnterpriseQuerySet":
        """Files that are kept; one that was merged into another is closed and only read."""
        return self.filter(merged_into=None)

    def files_of(self, pk: int) -> "EnterpriseQuerySet":
        """A file and what was merged into it: whoever reads the one's history reads all of theirs."""
        return self.filter(models.Q(pk=pk) | models.Q(merged_into=pk))

    def matching(self, text: str) -> "EnterpriseQuerySet":
        """Enterprises of which name, principal, credit code or their initials contain `text`."""
        return self.filter(named(text)) if text.strip() else self


class Enterprise(TenantModel):
    """One site of a body in one region, as that region's agency keeps it.

    `region_code` is the township's code, or the agency's own where the township is not known.
    `merged_into` is the file that is kept of the same enterprise (`enterprises.merging`); this one is
    then closed, and leads there straight, however many were merged one after the other.
    """

    name = models.CharField("企业名称", max_length=100)
    credit_code = models.CharField("统一社会信用代码", max_length=18)
    industry = models.CharField("所属行业", max_length=10, choices=Industry.choices)
    industry_code = models.CharField("国民经济行业代码", max_length=5, blank=True)
    address = models.CharField("生产经营地址", max_length=200, blank=True)
    products = models.CharField("主要产品", max_length=200, blank=True)
    employee_count = models.PositiveIntegerField("从业人员数量", null=True, blank=True)
    safety_manager_count = models.PositiveIntegerField("安全管理人员数量", null=True, blank=True)
    special_operator_count = models.PositiveIntegerField("特种作业人员数量", null=True, blank=True)
    principal_name = models.CharField("主要负责人", max_length=40, blank=True)
    phone = EncryptedCharField("联系电话", max_length=60, blank=True)
    risk_factors = models.CharField("主要风险因素", max_length=200, blank=True)
    major_installation = models.CharField(
        "重大危险源", max_length=8, choices=MajorInstallation.choices, blank=True
    )
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    opens_at = models.TimeField("营业开始", null=True, blank=True)
    closes_at = models.TimeField("营业结束", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="former_files", db_index=False,
        editable=False, verbose_name="并入档案",
    )  # fmt: skip
    search_text = models.CharField(max_length=350, editable=False)
    created_at = models.DateTimeField("建档时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = "企业"
        verbose_name_plural = "企业"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_agency", "enterprise_org"], name="enterprise_once_per_agency"
            ),
        ]
        indexes = [
            models.Index(fields=["region_code", "id"], name="enterprise_region"),
            models.Index(fields=["enterprise_org"], name="enterprise_org"),
            # The list by each of its heads.
            models.Index(fields=["name", "id"], name="enterprise_name"),
            # By the names of a city, which begin alike: all that is asked of a row to be sorted.
            models.Index(
                fields=["region_code", "name", "id"],
                include=["enterprise_org"],
                name="enterprise_region_name",
            ),
            models.Index(fields=["employee_count", "id"], name="enterprise_size"),
            models.Index(fields=["updated_at", "id"], name="enterprise_updated"),
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="enterprise_merged",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kept_id(self) -> int:
        """The file that is kept of this enterprise: this one, unless it was merged."""
        return self.merged_into_id or self.pk

    @property
    def kept(self) -> "Enterprise":
        """The same, as the row."""
        return self.merged_into or self

    @property
    def files(self) -> EnterpriseQuerySet:
        """This file and those that were merged into it, as a subquery for what hangs on them."""
        return Enterprise.objects.files_of(self.pk)


class EnterpriseMerge(TenantModel):
    """Two files of one enterprise made one: the former is closed, the other goes on.

    `taken` are the fields of which the former's value was kept, `before` what stood in the other
    (its telephone apart, encrypted), `moved` what went over and goes back when this is undone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    former = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", verbose_name="并入的档案"
    )
    into = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", verbose_name="保留的档案"
    )
    reason = models.CharField("合并原因", max_length=200)
    taken = models.JSONField("取自并入档案", default=list)
    before = models.JSONField("原值", default=dict)
    phone_before = EncryptedCharField("原联系电话", max_length=60, blank=True)
    moved = models.JSONField("移过来的", default=dict)
    merged_at = models.DateTimeField("合并时间")
    merged_by_name = models.CharField("合并人", max_length=80)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by_name = models.CharField("撤销人", max_length=80, blank=True)
    undone_reason = models.CharField("撤销原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "档案合并"
        verbose_name_plural = "档案合并"
        constraints = [
            models.UniqueConstraint(
                fields=["former"], condition=models.Q(undone_at=None), name="merge_once_in_force"
            ),
            models.CheckConstraint(
                name="merge_of_two", condition=~models.Q(former=models.F("into"))
            ),
            models.CheckConstraint(
                name="merge_undone_has_reason",
                condition=models.Q(undone_at=None) | ~models.Q(undone_reason=""),
            ),
        ]
        indexes = [models.Index(fields=["into", "-merged_at"], name="merge_into")]

    def __str__(self) -> str:
        return f"{self.former} → {self.into}"


class RiskPoint(TenantModel):
    """A place of this enterprise that every visit asks about (D10: 个性化的风险辨识清单)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="risk_points", verbose_name="企业"
    )
    place = models.CharField("重点部位", max_length=60)
    risk = models.CharField("风险", max_length=100)
    measure = models.CharField("现有管控措施", max_length=200, blank=True)
    recorded_by_name = models.CharField("登记人", max_length=80)
    recorded_at = models.DateTimeField("登记时间")
    removed_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = "风险点"
        verbose_name_plural = "风险点"
        ordering = ["recorded_at", "id"]

    def __str__(self) -> str:
        return f"{self.place}：{self.risk}"


class SpecialOperationCertificate(TenantModel):
    """A special operator's certificate (特种作业操作证): valid to a day, reviewed by a day (5.5)."""

    class Category(models.TextChoices):
        ELECTRIC = "电工作业", "电工作业"
        WELDING = "焊接与热切割", "焊接与热切割"
        HEIGHT = "高处作业", "高处作业"
        COOLING = "制冷与空调", "制冷与空调"
        COAL = "煤矿", "煤矿"
        MINE = "金属非金属矿山", "金属非金属矿山"
        OIL = "石油天然气", "石油天然气"
        METALLURGY = "冶金（有色）生产", "冶金（有色）生产"
        CHEMICALS = "危险化学品", "危险化学品"
        FIREWORKS = "烟花爆竹", "烟花爆竹"
        OTHER = "其他", "其他"

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="certificates", verbose_name="企业"
    )
    holder_name = models.CharField("姓名", max_length=40)
    number_end = models.CharField("证号后六位", max_length=6)
    category = models.CharField("作业类别", max_length=20, choices=Category.choices)
    project = models.CharField("操作项目", max_length=40, blank=True)
    valid_until = models.DateField("有效期至")
    review_due_on = models.DateField("复审日期", null=True, blank=True)
    recorded_by_name = models.CharField("登记人", max_length=80)
    recorded_at = models.DateTimeField("登记时间")
    removed_at = models.DateTimeField("撤销时间", null=True, blank=True)
    search_text = models.CharField(max_length=90, editable=False)

    class Meta:
        verbose_name = "特种作业操作证"
        verbose_name_plural = "特种作业操作证"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "holder_name", "number_end", "category"],
                condition=models.Q(removed_at=None),
                name="special_certificate_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder_name} {self.category}"

    def is_valid_on(self, day: date) -> bool:
        """Whether it holds on a day: neither run out nor overdue for review."""
        return self.valid_until >= day and (self.review_due_on is None or self.review_due_on >= day)


def upload_path(draft: "EnterpriseImport", filename: str) -> str:
    """Where an uploaded list lies until it is confirmed or dropped."""
    return f"imports/{draft.pk}"


class EnterpriseImport(TenantModel):
    """A sheet that somebody uploaded: looked at first, written only when confirmed.

    `columns` says where its table stands and which column is which field, and how that came:
    "asked" until somebody has said so (enterprises.bringing).
    """

    class State(models.TextChoices):
        DRAFT = "draft", "待确认"
        DONE = "done", "已导入"
        DROPPED = "dropped", "已放弃"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file = models.FileField("文件", upload_to=upload_path, max_length=200)
    filename = models.CharField("文件名", max_length=200)
    kind = models.CharField("种类", max_length=20, default="enterprises")
    columns = models.JSONField("列的对应", default=dict)
    town_answers = models.JSONField("镇街对照", default=dict)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    outcome = models.JSONField("结果", default=dict)
    uploaded_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    imported_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        verbose_name = "企业名单导入"
        verbose_name_plural = "企业名单导入"
        constraints = [
            models.CheckConstraint(
                name="import_done_has_time",
                condition=~models.Q(state="done") | models.Q(imported_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class ColumnMatch(TenantModel):
    """Which column of a sheet with these headings is which field, as the agency's people said."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("种类", max_length=20)
    signature = models.CharField(max_length=64)
    headings = models.JSONField("表头")
    match = models.JSONField("列的对应")
    changed_at = models.DateTimeField("确定时间")
    changed_by_name = models.CharField("确定人", max_length=80)

    class Meta:
        verbose_name = "列的对应"
        verbose_name_plural = "列的对应"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_agency", "kind", "signature"], name="column_match_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.signature[:8]}"


class ClaimCode(TenantModel):
    """A code on paper by which an enterprise's principal takes its file up (认领), once.

    The code itself is worked out from the row and is nowhere kept; `digest` finds the row. Life:
    open → claimed, or withdrawn (also by too many wrong answers), or past its last day.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="claim_codes")
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField("生成时间")
    issued_by_name = models.CharField("生成人", max_length=80)
    expires_on = models.DateField("有效期至")
    failures = models.PositiveSmallIntegerField("核对错误次数", default=0)
    claimed_at = models.DateTimeField("认领时间", null=True)
    claimed_by_name = models.CharField("认领人", max_length=80, blank=True)
    withdrawn_at = models.DateTimeField("作废时间", null=True)
    withdrawn_reason = models.CharField("作废原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "认领码"
        verbose_name_plural = "认领码"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=models.Q(claimed_at=None, withdrawn_at=None),
                name="claim_code_one_open",
            ),
            models.CheckConstraint(
                name="claim_code_ends_one_way",
                condition=models.Q(claimed_at=None) | models.Q(withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="claim_code_withdrawn_has_reason",
                condition=models.Q(withdrawn_at=None) | ~models.Q(withdrawn_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.expires_on}"


class EntersFor(models.TextChoices):
    """Who enters what an owner without a phone says."""

    PROVIDER = "provider", "服务机构的评估人员"
    AGENCY = "agency", "监管部门"


class NoPhone(TenantModel):
    """An owner without a phone (无手机), and who enters for him.

    Life: noted → ended, by hand or when somebody of the enterprise takes an account.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="no_phone")
    enters = models.CharField("由谁代录", max_length=8, choices=EntersFor.choices)
    reason = models.CharField("原因", max_length=200)
    noted_at = models.DateTimeField("标注时间")
    noted_by_name = models.CharField("标注人", max_length=80)
    ended_at = models.DateTimeField("取消时间", null=True)
    ended_by_name = models.CharField("取消人", max_length=80, blank=True)
    ended_reason = models.CharField("取消原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "无手机"
        verbose_name_plural = "无手机"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=models.Q(ended_at=None), name="no_phone_one_open"
            ),
            models.CheckConstraint(
                name="no_phone_ended_has_reason",
                condition=models.Q(ended_at=None) | ~models.Q(ended_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.get_enters_display()}"


class EnteredAct(TenantModel):
    """An act of an enterprise that somebody entered for it (代录), with the slip that it signed.

    `provider_org` is the provider whose people entered it. Photos of the slip hang on this row; of
    a rectification on that. Never changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="entered_acts")
    kind = models.CharField("事项", max_length=20)
    title = models.CharField("内容", max_length=120)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    signer_name = models.CharField("签字人", max_length=40, blank=True)
    signed_on = models.DateField("签字日期", null=True)
    entered_at = models.DateTimeField("代录时间")
    entered_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    entered_by_name = models.CharField("代录人", max_length=80)

    class Meta:
        verbose_name = "代录"
        verbose_name_plural = "代录"
        indexes = [
            models.Index(fields=["enterprise", "-entered_at"], name="entered_act_enterprise"),
            models.Index(fields=["subject_type", "subject_id"], name="entered_act_subject"),
        ]

    def __str__(self) -> str:
        return self.title
