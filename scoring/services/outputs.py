"""outputs_start, and what its workers do part by part."""

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from agencies.models import ServiceContract
from common.scope import current
from documents import pdf
from documents.frozen import content_sha256, freeze, thaw
from documents.models import Document
from documents.registry import papers
from documents.services import (
    Issuer,
    check_code,
    check_url,
    document_issue,
    document_render,
    document_store,
)
from inspections.documents import LEDGER_TITLE, LedgerHead, LedgerPart, ledger_sheet
from scoring import outputs
from scoring.appraisals import papers as appraisal_papers
from scoring.documents import VersionMark, summary_sheet
from scoring.freezing import freeze_contract, frozen_lines
from scoring.models import Appraisal, RuleBook
from scoring.papers import book_mark
from scoring.points import Parameters
from scoring.services.appraisals import appraisal_interim
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.selectors import region_names
from workflow.models import Job, JobPart
from workflow.services import Part, job_add_parts, job_start

KIND = "contract_outputs"
ROWS_PER_PART = 125
FREEZE = "freeze"
NO_BOOK = VersionMark("乡镇安全生产监督检查记分规则", "未施行", is_proposal=True)


@transaction.atomic
def outputs_start(*, actor: Actor, contract: ServiceContract) -> Job:
    """Start hazard ledger, point summary and evaluation of a contract; two clicks, one job.

    Everything after the first part works on the input frozen there, and says its hash.
    """
    return job_start(
        actor=actor,
        kind=KIND,
        title=f"{contract.title}：台账、记分汇总、绩效考评",
        subject=contract,
        parts=[Part(FREEZE, "冻结数据")],
        frozen={},
        input_sha256="",
    )


def run_part(job: Job, part: JobPart) -> Mapping[str, Any]:
    """Do one part of a contract's outputs."""
    doers: dict[str, Callable[[Job, JobPart], Mapping[str, Any]]] = {
        FREEZE: _freeze,
        "ledger_xlsx": _ledger_xlsx,
        "ledger_pdf": _ledger_pdf,
        "points_pdf": _points_pdf,
        "points_xlsx": _points_xlsx,
        "appraisal": _appraisal,
    }
    return doers.get(part.key, _ledger_part)(job, part)


def _contract(job: Job) -> ServiceContract:
    rows = ServiceContract.objects.select_related("owner_agency__org", "provider_org")
    return rows.get(pk=job.subject_id)


def _freeze(job: Job, part: JobPart) -> Mapping[str, Any]:
    contract = _contract(job)
    at = clock.now(job.owner_agency_id)
    files = freeze_contract(contract, f"jobs/{job.pk}")
    appraisal = appraisal_interim(contract=contract, job_id=job.pk, at=at)
    hashes = {name: file["sha256"] for name, file in files.items()}
    text = json.dumps(
        {**hashes, "appraisal": appraisal.input_sha256}, sort_keys=True, separators=(",", ":")
    )
    job.frozen = {"files": files, "made_at": at.isoformat()}
    job.input_sha256 = hashlib.sha256(text.encode()).hexdigest()
    head = outputs.ledger_head(_subject(job, contract), frozen_lines(files["hazards"]["path"]))
    job.frozen["ledger_head"] = freeze(head)
    job.save(update_fields=["frozen", "input_sha256"])
    pieces = max(-(-files["hazards"]["lines"] // ROWS_PER_PART), 1)
    job_add_parts(
        job=job,
        parts=[
            *(Part(f"ledger_{n:03}", f"台账PDF 第{n + 1}段", 1) for n in range(pieces)),
            Part("ledger_xlsx", "台账电子表格", 1),
            Part("points_pdf", "记分汇总PDF", 1),
            Part("points_xlsx", "记分汇总电子表格", 1),
            Part("appraisal", "绩效考评表", 1),
            Part("ledger_pdf", "台账PDF 合成", 2),
        ],
    )
    return {"sha256": job.input_sha256, "lines": {n: f["lines"] for n, f in files.items()}}


def _subject(job: Job, contract: ServiceContract) -> outputs.Subject:
    agency = contract.owner_agency
    codes = set(
        Agency.objects.filter(region_code__startswith=agency.region_code).values_list(
            "region_code", flat=True
        )
    )
    return outputs.Subject(
        agency_name=agency.org.name,
        provider_name=contract.provider_org.name if contract.provider_org else "",
        contract_number=contract.number,
        contract_title=contract.title,
        period_from=contract.starts_on,
        period_until=contract.ends_on,
        made_at=outputs.moment(job.frozen["made_at"]),
        input_sha256=job.input_sha256,
        training=agency.org.is_training,
        region_names=region_names(codes),
    )


def _lines(job: Job, name: str) -> Any:
    return frozen_lines(job.frozen["files"][name]["path"])


def _head(job: Job) -> LedgerHead:
    return thaw(LedgerHead, job.frozen["ledger_head"])


def _order(job: Job, part_key: str, title: str, kind: str, content: Any) -> dict[str, Any]:
    contract = _contract(job)
    agency = contract.owner_agency
    return {
        "actor": current.get(),
        "kind": kind,
        "subject": contract,
        "content": content,
        "title": f"{contract.title}{title}",
        "issuer": Issuer(agency.pk, agency.short_name),
        "issue_key": f"{job.pk}:{part_key}",
        "at": outputs.moment(job.frozen["made_at"]),
        "provider_org_id": None,
    }


def _done(document: Document) -> Mapping[str, Any]:
    return {"document": str(document.pk)}


def _ledger_part(job: Job, part: JobPart) -> Mapping[str, Any]:
    number = int(part.key.rpartition("_")[2])
    start = number * ROWS_PER_PART
    contract, head = _contract(job), _head(job)
    wanted = islice(_lines(job, "hazards"), start, start + ROWS_PER_PART)
    rows = tuple(outputs.ledger_rows(_subject(job, contract), wanted, start + 1))
    digest = content_sha256(head)
    code = check_code(digest, f"{job.pk}:ledger_pdf", Document.Format.PDF)
    rendered = pdf.render(
        "documents/ledger.html",
        {
            "content": LedgerPart(
                head=head,
                rows=rows,
                is_first=number == 0,
                is_last=start + ROWS_PER_PART >= head.totals.found,
            ),
            "title": LEDGER_TITLE,
            "number": "",
            "content_sha256": digest,
            "issued_at": head.made_at,
            "check_url": check_url(code),
            "numbered": False,
        },
    )
    path = f"jobs/{job.pk}/{part.key}.pdf"
    if default_storage.exists(path):
        default_storage.delete(path)
    return {"path": default_storage.save(path, ContentFile(rendered.content))}


def _ledger_pdf(job: Job, part: JobPart) -> Mapping[str, Any]:
    pieces = job.parts.filter(key__startswith="ledger_0").order_by("key")
    contents = []
    for path in pieces.values_list("result__path", flat=True):
        with default_storage.open(path, "rb") as file:
            contents.append(file.read())
    whole = pdf.stamp_page_numbers(pdf.merge(contents))
    order = _order(job, part.key, LEDGER_TITLE, "ledger", _head(job))
    return _done(document_store(file=whole.content, pages=whole.pages, **order))


def _ledger_xlsx(job: Job, part: JobPart) -> Mapping[str, Any]:
    head, out = _head(job), io.BytesIO()
    ledger_sheet(
        out, head, outputs.ledger_rows(_subject(job, _contract(job)), _lines(job, "hazards"))
    )
    order = _order(job, part.key, LEDGER_TITLE, "ledger", head)
    return _done(
        document_store(file=out.getvalue(), pages=None, format=Document.Format.XLSX, **order)
    )


def _summary(job: Job) -> Any:
    contract = _contract(job)
    points = list(_lines(job, "points"))
    last = points[-1]["sheet__book_id"] if points else 0
    book = RuleBook.objects.filter(pk=last).first()
    return outputs.points_summary(
        _subject(job, contract),
        list(_lines(job, "assignments")),
        points,
        _lines(job, "point_events"),
        book=book_mark(book) if book else NO_BOOK,
        parameters=Parameters.of(book.parameters) if book else Parameters(),
        visits=_lines(job, "visits"),
    )


def _points_pdf(job: Job, part: JobPart) -> Mapping[str, Any]:
    order = _order(job, part.key, "记分汇总", "points_summary", _summary(job))
    return _done(document_render(str(document_issue(**order).pk)))


def _points_xlsx(job: Job, part: JobPart) -> Mapping[str, Any]:
    summary, out = _summary(job), io.BytesIO()
    summary_sheet(out, summary)
    order = _order(job, part.key, "记分汇总", "points_summary", summary)
    return _done(
        document_store(file=out.getvalue(), pages=None, format=Document.Format.XLSX, **order)
    )


def _appraisal(job: Job, part: JobPart) -> Mapping[str, Any]:
    row = Appraisal.objects.select_related("scheme", "contract__provider_org").get(job_id=job.pk)
    content = appraisal_papers.sheet(row, _contract(job).owner_agency)
    order = _order(job, part.key, "绩效考评表", "appraisal", content)
    return _done(document_render(str(document_issue(**order).pk)))


def documents_of(job: Job) -> list[Document]:
    """Return the papers that a job made, in the order of their kinds."""
    rows = Document.objects.filter(issue_key__startswith=f"{job.pk}:").defer("content")
    order = [paper.kind for paper in papers()]
    return sorted(rows, key=lambda document: (order.index(document.kind), document.format))
