#!/usr/bin/env python
"""Django's command line; starts the embedded PostgreSQL and Redis when no others are configured."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from stack.embedded import ensure_started
    from stack.places import StackError

    try:
        ensure_started()
    except StackError as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
