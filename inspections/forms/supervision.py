"""Forms of the watching: a team, a plan, experts, disclosure, complaints, breaches."""

from typing import Any

from django import forms

from agencies.models import Assignment, ServiceContract
from evidence.forms import FilesField
from inspections.forms.phases import day_field, words_field
from inspections.models import BreachKind, Complaint, ExpertOpinion, SupervisionRules, TeamMember
from inspections.supervision import Kept
from tenancy.enums import OrgKind
from tenancy.forms import ActorForm
from tenancy.models import Membership, Organization


def _provider_field() -> forms.ModelChoiceField:  # type: ignore[type-arg]
    none = Organization.objects.none()
    return forms.ModelChoiceField(label="服务机构", queryset=none, empty_label="请选择")


class TeamForm(ActorForm):
    """Whom the lead puts on the team, and as what."""

    membership = forms.ModelChoiceField(
        label="人员", queryset=Membership.objects.none(), empty_label="请选择",
        help_text="资格和登记的证书随提名一并提交；缺证书的，先在“本机构”登记",
    )  # fmt: skip
    duty = forms.ChoiceField(label="职责", choices=TeamMember.Duty.choices)

    def __init__(self, *args: Any, contract: ServiceContract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        live = TeamMember.objects.filter(contract=contract, state__in=TeamMember.LIVE)
        rows = Membership.objects.own().filter(org_id=self.actor.org_id)
        rows = rows.exclude(user__in=live.values("user")).select_related("user")
        field: Any = self.fields["membership"]
        field.queryset = rows.order_by("user__name", "pk")
        field.label_from_instance = lambda row: f"{row.user.name}（{row.get_role_display()}）"


class NoteForm(forms.Form):
    """Why a person is not accepted."""

    note = words_field("不予确认的原因", max_length=300)


class WhyForm(forms.Form):
    """One reason."""

    reason = words_field("原因", max_length=300)


class SpreadForm(forms.Form):
    """Over which days the visits are spread."""

    first = day_field("第一天")
    last = day_field("最后一天")


class MoveForm(forms.Form):
    """To which day a visit moves, and why."""

    to_on = day_field("新的日期")
    reason = words_field("变更原因", max_length=300, help_text="如企业停产检修、人员变动")


class PlanDisclosureForm(forms.Form):
    """On which day the plan was explained, and to whom."""

    disclosed_on = day_field("交底日期")
    disclosed_to = words_field(
        "交底对象", rows=2, max_length=300, help_text="如评估人员全体、参加动员会的企业"
    )


class DeviationFilter(forms.Form):
    """Which visits the list of deviations shows; it stays in the URL."""

    show = forms.ChoiceField(
        label="只看", required=False,
        choices=[("", "全部"), *Kept.WORDS.items(), ("moved", "改过期的")],
    )  # fmt: skip


class ExpertForm(forms.Form):
    """An expert of a round."""

    name = forms.CharField(label="姓名", max_length=40)
    unit = forms.CharField(label="单位", max_length=100, help_text="全称；不能是被审核的服务机构")
    title = forms.CharField(label="职称或资格", max_length=60, help_text="如高级工程师（化工）")
    certificate_number = forms.CharField(label="证书编号", max_length=60, required=False)
    conflict = forms.CharField(
        label="利害关系", max_length=100, required=False,
        help_text="与服务机构或企业有利害关系的写明；没有的留空",
    )  # fmt: skip


class OpinionForm(forms.Form):
    """What an expert says."""

    conclusion = forms.ChoiceField(
        label="结论", choices=ExpertOpinion.Conclusion.choices, widget=forms.RadioSelect
    )
    points = words_field(
        "需要修改的问题", rows=6, required=False, max_length=3000, help_text="退回的必填，逐条写明"
    )


class ReviewCloseForm(forms.Form):
    """What is said to a round as a whole."""

    words = words_field("综合审核意见", rows=4, required=False, max_length=2000)


class DisclosureForm(ActorForm):
    """Which enterprises the organizer is told of, and in what words."""

    assignments = forms.ModelMultipleChoiceField(
        label="企业", queryset=Assignment.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一家企业"},
    )  # fmt: skip
    words = words_field(
        "总体情况和建议", rows=4, required=False, max_length=2000,
        help_text="各企业的隐患和建议措施由系统列出，这里写共性问题和需要组织单位协调的事",
    )  # fmt: skip

    def __init__(self, *args: Any, ready: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["assignments"]
        field.queryset = ready.select_related("enterprise").order_by("region_code", "pk")
        field.label_from_instance = lambda row: row.enterprise.name


class AnswerForm(forms.Form):
    """What an officer says to a disclosure."""

    answer = words_field("签收意见", rows=2, required=False, max_length=300)


class _Words(forms.Form):
    """What every complaint says."""

    kind = forms.ChoiceField(label="事项", choices=[("", "请选择"), *BreachKind.choices])
    happened_on = day_field("发生日期", required=False)
    text = words_field(
        "情况", rows=5, max_length=3000, help_text="时间、地点、经过，涉及的人员和金额"
    )


class OwnComplaintForm(_Words):
    """An enterprise complains about a provider that serves it."""

    contract = forms.ModelChoiceField(
        label="服务机构", queryset=ServiceContract.objects.none(), empty_label="请选择"
    )
    phone = forms.CharField(
        label="联系电话", max_length=30, required=False,
        help_text="服务机构看不到你单位的投诉，也看不到投诉人",
    )  # fmt: skip
    files = FilesField(label="证据", required=False)  # type: ignore[assignment]
    field_order = ("contract", "kind", "happened_on", "text", "files", "phone")

    def __init__(self, *args: Any, contracts: list[ServiceContract], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contracts = {str(row.pk): row for row in contracts}
        self.fields["contract"] = forms.ChoiceField(
            label="服务机构",
            choices=[("", "请选择"), *((pk, _named(row)) for pk, row in self.contracts.items())],
        )
        self.order_fields(self.field_order)

    def clean_contract(self) -> ServiceContract:
        """Return the contract itself: an enterprise could not read it."""
        return self.contracts[self.cleaned_data["contract"]]


def _named(contract: ServiceContract) -> str:
    provider = contract.provider_org.name if contract.provider_org else ""
    return f"{provider}（{contract.title}）"


class PublicComplaintForm(_Words):
    """Somebody without an account complains."""

    about_name = forms.CharField(
        label="机构名称", max_length=100, help_text="全称或统一社会信用代码"
    )
    name = forms.CharField(label="你的姓名", max_length=40, required=False, help_text="可以不填")
    phone = forms.CharField(
        label="联系电话",
        max_length=30,
        required=False,
        help_text="留下电话便于核实和答复；可以不填",
    )
    field_order = ("about_name", "kind", "happened_on", "text", "name", "phone")


class OfficerComplaintForm(_Words, ActorForm):
    """An officer takes down what somebody said."""

    about = _provider_field()
    contract = forms.ModelChoiceField(
        label="合同", queryset=ServiceContract.objects.none(), required=False, empty_label="不清楚"
    )
    name = forms.CharField(label="投诉人", max_length=40, required=False)
    phone = forms.CharField(label="联系电话", max_length=30, required=False)
    files = FilesField(label="材料", required=False)  # type: ignore[assignment]
    field_order = ("about", "contract", "kind", "happened_on", "text", "files", "name", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_providers(self)
        own = ServiceContract.objects.filter(owner_agency_id=self.actor.org_id)
        field: Any = self.fields["contract"]
        field.queryset = own.select_related("provider_org").order_by("-pk")
        field.label_from_instance = _named


def offer_providers(form: ActorForm) -> None:
    """Offer every provider in the field `about`."""
    rows = Organization.objects.filter(kind=OrgKind.PROVIDER).order_by("name")
    form.fields["about"].queryset = rows  # type: ignore[attr-defined]


class HandleForm(ActorForm):
    """Whom a complaint is about, where its writer did not know."""

    about = _provider_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_providers(self)


class RejectForm(forms.Form):
    """Why a complaint is not true, and what its writer is told."""

    finding = words_field("核查情况", rows=4, max_length=3000)
    answer = words_field("答复", rows=3, max_length=1000, help_text="给投诉人看")


class BreachForm(ActorForm):
    """A breach by a provider, as it and the evaluation read it."""

    kind = forms.ChoiceField(label="违约行为", choices=[("", "请选择"), *BreachKind.choices])
    happened_on = day_field("发生日期")
    fact = words_field(
        "查明的事实", rows=4, max_length=3000, help_text="服务机构看得到；不要写投诉人"
    )
    evidence = words_field("证据", rows=3, max_length=2000, help_text="笔录、票据、影像等")
    files = FilesField(label="证据材料", required=False)  # type: ignore[assignment]


class VerifyForm(BreachForm):
    """A complaint is true: under which contract, and what its writer is told."""

    contract = forms.ModelChoiceField(
        label="合同", queryset=ServiceContract.objects.none(), empty_label="请选择"
    )
    answer = words_field("答复", rows=3, max_length=1000, help_text="给投诉人看")
    field_order = ("contract", "kind", "happened_on", "fact", "evidence", "files", "answer")

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ServiceContract.objects.filter(
            owner_agency_id=self.actor.org_id, provider_org=complaint.about_id
        )
        field: Any = self.fields["contract"]
        field.queryset = rows.exclude(state=ServiceContract.State.DRAFT).order_by("-starts_on")


class OwnBreachForm(BreachForm):
    """A breach that an officer's own check showed, perhaps at one enterprise."""

    assignment = forms.ModelChoiceField(
        label="涉及企业", queryset=Assignment.objects.none(), required=False,
        empty_label="不涉及某一家",
    )  # fmt: skip
    field_order = ("kind", "assignment", "happened_on", "fact", "evidence", "files")

    def __init__(self, *args: Any, contract: ServiceContract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Assignment.objects.filter(batch__contract=contract).select_related("enterprise")
        field: Any = self.fields["assignment"]
        field.queryset = rows.order_by("enterprise__name")
        field.label_from_instance = lambda row: row.enterprise.name


class ComplaintFilter(forms.Form):
    """What the list of complaints is filtered by; it stays in the URL."""

    state = forms.ChoiceField(
        label="状态", required=False,
        choices=[("", "未办结"), *Complaint.State.choices, ("all", "全部")],
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="事项", required=False, choices=[("", "全部"), *BreachKind.choices]
    )
    contract = forms.IntegerField(required=False, widget=forms.HiddenInput)


class SupervisionRulesForm(forms.ModelForm):  # type: ignore[type-arg]
    """An agency's figures."""

    class Meta:
        model = SupervisionRules
        fields = ("notice_minutes", "report_hours", "complaint_days")
