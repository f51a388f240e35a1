"""Every task, published for one agency with the ids of another's things."""

import inspect
from collections.abc import Iterator
from itertools import product
from typing import Any

from celery import current_app

from evidence.scanning import KINDS
from tenancy.tasks import HEADER, TenantTask
from tests.attack.people import Victim
from tests.attack.probes import Report
from tests.attack.rows import Watch
from tests.attack.undo import undone


def attack_tasks(agency_id: int, victim: Victim, report: Report) -> None:
    """Run every task of tenants for an agency, its arguments being the victim's things."""
    watch = Watch(victim.column, victim.value)
    for task in sorted(tenant_tasks(), key=lambda t: t.name):
        for args in _arguments(task, victim):
            with undone():
                run_as_worker(task, agency_id, args)
                changes = watch.changes()
            report.sent["arguments of tasks"] += 1
            if changes:
                report.fail(f"task {task.name}{args}: {changes}")


def tenant_tasks() -> list[TenantTask]:
    """Return every task that runs for one agency."""
    return [t for t in current_app.tasks.values() if isinstance(t, TenantTask)]


def _arguments(task: TenantTask, victim: Victim) -> Iterator[tuple[Any, ...]]:
    """Yield the victim's things, and its agency, for each argument; for a word every kind of file."""
    values = [*victim.things.values(), victim.value]
    names = list(inspect.signature(task.run).parameters)
    yield from product(*(KINDS if name == "kind" else values for name in names))


def run_as_worker(task: TenantTask, agency_id: int, args: tuple[Any, ...]) -> None:
    """Run a task as a worker does. How it ends is its own affair; what it did is looked at."""
    task.push_request(headers={HEADER: agency_id}, args=args, called_directly=False)
    try:
        task(*args)
    except Exception:
        pass
    finally:
        task.pop_request()
