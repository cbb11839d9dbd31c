"""kill -9 of the receiving process in the middle of a replay: afterwards every number is as if undisturbed."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e import octoprint
from tests.e2e.whole import Whole, numbers, same_moment, wait_until

MESSAGES = 20_000
PRESS = "nms/v1/dalarna/testbed-dal/hall-1/line-1/press-1"


def uns_line() -> list[dict[str, Any]]:
    """20,000 messages of a press at QoS 1: 22 hours of yesterday with states, runs, output and measurements."""
    begin = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    items = [_item(begin, "state_v1/main", v="producing")]
    at, order, number = begin, 0, 0
    while len(items) < MESSAGES:
        number += 1
        at = begin + timedelta(seconds=4 * number)
        place = number % 200
        if place == 1:
            order += 1
            items.append(_item(at, "run_v1/start", run=f"PO-{order}", product="BRK-110", organisation="559900-0241"))
        elif place == 100:
            items.append(_item(at, "state_v1/main", v="delayed" if order % 2 else "producing"))
        elif place == 150:
            items.append(_item(at, "output_v1/main", run=f"PO-{order}", product="BRK-110", produced=9, good=8, scrap=1))
        elif place == 199:
            items.append(_item(at, "run_v1/end", run=f"PO-{order}", outcome="finished", duration_s=790))
        else:
            items.append(_item(at, "measurement_v1/oil_temp", v=40 + number % 37 / 4, q="good"))
    return items


def octoprint_prints() -> list[dict[str, Any]]:
    """20,000 messages of OctoPrint at QoS 0 (its presence at QoS 1): the recorded print again and again."""
    items: list[dict[str, Any]] = []
    shift = -(MESSAGES // 513 + 1) * 600
    while len(items) < MESSAGES:
        items += octoprint.moved(octoprint.good(), shift)
        shift += 600
    return items[:MESSAGES]


@pytest.mark.parametrize("make", [uns_line, octoprint_prints])
def test_after_kill_9_in_the_middle_every_number_is_that_of_the_undisturbed_run(
    new_whole: Callable[[], Whole], make: Callable[[], list[dict[str, Any]]]
) -> None:
    items = make()
    undisturbed, killed = new_whole(), new_whole()
    undisturbed.receive(items)

    killed.start()
    sender = threading.Thread(target=killed.play, args=(items,))
    sender.start()
    for part in (0.2, 0.6):
        wait_until(lambda part=part: len(killed.spooled()) > part * MESSAGES)  # type: ignore[misc]
        killed.stop(signal.SIGKILL)
        time.sleep(0.2)
        killed.start()
    sender.join()
    wait_until(lambda: _distinct(killed) >= MESSAGES, 60)
    killed.stop()
    killed.land()
    same_moment(undisturbed, killed)
    undisturbed.refresh()
    killed.refresh()

    assert sum(undisturbed.counts(_source(items)).values()) == MESSAGES
    assert numbers(killed) == numbers(undisturbed)


def _distinct(whole: Whole) -> int:
    """Messages without those that the broker delivered again after the kill."""
    return len({(message.session, message.packet_id, message.payload) for message in whole.spooled()})


def _source(items: list[dict[str, Any]]) -> str:
    return "uns" if items[0]["topic"].startswith("nms/") else "octoprint-gav-printer-1"


def _item(at: datetime, tail: str, **fields: Any) -> dict[str, Any]:
    payload = json.dumps({"ts": at.isoformat().replace("+00:00", "Z"), **fields})
    return {"received": at.timestamp(), "topic": f"{PRESS}/{tail}", "qos": 1, "retain": False, "payload": payload}
