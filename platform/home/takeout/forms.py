from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat

from tenancy.forms import ActorForm


class ArchiveForm(ActorForm):
    """What an archive shall hold; phones in full are an agency's to ask for."""

    with_files = forms.BooleanField(label="连同照片、附件和文书", required=False, initial=True)
    is_whole = forms.BooleanField(
        label="联系电话用完整号码", required=False,
        help_text="不勾选时以星号隐去中间数字；勾选会记入操作日志",
    )  # fmt: skip
    reason = forms.CharField(label="使用完整号码的理由", max_length=200, required=False)

    def __init__(self, *args: Any, size: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["with_files"].help_text = f"文件共 {filesizeformat(size)}"
        if not (self.actor.is_agency and self.actor.may("personal_show")):
            del self.fields["is_whole"], self.fields["reason"]
