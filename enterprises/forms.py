from functools import cached_property
from typing import Any

from django import forms

from common.paging import count_up_to
from common.text import masked
from enterprises.folders import MAX_BYTES
from enterprises.merging import FIELDS, PAIRED
from enterprises.models import Enterprise, Industry, RiskPoint, SpecialOperationCertificate
from evidence.forms import FilesField
from tenancy.access import within
from tenancy.actors import Actor
from tenancy.forms import AcceptForm
from tenancy.models import Agency, Grant
from tenancy.selectors import in_region, region_choices, townships

KEPT = [("into", "保留的档案"), ("former", "并入的档案")]
SIZES = (
    ("", "全部"),
    ("micro", "20人以下"),
    ("small", "20—99人"),
    ("medium", "100—299人"),
    ("large", "300人及以上"),
)
BOUNDS = {"micro": (0, 19), "small": (20, 99), "medium": (100, 299), "large": (300, None)}


class EnterpriseFilter(forms.Form):
    """What an enterprise list is filtered by; everything in it stays in the URL."""

    q = forms.CharField(
        label="名称、拼音首字母或代码",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True}),
    )
    town = forms.ChoiceField(label="镇街", required=False)
    industry = forms.ChoiceField(
        label="行业", required=False, choices=[("", "全部"), *Industry.choices]
    )
    size = forms.ChoiceField(label="人数", required=False, choices=SIZES)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        towns = region_choices(actor) if actor.is_agency else []
        self.fields["town"].choices = [("", "全部"), *towns]  # type: ignore[attr-defined]

    def rows(self) -> Any:
        """Return the enterprises that the filter lets through; nonsense filters nothing."""
        rows = Enterprise.objects.open()
        if self.actor.is_agency:
            rows = rows.filter(within(self.actor))
        elif self.actor.is_provider:
            # By number, one after the other: joined, all files would be gone through.
            rows = rows.filter(pk__any_of=self._open_files)
        chosen = self.cleaned_data if self.is_valid() else {}
        if chosen.get("q"):
            rows = rows.matching(chosen["q"])
        if chosen.get("town"):
            rows = rows.filter(in_region(self.actor, chosen["town"]))
        if chosen.get("industry"):
            rows = rows.filter(industry=chosen["industry"])
        if chosen.get("size"):
            low, high = BOUNDS[chosen["size"]]
            rows = rows.filter(employee_count__gte=low)
            rows = rows if high is None else rows.filter(employee_count__lte=high)
        return rows

    @cached_property
    def _open_files(self) -> list[int]:
        closed = Enterprise.objects.filter(merged_into__isnull=False)
        rows = Grant.objects.filter(org=self.actor.org_id, ended_at=None)
        rows = rows.exclude(subject_id__in=closed.values("pk"))
        return list(rows.values_list("subject_id", flat=True))

    def count(self, rows: Any) -> int:
        """Count what the filter lets through, as `count_up_to` does; a provider's files are known."""
        if self.actor.is_provider and not self.chips():
            return len(self._open_files)
        return count_up_to(rows)

    def chips(self) -> list[tuple[str, str]]:
        """Return (label, parameter) for each filter in force."""
        if not self.is_valid():
            return []
        found = []
        for name in ("q", "town", "industry", "size"):
            value = self.cleaned_data.get(name)
            if value:
                field = self.fields[name]
                words = dict(getattr(field, "choices", ())).get(value, value)
                found.append((f"{field.label if name != 'q' else '搜索'}：{words}", name))
        return found


class UploadForm(forms.Form):
    """The sheet to import."""

    file = forms.FileField(
        label="表格文件",
        help_text="Excel（.xlsx、.xls）、WPS 或 CSV，10 MB、20,000 行以内；列的顺序和名称不必与模板一样",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
    )


class FilesForm(forms.Form):
    """Files to bring along: one archive, or several chosen."""

    files = FilesField(  # type: ignore[assignment]
        label="文件",
        help_text="一个 .zip 压缩包（60 MB、2,000 个文件以内），或一次选多个文件（100 个以内）",
        most=MAX_BYTES, accept=".zip,.pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,image/*",
    )  # fmt: skip


class OnSiteForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a day's order of visits needs to know: where it is, and when somebody is there."""

    def clean(self) -> dict[str, Any]:
        """It closes after it opens; a place has both of its numbers."""
        data = super().clean() or {}
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "应晚于营业开始")
        latitude, longitude = data.get("latitude"), data.get("longitude")
        if latitude is not None and abs(latitude) > 90:
            self.add_error("latitude", "纬度在 90 以内，是不是和经度填反了")
        elif longitude is not None and abs(longitude) > 180:
            self.add_error("longitude", "经度在 180 以内")
        elif (latitude is None) != (longitude is None) and "latitude" not in self.errors:
            self.add_error("longitude", "经度和纬度要一起填写")
        return data


def time_input() -> forms.TimeInput:
    """A clock to choose from; a model form fills it without seconds."""
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class EnterpriseForm(OnSiteForm):
    """An enterprise's file, edited by hand; name and code come from the list."""

    region_code = forms.ChoiceField(label="所属镇街")

    class Meta:
        model = Enterprise
        fields = (
            "name",
            "region_code",
            "industry",
            "industry_code",
            "address",
            "products",
            "employee_count",
            "safety_manager_count",
            "special_operator_count",
            "principal_name",
            "phone",
            "risk_factors",
            "major_installation",
            "opens_at",
            "closes_at",
            "latitude",
            "longitude",
        )
        widgets = {"opens_at": time_input(), "closes_at": time_input()}
        help_texts = {
            "opens_at": "安排上门的次序时用；没有固定时间的不填",
            "latitude": "WGS-84，十进制度，例如 39.935000",
        }

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = {agency.region_name: agency.region_code, **townships(agency)}
        choices = [(code, name) for name, code in towns.items()]
        self.fields["region_code"].choices = choices  # type: ignore[attr-defined]
        self.initial["phone"] = masked(self.instance.phone)
        if self.instance.phone:
            self.fields["phone"].help_text = "带星号的原样不动即不修改；要修改请填完整号码"

    def clean_phone(self) -> str:
        """With its stars untouched the number stays; another is typed whole."""
        typed: str = self.cleaned_data["phone"]
        if typed == masked(self.instance.phone):
            return self.instance.phone
        if "*" in typed:
            raise forms.ValidationError("号码里有星号，请填写完整号码")
        return typed


class BulkForm(forms.Form):
    """The same values for many files; what is left empty stays as it is."""

    region_code = forms.ChoiceField(label="所属镇街", required=False)
    industry = forms.ChoiceField(
        label="所属行业", required=False, choices=[("", "不改"), *Industry.choices]
    )
    industry_code = forms.RegexField(
        label="国民经济行业代码", regex=r"^[A-T]?\d{2,4}$", required=False,
        error_messages={"invalid": "应为 2 至 4 位数字，前面可带门类字母，例如 C33"},
    )  # fmt: skip
    risk_factors = forms.CharField(label="主要风险因素", max_length=200, required=False)
    note = forms.CharField(
        label="修改说明", max_length=200, help_text="为什么改、依据是什么；写入每一家的操作记录"
    )
    skips_refused = forms.BooleanField(label="跳过不能修改的企业，其余照改", required=False)

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = {agency.region_name: agency.region_code, **townships(agency)}
        choices = [("", "不改"), *((code, name) for name, code in towns.items())]
        self.fields["region_code"].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, str]:
        """Return what is to be changed, by field."""
        others = ("note", "skips_refused")
        return {n: v for n, v in self.cleaned_data.items() if v and n not in others}


class MergeSearch(forms.Form):
    """Which other file is looked for."""

    q = forms.CharField(
        label="按名称、拼音首字母、代码或负责人查找", required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True}),
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label="原因", max_length=200)


class MergeForm(forms.Form):
    """Of two files, whose value of each field that differs is kept; and why they are made one.

    Where the file that stays says nothing, the other's is proposed.
    """

    reason = forms.CharField(
        label="合并原因", max_length=200,
        help_text="例如：同一企业更名后重复导入，营业执照已核对",
    )  # fmt: skip

    def __init__(self, *args: Any, former: Enterprise, into: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            theirs, own = getattr(former, name), getattr(into, name)
            if theirs == own or name in PAIRED.values():
                continue
            start = "former" if own in (None, "") else "into"
            self.fields[name] = forms.ChoiceField(choices=KEPT, initial=start, required=False)

    @property
    def taken(self) -> list[str]:
        """Return the fields of which the former's value is kept."""
        return [name for name, value in self.cleaned_data.items() if value == "former"]


class FactsForm(OnSiteForm):
    """What was seen on site of the seven facts (domain.md 1.1, criterion 1), and installations."""

    class Meta:
        model = Enterprise
        fields = (
            "address",
            "products",
            "employee_count",
            "safety_manager_count",
            "special_operator_count",
            "risk_factors",
            "major_installation",
            "opens_at",
            "closes_at",
        )
        widgets = {"opens_at": time_input(), "closes_at": time_input()}


class CertificateForm(forms.ModelForm):  # type: ignore[type-arg]
    """One special operator's certificate. Of the number only the end is kept: it is the ID number."""

    number = forms.RegexField(
        label="证号", regex=r"^[0-9A-Za-z]{6,20}$", help_text="只保存后六位",
        error_messages={"invalid": "证号应为 6 到 20 位数字或字母"},
    )  # fmt: skip

    class Meta:
        model = SpecialOperationCertificate
        fields = ("holder_name", "category", "project", "valid_until", "review_due_on")
        widgets = {
            "valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "review_due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    field_order = (
        "holder_name", "number", "category", "project", "valid_until", "review_due_on",
    )  # fmt: skip


class RiskPointForm(forms.ModelForm):  # type: ignore[type-arg]
    """One place of the enterprise and what is dangerous there."""

    class Meta:
        model = RiskPoint
        fields = ("place", "risk", "measure")
        help_texts = {
            "place": "车间、设备或者区域",
            "risk": "可能发生什么，例如：火灾爆炸、机械伤害",
        }


class ConsentForm(forms.Form):
    """The enterprise's signed confirmation of electronic delivery."""

    signed_on = forms.DateField(
        label="签署日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    signer_name = forms.CharField(label="签署人", max_length=40)
    contact = forms.CharField(label="送达方式", max_length=100, help_text="手机号、邮箱或平台账号")


class CodeForm(forms.Form):
    """The code of a sheet, typed."""

    code = forms.CharField(
        label="认领码", max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text="10位字母和数字，不分大小写",
    )  # fmt: skip


class VoidForm(forms.Form):
    """Why a sheet is void."""

    reason = forms.CharField(label="原因", max_length=200)


class ClaimForm(AcceptForm):
    """What only the enterprise knows; and, of who has no account, who he is."""

    field_order = ("answer", "name", "username", "password", "password_again")
    answer = forms.CharField(max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label="你的姓名", max_length=40)

    def __init__(self, *args: Any, question: str, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, name="", email="", **kwargs)
        self.fields["answer"].label = question
        if not is_new:
            for name in ("name", "username", "password", "password_again"):
                del self.fields[name]

    @property
    def taken(self) -> dict[str, str]:
        """What the claim takes of it."""
        data = self.cleaned_data
        return {n: data[n] for n in ("answer", "name", "username", "password") if n in data}
