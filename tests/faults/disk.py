"""A small disk of memory that can be filled to its last byte. Only root may mount one."""

import os
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Disk:
    """A folder of its own size, as long as it is mounted."""

    folder: Path
    megabytes: int

    def mount(self) -> bool:
        """Put the disk under the folder; False where we may not."""
        if shutil.which("mount") is None or os.geteuid() != 0:
            return False
        self.folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={self.megabytes}m,mode=0755", "tmpfs"]
        done = subprocess.run([*command, str(self.folder)], capture_output=True, check=False)
        return done.returncode == 0

    def unmount(self) -> None:
        """Take it away again."""
        if self.folder.is_mount():
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False)

    def fill(self) -> None:
        """Leave no byte free."""
        with suppress(OSError), self._filler.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                with suppress(OSError):
                    while file.write(bytes(size)):
                        pass

    def free(self) -> None:
        """Make room again."""
        self._filler.unlink(missing_ok=True)

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"
