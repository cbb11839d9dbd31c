"""What the gate found: the verdict, and the file of every refresh's verdicts that is kept for ever."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

Kind = Literal["stream", "mart"]
State = Literal["passed", "failed", "broken"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement. `broken`: the check itself could not be made, which says nothing about the data.

    Without `equipment` and `event_date` (UTC day) it is about the whole stream or mart; with them about that machine
    and day. `observed` is the number that was judged against `expected`; `element_count` how many rows stood behind.
    """

    check_id: str
    kind: Kind
    stream_or_mart: str
    state: State
    description_sv: str
    description_en: str
    expected: str
    observed: float | None = None
    equipment: str | None = None
    event_date: date | None = None
    element_count: int = 0
    note: str = ""

    @property
    def of_day(self) -> bool:
        """Whether it is about one day of a stream, not about the whole of it."""
        return self.event_date is not None

    def to_dict(self) -> dict[str, Any]:
        """As JSON types; the day as YYYY-MM-DD."""
        return asdict(self) | {"event_date": self.event_date.isoformat() if self.event_date else None}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Verdict:
        """What `to_dict` gave."""
        day = data["event_date"]
        return cls(**(data | {"event_date": date.fromisoformat(day) if day else None}))


def verdict_file(folder: Path, refresh_id: str) -> Path:
    """Where the verdicts of one refresh lie."""
    return folder / f"{refresh_id}.json"


def keep(folder: Path, refresh_id: str, kind: Kind, verdicts: Iterable[Verdict]) -> Path:
    """Writes the verdicts of one kind into the refresh's file, beside those of the other kind; returns the file.

    Only days that failed are written one by one; the verdict of the whole stream stands for the others: the file is for
    ever.
    """
    file = verdict_file(folder, refresh_id)
    others = [verdict for verdict in read(file) if verdict.kind != kind] if file.exists() else []
    kept = others + [verdict for verdict in verdicts if not verdict.of_day or verdict.state == "failed"]
    _replace(file, json.dumps([verdict.to_dict() for verdict in kept], ensure_ascii=False, indent=1))
    return file


def read(file: Path) -> list[Verdict]:
    """The verdicts of a file written by `keep`; raises OSError when it is not there."""
    return [Verdict.from_dict(data) for data in json.loads(file.read_text(encoding="utf-8"))]


def blocking(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Those that stop a publication: marts that failed or could not be judged. Streams never stop one."""
    return [verdict for verdict in verdicts if verdict.kind == "mart" and verdict.state != "passed"]


def _replace(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(file)
