"""The virus scanner (clamd, `CLAMAV_URL`): what it says of a file, and what follows. Enqueues nothing.

first_state · scanner_answers · file_scan · infection_seen

Nothing passes unscanned: a scanner that is down, refuses or stammers leaves a file waiting, and so
does a scanner that was taken away again.
"""

from typing import BinaryIO, cast
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from audit.services import record
from common.scope import acting_as
from evidence.models import Attachment, Photo, Scan
from tenancy import clock
from tenancy.actors import SYSTEM, Actor
from tenancy.models import Membership
from workflow.models import WorkTask
from workflow.services import work_task_open

TIMEOUT = 60.0  # seconds that clamd may be silent
PORT = 3310
KINDS: dict[str, type[Photo] | type[Attachment]] = {"photo": Photo, "attachment": Attachment}
INFECTED_TASK = "file_infected"


class ScannerDown(Exception):
    """The scanner gave no answer that counts; the file goes on waiting."""


def first_state() -> Scan:
    """Return what a file begins with on arrival."""
    return Scan.WAITING if settings.CLAMAV_URL else Scan.NONE


def _client() -> ClamdNetworkSocket:
    if not settings.CLAMAV_URL:
        raise ScannerDown("CLAMAV_URL is not set")
    url = urlsplit(settings.CLAMAV_URL)
    if url.scheme == "unix":
        return ClamdUnixSocket(url.path, timeout=int(TIMEOUT))
    return ClamdNetworkSocket(url.hostname or "127.0.0.1", url.port or PORT, timeout=TIMEOUT)


def scanner_answers() -> bool:
    """Whether the scanner is there at all."""
    try:
        return _client().ping() == "PONG"
    except (ScannerDown, ClamdError, OSError):
        return False


def verdict_of(file: BinaryIO) -> tuple[Scan, str]:
    """Return what the scanner says of a file, and the virus's name; raises ScannerDown."""
    try:
        status, name = _client().instream(file).get("stream", ("", ""))
    except (ClamdError, OSError) as error:
        raise ScannerDown(str(error)) from error
    if status == "OK":
        return Scan.CLEAN, ""
    if status == "FOUND":
        return Scan.INFECTED, name or ""
    raise ScannerDown(f"clamd said {status or 'nothing'} {name or ''}".strip())


def file_scan(*, actor: Actor, kind: str, pk: str) -> None:
    """Have one waiting file scanned and write down the verdict; does nothing a second time.

    No transaction is held while the scanner reads.
    """
    with transaction.atomic():
        row = KINDS[kind].objects.waiting().filter(pk=pk).first()
    if row is None:
        return
    with row.source.open("rb") as file:
        verdict, virus = verdict_of(cast(BinaryIO, file))
    with transaction.atomic():
        is_first = KINDS[kind].objects.waiting().filter(pk=pk).update(scan=verdict)
        if is_first and verdict == Scan.INFECTED:
            _quarantine(actor, kind, row, virus)


def _quarantine(actor: Actor, kind: str, row: Photo | Attachment, virus: str) -> None:
    """Tell those who keep the file and those who sent it; the bytes stay, given to nobody."""
    record(
        actor=actor,
        act=f"{kind}.infected",
        subject=row,
        summary=f"查出病毒 {virus}，文件已隔离",
        data={"sha256": row.sha256, "virus": virus},
        at=clock.now(row.owner_agency_id),
    )
    title = f"上传的文件查出病毒（{virus}），已隔离：{row}"
    url = reverse("evidence:held", args=[kind, row.pk])
    for org_id in {row.owner_agency_id, _sender_of(row)} - {None}:
        work_task_open(row=row, org_id=org_id, kind=INFECTED_TASK, title=title, url=url)


def _sender_of(row: Photo | Attachment) -> int | None:
    """Return the organisation that sent a file; the agency's system does not see its people."""
    with acting_as(SYSTEM):
        rows = Membership.objects.filter(pk=row.uploaded_by_id or 0)
        return rows.values_list("org_id", flat=True).first()


def infection_tasks(actor: Actor, row: Photo | Attachment) -> QuerySet[WorkTask]:
    """Return what is before the actor's own organisation because of this file."""
    return WorkTask.objects.filter(
        kind=INFECTED_TASK,
        subject_type=row._meta.label_lower,
        subject_id=str(row.pk),
        org_id_for=actor.org,
        done_at=None,
    )


@transaction.atomic
def infection_seen(*, actor: Actor, row: Photo | Attachment) -> None:
    """The actor's organisation has seen to it (cleaned the phone, sent the file anew)."""
    now = clock.now(row.owner_agency_id)
    if infection_tasks(actor, row).update(done_at=now, done_by_id=actor.membership_id):
        record(actor=actor, act=f"{row._meta.model_name}.infection_seen", subject=row, at=now)
