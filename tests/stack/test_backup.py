"""A backup restored into an empty installation is the same, row by row and byte by byte."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest

from stack import archive

ROOT = Path(__file__).resolve().parents[2]
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "BACKUP_RECIPIENTS")


@dataclass
class Installation:
    """One with a folder, a PostgreSQL and a Redis of its own."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, code: int = 0) -> str:
        """Run Python with words; return what it printed."""
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        path = f"{ROOT}:{ROOT / 'platform'}"
        env = {**kept, "VAR_DIR": str(self.folder), "PYTHONPATH": path,
               "DJANGO_SETTINGS_MODULE": "config.settings", **self.env}  # fmt: skip
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def stack(self, *words: str, code: int = 0) -> str:
        """Run a command of the stack."""
        return self.run("-m", "stack", *words, code=code)

    def rows(self) -> dict[str, list[str]]:
        """Return every row of every table as text, sorted."""
        where = self.run("-c", "from stack.places import sockets; print(sockets())").strip()
        with psycopg2.connect(host=where, user="postgres", dbname="anfu") as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            found = {}
            for (table,) in cursor.fetchall():
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                found[table] = sorted(row for (row,) in cursor.fetchall())
        connection.close()
        return found

    def files(self) -> dict[str, str]:
        """Return {path: hash} of everything in media and keys."""
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for name in ("media", "keys", "secret_key")
            for path in [self.folder / name, *(self.folder / name).rglob("*")]
            if path.is_file()
        }

    def remove(self) -> None:
        """Stop its services and take away what lies outside its folder."""
        home = Path(self.run("-c", "from stack.places import home; print(home())").strip())
        self.stack("stop")
        if home.name.startswith("anfu-"):
            shutil.rmtree(home)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("backup")


@pytest.fixture(scope="module")
def source(folder) -> Iterator[Installation]:
    """A small installation with everything in it."""
    made = Installation(folder / "source")
    public = archive.make_identity(folder / "key")
    made.env["BACKUP_RECIPIENTS"] = public
    try:
        made.stack("prepare")
        made.run("-m", "tests.stack.backup_scene")
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="module")
def archives(source, folder) -> tuple[Path, Path]:
    source.stack("backup", str(folder / "out"))
    keys = next((folder / "out").glob("*-keys.age"))
    return keys.with_name(keys.name.replace("-keys", "")), keys


@pytest.fixture(scope="module")
def target(folder) -> Iterator[Installation]:
    """An empty one."""
    made = Installation(folder / "target")
    try:
        made.run("-c", "from stack.embedded import ensure_started; ensure_started()")
        yield made
    finally:
        made.remove()


def test_a_backup_brings_an_empty_installation_to_the_same_and_nothing_less_will_do(
    source, target, archives, folder
):
    what_is_not_whole_is_refused_and_nothing_is_written(target, archives, folder)
    every_row_and_file_is_the_same(source, target, archives, folder)
    what_was_restored_works_and_is_not_restored_over(target, archives, folder)


def what_is_not_whole_is_refused_and_nothing_is_written(target, archives, folder):
    data, keys = archives
    content = data.read_bytes()
    middle = len(content) // 2
    spoiled = {
        "cut": content[:-1],
        "flip": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        "none": b"hello",
    }
    archive.make_identity(folder / "wrong")
    for name, bad in spoiled.items():
        path = folder / name
        path.write_bytes(bad)
        said = target.stack("restore", str(path), "--identity", str(folder / "key"),
                            "--keys", str(keys), code=1)  # fmt: skip
        assert said.startswith("anfu: "), said
        assert str(path) in said
    said = target.stack("restore", str(data), "--identity", str(folder / "wrong"), code=1)
    assert "does not open with this key" in said
    assert target.rows() == {}
    assert set(target.files()) <= {"secret_key"}


def every_row_and_file_is_the_same(source, target, archives, folder):
    data, keys = archives
    said = target.stack(
        "restore", str(data), "--identity", str(folder / "key"), "--keys", str(keys)
    )
    assert "Restored and compared" in said
    before, after = source.rows(), target.rows()
    assert before.keys() == after.keys()
    for table, rows in before.items():
        assert after[table] == rows, table
    assert len(before["audit_seal"]) > 20
    assert any("gAAAAA" in row for row in after["enterprises_enterprise"])
    assert source.files() == target.files()
    assert any(name.endswith("大文件 1.bin") for name in target.files())


def what_was_restored_works_and_is_not_restored_over(target, archives, folder):
    target.stack("prepare")
    phones = (
        "import django; django.setup()\n"
        "from common.scope import acting_as; from tenancy.actors import SYSTEM\n"
        "from enterprises.models import Enterprise\n"
        "with acting_as(SYSTEM): print({e.phone for e in Enterprise.objects.all()})"
    )
    assert "13405461647" in target.run("-c", phones)
    before = target.rows()
    key = str(folder / "key")
    said = target.stack("restore", str(archives[0]), "--identity", key, code=1)
    assert "has tables already" in said
    assert target.rows() == before


def test_without_anybody_to_encrypt_for_it_says_how(source):
    other = Installation(source.folder, {})
    assert "backup-key" in other.stack("backup", code=1)
