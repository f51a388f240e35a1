"""Programs whose clock can be set while they run, by libfaketime; the others keep the right time."""

import os
import shutil
from pathlib import Path

PLACES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")
SITE = Path(__file__).parent / "skewed"
RIGHT = "+0"


def library() -> Path | None:
    """Return libfaketime where the machine has it."""
    if shutil.which("faketime") is None:
        return None
    found = [file for place in PLACES for file in Path("/").glob(place.lstrip("/"))]
    return found[0] if found else None


class Clock:
    """What one program takes for the time: the real one, shifted."""

    def __init__(self, name: str, folder: Path) -> None:
        self.library, self.file = library(), folder / f"clock-{name}"
        self.shift(RIGHT)

    def shift(self, by: str) -> None:
        """Set it wrong, e.g. by "-3h"; or right."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(f"{by}\n")

    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        """Return one with what makes a program ask this clock; how long something takes stays true."""
        if self.library is None:
            return environment
        path = [str(SITE), *filter(None, [environment.get("PYTHONPATH")])]
        return {
            **environment,
            "PYTHONPATH": os.pathsep.join(path),
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def forget(self, pid: int) -> None:
        """Remove what a killed program left of it in the shared memory."""
        for name in (f"faketime_shm_{pid}", f"sem.faketime_sem_{pid}"):
            (Path("/dev/shm") / name).unlink(missing_ok=True)
