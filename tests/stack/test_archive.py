"""An archive is whole or it is refused, and it costs no more memory the larger it is."""

import io
import os
from pathlib import Path

import pytest

from stack import archive
from stack.places import StackError


@pytest.fixture
def pair(tmp_path):
    """A private key's file and the public key that it belongs to."""
    public = archive.make_identity(tmp_path / "key")
    return archive.identity(tmp_path / "key"), archive.recipients([public])


@pytest.fixture
def made(tmp_path, pair) -> Path:
    path = tmp_path / "anfu.age"
    with archive.writing(path, pair[1]) as writer:
        writer.add("files/中文 名.jpg", 5, io.BytesIO(b"hello"))
        writer.add_parts("database", io.BytesIO(os.urandom(archive.PART + 1)))
        writer.add("empty", 0, io.BytesIO())
    return path


def members(path, key) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    archive.read(path, key, lambda name, stream: found.update({name: stream.read()}))
    return found


def test_what_went_in_comes_out_in_order(made, pair):
    archive.verify(made, pair[0])
    found = members(made, pair[0])
    assert list(found) == [
        "files/中文 名.jpg", "database/000000", "database/000001", "empty", archive.MANIFEST,
    ]  # fmt: skip
    assert found["files/中文 名.jpg"] == b"hello"
    assert [len(found[f"database/00000{n}"]) for n in (0, 1)] == [archive.PART, 1]
    assert made.stat().st_mode & 0o077 == 0


def test_nothing_of_it_can_be_read_without_the_key(made):
    content = made.read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    assert b"hello" not in content
    assert b".jpg" not in content


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c[:-1],
        lambda c: c[: len(c) // 2],
        lambda c: c[:300],
        lambda c: b"",
        lambda c: c + b"x",
        lambda c: c[: len(c) // 2] + bytes([c[len(c) // 2] ^ 1]) + c[len(c) // 2 + 1 :],
        lambda c: bytes([c[0] ^ 1]) + c[1:],
        lambda c: c[:-1] + bytes([c[-1] ^ 128]),
    ],
)
def test_a_changed_or_shortened_archive_is_refused_in_one_line(made, pair, spoil):
    made.write_bytes(spoil(made.read_bytes()))
    with pytest.raises(StackError) as refused:
        archive.verify(made, pair[0])
    assert str(made) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_another_key_a_missing_file_and_another_kind_of_file_are_refused(made, pair, tmp_path):
    archive.make_identity(tmp_path / "other")
    with pytest.raises(StackError, match="does not open with this key"):
        archive.verify(made, archive.identity(tmp_path / "other"))
    with pytest.raises(StackError, match="There is no"):
        archive.verify(tmp_path / "nothing", pair[0])
    with pytest.raises(StackError, match="holds no private key"):
        archive.identity(made)
    with pytest.raises(StackError, match="age1"):
        archive.recipients(["age1abc"])
    with pytest.raises(StackError, match="File exists"):
        archive.make_identity(tmp_path / "key")


def test_members_that_the_manifest_does_not_name_are_refused(tmp_path, pair, monkeypatch):
    monkeypatch.setattr(archive.Hashed, "line", lambda self, size, name: f"{'0' * 64} 5 {name}\n")
    path = tmp_path / "a.age"
    with archive.writing(path, pair[1]) as writer:
        writer.add("one", 5, io.BytesIO(b"hello"))
    monkeypatch.undo()
    with pytest.raises(StackError, match="not those of its manifest"):
        archive.verify(path, pair[0])


def test_what_could_not_be_finished_leaves_nothing_behind(tmp_path, pair):
    path = tmp_path / "a.age"
    with pytest.raises(RuntimeError), archive.writing(path, pair[1]):
        raise RuntimeError
    with pytest.raises(StackError, match="end of data"), archive.writing(path, pair[1]) as writer:
        writer.add("shrank", 10, io.BytesIO(b"five!"))
    assert [p.name for p in tmp_path.iterdir()] == ["key"]
