"""Which promise is made for a machine: no more than what can be kept, by how its data is seen to arrive."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.site import Site
from ingestion.live.guarantees import COUNTED, END_TO_END, FILE, FROM_BROKER_ON, UNCOUNTED, Words, guarantees
from ingestion.live.state import LiveState
from tests.ingestion.live.small_site import write_status
from tests.sites import NOON, OCTOPRINT, clock_at, make_site


def promises(site: Site, name: str, **seen: bool) -> list[Words]:
    equipment = next(item for item in site.registry.equipment if item.id == name)
    return guarantees(site, equipment, **({"counted": False} | seen))


@pytest.mark.parametrize(
    ("seen", "promise"),
    [
        ({"counted": True, "acknowledged": True}, END_TO_END),
        ({"acknowledged": True}, END_TO_END),  # nothing of it has been landed yet
        ({"counted": True}, COUNTED),
        ({}, UNCOUNTED),
    ],
)
def test_the_promise_follows_from_where_the_numbers_are(tmp_path: Path, seen: dict[str, bool], promise: Words) -> None:
    assert promises(make_site(tmp_path), "dal-press-1", **seen) == [promise, FILE]


def test_that_a_machine_sends_again_until_the_broker_has_it_is_promised_only_where_its_source_says_so(
    tmp_path: Path,
) -> None:
    assert promises(make_site(tmp_path / "unsaid"), "dal-printer-1") == [UNCOUNTED]
    said = OCTOPRINT | {"transport": OCTOPRINT["transport"] | {"publishes_qos": 1}}
    assert promises(make_site(tmp_path / "said", sources={"octoprint": said}), "dal-printer-1") == [FROM_BROKER_ON]


def test_the_live_page_promises_end_to_end_to_a_device_that_the_acknowledger_knows(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    write_status(site, "acknowledging", devices={"gw-dal": {"boot": 7, "high": 3}})
    press = next(one for one in LiveState(site, clock_at(NOON)).report().equipment if one.id == "dal-press-1")
    assert press.guarantees[0] == END_TO_END
