"""What tests of signs stand on: visits, hazards and photos written straight into the rows."""

from dataclasses import replace
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.services import batch_assign
from common.scope import acting_as
from evidence.models import Photo
from inspections.models import (
    Hazard,
    Sign,
    Visit,
    VisitMember,
)
from inspections.services import (
    sign_dismiss,
)
from inspections.signs.update import signs_of, signs_update
from tests import county as counties

LIST, SET = "/signs/", "/signs/thresholds/"
LOOK, NEAR = "f0f0f0f0f0f0f0f0", "f0f0f0f0f0f0f0cf"


def update(county) -> int:
    with acting_as(county.admin):
        return signs_update(actor=county.admin, batch=county.batch)


def stored(county, **which) -> list[Sign]:
    with acting_as(county.admin):
        rows = Sign.objects.filter(**which).select_related("assignment__enterprise")
        return list(rows.order_by("kind", "key"))


def one(county, kind: str) -> Sign:
    [sign] = stored(county, kind=kind)
    return sign


def only(county, number: int):
    """The same county seen from its second, third … enterprise."""
    return replace(
        county, assignments=county.assignments[number:], enterprises=county.enterprises[number:]
    )


def plain_visits(county, assignments, **more) -> list[Visit]:
    """Signed visits with a hazard and its picture, made as rows: quickly, and with any figures."""
    made = []
    with acting_as(county.admin):
        for number, assignment in enumerate(assignments):
            begin = counties.NOW + timedelta(days=number)
            values = {
                "kind": "survey", "state": "signed", "started_by_id": county.inspector.member,
                "arrived_at": begin, "left_at": begin + timedelta(minutes=90), "signed_at": begin,
                "representative_name": "张立新", "latitude": 39.9, "longitude": 119.5, "accuracy": 9,
                "enterprise_id": assignment.enterprise_id, "assignment": assignment,
            }  # fmt: skip
            visit = Visit.objects.create(**assignment.tenant, **(values | more))
            VisitMember.objects.bulk_create(
                VisitMember(**visit.tenant, visit=visit, membership_id=a.member, name=a.user_name)
                for a in (county.inspector, county.lead)
            )
            made.append(visit)
    return made


def plain_hazard(county, visit, number: int, **more) -> Hazard:
    values = {
        "number": f"X-{number:04}", "place": "配电室", "description": "西侧配电箱箱门没有接地线",
        "category": "现场管理", "measure": "加装接地线", "found_on": visit.arrived_at.date(),
        "found_at": visit.arrived_at, "found_by_name": "人", "due_on": visit.arrived_at.date(), "due_reason": "建议",
    }  # fmt: skip
    with acting_as(county.admin):
        return Hazard.objects.create(
            **visit.tenant, visit=visit, assignment=visit.assignment, enterprise=visit.enterprise,
            **(values | more),
        )  # fmt: skip


def plain_photo(county, subject, sha256: str, phash: str = "", purpose: str = "before") -> Photo:
    with acting_as(county.admin):
        return Photo.objects.create(
            **subject.tenant, subject_type=subject._meta.label_lower, subject_id=str(subject.pk),
            purpose=purpose, original="o", reading="r", sha256=sha256, phash=phash, size=1,
            content_type="image/jpeg", width=1, height=1, arrived_at=counties.NOW,
        )  # fmt: skip


def signs(county) -> dict[int, list[Sign]]:
    with acting_as(county.admin):
        return signs_of(county.assignments)


def dismiss(county, sign: Sign, reason: str = "电话核实，同事迟到") -> Sign:
    with acting_as(county.officer):
        return sign_dismiss(actor=county.officer, sign=sign, reason=reason)


def many(county, count: int) -> list:
    with acting_as(county.admin):
        firms = [
            counties.enterprise(county.zone, n, name=f"厂{n}") for n in range(200, 200 + count)
        ]
        batch_assign(actor=county.admin, batch=county.batch, enterprise_ids=[f.pk for f in firms])
        rows = county.batch.assignments.filter(enterprise__in=firms).select_related("enterprise")
        return list(rows.order_by("pk"))


def statements(act) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def furnished(county, assignments, start: int) -> None:
    for number, visit in enumerate(plain_visits(county, assignments), start=start):
        hazard = plain_hazard(county, visit, number)
        plain_photo(county, hazard, f"s{number % 2}", LOOK)
        plain_photo(county, visit, "site", "", "site")
