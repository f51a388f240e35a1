"""Files that are brought along, of every kind: files_upload · files_start · files_drop · run_part

As with sheets: what was uploaded is kept, looked through, shown with what is wrong, and written once
somebody has confirmed it. A kind says to which row of its app a file belongs.
"""

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, BinaryIO, cast

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from enterprises.folders import MAX_BYTES, Folder, Packed, packed
from enterprises.grid import SheetError
from enterprises.models import EnterpriseImport
from evidence.models import Attachment, Photo
from evidence.pictures import picture_type
from evidence.services import attachment_add, content_type_of, photo_add
from tenancy.actors import Actor
from tenancy.models import Agency, TenantModel
from tenancy.tasks import member_actor
from workflow.models import Job, JobPart
from workflow.services import Part, job_start

JOB = "file_import"
CHECK, WRITE = "check", "write"
LONG = 40  # files; each is opened and looked at, which takes a worker when there are more


@dataclass(frozen=True, slots=True)
class Target:
    """The row that a file belongs to, as `app.model` and key, and how it reads."""

    kind: str
    pk: str
    label: str


Matcher = Callable[[Packed], Target | str]


@dataclass(frozen=True, slots=True)
class FileKind:
    """What files can be brought: `match` prepares who finds a file's row, or says why none is found.

    `purpose` is that of photos; without one the files are attachments.
    """

    key: str
    title: str
    rules: tuple[str, ...]
    match: Callable[[Agency, Sequence[Packed]], Matcher]
    url: str
    purpose: str = ""


@dataclass(slots=True)
class Looked:
    """One file after it was looked at; `is_there`: the row has the same bytes already."""

    path: str
    entry: str
    size: int
    problem: str = ""
    kind: str = ""
    pk: str = ""
    label: str = ""
    sha256: str = ""
    is_there: bool = False


_kinds: dict[str, FileKind] = {}


def register_files(kind: FileKind) -> None:
    """Offer a kind of files; called in AppConfig.ready()."""
    _kinds[kind.key] = kind


def file_kinds() -> list[FileKind]:
    """Return all kinds."""
    return [*_kinds.values()]


def file_kind_of(key: str) -> FileKind | None:
    """Return a kind by its key."""
    return _kinds.get(key)


@transaction.atomic
def files_upload(
    *, actor: Actor, agency: Agency, kind: str, files: Sequence[tuple[str, bytes]]
) -> EnterpriseImport:
    """Keep one archive, or files chosen one by one, and look through them, at once or by a worker.

    Raises DomainError (field `files`) for what is no archive, empty, or too much.
    """
    is_archive = len(files) == 1 and files[0][0].lower().endswith(".zip")
    content = files[0][1] if is_archive else packed(files)
    if len(content) > MAX_BYTES:
        raise DomainError(f"超过 {MAX_BYTES // 2**20} MB，请分几次上传", field="files")
    try:
        number = len([*Folder(io.BytesIO(content)).files()])
    except SheetError as error:
        raise DomainError(str(error), field="files") from None
    name = files[0][0] if len(files) == 1 else f"{files[0][0]} 等 {len(files)} 个文件"
    draft = EnterpriseImport(
        owner_agency=agency, region_code=agency.region_code, kind=kind, filename=name[-200:],
        uploaded_by_id=actor.member, columns={"files": number},
    )  # fmt: skip
    draft.file.save("files", ContentFile(content), save=False)
    draft.save(force_insert=True)
    if number <= LONG:
        _look_through(draft)
    else:
        _start(actor, draft, CHECK)
    return draft


def _start(actor: Actor, draft: EnterpriseImport, key: str) -> Job:
    words = "检查" if key == CHECK else "写入"
    return job_start(
        actor=actor, kind=JOB, title=f"{words}{_kinds[draft.kind].title}：{draft.filename}"[:120],
        subject=draft, parts=[Part(key, words)], frozen={}, input_sha256=key,
    )  # fmt: skip


def looked_of(draft: EnterpriseImport) -> list[Looked] | None:
    """Return what was found of each file; None while nobody has looked yet."""
    found = draft.outcome.get("looked")
    return None if found is None else [Looked(**one) for one in found]


def _look_through(draft: EnterpriseImport) -> None:
    agency = Agency.objects.select_related("org").get(pk=draft.owner_agency_id)
    with draft.file.open("rb") as file:
        folder = Folder(cast(BinaryIO, file))
        files = [*folder.files()]
        match = _kinds[draft.kind].match(agency, files)
        looked = [_look(folder, one, match, is_photo=_is_photo(draft)) for one in files]
    _note_twice(looked)
    _note_there(looked, is_photo=_is_photo(draft))
    draft.outcome = {"looked": [asdict(one) for one in looked]}
    draft.save(update_fields=["outcome"])


def _is_photo(draft: EnterpriseImport) -> bool:
    return bool(_kinds[draft.kind].purpose)


def _look(folder: Folder, file: Packed, match: Matcher, *, is_photo: bool) -> Looked:
    """Say of one file whose it is, or why it is not taken."""
    looked = Looked(file.path, file.entry, file.size, file.problem)
    if looked.problem:
        return looked
    target = match(file)
    if isinstance(target, str):
        looked.problem = target
        return looked
    looked.kind, looked.pk, looked.label = target.kind, target.pk, target.label
    try:
        content = folder.read(file)
        picture_type(content) if is_photo else content_type_of(content)
    except (SheetError, DomainError) as error:
        looked.problem = str(error)
    else:
        looked.sha256 = hashlib.sha256(content).hexdigest()
    return looked


def _note_twice(looked: Sequence[Looked]) -> None:
    first: dict[tuple[str, str, str], str] = {}
    for one in looked:
        if not one.problem:
            same = first.setdefault((one.kind, one.pk, one.sha256), one.path)
            if same != one.path:
                one.problem = f"与 {same} 内容相同"


def _note_there(looked: Sequence[Looked], *, is_photo: bool) -> None:
    model: Any = Photo if is_photo else Attachment
    hashes = [one.sha256 for one in looked if one.sha256]
    rows = model.objects.filter(sha256__any_of=hashes)
    there = set(rows.values_list("subject_type", "subject_id", "sha256"))
    for one in looked:
        one.is_there = (one.kind, one.pk, one.sha256) in there


@transaction.atomic
def files_start(
    *, actor: Actor, draft: EnterpriseImport, valid_only: bool
) -> EnterpriseImport | Job:
    """Write what was looked through, at once or by a worker; DomainError while files have problems.

    Those that were refused are left out only if somebody says so.
    """
    locked = _locked(draft)
    looked = looked_of(locked)
    if looked is None:
        raise DomainError("还在检查，请稍候")
    good = [one for one in looked if not one.problem]
    if not good:
        raise DomainError("没有可以导入的文件")
    if len(good) < len(looked) and not valid_only:
        raise DomainError("还有文件有问题，请改正后重新上传，或选择只导入合格的文件")
    if len(good) > LONG:
        return _start(actor, locked, WRITE)
    return _write(actor, locked, looked)


def _write(actor: Actor, draft: EnterpriseImport, looked: Sequence[Looked]) -> EnterpriseImport:
    kind, good = _kinds[draft.kind], [one for one in looked if not one.problem]
    subjects = _subjects(draft, good)
    kept = [
        one
        for one, content in _contents(draft, good)
        if _keep(actor, kind, subjects[one.kind, one.pk], one, content)
    ]
    draft.outcome = {
        "created": len(kept), "unchanged": len(good) - len(kept),
        "refused": [{"path": one.path, "problem": one.problem} for one in looked if one.problem],
    }  # fmt: skip
    draft.state, draft.imported_at = EnterpriseImport.State.DONE, timezone.now()
    _empty(draft)
    draft.save(update_fields=["state", "imported_at", "outcome", "file"])
    record(
        actor=actor, act="files.import", subject=draft, data={"created": len(kept)},
        summary=f"{kind.title}：新增 {len(kept)} 个，已有 {len(good) - len(kept)} 个",
    )  # fmt: skip
    return draft


def _subjects(
    draft: EnterpriseImport, good: Sequence[Looked]
) -> Mapping[tuple[str, str], TenantModel]:
    """Return the rows that files go to, each kind in one statement; the agency's own only."""
    found: dict[tuple[str, str], TenantModel] = {}
    for kind in {one.kind for one in good}:
        ids = {one.pk for one in good if one.kind == kind}
        rows = apps.get_model(kind)._default_manager.filter(owner_agency_id=draft.owner_agency_id)
        found |= {(kind, str(row.pk)): cast(TenantModel, row) for row in rows.filter(pk__in=ids)}
    return found


def _contents(draft: EnterpriseImport, good: Sequence[Looked]) -> Iterator[tuple[Looked, bytes]]:
    with draft.file.open("rb") as file:
        folder = Folder(cast(BinaryIO, file))
        for one in good:
            yield one, folder.read(Packed(one.path, one.entry, one.size))


def _keep(actor: Actor, kind: FileKind, subject: TenantModel, one: Looked, content: bytes) -> bool:
    if one.is_there:
        return False
    if kind.purpose:
        photo_add(actor=actor, subject=subject, purpose=kind.purpose, content=content)
    else:
        name = one.path.rpartition("/")[2]
        attachment_add(actor=actor, subject=subject, filename=name, content=content)
    return True


@transaction.atomic
def files_drop(*, draft: EnterpriseImport) -> None:
    """Give it up; nothing was written."""
    locked = _locked(draft)
    locked.state, locked.outcome = EnterpriseImport.State.DROPPED, {}
    _empty(locked)
    locked.save(update_fields=["state", "outcome", "file"])


def _empty(draft: EnterpriseImport) -> None:
    """The archive is not needed any more: what was taken of it is kept where it belongs."""
    transaction.on_commit(partial(default_storage.delete, str(draft.file.name)))
    draft.file = ""


def _locked(draft: EnterpriseImport) -> EnterpriseImport:
    locked = EnterpriseImport.objects.select_for_update(of=("self",), no_key=True).get(pk=draft.pk)
    if locked.state != EnterpriseImport.State.DRAFT:
        raise DomainError(f"这些文件{locked.get_state_display()}，请重新上传")
    return locked


def run_part(job: Job, part: JobPart) -> dict[str, Any]:
    """Look through or write many files, as who asked for it; done already, they stay as they are."""
    actor = member_actor(job.started_by_id)
    with acting_as(actor):
        draft = EnterpriseImport.objects.select_for_update(of=("self",), no_key=True).get(
            pk=job.subject_id
        )
        if draft.state != EnterpriseImport.State.DRAFT:
            return {}
        if part.key == CHECK:
            _look_through(draft)
        else:
            _write(actor, draft, looked_of(draft) or [])
    return {}
