"""What writes and jobs cost at one level, each beside the same work done bare; all is taken back."""

import io
import json
import resource
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

import django

django.setup()

import xlsxwriter  # noqa: E402  (after Django is up)
from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from python_calamine import CalamineWorkbook  # noqa: E402

from agencies.models import Assignment, ServiceContract  # noqa: E402
from agencies.services import batch_assign, batch_create  # noqa: E402
from common import credit_code  # noqa: E402
from common.scope import acting_as  # noqa: E402
from enterprises.bringing import import_confirm, import_upload  # noqa: E402
from enterprises.models import Enterprise  # noqa: E402
from enterprises.services import enterprises_import, read_list  # noqa: E402
from inspections import exports  # noqa: E402
from inspections.models import Hazard, Meeting  # noqa: E402
from inspections.selectors import asked_on, checklist_items  # noqa: E402
from inspections.services import (  # noqa: E402
    answers_save,
    hazards_mark_overdue,
    rectification_submit,
    visit_note,
    visit_sign,
    visit_start,
)
from scoring.models import PointCycle, RuleBook, RuleClause  # noqa: E402
from scoring.points import Parameters  # noqa: E402
from scoring.recount import recounted  # noqa: E402
from scoring.selectors import proposals  # noqa: E402
from scoring.services import Given, points_give  # noqa: E402
from scoring.services.tryouts import run_part, tryout_start  # noqa: E402
from stack import embedded  # noqa: E402
from tenancy.actors import SYSTEM, Actor, system_for  # noqa: E402
from tenancy.models import Agency, Membership  # noqa: E402
from tenancy.services import agency_clock_set  # noqa: E402
from tests.bench.bare import replayed  # noqa: E402
from tests.bench.data.levels import AS_OF  # noqa: E402
from tests.bench.pages import COUNTY, people  # noqa: E402
from tests.county import picture  # noqa: E402

TURNS = 7
ANSWERS = 20
IMPORTED = 5_000
LEDGER = 10_000
LARGE = 50_000
LATER = timedelta(days=12)  # so that many deadlines pass


def undone(work: Callable[[], Any]) -> tuple[float, list[str]]:
    """Do something and take it back; return milliseconds and the statements sent."""
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        work()
        spent = (time.perf_counter() - began) * 1000
        transaction.set_rollback(True)
    return spent, [query["sql"] for query in queries.captured_queries]


def timed(work: Callable[[], Any]) -> dict[str, Any]:
    """Return the median milliseconds of several turns, beside the same statements sent bare."""
    spent, bare = [], []
    for _ in range(TURNS):
        ms, statements = undone(work)
        spent.append(ms)
        bare.append(replayed(statements, as_owner=True))
    return {"ms": round(median(spent), 1), "statements": len(statements), **beside(spent, bare)}


def beside(ours: list[float], bare: list[float]) -> dict[str, Any]:
    """Return the bare work's median milliseconds, and how many times that ours is."""
    return {"bare_ms": round(median(bare), 1), "ratio": round(median(ours) / median(bare), 2)}


def assigning(admin: Actor) -> dict[str, Any]:
    """A hundred enterprises into a new batch, in one action."""
    with acting_as(admin):
        contract = ServiceContract.objects.filter(state="active", owner_agency=admin.org)[0]
        batch = batch_create(
            actor=admin, contract=contract, name="bench", code="BENCH",
            starts_on=contract.starts_on, ends_on=contract.ends_on,
        )  # fmt: skip
        taken = Assignment.objects.filter(batch__contract=contract).values("enterprise_id")
        free = Enterprise.objects.filter(owner_agency=admin.org).exclude(pk__in=taken)
        ids = list(free.values_list("pk", flat=True)[:100])
        found = timed(lambda: batch_assign(actor=admin, batch=batch, enterprise_ids=ids))
        transaction.set_rollback(True)
    return {**found, "enterprises": len(ids)}


def visiting(lead: Actor) -> dict[str, Any]:
    """A whole visit with twenty answers, from arrival to signature."""
    with acting_as(lead):
        waiting = Assignment.objects.filter(
            provider_org=lead.org, state="waiting", batch__meetings__state=Meeting.State.HELD
        )[0]  # fmt: skip

        def visit() -> None:
            made = visit_start(actor=lead, assignment=waiting)
            items = checklist_items(made)
            answers_save(
                actor=lead, visit=made, answers={i.pk: ("ok", "") for i in items[:ANSWERS]}
            )
            rest = dict.fromkeys(asked_on(made).unanswered, ("na", "不涉及"))
            answers_save(actor=lead, visit=made, answers=rest)
            visit_note(visit=made, process_note="查阅资料，现场检查")
            visit_sign(
                actor=lead, visit=made, representative_name="张立新", representative_post="厂长",
                signature=picture(kind="PNG"),
            )  # fmt: skip

        return timed(visit)


def point_entry(officer: Actor, county: Agency) -> dict[str, Any]:
    """One clause given by two officers to one enterprise, in a year whose papers have begun."""
    with acting_as(officer):
        contract = ServiceContract.objects.filter(state="active", owner_agency=county)[0]
        light = set(RuleClause.objects.filter(is_major=False).values_list("code", flat=True))
        hazard, *others = [h for h in proposals(contract.pk) if h.clause_code in light]
        # Of another enterprise: its row stays locked until the turns are over.
        before = next(h for h in others if h.enterprise_id != hazard.enterprise_id)
        second = Membership.objects.filter(org_id=officer.org, role="officer")
        other = second.exclude(pk=officer.member)[0]

        def give(found: Hazard) -> object:
            clause = RuleClause.objects.get(code=found.clause_code)
            return points_give(
                actor=officer, enterprise=found.enterprise, contract=contract,
                given=[Given(clause, found)], second_officer=other, representative_name="张立新",
                signature=picture(kind="PNG"),
            )  # fmt: skip

        give(before)
        found = timed(lambda: give(hazard))
        transaction.set_rollback(True)
    return found


BARE_POINTS = """
    SELECT count(*), sum(total) FROM (
        SELECT e.cycle_id, sum(e.base) AS total, count(v.kind) AS kinds
        FROM scoring_pointentry e LEFT JOIN scoring_pointevent v ON v.entry_id = e.id
        GROUP BY e.cycle_id
    ) t
"""


def recounting() -> dict[str, Any]:
    """Every total added up anew from entries and events, beside a bare sum of the same rows.

    Both in one process, and the quieter of three turns each.
    """
    with acting_as(SYSTEM):
        books = {book.pk: Parameters.of(book.parameters) for book in RuleBook.objects.all()}
        cycles = PointCycle.objects.count()
    turns = [(_recount(books), _bare_points()) for _ in range(3)]
    wrong, spent, alone = turns[0][0][0], min(t[0][1] for t in turns), min(t[1] for t in turns)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with acting_as(SYSTEM):
        every = sum(1 for _ in recounted(books, only_wrong=False))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert every == cycles
    return {"cycles": cycles, "wrong": wrong, "s": round(spent, 2), "bare_s": round(alone, 2),
            "ratio": round(spent / alone, 2), "grown_mb": round(grown / 1024)}  # fmt: skip


def _recount(books: dict[int, Parameters]) -> tuple[int, float]:
    began = time.perf_counter()
    with acting_as(SYSTEM):
        wrong = sum(1 for _ in recounted(books))
    return wrong, time.perf_counter() - began


def _bare_points() -> float:
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        began = time.perf_counter()
        cursor.execute(BARE_POINTS)
        cursor.fetchall()
        return time.perf_counter() - began


def trying(admin: Actor) -> dict[str, Any]:
    """A book tried over a county's last year: all its towns, one after the other."""
    with acting_as(admin):
        book = RuleBook.objects.order_by("-adopted_on").first()  # of the province
        year = AS_OF.year - 1
        began = time.perf_counter()
        with transaction.atomic():
            job = tryout_start(actor=admin, book=book, year=year)
            results = [run_part(job, part) for part in job.parts.all()]
            transaction.set_rollback(True)
        spent = time.perf_counter() - began
    firms = sum(t["enterprises"] for one in results for t in one["by_town"].values())
    return {"enterprises": firms, "towns": len(results), "s": round(spent, 1)}


def rectifying(principal: Actor) -> dict[str, Any]:
    """The enterprise says with a photo that a hazard is mended."""
    with acting_as(principal):
        hazard = Hazard.objects.filter(state="issued").order_by("due_on")[0]
        return timed(lambda: rectification_submit(
            actor=principal, hazard=hazard, text="已接地", responsible_person="张立新",
            done_on=hazard.found_on, photos=[picture((9, 9, 9))],
        ))  # fmt: skip


def listed(county: Agency) -> bytes:
    """A list of new enterprises as a sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    heads = (
        "企业名称",
        "统一社会信用代码",
        "所属行业",
        "生产经营地址",
        "从业人员数量",
        "主要负责人",
        "联系电话",
    )
    page.write_row(0, 0, heads)
    for number in range(IMPORTED):
        first = f"91{county.region_code}MB{number:07d}"
        code = first + credit_code.check_digit(first)
        row = (
            f"导入机械制造有限公司{number}",
            code,
            "机械",
            f"长江路{number}号",
            30,
            "张立新",
            "13400000000",
        )
        page.write_row(number + 1, 0, row)
    book.close()
    return out.getvalue()


def added(work: Callable[[], None]) -> dict[str, str]:
    """Return the rows that an import adds, by table, as COPY takes them; it is taken back."""
    tables = ("tenancy_organization", "enterprises_enterprise")
    found = {}
    with transaction.atomic(), connection.cursor() as cursor:
        last = {}
        for table in tables:
            cursor.execute(f"SELECT max(id) FROM {table}")
            last[table] = cursor.fetchone()[0]
        work()
        for table in tables:
            out = io.StringIO()
            rows = f"SELECT * FROM {table} WHERE id > {last[table]}"
            cursor.copy_expert(f"COPY ({rows}) TO STDOUT", out)
            found[table] = out.getvalue()
        transaction.set_rollback(True)
    return found


def importing(admin: Actor, county: Agency) -> dict[str, Any]:
    """Five thousand new enterprises checked and written, beside reading the file and COPY alone.

    COPY puts the very same rows into the same two tables, as their owner: no policy, no check.
    """
    content = listed(county)

    def ours() -> None:
        result = read_list(agency=county, content=content, filename="list.xlsx", answers={})
        assert enterprises_import(actor=admin, agency=county, result=result).created == IMPORTED

    def bare(rows: dict[str, str]) -> None:
        CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        with connection.cursor() as cursor:
            for table, text in rows.items():
                cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(text))

    with connection.as_owner(), acting_as(admin):
        rows = added(ours)
    turns, bare_turns = [], []
    for _ in range(TURNS):
        with acting_as(admin):
            turns.append(undone(ours))
        with connection.as_owner():
            bare_turns.append(undone(lambda: bare(rows)))
    spent, alone = ([ms for ms, _ in each] for each in (turns, bare_turns))
    return {"ms": round(median(spent)), "statements": len(turns[-1][1]), **beside(spent, alone)}


EARLIER = 20_000
LEDGER_TABLE = "inspections_historicalhazard"
LEDGER_HEAD = (
    "统一社会信用代码", "排查日期", "部位/场所", "隐患描述", "类别", "等级", "整改措施",
    "整改期限", "整改完成日期", "整改状态", "排查人", "服务机构",
)  # fmt: skip


def earlier_year(firms: list[str]) -> bytes:
    """Return a ledger of an earlier year over these credit codes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, LEDGER_HEAD)
    for number in range(EARLIER):
        row = (
            firms[number % len(firms)], "2020-06-03", f"{number % 40} 号配电箱",
            f"第 {number} 项：箱体没有接地", "电气安全", "一般", "按规范接地并检测", "2020-06-20",
            "2020-06-18", "已整改", "王五", "某某安全技术服务有限公司",
        )  # fmt: skip
        page.write_row(number + 1, 0, row)
    book.close()
    return out.getvalue()


def ledger_importing(admin: Actor, county: Agency) -> dict[str, Any]:
    """A ledger of twenty thousand rows confirmed, beside reading the file and COPY of its rows."""
    with acting_as(admin):
        files = Enterprise.objects.filter(owner_agency=county)
        content = earlier_year([*files.values_list("credit_code", flat=True)[:3000]])
        draft = import_upload(
            actor=admin, agency=county, content=content, filename="ledger.xlsx", kind="hazards"
        )

    def ours() -> None:
        done = import_confirm(actor=admin, draft=draft, valid_only=False)
        assert done.created == EARLIER

    def bare(text: str) -> None:
        CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {LEDGER_TABLE} FROM STDIN", io.StringIO(text))

    with connection.as_owner(), acting_as(admin), transaction.atomic():
        ours()
        out, mine = io.StringIO(), f"SELECT * FROM {LEDGER_TABLE} WHERE source_id = '{draft.pk}'"
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY ({mine}) TO STDOUT", out)
        transaction.set_rollback(True)
    turns, bare_turns = [], []
    for _ in range(TURNS):
        with acting_as(admin):
            turns.append(undone(ours))
        with connection.as_owner():
            bare_turns.append(undone(lambda: bare(out.getvalue())))
    spent, alone = ([ms for ms, _ in each] for each in (turns, bare_turns))
    return {"ms": round(median(spent)), "statements": len(turns[-1][1]), **beside(spent, alone)}


def overdue() -> dict[str, Any]:
    """Every agency's late hazards flagged, twelve days later; again, nothing is."""
    with acting_as(SYSTEM):
        rows = list(Agency.objects.select_related("org").order_by("pk"))
        province = next(a for a in rows if a.region_code == "13")
        open_count = Hazard.objects.open().count()

        def scan() -> int:
            agency_clock_set(agency=province, at=AS_OF + LATER)
            found = 0
            for agency in rows:
                with acting_as(system_for(agency), atomic=False):
                    found += hazards_mark_overdue(actor=system_for(agency), agency_id=agency.pk)
            return found

        began = time.perf_counter()
        with transaction.atomic():
            first, spent = scan(), time.perf_counter() - began
            again = scan()
            transaction.set_rollback(True)
    found = {"open": open_count, "newly_late": first, "again": again, "s": round(spent, 1)}
    if open_count >= LARGE:  # of few hazards most is what each agency takes, however many they are
        found["seconds_per_500000"] = round(spent / open_count * 500_000, 1)
    return found


def ledger(admin: Actor) -> dict[str, Any]:
    """The ledger's sheet of ten thousand hazards, beside XlsxWriter with the same cells."""
    with acting_as(admin):
        rows = Hazard.objects.filter(region_code__startswith=COUNTY)
        last = rows.order_by("number").values_list("number", flat=True)[:LEDGER][LEDGER - 1]
        rows = rows.filter(number__lte=last)
        spent = undone(lambda: exports.write_ledger(io.BytesIO(), rows, admin))[0]
        cells = [row.cells for row in exports.ledger_rows(rows)]

    def bare() -> None:
        options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
        book = xlsxwriter.Workbook(io.BytesIO(), options)
        page = book.add_worksheet()
        for number, row in enumerate(cells):
            for column, value in enumerate(row):
                page.write(number, column, value)
        book.close()

    began = time.perf_counter()
    bare()
    alone = (time.perf_counter() - began) * 1000
    return {"rows": len(cells), "ms": round(spent), "bare_ms": round(alone),
            "ratio": round(spent / alone, 2)}  # fmt: skip


def bare_rows() -> dict[str, Any]:
    """What psql itself takes for a first page: the rows by their key, without any policy."""
    with connection.as_owner(), connection.cursor() as cursor:
        times = []
        for _ in range(TURNS):
            began = time.perf_counter()
            cursor.execute("SELECT * FROM inspections_hazard ORDER BY due_on, id LIMIT 51")
            cursor.fetchall()
            times.append((time.perf_counter() - began) * 1000)
    return {"ms": round(median(times), 2)}


def main() -> None:
    """Print the figures as JSON."""
    embedded.ensure_started()
    who = dict(people())
    with acting_as(who["county admin"]):
        county = Agency.objects.select_related("org").get(pk=who["county admin"].org)
    found = {
        "assign": assigning(who["county admin"]),
        "visit": visiting(who["project lead"]),
        "points": point_entry(who["county officer"], county),
        "recount": recounting(),
        "tryout": trying(who["county admin"]),
        "rectification": rectifying(who["enterprise"]),
        "import": importing(who["county admin"], county),
        "earlier_year": ledger_importing(who["county admin"], county),
        "ledger": ledger(who["county admin"]),
        "overdue": overdue(),
        "bare_page": bare_rows(),
    }
    print(json.dumps({"work": found}))


if __name__ == "__main__":
    main()
