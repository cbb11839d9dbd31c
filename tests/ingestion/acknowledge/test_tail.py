"""What the tail of the spool tells: by topic and user properties alone, from a checkpoint that never runs ahead."""

from __future__ import annotations

import time
from pathlib import Path

import orjson
import pytest

from contracts.site import Site
from ingestion.acknowledge.senders import Senders
from ingestion.acknowledge.tail import Tail
from ingestion.spool.frames import MAGIC
from tests.ingestion.spooling import OIL, envelope, numbered, reading, spool, spool_many
from tests.sites import NOON, PRESS, clock_at, make_site


def sent(
    *numbers: int, boot: int = 7, topic: str = OIL, payload: bytes = b"{}", received_ns: int = NOON
) -> list[bytes]:
    """Messages with these numbers."""
    return [envelope(topic, payload, received_ns=received_ns, properties=numbered(boot, seq)) for seq in numbers]


def read(site: Site, tail: Tail | None = None) -> dict[tuple[str, int], int]:
    """Everything that is there to be read, by device and boot."""
    tail = tail or Tail(site, clock_at())
    found: dict[tuple[str, int], int] = {}
    while (touched := tail.read()) is not None:
        found |= touched
    return found


def test_numbers_are_acknowledged_up_to_the_first_gap_and_behind_it_when_it_is_filled(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    tail = Tail(site, clock_at())
    spool(site, *sent(0, 1, 3, 4))
    assert read(site, tail) == {("gw-dal", 7): 1}
    spool(site, *sent(2))
    assert read(site, tail) == {("gw-dal", 7): 4}


def test_a_number_that_comes_again_is_said_again_for_the_acknowledgement_may_have_been_lost(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    tail = Tail(site, clock_at())
    spool(site, *sent(0, 1, 2))
    read(site, tail)
    spool(site, *sent(1))
    assert read(site, tail) == {("gw-dal", 7): 2}


def test_a_message_that_landing_will_refuse_is_covered_all_the_same(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    spool(
        site,
        *sent(0, payload=b"\xff garbage"),
        *sent(1, topic=f"{PRESS}/no_such_contract/x"),
        *sent(2, topic=f"{PRESS}/debug_v1/x/y"),
    )
    assert read(site) == {("gw-dal", 7): 2}


@pytest.mark.parametrize(
    "properties",
    [
        (),
        (("seq", "0"),),
        (("boot", "7"),),
        (("boot", "7"), ("seq", "0"), ("seq", "0")),
        (("boot", "07"), ("seq", "0")),
        (("boot", "0"), ("seq", "0")),
        (("boot", "7"), ("seq", "-1")),
        (("boot", "7"), ("seq", str(1 << 53))),
        (("boot", "7"), ("seq", "٣")),
    ],
)
def test_a_number_that_is_absent_doubled_or_unreadable_takes_no_part(
    tmp_path: Path, properties: tuple[tuple[str, str], ...]
) -> None:
    site = make_site(tmp_path)
    spool(site, envelope(OIL, reading(1.0), properties=properties), *sent(0))
    assert read(site) == {("gw-dal", 7): 0}


def test_a_topic_that_nobody_owns_is_not_acknowledged(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    spool(site, *sent(0, topic="elsewhere/x"), *sent(0, topic=OIL.replace("press-1", "press-9")))
    assert read(site) == {}


def test_a_vendor_topic_belongs_to_the_device_of_its_fixed_equipment(tmp_path: Path) -> None:
    senders = Senders(make_site(tmp_path))
    for topic in ("octoPrint/temperature/tool0", "octoPrint/event/ZChange", "octoPrint/never/heard/of"):
        assert senders.device(topic.encode(), NOON) == "octo-dal"
    assert senders.device(b"octoPrint/\xff", NOON) == ""


def test_a_restart_goes_on_from_the_checkpoint_and_does_not_read_the_spool_again(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    spool(site, *sent(0, 1))
    tail = Tail(site, clock_at())
    read(site, tail)
    tail.save()
    again = Tail(site, clock_at())
    assert list(again.highs.newest()) == [("gw-dal", 7, 1)]
    assert again.read() is None
    spool(site, *sent(2))
    assert read(site, again) == {("gw-dal", 7): 2}


def test_a_checkpoint_ahead_of_an_emptied_spool_is_thrown_away(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    spool(site, *sent(0, 1, 2))
    tail = Tail(site, clock_at())
    read(site, tail)
    tail.save()
    empty(site)
    assert Tail(site, clock_at()).highs.to_plain() == []
    spool(site, *sent(0, received_ns=NOON + 1))
    assert read(site) == {("gw-dal", 7): 0}


def test_a_spool_that_was_emptied_and_filled_again_beyond_the_old_place_is_noticed(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    spool(site, *sent(0, 1, 2))
    tail = Tail(site, clock_at())
    read(site, tail)
    tail.save()
    empty(site)
    for seq in range(4):
        spool(site, *sent(seq, seq + 10, seq + 20, boot=8, received_ns=NOON + 5))
    assert set(read(site)) == {("gw-dal", 8)}


def test_a_spool_that_is_emptied_under_us_is_read_from_its_new_start(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    spool(site, *sent(0, 1, 2))
    tail = Tail(site, clock_at())
    read(site, tail)
    empty(site)
    spool(site, *sent(0, received_ns=NOON + 1))
    assert read(site, tail) == {("gw-dal", 7): 0}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version":1}', b'{"version":99,"position":[0,4]}'])
def test_a_checkpoint_that_cannot_be_read_costs_a_longer_way_and_nothing_else(tmp_path: Path, content: bytes) -> None:
    site = make_site(tmp_path)
    spool(site, *sent(0, 1))
    site.paths.status.mkdir(parents=True, exist_ok=True)
    (site.paths.status / "acknowledge.json").write_bytes(content)
    assert read(site) == {("gw-dal", 7): 1}


def test_half_a_frame_claims_nothing(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    spool(site, *sent(0, 1))
    newest = max((site.paths.spool / "mqtt").glob("*.seg"))
    whole = [file for file in sorted((site.paths.spool / "mqtt").glob("*.seg")) if file.stat().st_size > 4][-1]
    data = whole.read_bytes()
    newest.write_bytes(MAGIC + data[4:-1])
    if newest != whole:
        whole.unlink()
    assert max(read(site).values(), default=-1) < 1


def test_a_device_that_says_what_it_still_holds_gets_on_after_the_spool_was_lost(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    spool(site, *sent(500))
    tail = Tail(site, clock_at())
    assert read(site, tail) == {("gw-dal", 7): -1}
    spool(site, envelope(OIL, b"{}", properties=(*numbered(7, 501), ("first", "500"))))
    assert read(site, tail) == {("gw-dal", 7): 501}


@pytest.mark.parametrize("first", ["x", "-1", "502", str(1 << 60)])
def test_nothing_is_made_of_a_first_number_that_cannot_be(tmp_path: Path, first: str) -> None:
    site = make_site(tmp_path)
    spool(site, envelope(OIL, b"{}", properties=(*numbered(7, 501), ("first", first))))
    assert read(site) == {("gw-dal", 7): -1}


def test_two_boots_in_alternation_are_both_kept_and_raise_an_alarm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site(tmp_path)
    spool(site, *(message for seq in range(4) for boot in (7, 8) for message in sent(seq, boot=boot)))
    assert read(site) == {("gw-dal", 7): 3, ("gw-dal", 8): 3}
    said = capsys.readouterr()
    assert "two_senders_under_one_name" in said.out + said.err


def test_from_a_checkpoint_the_first_word_does_not_wait_for_the_length_of_the_spool(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    for begin in range(0, 20_000, 5_000):
        spool_many(site, sent(*range(begin, begin + 5_000)))
    tail = Tail(site, clock_at())
    read(site, tail)
    tail.save()
    spool(site, *sent(20_000))
    begun = time.monotonic()
    assert read(site) == {("gw-dal", 7): 20_000}
    assert time.monotonic() - begun < 3


def test_the_checkpoint_holds_highs_and_place_together(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    spool(site, *sent(0, 2))
    tail = Tail(site, clock_at())
    read(site, tail)
    tail.save()
    content = orjson.loads((site.paths.status / "acknowledge.json").read_bytes())
    assert content["highs"] == [["gw-dal", 7, 0, [[2, 3]]]]
    position, witness, birth = content["place"]
    assert (position, witness, len(birth)) == ([1, 4], 0, 40)


def empty(site: Site) -> None:
    for file in (site.paths.spool / "mqtt").iterdir():
        if file.is_file():
            file.unlink()
