"""`make client`: the typed Python client of `/api/v1/`, made from the schema and never kept.

Run as a module it goes to var/client; the tests make theirs into a folder of their own.
"""

import json
import subprocess
import sys
from pathlib import Path

import django
from drf_spectacular.generators import SchemaGenerator

PACKAGE = "anfu_client"
CONFIG = """
post_hooks: []
content_type_overrides:
  application/pdf: application/octet-stream
  application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: application/octet-stream
"""


def generate(folder: Path) -> Path:
    """Make the client into `folder`, which may then stand on the path; fails at any warning."""
    folder.mkdir(parents=True, exist_ok=True)
    schema = SchemaGenerator().get_schema(request=None, public=True)
    paths = schema["paths"]
    schema["paths"] = {path: paths[path] for path in paths if path.startswith("/api/v1/")}
    written, config = folder / "schema.json", folder / "config.yml"
    written.write_text(json.dumps(schema, default=str, ensure_ascii=False), encoding="utf-8")
    config.write_text(CONFIG, encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("openapi-python-client")), "generate",
        f"--path={written}", f"--output-path={folder / PACKAGE}", f"--config={config}",
        "--meta=none", "--overwrite", "--fail-on-warning",
    ]  # fmt: skip
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode:
        raise RuntimeError(said.stdout + said.stderr)
    return folder / PACKAGE


if __name__ == "__main__":
    django.setup()
    from django.conf import settings

    print(generate(Path(settings.VAR_DIR) / "client"))
