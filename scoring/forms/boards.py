from typing import Any

from django import forms
from django.db.models import QuerySet

from enterprises.models import RiskPoint
from evidence.forms import PhotosField
from scoring.boards import BoardPerson, PlateContact

LEVELS = ("重大风险", "较大风险", "一般风险", "低风险")


def _lines(text: str, parts: int, words: str) -> list[list[str]]:
    """Read lines of parts that colons divide; a missing last part is empty."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        cells = [cell.strip() for cell in line.replace("：", ":").split(":", parts - 1)]
        if len(cells) < parts - 1 or not all(cells[: parts - 1]):
            raise forms.ValidationError(f"“{line.strip()}”应写作“{words}”")
        found.append([*cells, *[""] * (parts - len(cells))])
    return found


class BoardForm(forms.Form):
    """What a board says beside the enterprise's file: levels, people, ways out."""

    people = forms.CharField(
        label="安全生产组织架构", widget=forms.Textarea(attrs={"rows": 5}),
        help_text="每行一人：职务：姓名：职责",
    )  # fmt: skip
    fire_plan = PhotosField(label="消防通道平面图", required=False)
    fire_words = forms.CharField(
        label="通道和出口说明", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, points: QuerySet[RiskPoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "未定级"), *((level, level) for level in LEVELS)]
        self._points = {f"level-{point.pk}": str(point.pk) for point in points}
        for point in points:
            self.fields[f"level-{point.pk}"] = forms.ChoiceField(
                label=f"{point.place}（{point.risk}）的风险等级", choices=choices, required=False
            )

    def clean_people(self) -> list[BoardPerson]:
        """Read a line each."""
        rows = _lines(self.cleaned_data["people"], 3, "职务：姓名：职责")
        return [BoardPerson(*row) for row in rows]

    def clean_fire_plan(self) -> bytes:
        """One picture at most."""
        files = self.cleaned_data["fire_plan"]
        if len(files) > 1:
            raise forms.ValidationError("只能上传一张平面图")
        return files[0] if files else b""

    @property
    def levels(self) -> dict[str, str]:
        """{risk point: level}."""
        return {pk: self.cleaned_data[name] for name, pk in self._points.items()}


class PlateForm(forms.Form):
    """Whom to call after an accident."""

    contacts = forms.CharField(
        label="联系方式和注意事项", widget=forms.Textarea(attrs={"rows": 6}),
        help_text="每行一个：单位或者人员：电话：接报后做什么",
        initial="消防：119：\n急救：120：\n生产安全举报：12350：",
    )  # fmt: skip

    def clean_contacts(self) -> list[PlateContact]:
        """Read a line each."""
        rows = _lines(self.cleaned_data["contacts"], 3, "单位或者人员：电话：接报后做什么")
        return [PlateContact(*row) for row in rows]
