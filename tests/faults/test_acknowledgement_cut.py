"""The acknowledgements stand still: devices neither lose nor drown, and are done soon after they move again."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from ingestion.edge.outbox import look
from ingestion.spool.reader import SpooledMessage, messages
from ingestion.spool.segments import kept_segments
from tests.faults.device import machine_folder
from tests.faults.processes import wait_for
from tests.faults.site import SiteUnderFire

WORDS, CUT_S = 9_000, 20.0


@pytest.mark.slow
def test_after_a_cut_of_the_acknowledgements_all_is_safe_in_twice_its_time_at_less_than_three_times_the_traffic(
    tmp_path: Path,
) -> None:
    with SiteUnderFire(tmp_path / "site", WORDS, outboxes=2) as site:
        site.start()
        site.open_gate(0.5)
        wait_for(lambda: site.safe() >= WORDS * 0.45, 120, "half of all words")
        site.signal_follower(signal.SIGSTOP)
        site.open_gate(1.0)
        time.sleep(CUT_S)  # the fault itself: this long nobody is told anything
        site.signal_follower(signal.SIGCONT)
        began = time.monotonic()
        wait_for(lambda: site.done, 180, "the end of all machines")
        recovery = time.monotonic() - began
        outboxes = [machine_folder(site.folder, name) / "outbox.sqlite" for name in site.numbered_machines()]
        assert [look(file).waiting for file in outboxes] == [0, 0]
        site.settle()
        folder = site.paths.spool / "mqtt"
        spooled = sum(isinstance(item, SpooledMessage) for path in kept_segments(folder) for item in messages(path))
    print(f"recovered in {recovery:.1f} s after {CUT_S:.0f} s; {spooled} messages spooled for {WORDS} words")
    assert recovery < 2 * CUT_S
    assert spooled < 3 * WORDS
