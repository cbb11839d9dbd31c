"""NIST's machine-days as sources of a site, and what a plain program that shares no code with us reads in them.

Smart Manufacturing Systems Test Bed, usnistgov/smstestbed at 968279f1, public domain.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.real import reference_data
from tests.sites import REGISTRY, emit, equipment, source

DATA = reference_data.DATA / "line_mtconnect_nist"
CPPAGENT = reference_data.DATA / "line_mtconnect_cppagent"
#: Lines at the head of each log that say again what was known before it began: counted by eye in the files. Mazak01 of
#: 2019-04-02 begins with news, stamped seconds before the next line; that of 2018-07-28 has nothing after its 86 lines.
INITIAL = {
    "GFAgie01-20160609-20160610": 26, "GFAgie01-20161004-20161005": 26, "GFAgie01-20161006-20161007": 27,
    "Hurco01-20170313-20170314": 17, "Hurco01-20170502-20170503": 17, "Mazak01-20161117-20161118": 86,
    "Mazak01-20180215-20180216": 86, "Mazak01-20180728-20180729": 0, "Mazak01-20190402-20190403": 0,
    "Mazak01-20190614-20190615": 86, "Mazak01-20190626-20190627": 86, "Mazak01-20190627-20190628": 86,
}  # fmt: skip
EMPTY = "Mazak01-20161115-20161116"
#: One word of ours for each of theirs would lose some: the native word goes along as the reason.
STATES = {
    "ACTIVE": "producing", "READY": "idle", "STOPPED": "down", "PROGRAM_STOPPED": "down", "FEED_HOLD": "delayed",
    "INTERRUPTED": "delayed", "UNAVAILABLE": "unknown",
}  # fmt: skip
_AT = {"column": "timestamp"}
_UNAVAILABLE = {"column": "value", "one_of": ["UNAVAILABLE"]}


def machine(name: str) -> str:
    """Id of the machine, and of the source, of one file: every machine-day stands alone."""
    return name.lower().replace("_", "-")


def _state(key: str, word: str) -> dict[str, Any]:
    return emit("state", {"column": key, "one_of": [word]}, observed_at=_AT, state={"column": "value", "map": STATES},
                reason={"column": "value"})  # fmt: skip


def _measured(key: str, words: dict[str, str], scale: float | None = None) -> dict[str, Any]:
    value = {"column": "value"} | ({"scale": scale} if scale else {})
    found = emit("measurement", {"column": key, "one_of": sorted(words)}, channel={"column": key, "map": words},
                 observed_at=_AT, value=value)  # fmt: skip
    return found | {"unless": _UNAVAILABLE}


_CONDITION = emit("event", {"column": "level"}, observed_at=_AT, kind={"const": "condition"},
                  detail={"template": "{column.level} {column.text}"})  # fmt: skip
SHDR = {
    "adapter": "shdr", "encoding": "utf-8", "initial_state": {"gap_s": 3600},
    "emit": [
        _state("key", "execution"),
        _measured("key", {"S2temp": "spindle2_temp", "Zload": "z_load", "Feed_Rate": "feed_rate"}),
        _measured("key", {"Bfrt": "b_feed", "Cfrt": "c_feed"}, 1 / 60),  # DEGREE/MINUTE → DEGREE/SECOND
        emit("event", {"column": "key", "one_of": ["avail", "estop"]}, observed_at=_AT, kind={"column": "key"},
             detail={"column": "value"}),
        _CONDITION,
    ],
}  # fmt: skip
XML = {
    "adapter": "mtconnect_xml", "encoding": "utf-8",
    "emit": [_state("type", "Execution"), _measured("name", {"Aposition": "a_position"}), _CONDITION],
}  # fmt: skip


def parts(files: list[Path]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Registry and sources of a site with one machine and one source per file."""
    machines, sources = [], {}
    for file in files:
        name = machine(file.stem)
        machines.append(equipment(name, name, "machining_centre", name, [name]) | {"valid_from": "2016-01-01"})
        sources[name] = source(
            name, transport={"kind": "file", "pattern": f"*{file.suffix}"}, equipment={"fixed": name},
            format=XML if file.suffix == ".xml" else SHDR, time={"zone": "UTC", "oldest": "2016-01-01"},
        )  # fmt: skip
    return {"equipment": [*REGISTRY["equipment"], *machines]}, sources


@dataclass(frozen=True)
class Read:
    """What the plain program finds: lines, exact repeats, and seconds by the word of `execution` to the last line."""

    lines: int
    initial: int
    repeats: int
    seconds: dict[str, float]


def read(file: Path) -> Read:
    """Sort by time, drop exact duplicates, cut the stale initial block."""
    if file.suffix == ".xml":
        items = [item for item in ElementTree.parse(file).iter() if item.get("timestamp")]
        found = [(item.get("timestamp", ""), item.tag.rpartition("}")[2], item.text or "") for item in items]
        return Read(len(found), 0, 0, _seconds([(at, word) for at, kind, word in found if kind == "Execution"],
                                               [at for at, *_ in found]))  # fmt: skip
    lines = file.read_text(encoding="utf-8").splitlines()
    initial = INITIAL[file.stem]
    kept = list(dict.fromkeys(lines[initial:]))
    said = [line.split("|") for line in kept]
    words = [(fields[0], fields[2]) for fields in said if fields[1] == "execution"]
    return Read(len(lines), initial, len(lines) - initial - len(kept), _seconds(words, [fields[0] for fields in said]))


def _seconds(words: list[tuple[str, str]], stamps: list[str]) -> dict[str, float]:
    ordered = sorted(((_at(stamp), word) for stamp, word in words), key=lambda item: item[0])
    if not ordered:
        return {}
    ends = [at for at, _ in ordered[1:]] + [max(map(_at, stamps))]
    found: Counter[str] = Counter()
    for (at, word), end in zip(ordered, ends, strict=True):
        found[word] += end - at
    return {word: n / 1e6 for word, n in found.items() if n}


def _at(stamp: str) -> int:
    """Microseconds since 1970, of stamps with 3, 6 or 7 decimals."""
    whole, _, decimals = stamp.rstrip("Z").partition(".")
    seconds = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC).timestamp()
    return int(seconds) * 1_000_000 + int(decimals.ljust(6, "0")[:6])
