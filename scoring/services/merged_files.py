"""Points count for the enterprise: those of a file that was merged are added up in the other's year.

The former's cycles and events stay its own, with the figures of the day; each counts in the other's
cycle of its year from then on (`PointCycle.counts_in`), so that undoing is one column put back. The
former's are locked before the other's, here and wherever both are.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Model

from audit.services import record
from enterprises.merging import (
    Figure,
    Following,
    Part,
    counts_by_file,
    register_figures,
    register_following,
    register_part,
)
from enterprises.models import Enterprise, EnterpriseMerge
from scoring.models import (
    Consequence,
    NoticeBoard,
    PointCycle,
    PointSheet,
    PointTraining,
    Questionnaire,
    SheetDraft,
    ThresholdEvent,
)
from scoring.points import ZERO
from scoring.selectors import total_of_cycles
from scoring.services.cycles import cycle_lock, recompute
from tenancy import clock
from tenancy.actors import Actor

State = ThresholdEvent.State
KINDS: tuple[tuple[type[Model], str, str, str], ...] = (
    (PointSheet, "记分表", "份", "不动；分数计入保留档案的年度累计"),
    (Consequence, "满分措施", "项", "照常执行"),
    (PointTraining, "培训", "次", "不动；减免计入保留档案"),
    (NoticeBoard, "公示栏", "版", "墙上的二维码仍可用，显示合并后的等级"),
    (Questionnaire, "满意度问卷", "份", "不动，由保留档案的账号填写"),
)


def cycles_fold(actor: Actor, merge: EnterpriseMerge) -> None:
    """Let the former's years count in the other's."""
    former, into = merge.former, merge.into
    for cycle in _cycles(former):
        for event in cycle.events.filter(state=State.DRAFTED):
            event.state, event.note = State.CANCELLED, f"已并入{into.name}，按合并后的累计认定"
            event.save(update_fields=["state", "note"])
            record(
                actor=actor, act=f"points.{event.kind}", subject=event, summary=event.note[:200],
                at=merge.merged_at,
            )  # fmt: skip
        target = cycle_lock(into, cycle.year)
        PointCycle.objects.filter(counts_in=cycle).update(counts_in=target)
        cycle.counts_in = target
        cycle.save(update_fields=["counts_in"])
        if (cycle.book_id or 0) > (target.book_id or 0):
            target.book = cycle.book
            target.save(update_fields=["book"])
        recompute(actor, target)
    SheetDraft.objects.filter(enterprise=former).delete()


def cycles_unfold(actor: Actor, merge: EnterpriseMerge) -> None:
    """Let each count for itself again, and for the former what was merged into it before."""
    earlier = merge.moved["files"]
    for cycle in _cycles(merge.former):
        target = cycle_lock(merge.into, cycle.year)
        rows = PointCycle.objects.filter(counts_in=target, enterprise__in=earlier)
        rows.update(counts_in=cycle)
        cycle.counts_in = None
        cycle.save(update_fields=["counts_in"])
        recompute(actor, cycle)
        recompute(actor, target)


def _cycles(former: Enterprise) -> list[PointCycle]:
    rows = PointCycle.objects.select_for_update(of=("self",), no_key=True).filter(enterprise=former)
    return list(rows.select_related("book").order_by("year"))


def why_kept(merge: EnterpriseMerge) -> str:
    """A report about the joint total went out: what it says cannot be taken apart."""
    years = merge.former.point_cycles.values("year")
    sent = ThresholdEvent.objects.filter(
        enterprise=merge.into, cycle__year__in=years, sent_at__gte=merge.merged_at
    )
    return "合并后的累计记分已经抄报，不能撤销合并" if sent.exists() else ""


def points_together(former: Enterprise, into: Enterprise) -> Iterator[Figure]:
    """Say what the year's points come to; a clause given in both files counts as given again."""
    year = clock.today(into.owner_agency_id).year
    rows = PointCycle.objects.filter(enterprise__in=[former.pk, into.pk], year=year)
    found = {row.enterprise_id: row for row in rows.select_related("book")}
    if not found:
        return
    one, other = (found[pk].total if pk in found else ZERO for pk in (former.pk, into.pk))
    both = total_of_cycles(list(found.values())).net
    yield Figure(f"{year}年度累计记分", f"{one}分", f"{other}分", f"{both}分")


def _counted(model: type[Model]) -> Any:
    def counted(ids: Sequence[int]) -> Mapping[int, int]:
        return counts_by_file(model._default_manager.all(), ids)

    return counted


def register() -> None:
    """Say it; called in AppConfig.ready()."""
    for model, title, unit, fate in KINDS:
        register_part(Part(title, unit, fate, _counted(model)))
    register_figures(points_together)
    register_following(Following(cycles_fold, cycles_unfold, why_kept))
