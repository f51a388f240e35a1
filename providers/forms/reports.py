from django import forms

from evidence.forms import FilesField

WORDS = forms.Textarea(attrs={"rows": 8})


class ReportForm(forms.Form):
    """A year's report: the provider's own words and files; the figures come from the records."""

    year = forms.IntegerField(label="年度", min_value=2016, max_value=2100)
    correction = forms.CharField(
        label="更正说明", max_length=300, required=False, help_text="该年度已提交过的才填写"
    )
    text = forms.CharField(label="业绩说明", widget=WORDS, max_length=10_000)
    files = FilesField(label="附件", required=False)  # type: ignore[assignment]


class ReportEditForm(forms.Form):
    """The same once it is begun."""

    correction = forms.CharField(label="更正说明", max_length=300, required=False)
    text = forms.CharField(label="业绩说明", widget=WORDS, max_length=10_000)
    files = FilesField(label="增加附件", required=False)  # type: ignore[assignment]
