"""Files that came before their hashes stood in acts get theirs now; safe to begin again."""

from typing import Any

from django.db import migrations

from common.ids import uuid7

PIECE = 1_000
# (app, model, act, columns of hash, path, size, moment)
KINDS = (
    ("evidence", "Photo", "photo.add", "sha256", "original", "size", "arrived_at"),
    ("evidence", "Attachment", "attachment.add", "sha256", "file", "size", "arrived_at"),
    ("documents", "Document", "document.file", "file_sha256", "file", "size", "rendered_at"),
)


def cover(apps: Any, schema_editor: Any) -> None:
    """Append an act for each file that no act vouches for; it says that it came afterwards."""
    entries = apps.get_model("audit", "AuditEntry").objects
    for app, model, act, *columns in KINDS:
        rows = apps.get_model(app, model).objects.exclude(**{columns[1]: ""}).order_by("pk")
        while piece := list(rows.values("pk", "owner_agency_id", "region_code", *columns)[:PIECE]):
            subject = f"{app}.{model.lower()}"
            ids = [str(row["pk"]) for row in piece]
            done = entries.filter(subject_type=subject, subject_id__in=ids, act=act)
            known = set(done.values_list("subject_id", flat=True))
            entries.bulk_create(
                _act(entries.model, row, act, subject, columns)
                for row in piece
                if str(row["pk"]) not in known
            )
            rows = rows.filter(pk__gt=piece[-1]["pk"])


def _act(entry: Any, row: dict[str, Any], act: str, subject: str, columns: list[str]) -> Any:
    sha256, path, size, moment = (row[column] for column in columns)
    return entry(
        id=uuid7(),
        agency_id=row["owner_agency_id"],
        region_code=row["region_code"],
        actor_name="系统",
        act=act,
        subject_type=subject,
        subject_id=str(row["pk"]),
        summary="文件早于入链，此时补记",
        data={"file": path, "sha256": sha256, "size": size, "afterwards": True},
        at=moment,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("chain", "0002_row_level_security"),
        ("audit", "0005_queue_and_heads_security"),
        ("evidence", "0005_marks_and_scans"),
        ("documents", "0004_seals_receipts_security"),
    ]
    operations = [migrations.RunPython(cover, migrations.RunPython.noop)]
