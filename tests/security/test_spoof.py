"""A message that says it is from another device: quarantined with its code, and an entry for whoever reads the log."""

from __future__ import annotations

from pathlib import Path

from structlog.testing import capture_logs

from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from tests.ingestion.spooling import OIL, envelope, reading, spool
from tests.sites import clock_at, make_site


def test_who_claims_to_be_another_is_refused_counted_and_written_into_the_log(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    spool(site, envelope(), envelope(payload=reading(device="gw-dal")), envelope(payload=reading(device="octo-dal")))
    with capture_logs() as logged:
        land_pending(site, clock_at())
    (refused,) = Ledger(site.paths.ledger).quarantined(code="E_SPOOF")
    assert refused.device == "gw-dal"  # as the topic says
    (entry,) = [one for one in logged if one["event"] == "spoof"]
    assert (entry["log_level"], entry["topic"], entry["expected"]) == ("warning", OIL, "gw-dal")
    assert "octo-dal" in entry["value"]
