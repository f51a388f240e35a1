"""What the machine lacks: found before it fails, installed where we may, named where we may not."""

import ctypes
import os
import shutil
import subprocess
from dataclasses import dataclass

from stack.places import StackError, check_disk, var_dir

MIN_FREE_MB = 500
APT = "apt-get -o DPkg::Lock::Timeout=120"


@dataclass(frozen=True, slots=True)
class Need:
    """Something of the system's: the Debian package, and the library or the program in it.

    Of `libraries` and of `programs` any one will do: they have other names on other systems.
    """

    package: str
    libraries: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()

    def is_there(self) -> bool:
        """Whether the machine has it."""
        return any(map(_loads, self.libraries)) or any(map(shutil.which, self.programs))


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


# WeasyPrint draws with Pango; without harfbuzz-subset a Chinese font takes seconds to subset.
TO_RUN = (
    Need("libpango-1.0-0", libraries=("libpango-1.0.so.0", "libpango-1.0.dylib")),
    Need("libpangoft2-1.0-0", libraries=("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib")),
    Need(
        "libharfbuzz-subset0", libraries=("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib")
    ),
)
# Without the interface of a window a page takes a third of the computing.
BROWSERS = ("chromium-headless-shell", "chromium-browser", "google-chrome")
TO_TEST = (
    Need("chromium-headless-shell", programs=BROWSERS),
    Need("poppler-utils", programs=("pdftoppm",)),
    Need("qpdf", programs=("qpdf",)),
    Need("faketime", programs=("faketime",)),
    Need("iproute2", programs=("ip",)),
    Need("pgbouncer", programs=("pgbouncer", "/usr/sbin/pgbouncer")),
)


def browser() -> str | None:
    """Return the program of the browser that the tests drive."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def examine(*, for_tests: bool = False) -> None:
    """Install what is missing if we are root on Debian or Ubuntu; else say what to install.

    :raises StackError: with the command to give, or with what went wrong.
    """
    var_dir().mkdir(parents=True, exist_ok=True)
    check_disk(var_dir(), MIN_FREE_MB)
    missing = missing_packages(for_tests=for_tests)
    if missing:
        _install(missing)
    still = missing_packages(for_tests=for_tests)
    if still:
        raise StackError(f"Still missing after the installation: {', '.join(still)}")


def missing_packages(*, for_tests: bool) -> list[str]:
    """Return the Debian names of what the machine does not have."""
    needs = TO_RUN + (TO_TEST if for_tests else ())
    return [need.package for need in needs if not need.is_there()]


def _install(packages: list[str]) -> None:
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise StackError(f"Install what Debian calls: {names}")
    if os.geteuid() != 0:
        raise StackError(
            f"System packages are missing. Run: "
            f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"
        )
    print(f"Installing {names} with apt-get …", flush=True)
    _run(f"{APT} -qq update")
    _run(f"{APT} -qq install -y --no-install-recommends {names}")


def _run(command: str) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command.split(), env=quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("E:")]
        raise StackError(f"`{command}` failed: {(said or ['no reason given'])[0]}")
