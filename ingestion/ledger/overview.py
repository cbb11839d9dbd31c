"""One look at the ledger for the live page: what is refused, by topic and code, with the newest example of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ingestion.ledger.database import reading

#: Groups beyond this are left out, the rarest first: topics of an attacker must not fill a page or the memory.
GROUPS = 2_000


@dataclass(frozen=True, slots=True)
class RefusedGroup:
    """Refused input of one topic (or dropped file), code and machine read in it; `recent`: since the asked instant."""

    source: str
    device: str
    topic: str
    code: str
    total: int
    recent: int
    last_ns: int
    facts: dict[str, str]

    @property
    def equipment(self) -> str | None:
        """The machine that the refused record named, where that could be read."""
        return self.facts.get("equipment")


def refused_groups(path: Path, since_ns: int) -> list[RefusedGroup]:
    """The refused that were not accepted by a replay since, in groups, the most frequent first."""
    query = (
        "SELECT source, device, topic, code, count(*), sum(received_ns >= ?), max(received_ns), facts FROM quarantine"
        " WHERE state != 'replayed' GROUP BY source, device, topic, code, facts ->> '$.equipment'"
        " ORDER BY count(*) DESC, topic, code LIMIT ?"
    )
    with reading(path) as connection:
        rows = connection.execute(query, (since_ns, GROUPS)).fetchall()
    return [RefusedGroup(s, d, t, c, n, recent, last, json.loads(f)) for s, d, t, c, n, recent, last, f in rows]
