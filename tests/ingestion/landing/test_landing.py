"""From sealed segments to landed files: what lands, what is counted, and what a crash or a repetition changes."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from contracts.site import Site
from contracts.streams import TECHNICAL
from ingestion.landing import sealer
from ingestion.landing.decoder import Decoder
from ingestion.landing.sealer import land_pending, run_sealer
from ingestion.ledger import Ledger
from tests.ingestion.spooling import OIL, ORDER, drop, envelope, numbered, orders, reading, spool, spool_many
from tests.sites import NOON, clock_at, make_site

CLOCK = clock_at()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


def outcomes(site: Site) -> dict[str, int]:
    """Counts by outcome, quarantined by code; checked against the segments' own number."""
    found: dict[str, int] = {}
    ledger = Ledger(site.paths.ledger)
    for count in ledger.counts():
        key = count.code or count.outcome
        found[key] = found.get(key, 0) + count.n
    assert sum(found.values()) == ledger.received()
    return found


def rows(site: Site, stream: str) -> list[dict[str, object]]:
    """Every landed row of a stream, by the ledger's list."""
    files = [file for file in Ledger(site.paths.ledger).landed_files() if file.stream == stream]
    return [
        row for file in files for row in pq.read_table(site.paths.landing / file.path, partitioning=None).to_pylist()
    ]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_reading_lands_once_with_where_it_came_from(site: Site) -> None:
    spool(site, envelope())
    assert land_pending(site, CLOCK) == 1
    (row,) = rows(site, "measurement")
    assert row["equipment"] == "dal-press-1"
    assert row["value"] == 41.5
    assert row["observed_at"] == datetime(2026, 11, 24, 11, 59, tzinfo=UTC)
    assert row["event_id"] == f"{row['segment']}:{row['spool_offset']}"
    assert (row["source"], row["device"], row["part"]) == ("uns", "gw-dal", 0)
    assert set(TECHNICAL) < set(row)
    assert outcomes(site) == {"accepted": 1}
    ledger = Ledger(site.paths.ledger)
    assert ledger.pending().days == {"measurement": [date(2026, 11, 24)]}
    assert ledger.snapshot().as_of == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_a_late_message_lands_in_the_day_of_its_event(site: Site) -> None:
    spool(site, envelope(payload=reading(ts="2026-09-01T23:59:59+02:00")), envelope())
    land_pending(site, CLOCK)
    assert Ledger(site.paths.ledger).pending().days == {"measurement": [date(2026, 9, 1), date(2026, 11, 24)]}


def test_every_stream_has_a_file_without_rows(site: Site) -> None:
    land_pending(site, CLOCK)
    for stream in site.streams.values():
        empty = pq.read_table(site.paths.landing / stream.id / stream.partition_version / "empty.parquet")
        assert empty.num_rows == 0
        assert empty.column_names == [item.name for item in stream.properties] + list(TECHNICAL)


def test_landing_again_after_the_ledger_is_gone_gives_equal_files_and_counts(site: Site) -> None:
    spool(site, *(envelope(payload=reading(value)) for value in range(50)))
    drop(site, "production", orders(ORDER, "kort rad"))
    land_pending(site, CLOCK)
    before, counted = tree(site.paths.landing), outcomes(site)
    for path in site.paths.ledger.parent.glob("ledger.sqlite*"):
        path.unlink()
    assert land_pending(site, CLOCK) == 2
    assert tree(site.paths.landing) == before
    assert outcomes(site) == counted
    assert land_pending(site, CLOCK) == 0


@pytest.mark.parametrize("step", ["replace", "sync_folder", "commit"])
def test_a_crash_between_any_two_steps_leaves_nothing_that_a_second_landing_does_not_mend(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    undisturbed = make_site(tmp_path / "other")
    messages = [
        envelope(payload=reading(v, ts=f"2026-11-{day:02}T10:00:00Z")) for v in range(3) for day in (20, 21, 22)
    ]
    for each in (site, undisturbed):
        spool(each, *messages)
    land_pending(undisturbed, CLOCK)

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        target = {
            "replace": (Path, "replace"),
            "sync_folder": (sealer.write_files.__globals__, "sync_folder"),
            "commit": (Ledger, "commit_all"),
        }[step]
        sealer.ensure_empty_files(site.paths.landing, site.streams)
        if isinstance(target[0], dict):
            patch.setitem(target[0], target[1], crash)
        else:
            patch.setattr(target[0], target[1], crash)
        with pytest.raises(KeyboardInterrupt):
            land_pending(site, CLOCK)
    assert Ledger(site.paths.ledger).landed_files() == []
    assert land_pending(site, CLOCK) == 1
    assert {k: v for k, v in tree(site.paths.landing).items() if not k.endswith(".tmp")} == tree(
        undisturbed.paths.landing
    )
    assert outcomes(site) == outcomes(undisturbed)


def test_the_sealer_cleans_half_written_files_and_lands_what_is_sealed_while_it_runs(site: Site) -> None:
    orphan = site.paths.landing / "measurement" / "v1.0" / "event_date=2026-11-24" / ".mqtt-000000000009.parquet.tmp"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"half")
    unlisted = orphan.with_name("mqtt-000000000008.parquet")
    unlisted.write_bytes(b"whole, and never committed")
    spool(site, envelope())
    stop = threading.Event()
    thread = threading.Thread(target=run_sealer, args=(site, CLOCK, stop))
    thread.start()
    try:
        deadline = threading.Event()
        for _ in range(200):
            if Ledger(site.paths.ledger).landed_files():
                break
            deadline.wait(0.05)
    finally:
        stop.set()
        thread.join(10)
    assert outcomes(site) == {"accepted": 1}
    assert not orphan.exists()
    assert not unlisted.exists()


def test_a_mistake_of_ours_in_one_message_is_quarantined_and_stops_nothing_else(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Decoder.open

    def broken(self: Decoder, message: object) -> object:
        if b"poison" in message.payload:  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return honest(self, message)  # type: ignore[arg-type]

    monkeypatch.setattr(Decoder, "open", broken)
    spool(site, envelope(), envelope(payload=b"poison"), envelope(payload=reading(1)))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 2, "E_INTERNAL": 1}


def test_a_damaged_place_of_a_segment_is_counted_and_the_rest_lands(site: Site) -> None:
    spool(site, envelope(), envelope(payload=reading(1)))
    spool(site, envelope(payload=reading(2)))
    first = min((site.paths.spool / "mqtt").glob("*.seg"))
    data = bytearray(first.read_bytes())
    data[-5] ^= 0xFF
    first.write_bytes(data)
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 2, "E_DAMAGED": 1}


def test_a_number_that_came_before_is_a_duplicate_or_a_conflict_also_across_segments(site: Site) -> None:
    one = envelope(properties=numbered(7, 1))
    spool(site, one, one, envelope(properties=numbered(7, 2)))
    spool(site, one, envelope(payload=reading(99), properties=numbered(7, 1)), envelope(properties=numbered(8, 1)))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 3, "duplicate": 2, "E_CONFLICT": 1}
    assert sorted(str(row["event_id"]) for row in rows(site, "measurement")) == [
        "gw-dal:7:1",
        "gw-dal:7:2",
        "gw-dal:8:1",
    ]
    (entry,) = Ledger(site.paths.ledger).quarantined(code="E_CONFLICT")
    assert entry.facts["first"] == "mqtt/000000000000:4"


def test_a_sequence_that_begins_again_without_a_new_boot_is_e_epoch(site: Site) -> None:
    numbers = [envelope(payload=reading(n), properties=numbered(7, n)) for n in range(3)]
    spool(site, *numbers, envelope(payload=reading(9), properties=numbered(7, 0)))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 3, "E_EPOCH": 1}


def test_all_of_a_counting_that_begins_again_at_0_is_e_epoch_and_what_it_adds_is_kept(site: Site) -> None:
    spool(site, *(envelope(payload=reading(n), properties=numbered(7, n)) for n in range(3)))
    spool(site, *(envelope(payload=reading(10 + n), properties=numbered(7, n)) for n in range(5)))
    spool(site, envelope(payload=reading(99), properties=numbered(7, 4)))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 5, "E_EPOCH": 4}


def test_a_0_that_comes_late_for_the_first_time_begins_nothing_again(site: Site) -> None:
    late = [envelope(payload=reading(n), properties=numbered(7, n)) for n in (3, 4, 0, 1, 2)]
    spool(site, *late, envelope(payload=reading(9), properties=numbered(7, 3)))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 5, "E_CONFLICT": 1}


def test_a_number_of_its_own_is_an_event_of_its_own_also_under_a_packet_id_that_said_the_same(site: Site) -> None:
    spool(site, envelope(packet_id=5, properties=numbered(7, 0)))
    spool(site, envelope(packet_id=5, dup=True, properties=numbered(7, 1)))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 2}


def test_a_number_whose_message_is_refused_is_not_missing(site: Site) -> None:
    spool(site, *(envelope(payload=b"{" if n == 1 else reading(n), properties=numbered(7, n)) for n in range(3)))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 2, "E_JSON": 1}
    assert Ledger(site.paths.ledger).gaps() == []


def test_ten_thousand_numbers_out_of_order_are_all_accepted_and_the_gap_is_known(site: Site) -> None:
    order = [(n * 7919) % 10_007 for n in range(10_007)]
    spool_many(site, [envelope(payload=reading(n), properties=numbered(7, n)) for n in order if n != 4_000])
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 10_006}
    (sequence,) = Ledger(site.paths.ledger).sequences()
    assert (sequence.highest, sequence.missing) == (10_006, 1)


def test_a_redelivery_is_known_by_session_packet_id_and_dup_also_across_segments(site: Site) -> None:
    first = envelope(packet_id=5)
    again = envelope(packet_id=5, dup=True, connection=1)
    spool(site, first)
    spool(site, again, again)
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 1, "duplicate": 2}


def test_dup_without_a_partner_is_a_new_event(site: Site) -> None:
    spool(
        site,
        envelope(packet_id=5, dup=True),
        envelope(packet_id=5, dup=True, payload=reading(2)),
        envelope(packet_id=5, dup=True, payload=reading(2), session=9),
    )
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 3}


def test_a_genuine_repeat_is_kept_and_one_after_a_reconnection_is_flagged(site: Site) -> None:
    same = [envelope(packet_id=n) for n in (1, 2)]
    spool(site, *same, envelope(packet_id=1), envelope(packet_id=2, connection=2))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 4}
    assert [row["flags"] for row in rows(site, "measurement")].count("possible_duplicate") == 1


def test_a_retained_copy_of_the_last_message_of_its_topic_is_a_duplicate_and_another_is_not(site: Site) -> None:
    spool(site, envelope())
    spool(site, envelope(retain=True), envelope(retain=True, payload=reading(3)))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 2, "duplicate": 1}


def test_the_rows_of_a_file_are_counted_each_and_the_file_has_its_outcome(site: Site) -> None:
    sha = drop(site, "production", orders(ORDER, "kort rad", ORDER.replace("Press 1", "Press 9")))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 1, "E_CSV": 1, "E_DEVICE": 1}
    (file,) = Ledger(site.paths.ledger).drop_files()
    assert (file.outcome, file.records, file.accepted, file.quarantined) == ("partial", 3, 1, 2)
    assert file.reasons == [("E_CSV", 1), ("E_DEVICE", 1)]
    (output,) = rows(site, "output")
    assert output["event_id"] == f"{sha}:1"
    assert output["record"] == 1
    assert output["device"] == "production"


def test_the_same_bytes_dropped_again_are_a_duplicate_of_all_their_records(site: Site) -> None:
    data = orders(ORDER, ORDER.replace("PO-1", "PO-2"))
    drop(site, "production", data)
    drop(site, "production", data, name="samma igen.csv")
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 2, "duplicate": 2}
    assert [file.outcome for file in Ledger(site.paths.ledger).drop_files()] == ["accepted", "duplicate"]


def test_a_file_in_the_wrong_drop_folder_may_come_again_in_the_right_one(site: Site) -> None:
    drop(site, "participation", orders(ORDER))
    drop(site, "production", orders(ORDER))
    drop(site, "nowhere", orders(ORDER))
    land_pending(site, CLOCK)
    found = outcomes(site)
    assert found["accepted"] == 1
    assert [file.outcome for file in Ledger(site.paths.ledger).drop_files()] == ["quarantined", "accepted", "duplicate"]


def test_a_file_whose_bytes_are_gone_or_changed_is_refused(site: Site) -> None:
    gone, changed = (drop(site, "production", orders(ORDER.replace("PO-1", n))) for n in ("PO-8", "PO-9"))
    folder = site.paths.spool / "files" / "bytes"
    (folder / gone).unlink()
    (folder / changed).write_bytes(b"something else")
    land_pending(site, CLOCK)
    assert outcomes(site) == {"E_DAMAGED": 1, "E_CHECKSUM": 1}


def test_a_topic_that_is_not_utf_8_is_quarantined(site: Site) -> None:
    odd = envelope()
    spool(site, type(odd)(b"nms/v1/\xff", odd.payload, NOON), envelope(OIL))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 1, "E_TOPIC": 1}
