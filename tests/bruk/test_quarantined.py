"""What was refused is said of a machine only where the message can be from no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bruk.quarantined import quarantined
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger, RefusedHour
from tests.ingestion.spooling import envelope, spool_many
from tests.sites import NOON, PRESS, clock_at, make_site

HOUR = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("source", "device", "topic", "machine"),
    [
        pytest.param("uns", "gw-dal", f"{PRESS}/state_v1/state", "dal-press-1", id="by its place"),
        pytest.param("uns", "", f"{PRESS}/state_v1/state", "dal-press-1", id="by its place, the broker knows no names"),
        pytest.param("uns", "octo-dal", f"{PRESS}/state_v1/state", None, id="another sender spoke of it"),
        pytest.param("uns", "gw-dal", "nms/v1/dalarna/testbed-dal/hall-1/line-1/press-9/x/y", None, id="no such place"),
        pytest.param("octoprint", "octo-dal", "octoPrint/temperature/x", "dal-printer-1", id="alone in its source"),
        pytest.param("", "octo-dal", "anything", "dal-printer-1", id="alone at its sender"),
        pytest.param("", "", "anything", None, id="anybody"),
        pytest.param("production", "production", "production/x.csv", None, id="a file"),
    ],
)  # fmt: skip
def test_a_machine_is_named_where_it_is_certain(
    tmp_path: Path, source: str, device: str, topic: str, machine: str | None
) -> None:
    refused = [
        RefusedHour(source, device, topic, HOUR, "E_JSON", 2),
        RefusedHour(source, device, topic, HOUR, "E_JSON", 3),
    ]
    assert quarantined(make_site(tmp_path), refused) == [
        {"equipment_id": machine, "source": source, "device": device, "received_hour": HOUR, "code": "E_JSON", "n": 5}
    ]


def test_the_ledger_counts_what_it_refused_by_the_hour_of_arrival(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    topic = f"{PRESS}/measurement_v1/oil_temp"
    spool_many(site, [envelope(topic, b"{") for _ in range(2)])
    land_pending(site, clock_at())
    (found,) = Ledger(site.paths.ledger).refused_by_hour()
    assert (found.topic, found.code, found.n) == (topic, "E_JSON", 2)
    assert found.hour == datetime.fromtimestamp(NOON / 1e9, UTC).replace(minute=0, second=0)
    assert found.hour + timedelta(hours=1) > datetime.fromtimestamp(NOON / 1e9, UTC)
