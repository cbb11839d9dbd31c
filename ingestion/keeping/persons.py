"""Erases one person: from the kept files, from landing, from the quarantine; what came stays counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from contracts.errors import StateError
from contracts.faults import point
from contracts.site import Site
from ingestion.adapters.file_adapter import FileAdapter
from ingestion.adapters.outcome import Ignored
from ingestion.atomic import replace_file
from ingestion.files.door import DONE, bytes_file, spool_folder
from ingestion.files.erasing import files_erased_in, replace_kept, take_out
from ingestion.landing.erasing import Shrunk, names_person, without_person
from ingestion.landing.sealer import landing_lock
from ingestion.ledger import Ledger, compactions, erasing, lives
from ingestion.ledger.erasing import ERASED, Change, Frame
from ingestion.rejection import Rejection
from ingestion.validation.personal import personal_columns


@dataclass
class Erased:
    """What was erased where; nothing in it says of whom. Counts are of this run: what an earlier one did is done."""

    #: Name of each kept file that was changed, with the numbers of its records that were emptied; whole: [].
    files: list[tuple[str, list[int]]] = field(default_factory=list)
    #: Path of each landed file that was changed, with how many rows it lost.
    landed: list[tuple[str, int]] = field(default_factory=list)
    #: Records that are counted as ignored from now on.
    records: int = 0
    #: Event days (stream, day) that the next refresh builds again.
    days: list[tuple[str, str]] = field(default_factory=list)


def erase_person(site: Site, pseudonym: str, now_ns: int) -> Erased:
    """Erases every record that names the pseudonym. Landing waits meanwhile; a crash leaves what a second run ends.

    Call it while nobody reads landing (the warehouse's turn) and what is dropped is landed. Raises StateError when a
    landed file is not what the ledger says.
    """
    with landing_lock(site):
        frames = erasing.frames(site.paths.ledger)
        done = Erased(files=_from_files(site, pseudonym, frames, now_ns))
        point("erase.files")
        records = _erased_records(site, frames)
        shrunk = _shrunk(site, pseudonym, records)
        done.records = erasing.erase(site.paths.ledger, [Change(one.file, one.rows) for one in shrunk], records)
        point("erase.committed")
        for one in shrunk:
            replace_file(site.paths.landing / one.file.path, one.data)
        _drop_replaced(site, pseudonym)
    done.landed = [(one.file.path, len(one.rows)) for one in shrunk]
    done.days = sorted({(one.file.stream, one.file.event_date.isoformat()) for one in shrunk})
    return done


def _from_files(site: Site, pseudonym: str, frames: Sequence[Frame], now_ns: int) -> list[tuple[str, list[int]]]:
    """Every kept file that names the person, once, whatever it was dropped for."""
    done = []
    for file in sorted(bytes_file(site.paths, "0").parent.glob("*")):
        data = b"" if file.name.startswith(".") else file.read_bytes()
        if not any(pseudonym.encode(code) in data for code in ("utf-8", "utf-16-le", "utf-16-be")):
            continue
        mine = [frame for frame in frames if frame.sha256 == file.name]
        sources = [site.sources[frame.source] for frame in mine if frame.source in site.sources]
        taken = next((found for source in sources if (found := take_out(data, source, pseudonym))), None)
        name = mine[0].name if mine else file.name[:12]
        if taken and taken.records and pseudonym.encode() not in taken.data:
            replace_kept(spool_folder(site.paths), file.name, taken.data)
            done.append((name, taken.records))
        else:  # no source reads it as a table: nobody can say where the person ends
            lives.erase_files(site.paths.ledger, [file.name], now_ns)
            file.unlink()
            done.append((name, []))
        for copy in site.paths.drop.glob(f"*/{DONE}/{file.name[:12]}-*"):
            copy.unlink(missing_ok=True)
    return done


def _erased_records(site: Site, frames: Sequence[Frame]) -> set[tuple[str, int, int]]:
    """Segment, offset and number of every record that an erasure, this or an earlier one, has emptied."""
    noted = set(files_erased_in(spool_folder(site.paths)))
    found = set()
    for frame in frames:
        source, file = site.sources.get(frame.source), bytes_file(site.paths, frame.sha256)
        if frame.sha256 not in noted or source is None or not file.exists():
            continue
        table = FileAdapter(source, site.streams).read(file.read_bytes())
        if not isinstance(table, Rejection):
            found |= {(frame.segment, frame.offset, r.number) for r in table.records if r.cells == Ignored(ERASED)}
    return found


def _shrunk(site: Site, pseudonym: str, records: set[tuple[str, int, int]]) -> list[Shrunk]:
    """Every landed file of a stream that persons may stand in that is to lose rows; nothing is written yet."""
    about = [source for source in site.sources.values() if personal_columns(source, site.streams)]
    streams = {emit.stream for source in about for emit in source.emits}
    streams |= {name for name, stream in site.streams.items() if any(p.custom("personal") for p in stream.properties)}
    found = []
    for file in Ledger(site.paths.ledger).landed_files():
        if file.stream not in streams & site.streams.keys():
            continue
        if not (site.paths.landing / file.path).exists():
            raise StateError(f"{file.path} is gone; see `bruk verify`")
        if one := without_person(site, file, pseudonym, records):
            found.append(one)
    return found


def _drop_replaced(site: Site, pseudonym: str) -> None:
    """Landed files that a compacted one replaces are kept for readers for a while; not with the person in them."""
    paths = [Path(path) for path in compactions.replaced_files(site.paths.ledger)]
    gone = [
        path.as_posix()
        for path in paths
        if (site.paths.landing / path).exists() and names_person(site, path.as_posix(), pseudonym)
    ]
    for name in gone:
        (site.paths.landing / name).unlink()
    compactions.forget_replaced(site.paths.ledger, gone)
