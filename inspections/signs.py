"""Signs from the visits: figures that ask for a second look. A sign is never a penalty."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Count

from agencies.models import Assignment
from evidence.models import Photo
from inspections.models import Hazard, Visit

SHORT = timedelta(minutes=30)  # indicator B2 of domain.md 3.3
COPIES = 3  # the same words at so many enterprises of the batch


def signs_of(assignments: Sequence[Assignment]) -> dict[int, list[str]]:
    """Return {assignment id: signs in words}, in a fixed number of statements."""
    ids = [a.pk for a in assignments]
    found: dict[int, list[str]] = defaultdict(list)
    visits = (
        Visit.objects.filter(assignment__in=ids)
        .exclude(kind__in=Visit.OFFICIAL)
        .exclude(state=Visit.State.OPEN)
        .annotate(people=Count("team"))
        .order_by("arrived_at", "pk")
    )
    for visit in visits:
        found[visit.served_id] += _of_visit(visit)
    hazards = list(
        Hazard.objects.filter(assignment__in=ids, source=Hazard.Source.PROVIDER)
        .exclude(state=Hazard.State.DISMISSED)
        .order_by("number")
        .values_list("pk", "assignment_id", "description")
    )
    _add_copies(found, hazards)
    _add_photos(found, {str(pk): assignment for pk, assignment, _ in hazards})
    bare = set(ids) - {assignment for _, assignment, _ in hazards}
    for pk in sorted(bare):
        found[pk].append("没有查出隐患")
    return dict(found)


def _of_visit(visit: Visit) -> list[str]:
    assert visit.left_at is not None  # it is signed or refused
    signs, day = [], f"{visit.arrived_at:%m-%d}"
    stayed = visit.left_at - visit.arrived_at
    if stayed < SHORT:
        signs.append(f"{day}停留{int(stayed.total_seconds() // 60)}分钟")
    if visit.latitude is None:
        signs.append(f"{day}没有定位")
    if visit.people < 2:  # type: ignore[attr-defined]
        signs.append(f"{day}只有1人到场")
    return signs


def _add_copies(found: dict[int, list[str]], hazards: Sequence[tuple[object, int, str]]) -> None:
    """The same description at several enterprises."""
    where: dict[str, set[int]] = defaultdict(set)
    for _, assignment, text in hazards:
        where[text].add(assignment)
    copied: Counter[int] = Counter()
    for places in where.values():
        if len(places) >= COPIES:
            copied.update(places)
    for assignment, count in sorted(copied.items()):
        found[assignment].append(f"{count}项描述与其他企业相同")


def _add_photos(found: dict[int, list[str]], assignment_of: dict[str, int]) -> None:
    """The same picture (byte by byte) at several enterprises."""
    where: dict[str, set[int]] = defaultdict(set)
    rows = Photo.objects.filter(
        subject_type="inspections.hazard",
        subject_id__in=list(assignment_of),
        purpose=Photo.Purpose.BEFORE,
    )
    for sha256, subject in rows.values_list("sha256", "subject_id"):
        where[sha256].add(assignment_of[subject])
    doubled: Counter[int] = Counter()
    for places in where.values():
        if len(places) > 1:
            doubled.update(places)
    for assignment, count in sorted(doubled.items()):
        found[assignment].append(f"{count}张照片在其他企业出现过")
