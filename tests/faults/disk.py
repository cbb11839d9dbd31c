"""A disk that can lose its power: real files stand for the page cache, and only what was fsynced is sure to stay.

After SQLite's crash VFS and the model of LazyFS: at a power cut each 4 KiB page written since the last fsync may be
lost and read as zeros, a file may be shorter than it was written, and a name may be missing, or back, when the folder
was not fsynced. What was durable stays. `kill -9` never shows any of this, because the page cache survives it.
"""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

PAGE = 4096


class PowerCut(BaseException):
    """The machine is off. Not an Exception: no program survives it to handle it."""


class SimulatedDisk:
    """Stands for the module `os` of whoever writes one folder; everything that it does not name is the real one.

    `cut_at` is the number of the call that the machine does not survive. `lies` names calls that do nothing, as in a
    program that forgot them: "fdatasync", "fsync" (files), "fsync folder".
    """

    def __init__(self, folder: Path, chance: random.Random, lies: Sequence[str] = (), full_one_in: int = 0) -> None:
        self.folder, self._chance, self._lies, self._full_one_in = folder, chance, lies, full_one_in
        self.cut_at: int | None = None
        self.calls = 0
        self._identities = 0
        self._now: dict[str, int] = {}  # name → identity of the file that has it
        self._durable_names: dict[str, int] = {}
        self._durable_bytes: dict[int, bytes] = {}
        self._open: set[int] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: Path, flags: int, mode: int = 0o777) -> int:
        """A new file has no durable byte and no durable name."""
        self._step()
        descriptor = os.open(path, flags, mode)
        self._open.add(descriptor)
        if flags & os.O_EXCL and Path(path).parent == self.folder:
            self._identities += 1
            self._now[Path(path).name] = self._identities
        return descriptor

    def fdopen(self, descriptor: int, mode: str) -> IO[Any]:
        """The file owns the descriptor from here on, and closes it."""
        self._open.discard(descriptor)
        return os.fdopen(descriptor, mode)

    def close(self, descriptor: int) -> None:
        """Makes nothing durable."""
        self._open.discard(descriptor)
        os.close(descriptor)

    def write(self, descriptor: int, data: bytes) -> int:
        """Into the page cache."""
        self._step()
        self._fill(descriptor, data)
        return os.write(descriptor, data)

    def writev(self, descriptor: int, parts: Sequence[bytes]) -> int:
        """Into the page cache; on a disk that is full now and then, half of it and then ENOSPC."""
        self._step()
        self._fill(descriptor, b"".join(parts))
        return os.writev(descriptor, parts)

    def ftruncate(self, descriptor: int, size: int) -> None:
        """In the page cache."""
        self._step()
        os.ftruncate(descriptor, size)

    def fdatasync(self, descriptor: int) -> None:
        """Makes the bytes of a file durable."""
        self._step()
        if "fdatasync" not in self._lies:
            self._make_durable(descriptor)

    def fsync(self, descriptor: int) -> None:
        """The same; of the folder: makes the names durable."""
        self._step()
        path = self._path(descriptor)
        if path == self.folder:
            if "fsync folder" not in self._lies:
                self._durable_names = self._names()
        elif "fsync" not in self._lies:
            self._make_durable(descriptor)

    def cut(self) -> None:
        """The power goes: rewrites the folder to one of the states that a real disk may come back with."""
        for descriptor in self._open:
            os.close(descriptor)
        self._open.clear()
        now = self._names()
        cached = {identity: (self.folder / name).read_bytes() for name, identity in now.items()}
        for name in now:
            (self.folder / name).unlink()
        for name in now.keys() | self._durable_names.keys():
            identity = self._chance.choice([now.get(name), self._durable_names.get(name)])
            if identity is not None:
                durable = self._durable_bytes.get(identity, b"")
                data = self._surviving(durable, cached.get(identity, durable))
                (self.folder / name).write_bytes(data)
        self.settle()

    def settle(self) -> None:
        """Takes the folder as it is for durable: the machine has just been started."""
        self._now, self.calls, self.cut_at = {}, 0, None
        self._durable_names = self._names()
        self._durable_bytes = {i: (self.folder / name).read_bytes() for name, i in self._durable_names.items()}

    def _surviving(self, durable: bytes, cached: bytes) -> bytes:
        """What is left of a file: its durable bytes, and of the others page by page what the disk had got to."""
        if not cached.startswith(durable):  # cut shorter and not synced since: the old or the new bytes
            return self._chance.choice([durable, cached])
        size = len(cached)
        if self._chance.random() < 0.7:
            size = self._chance.randint(len(durable), size)
        data = bytearray(cached[:size])
        for page in range(len(durable) // PAGE, (size + PAGE - 1) // PAGE):
            begin, end = max(len(durable), page * PAGE), min(size, (page + 1) * PAGE)
            if self._chance.random() < 0.5:
                data[begin:end] = bytes(end - begin)
        return bytes(data)

    def _step(self) -> None:
        self.calls += 1
        if self.calls == self.cut_at:
            raise PowerCut

    def _fill(self, descriptor: int, data: bytes) -> None:
        """Now and then the disk takes half, or nothing."""
        if self._full_one_in and self._chance.randrange(self._full_one_in) == 0:
            if self._chance.random() < 0.5:
                os.write(descriptor, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _make_durable(self, descriptor: int) -> None:
        path = self._path(descriptor)
        if path.parent == self.folder and path.suffix == ".seg":  # all others are on a disk that never fails
            self._durable_bytes[self._names()[path.name]] = path.read_bytes()

    def _names(self) -> dict[str, int]:
        """Name → identity, of the segments that are in the folder now."""
        found = {}
        for entry in os.scandir(self.folder):
            if entry.name.endswith(".seg"):
                if entry.name not in self._now:
                    self._identities += 1
                    self._now[entry.name] = self._identities
                found[entry.name] = self._now[entry.name]
        return found

    @staticmethod
    def _path(descriptor: int) -> Path:
        return Path(os.readlink(f"/proc/self/fd/{descriptor}"))
