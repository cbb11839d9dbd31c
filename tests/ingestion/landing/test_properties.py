"""What holds for any input: one outcome each, sums that agree, order that does not matter."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.site import Site
from ingestion.adapters.csv_adapter import Table
from ingestion.adapters.file_adapter import FileAdapter
from ingestion.adapters.outcome import Ignored, Row
from ingestion.landing.decoder import Decoder
from ingestion.landing.sealer import land_pending
from ingestion.landing.tables import Drop, decode_record
from ingestion.ledger import Ledger
from ingestion.rejection import Rejection
from tests.ingestion.landing.test_landing import outcomes, rows
from tests.ingestion.spooling import OIL, ORDER, PRODUCTION, envelope, message, numbered, reading, spool_many
from tests.sites import PRESS, clock_at, make_site

CLOCK = clock_at()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def decoder(site: Site) -> Decoder:
    return Decoder(site)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["ts", "v", "q", "seq", "boot", "u"]), inner)
    ),
    max_leaves=12,
)
TIMES = st.sampled_from(
    ["2026-11-24T11:59:00Z", "2026-11-24T11:59:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]
)
ENVELOPES = st.fixed_dictionaries(
    {}, optional={"ts": TIMES | JSON, "v": JSON, "q": JSON, "seq": JSON, "boot": JSON, "u": JSON}
)
PAYLOADS = st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()) | ENVELOPES.map(
    lambda value: json.dumps(value).encode()
)  # fmt: skip
TOPICS = st.sampled_from(
    [OIL, f"{PRESS}/state_v1/state", f"{PRESS}/run_v1/start", "octoPrint/mqtt", "octoPrint/temperature/tool0"]
) | st.text(max_size=60)  # fmt: skip


@given(TOPICS, PAYLOADS, st.booleans(), st.lists(st.tuples(st.sampled_from(["boot", "seq", "x"]), st.text(max_size=5))))
@settings(max_examples=400, deadline=None)
def test_any_bytes_on_any_topic_have_exactly_one_outcome(
    decoder: Decoder, topic: str, payload: bytes, retain: bool, properties: list[tuple[str, str]]
) -> None:
    if not topic.isprintable():
        topic = repr(topic)
    found = decoder.open(message(topic, payload or b"x", retain=retain, user_properties=tuple(properties))).decoded
    if isinstance(found, list):
        assert found
        assert all(isinstance(row, Row) for row in found)
    else:
        assert isinstance(found, Ignored | Rejection)
        if isinstance(found, Rejection):
            assert all(found.words())


ROWS = st.sampled_from([ORDER, ORDER.replace("1 200,5", "x"), ";;", '"', "", "a;b", ORDER + ";z", "Press 1;;;;;;;"])


@given(
    st.binary(max_size=300)
    | st.lists(ROWS, max_size=8).map(lambda lines: (PRODUCTION + "\r\n".join(lines) + "\n").encode("cp1252"))
)
@settings(max_examples=200, deadline=None)
def test_any_bytes_in_a_dropped_file_give_one_outcome_per_record_or_one_for_all(
    site: Site, decoder: Decoder, data: bytes
) -> None:
    adapter = FileAdapter(site.sources["production"], site.streams)
    table = adapter.read(data)
    if isinstance(table, Rejection):
        assert all(table.words())
        return
    assert isinstance(table, Table)
    drop = Drop.of(message("production/x.csv", b"\0" * 32, kind=1))
    for record in table.records:
        found = decode_record(adapter, decoder.places, drop, record)
        assert isinstance(found, list | Ignored | Rejection)
        assert not (isinstance(found, Rejection) and found.code == "E_INTERNAL")


@given(st.lists(st.tuples(TOPICS, PAYLOADS, st.integers(0, 3), st.booleans()), max_size=25))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_the_four_outcomes_sum_to_what_was_received(messages: list[tuple[str, bytes, int, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = make_site(Path(folder))
        spool_many(
            site,
            [
                envelope(topic or "x", payload or b"x", packet_id=packet, dup=dup)
                for topic, payload, packet, dup in messages
            ],
        )
        land_pending(site, CLOCK)
        assert sum(outcomes(site).values()) == len(messages)
        entries = Ledger(site.paths.ledger).quarantined()
        assert len(entries) == sum(n for code, n in outcomes(site).items() if code.startswith("E_"))


@given(st.permutations(list(range(12))), st.lists(st.integers(0, 11), max_size=6))
@settings(max_examples=15, deadline=None)
def test_the_order_in_which_numbered_messages_arrive_does_not_change_what_is_accepted(
    order: list[int], repeats: list[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = make_site(Path(folder))
        arriving = [*order, *repeats]
        for begin in range(0, len(arriving), 5):
            part = arriving[begin : begin + 5]
            spool_many(site, [envelope(payload=reading(n), properties=numbered(7, n)) for n in part])
        land_pending(site, CLOCK)
        landed: list[Any] = [(row["event_id"], row["value"]) for row in rows(site, "measurement")]
        assert Counter(landed) == Counter((f"gw-dal:7:{n}", float(n)) for n in range(12))
        assert outcomes(site).get("duplicate", 0) == len(repeats)
