"""enterprises_import · files_hold · enterprise_save · risk_point_add · risk_point_remove ·
certificate_add · certificate_drop"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.services import record
from common.db.columns import insert_columns
from common.errors import DomainError
from common.ids import uuid7
from common.pinyin import name_words, search_words
from enterprises import sheet
from enterprises.models import (
    Enterprise,
    RiskPoint,
    SpecialOperationCertificate,
)
from tenancy import clock
from tenancy.actors import Actor
from tenancy.enums import OrgKind
from tenancy.models import Agency
from tenancy.selectors import townships
from tenancy.services import organizations_for

# What a list says of an enterprise; everything else on the file is left as it is.
LISTED = (
    "name",
    "region_code",
    "industry",
    "industry_code",
    "address",
    "products",
    "employee_count",
    "safety_manager_count",
    "special_operator_count",
    "principal_name",
    "phone",
    "risk_factors",
)
EDITED = (*LISTED, "major_installation", "opens_at", "closes_at", "latitude", "longitude")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did. `rejected` rows: {"row", "column", "value", "message"} per problem."""

    created: int
    updated: int
    unchanged: int
    rejected: tuple[dict[str, Any], ...]
    is_written: bool


def read_list(*, agency: Agency, content: bytes, filename: str, answers: Mapping[str, str]) -> Any:
    """Read a list against an agency's townships; raises sheet.SheetError."""
    return sheet.read(
        BytesIO(content),
        filename=filename,
        townships=townships(agency),
        region_code=agency.region_code,
        town_answers=answers,
    )


@transaction.atomic
def enterprises_import(
    *, actor: Actor, agency: Agency, result: Any, valid_only: bool = False, dry_run: bool = False
) -> Outcome:
    """Write what a list says. One bad row means nothing is written, unless `valid_only`.

    Matches by credit code within the agency. The same list again changes nothing. A cell that is
    empty in the list leaves the file's value alone. A fixed number of statements, however long.
    """
    codes = [row.values.credit_code for row in result.accepted]
    there = Enterprise.objects.select_for_update(of=("self",), no_key=True).select_related(
        "merged_into"
    )
    there = there.filter(owner_agency=agency, credit_code__any_of=codes)
    known = {enterprise.credit_code: enterprise for enterprise in there}
    closed = {code: one.merged_into for code, one in known.items() if one.merged_into is not None}
    rejected = (*rejected_of(result), *_of_closed(result, closed))
    rows = [row.values for row in result.accepted if row.values.credit_code not in closed]
    new = [values for values in rows if values.credit_code not in known]
    changes = [
        (known[v.credit_code], _changes(known[v.credit_code], v))
        for v in rows
        if v.credit_code in known
    ]
    changed = [(enterprise, fields) for enterprise, fields in changes if fields]
    is_written = not dry_run and (valid_only or not rejected)
    if is_written:
        _create(agency, new)
        _update(changed)
        _record(actor, agency, len(new), changed)
    return Outcome(len(new), len(changed), len(changes) - len(changed), rejected, is_written)


def rejected_of(result: Any) -> list[dict[str, Any]]:
    """Return what is wrong, a line for each cell."""
    return [
        {
            "row": row.row,
            "column": problem.column_label,
            "value": problem.value,
            "message": problem.message,
        }
        for row in result.rejected
        for problem in row.problems
    ]


def _of_closed(result: Any, closed: Mapping[str, Enterprise]) -> list[dict[str, Any]]:
    """A code whose file was merged into another says nothing new: the list is to name the other."""
    return [
        {
            "row": row.row,
            "column": "统一社会信用代码",
            "value": code,
            "message": f"该代码的档案已并入{closed[code].name}，请改用{closed[code].credit_code}",
        }
        for row in result.accepted
        if (code := row.values.credit_code) in closed
    ]


def _listed(values: Any) -> dict[str, Any]:
    return {name: getattr(values, name) for name in LISTED}


def _changes(enterprise: Enterprise, values: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in _listed(values).items()
        if value not in (None, "") and value != getattr(enterprise, name)
    }


def search_text(name: str, credit_code: str, principal_name: str) -> str:
    """Return what a search looks at: name and principal with their pinyin initials, credit code."""
    return " ".join(filter(None, (search_words(name), name_words(principal_name), credit_code)))


def _search_text(enterprise: Enterprise) -> str:
    return search_text(enterprise.name, enterprise.credit_code, enterprise.principal_name)


def _create(agency: Agency, rows: list[Any]) -> None:
    if not rows:
        return
    orgs = organizations_for(
        kind=OrgKind.ENTERPRISE,
        names={values.credit_code: values.name for values in rows},
        is_training=agency.org.is_training,
    )
    listed = {name: [getattr(values, name) for values in rows] for name in LISTED}
    codes = [values.credit_code for values in rows]
    insert_columns(
        Enterprise,
        {
            **listed,
            "credit_code": codes,
            "enterprise_org": [orgs[code] for code in codes],
            "search_text": [*map(search_text, listed["name"], codes, listed["principal_name"])],
        },
        owner_agency=agency,
    )


def _update(changed: list[tuple[Enterprise, dict[str, Any]]]) -> None:
    now = timezone.now()
    for enterprise, fields in changed:
        for name, value in fields.items():
            setattr(enterprise, name, value)
        enterprise.search_text = _search_text(enterprise)
        enterprise.updated_at = now
    Enterprise.objects.bulk_update(
        [enterprise for enterprise, _ in changed],
        [*LISTED, "search_text", "updated_at"],
        batch_size=1000,
    )


def _record(
    actor: Actor, agency: Agency, created: int, changed: list[tuple[Enterprise, dict[str, Any]]]
) -> None:
    record(
        actor=actor,
        act="enterprise.import",
        subject=("tenancy.agency", str(agency.pk)),
        agency_id=agency.pk,
        region_code=agency.region_code,
        summary=f"新增 {created} 家，更新 {len(changed)} 家",
        data={
            "created": created,
            "updated": {str(enterprise.pk): sorted(fields) for enterprise, fields in changed},
        },
    )


def files_hold(ids: Collection[int]) -> None:
    """Let nobody close files before the transaction ends; DomainError for one that is closed.

    Whatever begins something new for an enterprise asks this first.
    """
    rows = Enterprise.objects.select_for_update(of=("self",), no_key=True)
    _check_open(list(rows.filter(pk__in=ids).order_by("pk")))


def _check_open(files: Collection[Enterprise]) -> None:
    closed = [one.name for one in files if one.merged_into_id is not None]
    if closed:
        raise DomainError(f"{'、'.join(closed[:5])}的档案已并入另一份，请用保留的档案办理")


@transaction.atomic
def enterprise_save(
    *, actor: Actor, enterprise: Enterprise, note: str = "", group: UUID | None = None
) -> Enterprise:
    """Save a file that was edited by hand; the record names the fields, not the values.

    `note` says why, `group` by which act of many.
    """
    before = Enterprise.objects.select_for_update(of=("self",), no_key=True).get(pk=enterprise.pk)
    _check_open([before])
    changed = [name for name in EDITED if getattr(before, name) != getattr(enterprise, name)]
    enterprise.search_text = _search_text(enterprise)
    enterprise.save()
    data = {"fields": changed} | ({"group": str(group)} if group else {})
    record(actor=actor, act="enterprise.edit", subject=enterprise, summary=note, data=data)
    return enterprise


@transaction.atomic
def risk_point_add(
    *,
    actor: Actor,
    enterprise: Enterprise,
    place: str,
    risk: str,
    measure: str = "",
    id: UUID | None = None,
) -> RiskPoint:
    """Register a place that every visit asks about; the same `id` again is the same point."""
    if id is not None and (found := RiskPoint.objects.filter(pk=id).first()):
        return found
    for field, text in (("place", place), ("risk", risk)):
        if not text.strip():
            raise DomainError("请填写这一项", field=field)
    files_hold([enterprise.pk])
    same = RiskPoint.objects.filter(
        enterprise=enterprise, place=place.strip(), risk=risk.strip(), removed_at=None
    )
    if id is None and same.exists():  # two phones without signal cannot know of each other
        raise DomainError("这个风险点已经登记", field="place")
    now = clock.now(enterprise.owner_agency_id)
    row = RiskPoint.objects.create(
        id=id or uuid7(),
        **enterprise.tenant,
        enterprise=enterprise,
        place=place.strip(),
        risk=risk.strip(),
        measure=measure.strip(),
        recorded_by_name=actor.display,
        recorded_at=now,
    )
    record(actor=actor, act="risk_point.add", subject=row, at=now)
    return row


@transaction.atomic
def risk_point_remove(*, actor: Actor, risk_point: RiskPoint) -> RiskPoint:
    """Ask about a place no more; what was answered about it stays."""
    if risk_point.removed_at is None:
        risk_point.removed_at = clock.now(risk_point.owner_agency_id)
        risk_point.save(update_fields=["removed_at"])
        record(actor=actor, act="risk_point.remove", subject=risk_point, at=risk_point.removed_at)
    return risk_point


@transaction.atomic
def certificate_add(
    *,
    actor: Actor,
    enterprise: Enterprise,
    holder_name: str,
    number: str,
    category: str,
    project: str,
    valid_until: date,
    review_due_on: date | None,
) -> SpecialOperationCertificate:
    """Register a special operator's certificate; only the end of its number is kept."""
    if review_due_on is not None and review_due_on > valid_until:
        raise DomainError("复审日期不能晚于有效期", field="review_due_on")
    files_hold([enterprise.pk])
    end = number[-6:].upper()
    held = SpecialOperationCertificate.objects.filter(
        enterprise=enterprise, holder_name=holder_name, number_end=end, category=category,
        removed_at=None,
    )  # fmt: skip
    if held.exists():
        raise DomainError("该人员的这类证件已登记", field="holder_name")
    now = clock.now(enterprise.owner_agency_id)
    row = SpecialOperationCertificate.objects.create(
        **enterprise.tenant,
        enterprise=enterprise,
        holder_name=holder_name.strip(),
        number_end=end,
        category=category,
        project=project.strip(),
        valid_until=valid_until,
        review_due_on=review_due_on,
        recorded_by_name=actor.display,
        recorded_at=now,
        search_text=name_words(holder_name.strip()),
    )
    record(actor=actor, act="special_certificate.add", subject=row, summary=category, at=now)
    return row


@transaction.atomic
def certificate_drop(*, actor: Actor, certificate: SpecialOperationCertificate) -> None:
    """Take a certificate off the register: entered wrongly, or the person left."""
    now = clock.now(certificate.owner_agency_id)
    changed = SpecialOperationCertificate.objects.filter(pk=certificate.pk, removed_at=None).update(
        removed_at=now
    )
    if not changed:
        raise DomainError("该证件已撤销登记")
    record(actor=actor, act="special_certificate.remove", subject=certificate, at=now)
