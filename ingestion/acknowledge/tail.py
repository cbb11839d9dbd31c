"""Reads the end of the spool for the numbers in it, and remembers how far it came."""

from __future__ import annotations

import os
from contextlib import suppress

import structlog

from contracts.clock import Clock, system_clock
from contracts.site import Site
from ingestion.acknowledge import checkpoint
from ingestion.acknowledge.highs import Highs
from ingestion.acknowledge.landed import LandedNumbers
from ingestion.acknowledge.numbered import Numbered, numbered
from ingestion.acknowledge.senders import Senders
from ingestion.atomic import sync_folder
from ingestion.ledger.ledger import Ledger
from ingestion.spool.reader import Position, stretches
from ingestion.spool.segments import segment_name

log = structlog.get_logger()

STEP_BYTES = 1_000_000  # read at once: the first acknowledgement of a long way must not wait for its end
SAVE_NS = 5_000_000_000
TURNS = 3  # so many returns to an older boot are no accident of redelivery


class Tail:
    """What the end of the spool tells of numbers. Knows no broker; `read` is for one thread."""

    def __init__(self, site: Site, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._senders = Senders(site)
        self._spool = site.paths.spool / "mqtt"
        self._file = site.paths.status / "acknowledge.json"
        self._place, self.highs = checkpoint.load(self._file, self._spool)
        self._landed = LandedNumbers(Ledger(site.paths.ledger))
        self.highs.landed = self._landed.of
        self._saved_ns = clock()
        self._synced: int | None = None
        self._alarmed: set[str] = set()

    def read(self) -> dict[tuple[str, int], int] | None:
        """Reads on. The outboxes that were heard of, by device and boot, with their highs; None: nothing new.

        What is returned is on disk. Raises OSError when that cannot be said.
        """
        if self._place is not None and not checkpoint.still_there(self._spool, self._place):
            log.error("spool_cut", hint="the spool was emptied under us; it is read from the start")
            self._place, self.highs = None, Highs()
            self.highs.landed = self._landed.of
        if not self._grew():
            return None
        before = self._place and self._place.position
        found, position = stretches(self._spool, before, STEP_BYTES)
        if position is None or position == before:
            return None
        self._sync(position)
        outboxes = {self._count(item) for stretch in found for item in numbered(stretch)}
        self._place = checkpoint.place_of(self._spool, position, self._place)
        if not 0 <= self._clock() - self._saved_ns < SAVE_NS:
            self.save()
        self._look_for_turns()
        return {outbox: self.highs.high(*outbox) for outbox in outboxes if outbox}

    def save(self) -> None:
        """Writes the checkpoint; a full disk is logged: the next start has a longer way, that is all."""
        try:
            checkpoint.save(self._file, self._place, self.highs)
        except OSError as error:
            log.warning("acknowledge_checkpoint_not_written", problem=str(error))
        self._saved_ns = self._clock()

    def _count(self, item: Numbered) -> tuple[str, int] | None:
        device = self._senders.device(item.topic, item.received_ns)
        if not device:
            return None
        numbers = self.highs.of(device, item.boot)
        if item.first is not None and item.first <= item.seq and numbers.start_from(item.first):
            log.error("spool_knows_less_than_device", device=device, boot=item.boot, first=item.first,
                      hint="numbers below were acknowledged by a spool that is gone")  # fmt: skip
        if not numbers.add(item.seq) and numbers.forgotten == 1:
            log.error("too_many_gaps", device=device, boot=item.boot, hint="what is far ahead will be sent again")
        return device, item.boot

    def _grew(self) -> bool:
        """Whether there may be something new; two looks at the disk instead of a list of all segments."""
        if self._place is None:
            return True
        number, offset = self._place.position
        here, following = (self._spool / segment_name(n) for n in (number, number + 1))
        with suppress(FileNotFoundError):
            return here.stat().st_size > offset or following.exists()
        return True

    def _sync(self, position: Position) -> None:
        """A frame can be read before the writer has it on disk, and an acknowledged one must be there.

        Only the newest frame can be in doubt, so only the newest segment is synced, and its folder once.
        """
        with suppress(FileNotFoundError), (self._spool / segment_name(position.number)).open("rb") as file:
            os.fdatasync(file.fileno())
        if position.number != self._synced:
            sync_folder(self._spool)
            self._synced = position.number

    def _look_for_turns(self) -> None:
        for device, turns in self.highs.returns.items():
            if turns >= TURNS and device not in self._alarmed:
                self._alarmed.add(device)
                log.error("two_senders_under_one_name", device=device, boots=self.highs.boots(device),
                          hint="both are kept; give each sender a name and certificate of its own")  # fmt: skip
