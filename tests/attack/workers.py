"""Every task, published for one agency with the ids of another's things."""

import inspect
from typing import Any

from celery import current_app

from tenancy.tasks import HEADER, TenantTask
from tests.attack import rows
from tests.attack.people import Victim
from tests.attack.probes import Report
from tests.attack.undo import undone


def attack_tasks(agency_id: int, victim: Victim, report: Report) -> None:
    """Run every task of tenants for an agency, each argument in turn each of the victim's things."""
    before, hanging = rows.fingerprints(None, victim), rows.hanging(None, victim)
    tasks = [t for t in current_app.tasks.values() if isinstance(t, TenantTask)]
    for task in sorted(tasks, key=lambda t: t.name):
        number = len(inspect.signature(task.run).parameters)
        for value in victim.things.values():
            with undone():
                _run(task, agency_id, [value] * number)
                touched = rows.touched()
                changed = [
                    table
                    for table, found in rows.fingerprints(touched, victim).items()
                    if found != before[table]
                ]
                hung = [key for key, n in rows.hanging(touched, victim).items() if n > hanging[key]]
            report.sent["arguments of tasks"] += 1
            if changed or hung:
                report.fail(f"task {task.name}({value}): changed {changed}, hung {hung}")


def _run(task: TenantTask, agency_id: int, args: list[Any]) -> None:
    """Run a task as a worker does. How it ends is its own affair; what it did is looked at."""
    task.push_request(headers={HEADER: agency_id}, args=args, called_directly=False)
    try:
        task(*args)
    except Exception:
        pass
    finally:
        task.pop_request()
