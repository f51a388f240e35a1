"""Sheets that are brought along, of every kind: import_upload · import_columns_save · import_preview ·
import_answer_towns · import_start · import_confirm · import_drop

A kind is registered by the app whose rows it writes. What every kind has in common stands here: the
file, its columns, the preview that keeps nothing, and that it is confirmed once.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from enterprises import columns
from enterprises.columns import Fields, Table
from enterprises.grid import SheetError, read_grids
from enterprises.models import ColumnMatch, EnterpriseImport
from enterprises.services import Outcome
from enterprises.sheet import SheetResult
from tenancy.actors import Actor, actor_for
from tenancy.models import Agency, Membership
from tenancy.selectors import townships
from workflow.models import Job, JobPart
from workflow.services import Part, job_start

JOB = "sheet_import"
LONG = 2_000  # rows; what takes longer than a second is done by a worker
UNNAMED = ("序号", "编号", "备注", "说明", "NO", "No.", "#")  # headings that need no answer
ASKED, STANDARD, REMEMBERED, CHOSEN = "asked", "standard", "remembered", "chosen"


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be brought: its columns, how its rows are read, and what writes them.

    Of the fields `either` one must be there. `url` is the page where what came in is seen.
    """

    key: str
    title: str
    unit: str
    fields: Fields
    read: Callable[[Agency, Table, EnterpriseImport], SheetResult]
    write: Callable[[Actor, Agency, SheetResult, EnterpriseImport, bool], Outcome]
    url: str
    either: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Offer a kind of sheet; called in AppConfig.ready()."""
    _kinds[kind.key] = kind


def kinds() -> list[Kind]:
    """Return all kinds, in the order in which they were registered."""
    return [*_kinds.values()]


def kind_of(key: str) -> Kind | None:
    """Return a kind by its key."""
    return _kinds.get(key)


@transaction.atomic
def import_upload(
    *, actor: Actor, agency: Agency, content: bytes, filename: str, kind: str = "enterprises"
) -> EnterpriseImport:
    """Keep an uploaded sheet for its preview; raises DomainError for what cannot be read."""
    draft = EnterpriseImport(
        owner_agency=agency,
        region_code=agency.region_code,
        kind=kind,
        filename=filename[:200],
        uploaded_by_id=actor.member,
    )
    what = _kinds[kind]
    try:
        grids = read_grids(BytesIO(content), filename)
        remembered = {
            m.signature: m for m in ColumnMatch.objects.filter(owner_agency=agency, kind=kind)
        }
        table = columns.find(grids, what.fields, remembered)
        columns.refuse_other_template(table, what.title, [k.title for k in kinds()])
        found = _matched(what, table, remembered)
        place = {"sheet": grids.index(table.grid), "top": table.top, "rows": len(table.grid.rows)}
        draft.columns = {**place, **found}
        if found["how"] != ASKED:
            what.read(agency, _with(table, found["match"]), draft)
    except SheetError as error:
        raise DomainError(str(error), field="file") from None
    draft.file.save("list", ContentFile(content), save=False)
    draft.save(force_insert=True)
    return draft


def _matched(kind: Kind, table: Table, remembered: Mapping[str, ColumnMatch]) -> dict[str, Any]:
    """Say which column is which field and whether somebody has to be asked."""
    same = remembered.get(columns.signature(table.headings))
    if same is not None:
        return {"how": REMEMBERED, "match": same.match}
    head = columns.read_head(table.grid.row(table.top), kind.fields)
    many = {kind.fields[name].label for name in ("principal_name", "phone") if name in kind.fields}
    is_plain = not [pair for pair in head.doubtful if pair[0] not in many]
    is_plain = is_plain and not columns.missing(table.columns, kind.fields, kind.either)
    asked = [text for text in table.ignored if text not in UNNAMED]
    if is_plain and not asked:
        return {"how": STANDARD, "match": {**table.columns}}
    before = _nearest(table, remembered.values())
    if before is None:
        return {"how": ASKED, "match": {**table.columns}}
    match, changes = columns.carried(table, before.headings, before.match)
    return {"how": ASKED, "match": match, "gone": changes.gone, "new": changes.new}


def _nearest(table: Table, remembered: Any) -> ColumnMatch | None:
    """Return the remembered sheet with most of these headings, the latest of several."""
    now = set(filter(None, table.headings))
    ranked = [(len(now & set(m.headings)), m.changed_at, m) for m in remembered]
    best = max(ranked, key=lambda found: found[:2], default=None)
    return best[2] if best and best[0] >= 2 else None


def _with(table: Table, match: Mapping[str, int]) -> Table:
    return Table(table.grid, table.top, match)


def import_table(draft: EnterpriseImport) -> Table:
    """Read an uploaded sheet again, with the columns as they are matched by now."""
    with draft.file.open("rb") as file:
        grids = read_grids(BytesIO(file.read()), draft.filename)
    place = draft.columns
    if not place:  # uploaded before columns were kept
        return columns.find(grids, _kinds[draft.kind].fields)
    return Table(grids[place["sheet"]], place["top"], place["match"])


def import_preview(draft: EnterpriseImport) -> SheetResult:
    """Read an uploaded sheet again, with what was answered so far; keeps nothing."""
    agency = Agency.objects.select_related("org").get(pk=draft.owner_agency_id)
    try:
        return _kinds[draft.kind].read(agency, import_table(draft), draft)
    except SheetError as error:
        raise DomainError(str(error)) from None


@transaction.atomic
def import_columns_save(
    *, actor: Actor, draft: EnterpriseImport, match: Mapping[str, int]
) -> EnterpriseImport:
    """Say which column is which field, and remember it for sheets with the same headings."""
    locked, kind = _locked(draft), _kinds[draft.kind]
    table = import_table(locked)
    twice = [f for f, at in match.items() if [*match.values()].count(at) > 1]
    if twice:
        labels = "、".join(kind.fields[name].label for name in twice)
        raise DomainError(f"{labels}选了同一列，一列只能对应一项", field=twice[-1])
    if any(not 0 <= at < len(table.headings) for at in match.values()):
        raise DomainError("请选择表中的列")
    if lacking := columns.missing(match, kind.fields, kind.either):
        raise DomainError(f"请指明哪一列是{'、'.join(lacking)}")
    locked.columns = {**locked.columns, "match": {**match}, "how": CHOSEN, "gone": [], "new": []}
    locked.save(update_fields=["columns"])
    ColumnMatch.objects.update_or_create(
        owner_agency_id=locked.owner_agency_id,
        kind=locked.kind,
        signature=columns.signature(table.headings),
        defaults={
            "region_code": locked.region_code,
            "headings": table.headings,
            "match": {**match},
            "changed_at": timezone.now(),
            "changed_by_name": actor.display,
        },
    )
    record(
        actor=actor, act="import.columns", subject=locked, summary=kind.title,
        data={"match": {**match}},
    )  # fmt: skip
    return locked


@transaction.atomic
def import_answer_towns(*, draft: EnterpriseImport, answers: Mapping[str, str]) -> None:
    """Remember which township each unknown town name means."""
    agency = Agency.objects.get(pk=draft.owner_agency_id)
    codes = {*townships(agency).values(), agency.region_code}
    if not set(answers.values()) <= codes:
        raise DomainError("请选择本辖区的镇街", field="towns")
    locked = _locked(draft)
    locked.town_answers = {**locked.town_answers, **answers}
    locked.save(update_fields=["town_answers"])


@transaction.atomic
def import_start(*, actor: Actor, draft: EnterpriseImport, valid_only: bool) -> Outcome | Job:
    """Write an uploaded sheet at once, or have a worker write a long one."""
    if draft.columns.get("rows", 0) <= LONG:
        return import_confirm(actor=actor, draft=draft, valid_only=valid_only)
    _locked(draft)
    return job_start(
        actor=actor,
        kind=JOB,
        title=f"导入{_kinds[draft.kind].title}：{draft.filename}"[:120],
        subject=draft,
        parts=[Part("write", "检查并写入")],
        frozen={"valid_only": valid_only},
        input_sha256="",
    )


def run_part(job: Job, part: JobPart) -> dict[str, Any]:
    """Write a long sheet, as who confirmed it; done already, it stays as it is."""
    draft = EnterpriseImport.objects.get(pk=job.subject_id)
    if draft.state == EnterpriseImport.State.DONE:
        return {}
    people = Membership.objects.select_related("org__agency", "user")
    assert job.started_by_id is not None  # a person confirmed it
    actor = actor_for(people.get(pk=job.started_by_id))
    with acting_as(actor):
        outcome = import_confirm(
            actor=actor, draft=draft, valid_only=bool(job.frozen["valid_only"])
        )
    return {"created": outcome.created, "unchanged": outcome.unchanged}


@transaction.atomic
def import_confirm(*, actor: Actor, draft: EnterpriseImport, valid_only: bool) -> Outcome:
    """Write an uploaded sheet, once."""
    locked = _locked(draft)
    if locked.columns.get("how") == ASKED:
        raise DomainError("请先指明各列的含义")
    agency = Agency.objects.select_related("org").get(pk=locked.owner_agency_id)
    outcome = _kinds[locked.kind].write(actor, agency, import_preview(locked), locked, valid_only)
    if not outcome.is_written:
        raise DomainError("表中还有问题行，请改正后重新上传，或选择只导入合格的行")
    locked.state, locked.imported_at = EnterpriseImport.State.DONE, timezone.now()
    locked.outcome = asdict(outcome)
    locked.save(update_fields=["state", "imported_at", "outcome"])
    return outcome


@transaction.atomic
def import_drop(*, draft: EnterpriseImport) -> None:
    """Give an uploaded sheet up."""
    locked = _locked(draft)
    locked.state = EnterpriseImport.State.DROPPED
    locked.save(update_fields=["state"])


def _locked(draft: EnterpriseImport) -> EnterpriseImport:
    locked = EnterpriseImport.objects.select_for_update(of=("self",), no_key=True).get(pk=draft.pk)
    if locked.state != EnterpriseImport.State.DRAFT:
        raise DomainError(f"该名单{locked.get_state_display()}，请重新上传")
    return locked
