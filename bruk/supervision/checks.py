"""One finding of `bruk doctor`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Check:
    """One finding. `cure_*` is empty when all is well."""

    name: str
    state: Literal["ok", "warn", "fail"]
    text_sv: str
    text_en: str
    cure_sv: str = ""
    cure_en: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)
