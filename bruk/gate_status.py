"""The small file that banners are drawn from: is the newest edition good, or since when and why is it not replaced."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from contracts.paths import SitePaths
from expectations.verdicts import Verdict
from ingestion.atomic import replace_file

GateState = Literal["published", "blocked", "broken"]


@dataclass(frozen=True)
class GateReason:
    """One reason in both languages; `note` names an example or what the check ran into."""

    check_id: str
    description_sv: str
    description_en: str
    note: str = ""


@dataclass(frozen=True)
class GateStatus:
    """`since`: UTC, the first moment of this unbroken state. `edition`: the last good one, or None before the first."""

    state: GateState
    since: datetime
    refresh_id: str
    edition: str | None
    reasons: list[GateReason] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """As JSON types; `since` in RFC 3339."""
        return asdict(self) | {"since": self.since.isoformat()}


def read_status(paths: SitePaths) -> GateStatus | None:
    """The status on file, or None before the first refresh."""
    file = paths.status / "gate.json"
    if not file.exists():
        return None
    data = json.loads(file.read_text(encoding="utf-8"))
    reasons = [GateReason(**reason) for reason in data.pop("reasons")]
    return GateStatus(**(data | {"since": datetime.fromisoformat(data["since"]), "reasons": reasons}))


def write_status(
    paths: SitePaths, state: GateState, now: datetime, refresh_id: str, edition: str | None, reasons: list[GateReason]
) -> GateStatus:
    """Replaces the file whole. A streak of refreshes that publish nothing keeps the moment at which it began."""
    before = read_status(paths)
    streak = before is not None and before.state != "published" and state != "published"
    since = before.since if before is not None and streak else now
    status = GateStatus(state, since, refresh_id, edition, reasons)
    text = json.dumps(status.to_dict(), ensure_ascii=False, indent=1)
    replace_file(paths.status / "gate.json", text.encode())
    return status


def reason_of(verdict: Verdict) -> GateReason:
    """A blocking verdict in words; a broken check says that it is the check, not the data."""
    if verdict.state == "broken":
        sv = f"Kontrollen kunde inte göras: {verdict.description_sv}"
        en = f"The check could not be made: {verdict.description_en}"
        return GateReason(verdict.check_id, sv, en, verdict.note)
    return GateReason(verdict.check_id, verdict.description_sv, verdict.description_en, verdict.note)
