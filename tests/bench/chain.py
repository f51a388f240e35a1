"""The chain of 100,000 acts: sealed, checked, exported, checked alone; beside the bare work.

Each step runs in a process of its own, so that its highest memory is its own.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import django

django.setup()

import psycopg2  # noqa: E402  (after Django is up)
from django.conf import settings  # noqa: E402

from audit import verify_chain  # noqa: E402
from audit.chain import chain_problems, export_lines  # noqa: E402
from audit.models import AuditEntry  # noqa: E402
from audit.services import FIELDS, PIECE, act_text, chain_seal  # noqa: E402
from audit.verify_chain import GENESIS, link_hash  # noqa: E402
from common.ids import uuid7  # noqa: E402
from common.scope import acting_as  # noqa: E402
from tenancy.actors import SYSTEM  # noqa: E402

ACTS = 100_000
CHAIN = 900_000_001  # nobody's: an agency of its own for the measure
FILE = Path(tempfile.gettempdir()) / "bench-chain.jsonl"
ROWS = f"""
    SELECT {", ".join(f"e.{name}" for name in FIELDS)} FROM audit_seal s
    JOIN audit_auditentry e ON e.id = s.entry_id
    WHERE s.agency_id = %s AND s.sequence > %s ORDER BY s.sequence LIMIT 2000
"""


def act() -> None:
    """Append the acts, as services do, but many at once."""
    now = datetime.now(UTC)
    with acting_as(SYSTEM):
        for _ in range(0, ACTS, 5_000):
            AuditEntry.objects.bulk_create(
                AuditEntry(
                    id=uuid7(), agency_id=CHAIN, region_code="130371", user_id=7, membership_id=9,
                    actor_name="经济技术开发区应急管理局 王强", act="hazard.submit",
                    subject_type="inspections.hazard", subject_id=str(uuid7()), summary="已接地，已复查",
                    data={"from": "rectifying", "to": "submitted", "round": 1}, at=now,
                )
                for _ in range(5_000)
            )  # fmt: skip


def seal() -> None:
    """As beat does, piece by piece."""
    piece = PIECE
    while piece == PIECE:
        with acting_as(SYSTEM):
            piece = chain_seal(agency_id=CHAIN)


def check() -> None:
    """As `manage.py verify_chain` does."""
    with acting_as(SYSTEM, atomic=False):
        assert not list(chain_problems(agency_id=CHAIN))


def export() -> None:
    """As `manage.py export_chain` does."""
    with acting_as(SYSTEM, atomic=False), FILE.open("w", encoding="utf-8") as file:
        file.writelines(export_lines(agency_id=CHAIN, name="量"))


def alone() -> None:
    """The stand-alone verifier over the export."""
    assert verify_chain.main([str(FILE)]) == 0


def bare() -> None:
    """The same rows fetched by psycopg2 in pieces, written as JSON and hashed, and nothing else."""
    owner = settings.DATABASE_OWNER
    names = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    connection = psycopg2.connect(**{key: owner[name] or None for key, name in names.items()})
    previous, place = GENESIS, 0
    with connection, connection.cursor() as cursor:
        while True:
            cursor.execute(ROWS, [CHAIN, place])
            rows = cursor.fetchall()
            if not rows:
                break
            for row in rows:
                previous = link_hash(previous, act_text(dict(zip(FIELDS, row, strict=True))))
            place += len(rows)
    assert place == ACTS


STEPS: dict[str, Callable[[], None]] = {
    step.__name__: step for step in (act, seal, bare, check, export, alone)
}


def main() -> None:
    """Run one step, or all of them; print the figures as JSON."""
    if len(sys.argv) > 1:
        started = time.monotonic()
        STEPS[sys.argv[1]]()
        seconds = round(time.monotonic() - started, 2)
        used = resource.getrusage(resource.RUSAGE_SELF)
        cpu, peak = round(used.ru_utime + used.ru_stime, 2), used.ru_maxrss // 1024
        print(json.dumps({"s": seconds, "cpu_s": cpu, "peak_mb": peak}))
        return
    figures = {}
    for name in STEPS:
        command = [sys.executable, "-m", "tests.bench.chain", name]
        run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        figures[name] = json.loads(run.stdout.splitlines()[-1])
    FILE.unlink()
    for name in ("seal", "check"):
        figures[name]["times_bare"] = round(figures[name]["s"] / figures["bare"]["s"], 2)
    print(json.dumps({"acts": ACTS, **figures}))


if __name__ == "__main__":
    main()
