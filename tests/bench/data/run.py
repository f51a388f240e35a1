"""What `make bench-data` runs in the level's own installation."""

import json
import sys

import django

django.setup()

from django.db import connection  # noqa: E402  (after Django is up)

from agencies.models import ServiceContract  # noqa: E402
from common.scope import acting_as  # noqa: E402
from enterprises.models import Enterprise  # noqa: E402
from inspections.models import Hazard, Visit  # noqa: E402
from scoring.models import PointEntry  # noqa: E402
from stack.places import var_dir  # noqa: E402
from tenancy.actors import SYSTEM  # noqa: E402
from tests.bench.data.build import build  # noqa: E402
from tests.bench.data.levels import LEVELS  # noqa: E402

COUNTED = (Enterprise, ServiceContract, Visit, Hazard, PointEntry)


def main() -> None:
    """Build, and print what came of it as JSON."""
    built = var_dir() / "built.json"  # says that the level is there, and what it took
    built.unlink(missing_ok=True)
    spent = build(LEVELS[sys.argv[1]], int(sys.argv[2]))
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        found = {model._meta.model_name: model.objects.count() for model in COUNTED}
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    facts = {"level": sys.argv[1], **spent, **found, "gigabytes": round(size / 1e9, 2)}
    built.write_text(json.dumps(facts))
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
