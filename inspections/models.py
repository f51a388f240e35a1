"""What happens on site and until it is closed."""

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from agencies.models import Assignment
from common.ids import uuid7
from enterprises.models import Enterprise
from tenancy.models import Membership, TenantModel


class Severity(models.TextChoices):
    """Grades of a hazard; never mixed with point colours or risk colours."""

    GENERAL = "general", "一般"
    MAJOR = "major", "重大"


class LibraryEntry(models.Model):
    """A hazard as the library knows it: what to write, on what basis, and what to propose.

    Reference data, loaded by `manage.py load_content`; text that we do not have stays empty.
    """

    code = models.CharField("编号", max_length=20, primary_key=True)
    category = models.CharField("类别", max_length=20)
    subcategory = models.CharField("细类", max_length=40)
    title = models.CharField("名称", max_length=80)
    description = models.TextField("描述", blank=True)
    severity = models.CharField("等级", max_length=8, choices=Severity.choices)
    basis = models.CharField("依据", max_length=300, blank=True)
    criterion = models.CharField("重大隐患判定条款", max_length=120, blank=True)
    in_force_from = models.DateField("施行日期", null=True)
    in_force_until = models.DateField("失效日期", null=True)
    measure = models.TextField("整改建议", blank=True)
    deadline_days = models.PositiveSmallIntegerField("建议期限")
    deadline_in_workdays = models.BooleanField("按工作日", default=True)
    clause_code = models.CharField("记分条款", max_length=8, blank=True)
    is_text_missing = models.BooleanField("条文未收录", default=False)
    provenance = models.CharField("来源", max_length=20)
    search_text = models.TextField(editable=False)
    is_retired = models.BooleanField("停用", default=False)

    class Meta:
        verbose_name = "隐患库条目"
        verbose_name_plural = "隐患库"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class ChecklistTemplate(models.Model):
    """One version of a checklist: common, for an industry, or for a risk factor."""

    code = models.CharField("代号", max_length=20)
    version = models.CharField("版本", max_length=20)
    name = models.CharField("名称", max_length=60)
    industry = models.CharField("行业", max_length=10, blank=True)
    risk_keywords = models.JSONField("适用风险", default=list)
    valid_from = models.DateField("启用日期")
    provenance = models.CharField("来源", max_length=20)

    class Meta:
        verbose_name = "检查表"
        verbose_name_plural = "检查表"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="checklist_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class ChecklistItem(models.Model):
    """One question, answered 符合 / 不符合 / 不涉及."""

    class Part(models.TextChoices):
        SOFT = "soft", "软件资料检查"
        SITE = "site", "现场隐患排查"

    template = models.ForeignKey(ChecklistTemplate, models.PROTECT, related_name="items")
    code = models.CharField("编号", max_length=20)
    part = models.CharField("部分", max_length=4, choices=Part.choices)
    position = models.PositiveSmallIntegerField("次序")
    text = models.CharField("检查内容", max_length=300)
    method = models.CharField("检查方法", max_length=300, blank=True)
    library_codes = models.JSONField("对应隐患", default=list)
    is_photo_required = models.BooleanField("须拍照", default=False)
    is_major = models.BooleanField("涉及重大隐患", default=False)

    class Meta:
        verbose_name = "检查项"
        verbose_name_plural = "检查项"
        ordering = ["template", "position"]
        constraints = [
            models.UniqueConstraint(fields=["template", "code"], name="checklist_item_once"),
        ]

    def __str__(self) -> str:
        return self.text


class Visit(FSMModelMixin, TenantModel):
    """The provider's staff at one enterprise, from arrival to the representative's signature.

    Life: open → signed, or refused (reason and witness on record). Nothing is issued before that.
    """

    class State(models.TextChoices):
        OPEN = "open", "进行中"
        SIGNED = "signed", "已签字"
        REFUSED = "refused", "拒签"

    class Kind(models.TextChoices):
        SURVEY = "survey", "摸底排查"
        RECHECK = "recheck", "复查验收"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="visits", verbose_name="指派"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="visits", verbose_name="企业"
    )
    kind = models.CharField("类别", max_length=10, choices=Kind.choices, default=Kind.SURVEY)
    state = FSMField("状态", default=State.OPEN, choices=State.choices, protected=True)
    started_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    templates = models.ManyToManyField(ChecklistTemplate, related_name="+", verbose_name="检查表")
    arrived_at = models.DateTimeField("到达时间")
    left_at = models.DateTimeField("离开时间", null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy = models.PositiveIntegerField("定位精度（米）", null=True, blank=True)
    process_note = models.TextField("过程控制记录", blank=True)
    representative_name = models.CharField("现场负责人", max_length=40, blank=True)
    representative_post = models.CharField("职务", max_length=40, blank=True)
    refusal_reason = models.CharField("拒签原因", max_length=200, blank=True)
    witness_name = models.CharField("见证人", max_length=40, blank=True)
    signed_at = models.DateTimeField("签字时间", null=True, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "检查"
        verbose_name_plural = "检查"
        constraints = [
            models.CheckConstraint(
                name="visit_signed_has_representative",
                condition=~models.Q(state="signed")
                | (models.Q(signed_at__isnull=False) & ~models.Q(representative_name="")),
            ),
            models.CheckConstraint(
                name="visit_refused_has_reason_and_witness",
                condition=~models.Q(state="refused")
                | (~models.Q(refusal_reason="") & ~models.Q(witness_name="")),
            ),
            models.CheckConstraint(
                name="visit_left_after_arrival",
                condition=models.Q(left_at=None) | models.Q(left_at__gte=models.F("arrived_at")),
            ),
        ]
        indexes = [models.Index(fields=["assignment", "-arrived_at"], name="visit_assignment")]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.arrived_at:%Y-%m-%d}"

    @transition("state", source=State.OPEN, target=State.SIGNED)
    def sign(self) -> None:
        """The site representative signed."""

    @transition("state", source=State.OPEN, target=State.REFUSED)
    def refuse(self) -> None:
        """The site representative refused to sign; reason and witness are recorded."""


class VisitMember(TenantModel):
    """One of the team of a visit, with name and qualification as they were that day."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="team")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=40)
    qualification = models.CharField("资格", max_length=60, blank=True)
    certificate_number = models.CharField("证号", max_length=40, blank=True)

    class Meta:
        verbose_name = "检查人员"
        verbose_name_plural = "检查人员"
        constraints = [
            models.UniqueConstraint(fields=["visit", "membership"], name="visit_member_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Answer(TenantModel):
    """The answer to one question on one visit."""

    class Result(models.TextChoices):
        OK = "ok", "符合"
        FAIL = "fail", "不符合"
        NA = "na", "不涉及"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="answers")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="+")
    result = models.CharField("结果", max_length=4, choices=Result.choices)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "检查结果"
        verbose_name_plural = "检查结果"
        constraints = [models.UniqueConstraint(fields=["visit", "item"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.item} {self.get_result_display()}"


class HazardQuerySet(models.QuerySet["Hazard"]):
    """What is asked of hazards."""

    def open(self) -> "HazardQuerySet":
        """Issued and not closed."""
        return self.filter(state__in=Hazard.OPEN_STATES)

    def matching(self, text: str) -> "HazardQuerySet":
        """Hazards whose number, place, description or enterprise contains each word of `text`."""
        rows = self
        for word in text.split():
            rows = rows.filter(
                models.Q(number__icontains=word)
                | models.Q(place__icontains=word)
                | models.Q(description__icontains=word)
                | models.Q(enterprise__search_text__icontains=word)
            )
        return rows

    def overdue(self) -> "HazardQuerySet":
        """Late at this moment."""
        return self.open().filter(is_overdue=True)


class Hazard(FSMModelMixin, TenantModel):
    """A hazard found at an enterprise.

    Life: found → issued (the provider's project lead confirmed it; from here the enterprise sees it)
    → submitted (the enterprise says it is mended) → closed, or back to rectifying with the reason.
    A found one that does not stand is dismissed. Beside the state: overdue now, overdue ever, major,
    refused. The enterprise can never close its own.
    """

    class State(models.TextChoices):
        FOUND = "found", "待确认"
        ISSUED = "issued", "待整改"
        RECTIFYING = "rectifying", "整改中"
        SUBMITTED = "submitted", "待复查"
        CLOSED = "closed", "已销号"
        DISMISSED = "dismissed", "不予认定"

    class Source(models.TextChoices):
        SELF = "self", "企业自查"
        PROVIDER = "provider", "服务机构"
        TOWNSHIP = "township", "乡镇检查"
        ENFORCEMENT = "enforcement", "执法检查"
        REPORT = "report", "举报"
        COVERT = "covert", "暗访"
        VIDEO = "video", "视频巡查"

    OPEN_STATES = (State.ISSUED, State.RECTIFYING, State.SUBMITTED)
    DUE_STATES = (State.ISSUED, State.RECTIFYING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField("隐患编号", max_length=40)
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="hazards", verbose_name="指派"
    )
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="hazards", verbose_name="检查")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="hazards", verbose_name="企业"
    )
    item = models.ForeignKey(
        ChecklistItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="检查项",
    )
    entry = models.ForeignKey(
        LibraryEntry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="隐患库"
    )
    source = models.CharField(
        "来源", max_length=12, choices=Source.choices, default=Source.PROVIDER
    )
    found_on = models.DateField("排查日期")
    found_at = models.DateTimeField("发现时间")
    found_by_name = models.CharField("排查人", max_length=80)
    place = models.CharField("部位/场所", max_length=100)
    description = models.TextField("隐患描述")
    category = models.CharField("类别", max_length=20)
    subcategory = models.CharField("细类", max_length=40, blank=True)
    severity = models.CharField(
        "等级", max_length=8, choices=Severity.choices, default=Severity.GENERAL
    )
    basis = models.CharField("判定/违反条款", max_length=300, blank=True)
    clause_code = models.CharField("记分条款", max_length=8, blank=True)
    measure = models.TextField("整改措施")
    responsible_person = models.CharField("责任人", max_length=40, blank=True)
    cost = models.DecimalField("资金（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    emergency_plan = models.CharField("应急预案/防控措施", max_length=300, blank=True)
    due_on = models.DateField("整改期限")
    due_reason = models.CharField("期限依据", max_length=300)
    state = FSMField("状态", default=State.FOUND, choices=State.choices, protected=True)
    is_overdue = models.BooleanField("逾期", default=False)
    was_overdue = models.BooleanField("曾逾期", default=False)
    is_refused = models.BooleanField("拒不整改", default=False)
    return_count = models.PositiveSmallIntegerField("退回次数", default=0)
    issued_at = models.DateTimeField("交底时间", null=True, blank=True)
    submitted_at = models.DateTimeField("提交复查时间", null=True, blank=True)
    rectified_on = models.DateField("整改完成日期", null=True, blank=True)
    rechecked_on = models.DateField("复查日期", null=True, blank=True)
    rechecked_by_name = models.CharField("复查人", max_length=80, blank=True)
    closed_at = models.DateTimeField("销号时间", null=True, blank=True)
    major_noticed_at = models.DateTimeField("重大隐患首报时间", null=True, blank=True)
    major_reported_at = models.DateTimeField("重大隐患书面报告时间", null=True, blank=True)
    dismissed_reason = models.CharField("不予认定原因", max_length=200, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = HazardQuerySet.as_manager()

    class Meta:
        verbose_name = "隐患"
        verbose_name_plural = "隐患"
        constraints = [
            models.UniqueConstraint(fields=["owner_agency", "number"], name="hazard_number_once"),
            models.CheckConstraint(
                name="hazard_closed_has_closed_at",
                condition=models.Q(state="closed", closed_at__isnull=False)
                | (~models.Q(state="closed") & models.Q(closed_at=None)),
            ),
            models.CheckConstraint(
                name="hazard_issued_has_issued_at",
                condition=models.Q(state__in=["found", "dismissed"])
                | models.Q(issued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="hazard_overdue_is_recorded_for_good",
                condition=models.Q(is_overdue=False) | models.Q(was_overdue=True),
            ),
            models.CheckConstraint(
                name="hazard_dismissed_has_reason",
                condition=~models.Q(state="dismissed") | ~models.Q(dismissed_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["region_code", "state", "due_on"], name="hazard_region"),
            models.Index(fields=["assignment", "state"], name="hazard_assignment"),
            models.Index(fields=["enterprise_org", "due_on"], name="hazard_enterprise"),
            models.Index(fields=["provider_org", "state"], name="hazard_provider"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_major(self) -> bool:
        """Whether it is a major hazard."""
        return self.severity == Severity.MAJOR

    @transition("state", source=State.FOUND, target=State.ISSUED)
    def issue(self) -> None:
        """The project lead confirmed it; it goes to the enterprise."""

    @transition("state", source=State.FOUND, target=State.DISMISSED)
    def dismiss(self) -> None:
        """The project lead found that it does not stand."""

    @transition("state", source=[State.ISSUED, State.RECTIFYING], target=State.SUBMITTED)
    def submit(self) -> None:
        """The enterprise says that it is mended."""

    @transition("state", source=State.SUBMITTED, target=State.CLOSED)
    def close(self) -> None:
        """The recheck found it mended (销号)."""

    @transition("state", source=State.SUBMITTED, target=State.RECTIFYING)
    def send_back(self) -> None:
        """The recheck found it not mended; the reason goes back with it."""


class Rectification(TenantModel):
    """What the enterprise says it did about a hazard; each submission is a row of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="rectifications")
    round = models.PositiveSmallIntegerField("次数")
    text = models.TextField("整改情况")
    responsible_person = models.CharField("责任人", max_length=40)
    cost = models.DecimalField("资金（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    done_on = models.DateField("整改完成日期")
    submitted_at = models.DateTimeField("提交时间")
    submitted_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    submitted_by_name = models.CharField("提交人", max_length=80)
    is_entered_for = models.BooleanField("评估人员代录", default=False)

    class Meta:
        verbose_name = "整改"
        verbose_name_plural = "整改"
        constraints = [
            models.UniqueConstraint(fields=["hazard", "round"], name="rectification_round_once"),
        ]

    def __str__(self) -> str:
        return f"{self.hazard} 第{self.round}次"


class Extension(FSMModelMixin, TenantModel):
    """A request for more time, answered by the regulator."""

    class State(models.TextChoices):
        ASKED = "asked", "待答复"
        GRANTED = "granted", "同意"
        REFUSED = "refused", "不同意"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="extensions")
    reason = models.CharField("延期理由", max_length=500)
    safeguard = models.CharField("延期期间防控措施", max_length=500)
    old_due_on = models.DateField("原期限")
    wanted_on = models.DateField("申请延至")
    state = FSMField("状态", default=State.ASKED, choices=State.choices, protected=True)
    asked_at = models.DateTimeField("申请时间")
    asked_by_name = models.CharField("申请人", max_length=80)
    granted_on = models.DateField("同意延至", null=True, blank=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by_name = models.CharField("答复人", max_length=80, blank=True)

    class Meta:
        verbose_name = "延期申请"
        verbose_name_plural = "延期申请"
        constraints = [
            models.UniqueConstraint(
                fields=["hazard"], condition=models.Q(state="asked"), name="extension_asked_once"
            ),
            models.CheckConstraint(
                name="extension_answered_has_time",
                condition=models.Q(state="asked") | models.Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hazard} 延期"

    @transition("state", source=State.ASKED, target=State.GRANTED)
    def grant(self) -> None:
        """The regulator agrees, perhaps to an earlier day than wanted."""

    @transition("state", source=State.ASKED, target=State.REFUSED)
    def refuse(self) -> None:
        """The regulator does not agree; the answer says why."""


class Recheck(TenantModel):
    """The provider's second look at a submitted hazard."""

    class Result(models.TextChoices):
        PASSED = "passed", "已整改"
        FAILED = "failed", "未整改到位"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="rechecks")
    rectification = models.OneToOneField(Rectification, models.PROTECT, related_name="recheck")
    result = models.CharField("复查结论", max_length=6, choices=Result.choices)
    reason = models.CharField("说明", max_length=500, blank=True)
    new_due_on = models.DateField("再次整改期限", null=True, blank=True)
    rechecked_at = models.DateTimeField("复查时间")
    rechecked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    rechecked_by_name = models.CharField("复查人", max_length=80)

    class Meta:
        verbose_name = "复查"
        verbose_name_plural = "复查"
        constraints = [
            models.CheckConstraint(
                name="recheck_failed_has_reason",
                condition=models.Q(result="passed") | ~models.Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hazard} {self.get_result_display()}"
