"""Who changes a row does not keep others from writing what only leads to it."""

import ast
from pathlib import Path

from django.conf import settings

SOURCES = ("agencies", "enterprises", "inspections", "platform", "providers", "scoring")


def _locks() -> list[tuple[str, list[str]]]:
    found = []
    for source in SOURCES:
        for path in sorted(Path(settings.BASE_DIR, source).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if getattr(getattr(node, "func", None), "attr", "") == "select_for_update":
                    where = f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}"
                    found.append((where, [word.arg for word in node.keywords]))
    return found


def test_every_lock_says_whether_it_is_of_the_key_too():
    """A lock of the key waits for every row being written that refers to it, and they for it.

    Two such waits in the other order are a deadlock, so a key is locked only where it is meant.
    """
    locks = _locks()
    assert len(locks) > 100
    assert [where for where, words in locks if "no_key" not in words] == []
