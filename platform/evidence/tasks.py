from datetime import timedelta

from celery import shared_task

from common.ids import made_before
from common.scope import current
from evidence.scanning import KINDS, ScannerDown, file_scan, scanner_answers
from tenancy.tasks import EveryAgencyTask, TenantTask

OWED_AFTER = timedelta(seconds=90)
AT_ONCE = 200  # files of an agency sent again in one sweep


class ScanTask(TenantTask):
    """Opens its own short transactions: the scanner may take its time."""

    abstract = True
    atomic = False


@shared_task(
    base=ScanTask,
    name="evidence.scan",
    autoretry_for=(ScannerDown,),
    retry_backoff=5,
    max_retries=3,
)
def scan_file(kind: str, pk: str) -> None:
    """Have one photo or attachment scanned; does nothing if it was."""
    file_scan(actor=current.get(), kind=kind, pk=pk)  # type: ignore[arg-type]


@shared_task(base=TenantTask, name="evidence.rescan_of_agency")
def rescan_of_agency(agency_id: int) -> None:
    """Send again what has waited too long: the scanner was down, or Redis was emptied."""
    waiting = []
    for kind, model in KINDS.items():
        rows = model.objects.waiting().filter(made_before(OWED_AFTER), owner_agency_id=agency_id)
        waiting += [(kind, pk) for pk in rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]]
    if waiting and scanner_answers():
        for kind, pk in waiting:
            scan_file.send(agency_id, kind, str(pk))


@shared_task(base=EveryAgencyTask, name="evidence.rescan", bind=True)
def rescan(self: EveryAgencyTask) -> int:
    """Every minute, agency by agency."""
    return self.fan_out(rescan_of_agency, with_id=True)
