"""What became of each device's messages, as its retained report says it: counts by outcome, from the ledger."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import orjson
import structlog

from contracts.errors import BrukError
from ingestion.acknowledge.highs import MAX_BOOTS
from ingestion.ledger.ledger import Ledger
from ingestion.ledger.records import Count, Sequence

log = structlog.get_logger()

LOOK_S = 5.0


def reports(counts: Iterable[Count], sequences: Iterable[Sequence]) -> dict[str, bytes]:
    """Device → JSON: accepted, ignored, duplicate, quarantined by code; per boot the last landed number and missing.

    Of a device with more than `MAX_BOOTS` outboxes those that began last: sequences come in that order.
    """
    found: dict[str, dict[str, object]] = {}
    for count in counts:
        if not count.device or count.device == count.source:  # nobody known, or a drop folder
            continue
        report = found.setdefault(count.device, _empty())
        if count.outcome == "quarantined":
            codes = report["quarantined"]
            assert isinstance(codes, dict)
            codes[count.code] = codes.get(count.code, 0) + count.n
        else:
            before = report[count.outcome]
            assert isinstance(before, int)
            report[count.outcome] = before + count.n
    for sequence in sequences:
        boots = found.setdefault(sequence.device, _empty())["boots"]
        assert isinstance(boots, dict)
        boots[str(sequence.boot)] = {"last_seq": sequence.highest, "missing": sequence.missing}
        if len(boots) > MAX_BOOTS:
            del boots[next(iter(boots))]
    return {device: orjson.dumps(report, option=orjson.OPT_SORT_KEYS) for device, report in found.items()}


class Reports:
    """The reports that changed since they were last taken. `run` is for a thread of its own: a ledger can be long."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._current: dict[str, bytes] = {}
        self._changed: dict[str, bytes] = {}

    def run(self, stop: threading.Event) -> None:
        """Looks at the ledger every few seconds until `stop`; a ledger that cannot be read is looked at again."""
        while not stop.is_set():
            try:
                self.look()
            except (BrukError, OSError) as error:
                log.warning("reports_stand_still", problem=str(error))
            except Exception:
                log.exception("reports_failed")
            stop.wait(LOOK_S)

    def look(self) -> None:
        """One look."""
        if not self._ledger.path.exists():
            return
        found = reports(self._ledger.counts(), self._ledger.sequences())
        with self._lock:
            self._changed |= {name: text for name, text in found.items() if self._current.get(name) != text}
            self._current = found

    def take(self, *, everything: bool = False) -> dict[str, bytes]:
        """Device → report, of those that changed since the last time, or of all."""
        with self._lock:
            taken = dict(self._current) if everything else self._changed
            self._changed = {}
        return taken


def _empty() -> dict[str, object]:
    return {"accepted": 0, "ignored": 0, "duplicate": 0, "quarantined": {}, "boots": {}}
