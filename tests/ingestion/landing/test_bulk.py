"""The fast judge against the exact one: whatever it accepts, the exact one accepts, with the same rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.paths import PRODUCT
from contracts.site import Site, load_site
from ingestion.landing.bulk import BulkJudge
from ingestion.landing.chunks import chunks
from ingestion.landing.collector import Collector
from ingestion.landing.decoder import Decoder
from ingestion.landing.judge import arrived
from ingestion.spool.reader import SpooledMessage
from tests.ingestion.adapters.test_messages import REFUSED
from tests.ingestion.spooling import OIL, message, reading
from tests.sites import NOON, PRESS, make_site

TEXT = '{"ts": "2026-11-24T11:59:00Z", "v": 41.5, "q": "good", "run": "PO-1"}'
OCTO = "octoPrint/temperature/tool0"


class Judges:
    """Both judges of one site."""

    def __init__(self, site: Site) -> None:
        self.site, self.exact = site, Decoder(site)
        self.fast = BulkJudge(site, self.exact)


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Judges:
    return Judges(make_site(tmp_path_factory.mktemp("site")))


def judged(judges: Judges, messages: list[SpooledMessage]) -> int:
    """Lets both judges read the messages; fails where what the fast one accepts is anything else for the exact one."""
    bulk, decoder, site = judges.fast, judges.exact, judges.site
    messages = [each._replace(offset=n) for n, each in enumerate(messages)]
    fast, exact = Collector(site.streams), Collector(site.streams)
    accepted = 0
    proposed = [bulk.propose(chunk) for chunk in chunks(messages[0].segment, messages, decoder.places.day_of)]
    owned = [zip(each.plans, each.owners, strict=True) for each in proposed]
    plans = [plan if owner else None for each in owned for plan, owner in each]
    for each, plan in zip(messages, plans, strict=True):
        if plan is None:
            continue
        accepted += 1
        opened = decoder.open(each)
        assert isinstance(opened.decoded, list), (each.payload, opened.decoded)
        assert (opened.source, opened.device) == (plan.source, plan.device)
        exact.add(arrived(each, opened, None), opened.decoded)
    for block in [block for each in proposed for block in each.blocks]:
        fast.add_block(block)
    assert [(s, d, t.to_pylist()) for s, d, t in fast.partitions()] == [
        (s, d, t.to_pylist()) for s, d, t in exact.partitions()
    ]
    return accepted


NUMBERS = (
    st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.integers(-(2**70), 2**70).map(str)
    | st.sampled_from(
        ["-0.0", "-0", "0", "1e-400", "0e5", "1e-5", "1E+2", "1e999", "01", "+1", "1.", ".5", "NaN", "true", "null",
         '""', '"1"', "[]", "{}", "9007199254740991", "9007199254740992", "9007199254740993", "0.1e1", "1e15",
         "1.5e-320"]
    )
)  # fmt: skip
BASE = datetime(2026, 11, 24, 12, tzinfo=UTC)
TIMES = (
    st.timedeltas(timedelta(days=-2), timedelta(hours=1)).map(lambda d: (BASE + d).isoformat().replace("+00:00", "Z"))
    | st.datetimes().map(lambda d: d.isoformat() + "Z")
    | st.builds(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{}".format, st.integers(2023, 2026), st.integers(0, 13),
        st.integers(0, 32),
        st.integers(0, 24), st.integers(0, 60), st.integers(0, 61),
        st.sampled_from(["", ".1", ".123", ".123456", ".1234567", ".", ",5", ".١"]),
        st.sampled_from(["Z", "z", "", "+00:00", "+01:00", "Z ", "Z\\n"]),
    )
    | st.sampled_from(["2024-02-29T10:00:00Z", "2026-02-29T10:00:00Z", "2026-W48-2T11:59:00Z", "20261124T115900Z", ""])
)  # fmt: skip
TEXTS = st.text(max_size=8).map(lambda text: json.dumps(text, ensure_ascii=False)) | st.sampled_from(
    ['""', '"a\\u0000b"', '"\\ud800"', '"\\""', '"a\\\\"', "1", "null", '"\x01"', '"Cel"', '"Fah"', '"é"', '"=cmd"']
)
PAIRS = st.one_of(
    st.tuples(st.just("v"), NUMBERS | TEXTS),
    st.tuples(st.just("ts"), TIMES.map(lambda text: f'"{text}"') | NUMBERS),
    st.tuples(st.sampled_from(["q", "run", "u", "extra", "device", "boot", "seq"]), TEXTS | NUMBERS),
)
SPACE = st.sampled_from(["", "", "", " ", "\n", "\t", "\x0b", "\ufeff"])


@st.composite
def payloads(draw: st.DrawFn) -> bytes:
    """An object near the border of what is allowed: often right, often wrong in one place."""
    pairs = [("ts", '"2026-11-24T11:59:00Z"'), ("v", draw(NUMBERS)), *draw(st.lists(PAIRS, max_size=3))]
    if draw(st.booleans()):
        pairs = list(dict(pairs).items())
    pairs = draw(st.permutations(pairs))
    inside = ",".join(f"{draw(SPACE)}{json.dumps(key)}{draw(SPACE)}:{value}" for key, value in pairs)
    data = f"{draw(SPACE)}{{{inside}}}{draw(SPACE)}".encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 5)) == 0 and data:  # one byte turned
        place = draw(st.integers(0, len(data) - 1))
        data = data[:place] + bytes([draw(st.integers(0, 255))]) + data[place + 1 :]
    return data


@given(st.lists(payloads(), min_size=1, max_size=8))
@example([TEXT.encode(), b'{"ts": "2026-11-24T11:59:00Z", "v": 1, "v": 2}'])
@example([TEXT.encode(), b'{"ts": "2026-11-24T11:59:00Z", "v": 1, "u": ""}'])
@example([b'{"ts": "2026-11-24T11:59:00Z", "v": 1e-400}'])
@settings(max_examples=400, deadline=None)
def test_what_the_fast_judge_accepts_the_exact_one_accepts_with_the_same_rows(
    judges: Judges, batch: list[bytes]
) -> None:
    judged(judges, [message(OIL, payload or b" ") for payload in batch])


EPOCHS = st.integers(-10, 2**65) | st.integers(1_795_000_000, 1_795_600_000) | st.floats(1e9, 2e9) | st.just(None)


@given(st.lists(st.fixed_dictionaries(
    {"_timestamp": EPOCHS},
    optional={"actual": st.floats(-10, 300) | st.none(), "target": st.none() | st.floats(0, 300), "x": st.none()},
), min_size=1, max_size=6))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_the_same_holds_for_rows_on_a_condition_and_times_in_seconds(
    judges: Judges, batch: list[dict[str, Any]]
) -> None:
    judged(judges, [message(OCTO, json.dumps(each).encode()) for each in batch])


def test_every_bad_payload_of_the_catalogue_is_left_to_the_exact_judge(
    judges: Judges,
) -> None:
    assert judged(judges, [message(OIL, payload) for _, payload, _ in REFUSED]) == 0


def test_ordinary_messages_are_accepted_by_the_fast_judge_also_beside_bad_ones(
    judges: Judges,
) -> None:
    good = [message(OIL, reading(n / 7)) for n in range(50)] + [message(OIL, TEXT.encode())]
    good += [message(OIL, reading(ts="2026-11-24T11:59:00.123Z", u="Cel"))]
    good += [message(OCTO, b'{"actual": 204.9, "target": 205, "_timestamp": %d}' % (NOON // 10**9))]
    bad = [message(OIL, payload) for payload in (b"{", b" ", reading("x"), reading(ts="2026-02-30T10:00:00Z"))]
    assert judged(judges, good) == len(good)
    assert judged(judges, [*good, *bad, *good]) == 2 * len(good)


def test_a_future_time_is_flagged_and_retained_and_unknown_things_are_left_alone(
    judges: Judges,
) -> None:
    assert judged(judges, [message(OIL, reading(ts="2026-11-24T12:01:00Z"))]) == 1
    left = [
        message(OIL, reading(), retain=True),
        message(OIL.replace("press-1", "press-9"), reading()),
        message(f"{PRESS}/measurement_v1/CON", reading()),
        message(f"{PRESS}/debug_v1/x", reading()),
        message("no/such/topic", reading()),
        message("production/x.csv", b"\0" * 32, kind=1),
    ]
    assert judged(judges, left) == 0


def test_both_judges_agree_on_the_recording_of_the_demonstration() -> None:
    judges = Judges(load_site(PRODUCT / "demo"))
    found, accepted = [], 0
    for file in sorted((PRODUCT / "demo" / "recordings").glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            told = orjson.loads(line)
            payload = told["payload"] if isinstance(told["payload"], str) else json.dumps(told["payload"])
            received = int(told["received"] * 1e9)
            found.append(message(told["topic"], payload.encode() or b" ", received_ns=received, retain=told["retain"]))
    accepted = judged(judges, found)
    assert accepted > len(found) // 4
