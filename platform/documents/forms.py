from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from common.search import search
from documents.access import documents_among, documents_of
from documents.handing_over import awaiting
from documents.models import Document
from documents.registry import papers
from tenancy.actors import Actor

DAY, ISO = {"type": "date"}, "%Y-%m-%d"
HEX = set("0123456789abcdef")


def is_sha256(text: str) -> bool:
    """Say whether it is the hash of a file: whoever has the file asks what paper it is."""
    return len(text) == 64 and set(text.lower()) <= HEX


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY, format=ISO))


def _kinds() -> list[tuple[str, str]]:
    return [(paper.kind, paper.name) for paper in papers()]


class DocumentFilter(forms.Form):
    """What the list of papers is filtered by; everything in it stays in the URL."""

    STATES = (("", "全部"), *Document.State.choices, ("unreceived", "未签收"))

    q = forms.CharField(
        label="标题、文号、企业或文件的 SHA-256",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True}),
    )
    kind = forms.ChoiceField(label="种类", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        if actor.is_enterprise:
            self.fields["q"].label = "标题、文号或文件的 SHA-256"
        self.fields["kind"].choices = [("", "全部"), *_kinds()]  # type: ignore[attr-defined]

    def rows(self) -> QuerySet[Document]:
        """Return the papers that the filter lets through; nonsense lets nothing through."""
        if not self.is_valid():
            return Document.objects.none()
        rows, chosen = self._worded, self.cleaned_data
        if chosen["kind"]:
            rows = rows.filter(kind=chosen["kind"])
        if chosen["state"] == "unreceived":
            return rows.filter(awaiting())
        return rows.filter(state=chosen["state"]) if chosen["state"] else rows

    @cached_property
    def _worded(self) -> QuerySet[Document]:
        """Those whose title or number contain the words, or that a file's or a content's hash is of.

        A title names its enterprise. Asked once.
        """
        text = self.cleaned_data["q"]
        if not text:
            return documents_of(self.actor)
        if is_sha256(text):
            return documents_of(self.actor).filter(
                Q(file_sha256=text.lower()) | Q(content_sha256=text.lower())
            )
        found = search("documents_document", text)
        if found is None:
            words = Q(number__icontains=text) | Q(title__icontains=text)
            return documents_of(self.actor).filter(words)
        return documents_among(self.actor, found)

    def to_print(self) -> QuerySet[Document]:
        """Return what is printed of it: PDF files; voided ones only where they were asked for."""
        rows = self.rows().filter(format=Document.Format.PDF)
        if self.cleaned_data.get("state") != Document.State.VOIDED:
            rows = rows.exclude(state=Document.State.VOIDED)
        return rows.order_by("kind", "issued_at", "number")

    def chips(self) -> list[tuple[str, str]]:
        """Return (label, parameter) for each filter in force."""
        found = []
        for name in ("q", "kind", "state"):
            if self.is_valid() and (value := self.cleaned_data[name]):
                field = self.fields[name]
                words = dict(getattr(field, "choices", ())).get(value, value)
                found.append((f"{field.label if name != 'q' else '搜索'}：{words}", name))
        return found


class VoidForm(forms.Form):
    """Why a paper is voided."""

    reason = forms.CharField(label="作废原因", max_length=200)


class ReceiptForm(forms.Form):
    """Who has the paper."""

    person_name = forms.CharField(label="签收人姓名", max_length=40)
    person_post = forms.CharField(label="职务", max_length=40, required=False)


class RefusalForm(forms.Form):
    """A paper that was refused: left there before witnesses."""

    person_name = forms.CharField(label="拒收人", max_length=40, required=False)
    reason = forms.CharField(label="拒收理由", max_length=200)
    witness_names = forms.CharField(label="见证人", max_length=100)


class SealForm(forms.Form):
    """The picture of a seal."""

    name = forms.CharField(label="印章名称", max_length=60)
    image = forms.FileField(
        label="印模图片",
        help_text="PNG，背景透明，500 KB 以内",
        widget=forms.FileInput(attrs={"accept": "image/png"}),
    )


class ApprovalForm(forms.Form):
    """For which papers the seal is wanted, and for how long."""

    kinds = forms.MultipleChoiceField(label="文书种类", widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(label="用印事由", max_length=200)
    valid_from = _day("自")
    valid_until = _day("至")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = _kinds()  # type: ignore[attr-defined]


class TemplateForm(forms.Form):
    """An office's own Word form."""

    kind = forms.ChoiceField(label="文书种类")
    file = forms.FileField(
        label="模板文件",
        help_text="Word（.docx），2 MB 以内；可先下载起步模板再修改",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "请选择"), *_kinds()]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
