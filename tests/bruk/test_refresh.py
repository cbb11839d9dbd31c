"""A whole refresh while the site goes on receiving: what lands meanwhile neither holds the edition back nor is lost."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from bruk.refresh import refresh
from contracts.clock import system_clock
from ingestion.ledger import Ledger
from tests.e2e.test_one_reading import LINE
from tests.e2e.whole import Item, Whole

pytestmark = pytest.mark.slow


def oil(day: int) -> Item:
    """A reading of the press at noon."""
    payload = json.dumps({"ts": f"2026-10-{day:02d}T10:00:00Z", "v": 41.5})
    return {"topic": f"{LINE}/press-1/measurement_v1/oil_temp", "qos": 1, "payload": payload}


def test_a_segment_that_lands_while_a_refresh_is_planned_waits_for_the_next(tmp_path: Path) -> None:
    whole = Whole(tmp_path / "site")
    whole.spool([oil(12)])
    whole.land()
    later = iter([oil(13)])

    def landing_clock() -> int:
        for item in later:
            whole.spool([item])
            whole.land()
        return system_clock()

    done = refresh(whole.site, clock=landing_clock)
    assert (done.state, done.reasons) == ("published", [])
    assert Ledger(whole.site.paths.ledger).pending().days == {"measurement": [date(2026, 10, 13)]}
    assert whole.warehouse("select count(*) from core.fct_measurement") == [(1,)]
    again = refresh(whole.site)
    assert (again.state, again.days) == ("published", {"measurement": ["2026-10-13"]})
    assert whole.warehouse("select count(*) from core.fct_measurement") == [(2,)]
