"""Finds what came after an edition: landed rows of machines, runs and events, and whose place they take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from bruk.warehouse import Rows, ask_files
from contracts.site import Site
from contracts.streams import Stream
from ingestion.ledger import LandedFile, Ledger
from ingestion.ledger.records import DropFile

_DAY = timedelta(days=1)
_FILES = "files/"  # the spool of the file door; a row's event id begins there with the sha256 of its file


@dataclass(frozen=True, order=True)
class Arrival:
    """A file or a sealed segment of messages that came after the edition. `received_at`: UTC; a segment's own id is
    its name. `replaces`: the file in whose place it stands."""

    received_at: datetime
    source: str
    name: str
    sha256: str
    replaces: str = ""


class Arrivals:
    """What landed at a site after the edition with this manifest was made."""

    def __init__(self, site: Site, manifest: dict[str, Any]) -> None:
        self._site, self._ledger = site, Ledger(site.paths.ledger)
        self._manifest = manifest

    def of_runs(self, runs: Iterable[tuple[str, str]], first: date) -> dict[tuple[str, str], set[Arrival]]:
        """What came of runs, each (machine, its name of the run), with event days from `first` on."""
        wanted = ", ".join(f"({quoted(machine)}, {quoted(run)})" for machine, run in sorted(set(runs)))
        found: dict[tuple[str, str], set[Arrival]] = {}
        for stream in self._site.streams.values():
            if wanted and stream.of_equipment and "run_ref" in stream.by_name:
                where = f"(equipment, run_ref) in ({wanted})"
                for machine, run, *origin in self._ask(stream, ["equipment", "run_ref"], where, first, date.max):
                    found.setdefault((machine, run), set()).add(self._arrival(origin))
        return found

    def of_machines(self, machines: Iterable[str], first: date, last: date) -> dict[str, set[Arrival]]:
        """What came of machines with local days of their own clock from `first` to `last`."""
        wanted = ", ".join(quoted(machine) for machine in sorted(set(machines)))
        found: dict[str, set[Arrival]] = {}
        for stream in self._site.streams.values():
            if wanted and stream.of_equipment:
                local = f"(({stream.event_time})::timestamptz at time zone {quoted(self._site.file.time_zone)})::date"
                where = f"equipment in ({wanted}) and {local} between date '{first}' and date '{last}'"
                for machine, *origin in self._ask(stream, ["equipment"], where, first - _DAY, last + _DAY):
                    found.setdefault(machine, set()).add(self._arrival(origin))
        return found

    def of_events(self, events: Iterable[str]) -> dict[str, set[Arrival]]:
        """What came of events: they themselves, or a later record of the same key that stands in their place."""
        wanted = sorted(set(events))
        found: dict[str, set[Arrival]] = {}
        for stream in self._site.streams.values() if wanted else ():
            listed = ", ".join(quoted(event) for event in wanted)
            for event, *origin in self._ask(stream, ["event_id"], f"event_id in ({listed})", date.min, date.max):
                found.setdefault(event, set()).add(self._arrival(origin))
            if stream.natural_key:
                for event, *origin in self._corrections(stream, listed):
                    found.setdefault(event, set()).add(self._arrival(origin))
        return found

    def _corrections(self, stream: Stream, events: str) -> Rows:
        """Later rows of the natural keys of these events, beside the event that they correct."""
        same = " and ".join(f"landed.{column} = old.{column}" for column in stream.natural_key)
        sql = f"""
            select old.event_id, landed.* exclude (event_id, n)
            from (select * from landed where event_id in ({events})) as old
            inner join (
                select *, {_origin()} as origin, '' as replaced, 0 as n from landed where {self._after}
            ) as landed on {same} and landed.event_id <> old.event_id"""
        columns = "event_id, source, origin, received_at, replaced"
        return self._query(stream, f"select distinct {columns} from ({sql}) order by all", date.min, date.max)

    def _ask(self, stream: Stream, columns: Sequence[str], where: str, first: date, last: date) -> Rows:
        """Rows (columns, source, origin, received_at, replaced): what came, and what superseded files took away."""
        named = ", ".join(columns)
        old = ", ".join(quoted(sha256) for sha256 in self._replaced) or "''"
        sql = f"""
            select {named}, source, {_origin()} as origin, min(received_at) as received_at, '' as replaced
            from landed where {where} and {self._after} group by all
            union all
            select {named}, source, '' as origin, min(received_at), substr(event_id, 1, 64) as replaced
            from landed where {where} and substr(event_id, 1, 64) in ({old}) group by all
            order by all"""
        return self._query(stream, sql, first, last)

    def _query(self, stream: Stream, sql: str, first: date, last: date) -> Rows:
        files = [
            self._site.paths.landing / file.path
            for file in self._listed.get(stream.id, ())
            if first <= file.event_date <= last
        ]
        return ask_files([("landed", files)], sql)[1] if files else []

    def _arrival(self, origin: Sequence[Any]) -> Arrival:
        source, own, received_at, replaced = origin
        sha256 = self._ledger_successors[replaced] if replaced else own
        file = self._dropped.get(sha256)
        if file is None:
            return Arrival(received_at, source, own, self._segments.get(own, ""))
        old = replaced or next((one for one in sorted(self._replaced) if self._replaced[one] == sha256), "")
        return Arrival(file.received_at, file.source, file.name, sha256, self._dropped[old].name if old else "")

    @cached_property
    def _after(self) -> str:
        """The condition on a landed row that it came after: by its place in the spool, or by a replay since."""
        known: dict[str, str] = self._manifest.get("segments") or {}
        if known:
            newest = "".join(f"when {quoted(spool)} then {quoted(segment)} " for spool, segment in known.items())
            came = f"segment > coalesce(case split_part(segment, '/', 1) {newest}end, '')"
        else:  # an edition of a software that did not write it down
            came = f"received_at > timestamptz {quoted(self._manifest['as_of'] or '1970-01-01')}"
        replayed = self._replayed
        return f"({came} or concat_ws(':', segment, spool_offset, record) in ({replayed}))" if replayed else came

    @cached_property
    def _replayed(self) -> str:
        since = datetime.fromisoformat(self._manifest["published_at"])
        entries = self._ledger.quarantined(None, state="replayed")
        places = [
            f"{entry.segment}:{entry.offset}" + (f":{entry.record}" if entry.record is not None else "")
            for entry in entries
            if entry.decided_at and entry.decided_at > since
        ]
        return ", ".join(quoted(place) for place in places)

    @cached_property
    def _replaced(self) -> dict[str, str]:
        """Superseded file → what stands in its place, where that came after the edition."""
        return {
            old: new
            for old, new in self._ledger_successors.items()
            if new in self._dropped and self._came_after(self._dropped[new])
        }

    def _came_after(self, file: DropFile) -> bool:
        known = self._manifest.get("segments")
        if known:
            return file.segment > str(known.get(file.segment.partition("/")[0], ""))
        as_of: str | None = self._manifest["as_of"]
        return as_of is None or file.received_at > datetime.fromisoformat(as_of)

    @cached_property
    def _ledger_successors(self) -> dict[str, str]:
        return self._ledger.successors()

    @cached_property
    def _dropped(self) -> dict[str, DropFile]:
        """The first drop of the bytes of each file."""
        return {file.sha256: file for file in reversed(self._ledger.drop_files())}

    @cached_property
    def _listed(self) -> dict[str, list[LandedFile]]:
        found: dict[str, list[LandedFile]] = {}
        for file in self._ledger.landed_files():
            found.setdefault(file.stream, []).append(file)
        return found

    @cached_property
    def _segments(self) -> dict[str, str]:
        return self._ledger.landed_segments()


def quoted(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def _origin() -> str:
    return f"case when segment like '{_FILES}%' then substr(event_id, 1, 64) else segment end"
