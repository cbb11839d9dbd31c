"""A disk of a few megabytes for one folder, which a filler file makes full and gives back: a tmpfs of our own."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

LEFT_BYTES = 200_000  # what a full disk still takes: so both short writes and ENOSPC happen


class SmallDisk:
    """Mounts a tmpfs on `folder` while the context lasts; `available` says whether this user may."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self._size, self.available = folder, size, False
        self.why_not = ""

    def __enter__(self) -> SmallDisk:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            command = ["mount", "-t", "tmpfs", "-o", f"size={self._size},mode=755", "bruk-faults", str(self.folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            self.available, self.why_not = done.returncode == 0, done.stderr.strip()
        except OSError as error:
            self.why_not = str(error)
        return self

    def __exit__(self, *_: object) -> None:
        if self.available:
            kept = self.folder.with_name(f"{self.folder.name}.kept")
            shutil.copytree(self.folder, kept, ignore=shutil.ignore_patterns("filler"))
            subprocess.run(["umount", str(self.folder)], check=True)
            shutil.copytree(kept, self.folder, dirs_exist_ok=True)  # evidence, where the site expects it
            shutil.rmtree(kept)

    def fill(self) -> None:
        """Takes all room but `LEFT_BYTES`, beside writers that take some of it meanwhile."""
        with (self.folder / "filler").open("ab") as file:
            while (free := self._free() - LEFT_BYTES) > 0:
                with suppress(OSError):  # somebody was quicker: what is left now
                    os.posix_fallocate(file.fileno(), file.tell(), free)
                file.seek(0, os.SEEK_END)

    def _free(self) -> int:
        room = os.statvfs(self.folder)
        return room.f_bavail * room.f_frsize

    def free(self) -> None:
        """Gives the room back."""
        (self.folder / "filler").unlink(missing_ok=True)
