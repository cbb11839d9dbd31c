"""What a verification found: one line per promise in Swedish and English, and the accounts by source and device."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One promise. `detail`: the numbers on both sides; `pending`: it could not be looked at yet, which is no error."""

    check_id: str
    ok: bool
    text_sv: str
    text_en: str
    detail: str
    pending: bool = False


@dataclass(frozen=True, slots=True)
class AccountRow:
    """The ledger's account of one sender. `missing`: numbers that never came; None where the device does not count."""

    source: str
    device: str
    received: int
    accepted: int
    ignored: int
    quarantined: int
    duplicate: int
    missing: int | None


@dataclass(frozen=True)
class VerifyReport:
    """Every line and every account."""

    lines: list[Line]
    accounts: list[AccountRow]

    @property
    def ok(self) -> bool:
        """Whether everything adds up; what is pending does not count against it."""
        return all(line.ok for line in self.lines)

    def to_dict(self) -> dict[str, Any]:
        """As JSON types."""
        return {
            "ok": self.ok,
            "lines": [asdict(line) for line in self.lines],
            "accounts": [asdict(account) for account in self.accounts],
        }
