"""What a file holds of contracts and choices, and what must be over before it can be closed."""

from collections.abc import Iterator, Mapping, Sequence

from django.urls import reverse

from agencies.models import Assignment, ChoiceInvite, ChoiceRound
from enterprises.merging import Hold, Part, counts_by_file, register_hold, register_part
from enterprises.models import Enterprise


def _running(former: Enterprise) -> Iterator[Hold]:
    """A batch has to do with one file of an enterprise, and pays for it once."""
    done = (Assignment.Phase.ACCEPTED, Assignment.Phase.CONCLUDED)
    rows = Assignment.objects.filter(enterprise=former, withdrawn_at=None).exclude(state__in=done)
    for row in rows.select_related("batch").order_by("pk"):
        yield Hold(
            f"{former.name}在“{row.batch.name}”中还没有验收（{row.get_state_display()}）："
            "请先收回任务，或者等验收完成",
            reverse("inspections:assignment", args=[row.pk]),
        )


def _choosing(former: Enterprise) -> Iterator[Hold]:
    over = (ChoiceRound.State.CLOSED, ChoiceRound.State.CANCELLED)
    rows = ChoiceInvite.objects.filter(enterprise=former, choice=None)
    for row in rows.exclude(round__state__in=over).select_related("round").order_by("pk"):
        yield Hold(
            f"{former.name}正在“{row.round}”中选择服务机构：请先结束选择，或者移出名单",
            reverse("agencies:round", args=[row.round_id]),
        )


def _assignments(ids: Sequence[int]) -> Mapping[int, int]:
    return counts_by_file(Assignment.objects.all(), ids)


def _invites(ids: Sequence[int]) -> Mapping[int, int]:
    return counts_by_file(ChoiceInvite.objects.all(), ids)


def register() -> None:
    """Say it; called in AppConfig.ready()."""
    register_part(Part("服务批次中的任务", "项", "仍在原批次，列原企业名称", _assignments))
    register_part(Part("选择服务机构", "次", "仍在原轮次", _invites))
    register_hold(_running)
    register_hold(_choosing)
