"""What an agency decides by, in versions: its table of points, its scheme of the evaluation."""

from django.db import models
from django_fsm import FSMModelMixin, transition

from tenancy.models import Agency, Owned
from workflow.fields import StateField


class RulesVersion(FSMModelMixin, Owned):
    """One version. A draft is edited; adopted, nothing of it changes any more (a trigger refuses it)."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        ADOPTED = "adopted", "已施行"

    owner_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    version = models.CharField("版本", max_length=40)
    state = StateField("状态", default=State.DRAFT, choices=State.choices)
    adopted_on = models.DateField("施行日期", null=True, blank=True)
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="由此修订"
    )
    is_proposal = models.BooleanField("试拟稿", default=True)
    note = models.TextField("修订说明", blank=True)
    parameters = models.JSONField("参数", default=dict)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.version

    @property
    def tenant(self) -> dict[str, object]:
        """Whose it is, as keyword arguments for a row that hangs on it."""
        return {
            "owner_agency_id": self.owner_agency_id,
            "region_code": self.region_code,
            "provider_org_id": None,
            "enterprise_org_id": None,
        }

    @transition("state", source=State.DRAFT, target=State.ADOPTED)
    def adopt(self) -> None:
        """From its day on it is what is decided by."""


def version_constraints(name: str) -> list[models.BaseConstraint]:
    """Return what holds for a kind of rules: a version's name and a day's adoption come once."""
    return [
        models.UniqueConstraint(fields=["owner_agency", "version"], name=f"{name}_once"),
        models.UniqueConstraint(fields=["owner_agency", "adopted_on"], name=f"{name}_one_a_day"),
        models.CheckConstraint(
            name=f"{name}_adopted_has_day",
            condition=~models.Q(state="adopted") | models.Q(adopted_on__isnull=False),
        ),
    ]
