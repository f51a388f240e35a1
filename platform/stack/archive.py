"""An encrypted archive: a tar inside an age file, written and read as a stream.

age (https://age-encryption.org) encrypts for public keys in authenticated pieces of 64 KiB, so who
writes cannot read, memory stays small whatever the size, and a file that was cut off or changed is
refused. The tool `age` opens it without us. The last member names size and SHA-256 of all others.
"""

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from pyrage import DecryptError, EncryptError, RecipientError, decrypt_io, encrypt_io, x25519
from pyrage import IdentityError as NoIdentity

from stack.places import StackError

MANIFEST = "manifest"
PART = 8 * 2**20


class Hashed:
    """A stream that hashes what is read through it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._hash = stream, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read as the stream does."""
        content = self._stream.read(size)
        self._hash.update(content)
        return content

    def line(self, size: int, name: str) -> str:
        """Return what the manifest says of what was read."""
        return f"{self._hash.hexdigest()} {size} {name}\n"


class Writer:
    """Takes members one after the other."""

    def __init__(self, tar: tarfile.TarFile, lines: IO[bytes]) -> None:
        self._tar, self._lines = tar, lines

    def add(self, name: str, size: int, stream: IO[bytes]) -> None:
        """Add a member of exactly so many bytes."""
        info, hashed = tarfile.TarInfo(name), Hashed(stream)
        info.size, info.mode = size, 0o600
        self._tar.addfile(info, hashed)  # type: ignore[arg-type]
        self._lines.write(hashed.line(size, name).encode())

    def add_parts(self, name: str, stream: IO[bytes]) -> None:
        """Add a stream whose length nobody knows yet, as members `name/000000` and on."""
        for number in count():
            content = stream.read(PART)
            if not content:
                return
            self.add(f"{name}/{number:06}", len(content), io.BytesIO(content))

    def finish(self) -> None:
        """Add the manifest."""
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = self._lines.tell(), 0o600
        self._lines.seek(0)
        self._tar.addfile(info, self._lines)


def recipients(words: Sequence[str]) -> list[x25519.Recipient]:
    """Return the public keys that may open an archive; StackError for what is none."""
    try:
        return [x25519.Recipient.from_str(word) for word in words]
    except RecipientError as error:
        raise StackError(f"BACKUP_RECIPIENTS: {error}; a public key begins with age1") from None


def identity(path: Path) -> x25519.Identity:
    """Return the private key in a file, as `age-keygen` and `backup-key` write it."""
    try:
        lines = path.read_text().splitlines()
        return x25519.Identity.from_str(next(line for line in lines if line.startswith("AGE-")))
    except (OSError, UnicodeDecodeError, StopIteration, NoIdentity) as error:
        raise StackError(f"{path} holds no private key: {error or 'no line with AGE-'}") from None


def make_identity(path: Path) -> str:
    """Write a new private key to a file that is not there yet; return its public key."""
    made = x25519.Identity.generate()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise StackError(f"{path}: {error.strerror}") from None
    public = str(made.to_public())
    with os.fdopen(handle, "w") as file:
        file.write(f"# public key: {public}\n{made}\n")
    return public


@contextmanager
def writing(path: Path, to: Sequence[x25519.Recipient]) -> Iterator[Writer]:
    """Write an archive; it is at `path` when everything is in it, and until then nothing is."""
    part = path.with_name(f"{path.name}.part")
    source, sink = os.pipe()
    try:
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(_encrypt, source, part, to)
            with (
                suppress(BrokenPipeError),  # the other end says below why it took no more
                TemporaryFile() as lines,
                os.fdopen(sink, "wb") as pipe,
                tarfile.open(fileobj=pipe, mode="w|", bufsize=PART // 8) as tar,
            ):
                writer = Writer(tar, lines)
                yield writer
                writer.finish()
            done.result()
        part.rename(path)
    except (EncryptError, OSError) as error:
        raise StackError(f"{path}: {error}") from None
    finally:
        part.unlink(missing_ok=True)


def _encrypt(source: int, part: Path, to: Sequence[x25519.Recipient]) -> None:
    with os.fdopen(source, "rb") as pipe:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            encrypt_io(pipe, file, list(to))
            file.flush()
            os.fsync(file.fileno())


def read(path: Path, key: x25519.Identity, take: Callable[[str, IO[bytes]], None]) -> None:
    """Give each member to `take`, in order, as (name, stream).

    :raises StackError: for another key, for what is no archive, was cut off or changed. Members
        before the damage have been given by then: `verify` first.
    """
    source, sink = os.pipe()
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(_decrypt, path, key, sink)
        problem = None
        with os.fdopen(source, "rb") as pipe:
            try:
                with tarfile.open(fileobj=pipe, mode="r|") as tar:
                    for info in tar:
                        stream = tar.extractfile(info)
                        if stream is not None:
                            take(info.name, stream)
            except tarfile.TarError as error:
                problem = error
            while pipe.read(PART):
                pass
        done.result()  # says first what was wrong with the archive itself
        if problem is not None:
            raise StackError(f"{path} is no archive of ours: {problem}")


def _decrypt(path: Path, key: x25519.Identity, sink: int) -> None:
    with os.fdopen(sink, "wb") as pipe:
        try:
            with path.open("rb") as file:
                decrypt_io(file, pipe, [key])
        except FileNotFoundError:
            raise StackError(f"There is no {path}") from None
        except DecryptError as error:
            raise StackError(f"{path} does not open with this key: {error}") from None
        except OSError as error:
            raise StackError(f"{path} is damaged or cut off: {error}") from None


def verify(path: Path, key: x25519.Identity) -> None:
    """Read an archive to its end and compare every member with the manifest; writes nothing."""
    with TemporaryFile() as lines:
        said: list[bool] = []

        def take(name: str, stream: IO[bytes]) -> None:
            if name == MANIFEST:
                said.append(_same(lines, stream))
                return
            hashed, size = Hashed(stream), 0
            while content := hashed.read(PART):
                size += len(content)
            lines.write(hashed.line(size, name).encode())

        read(path, key, take)
    if said != [True]:
        raise StackError(f"{path}: its members are not those of its manifest")


def _same(lines: IO[bytes], stream: IO[bytes]) -> bool:
    lines.seek(0)
    while True:
        ours, theirs = lines.read(PART), stream.read(PART)
        if ours != theirs:
            return False
        if not ours:
            return True
