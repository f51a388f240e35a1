"""What a file holds of visits and hazards, and what must be over before it can be closed."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from enterprises.merging import Hold, Part, counts_by_file, register_hold, register_part
from enterprises.models import Enterprise
from inspections.models import Complaint, Hazard, HistoricalHazard, Visit

KINDS: tuple[tuple[type[Model], str, str, str], ...] = (
    (Visit, "检查", "次", "不动；签过的文书仍是原企业名称"),
    (Hazard, "隐患", "项", "编号、状态、期限不动，照常整改复查；在保留档案的台账里一并列出"),
    (HistoricalHazard, "历史隐患", "项", "不动，一并列出"),
    (Complaint, "投诉举报", "件", "不动"),
)


def _open_visits(former: Enterprise) -> Iterator[Hold]:
    rows = Visit.objects.filter(enterprise=former, state=Visit.State.OPEN).order_by("arrived_at")
    for row in rows:
        day = timezone.localtime(row.arrived_at)
        yield Hold(
            f"{former.name}有一次检查还没有签字（{day:%Y-%m-%d}，{row.get_kind_display()}）：请先结束检查",
            reverse("inspections:visit", args=[row.pk]),
        )


def _counted(model: type[Model]) -> Callable[[Sequence[int]], Mapping[int, int]]:
    return lambda ids: counts_by_file(model._default_manager.all(), ids)


def register() -> None:
    """Say it; called in AppConfig.ready()."""
    for model, title, unit, fate in KINDS:
        register_part(Part(title, unit, fate, _counted(model)))
    register_hold(_open_visits)
