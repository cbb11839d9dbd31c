"""Logs of MTConnect adapters: what a line means, what is refused, what is no news, and any bytes at all."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.clock import utc
from contracts.site import Site
from ingestion.adapters.file_adapter import FileAdapter
from ingestion.adapters.outcome import Ignored, Repeated, Row
from ingestion.rejection import Rejection
from tests.ingestion.adapters.mtconnect import cells, line, log, make_mtconnect_site
from tests.sites import NOON

T = "2026-11-24T10:00:00.123Z"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_mtconnect_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def adapter(site: Site) -> FileAdapter:
    return FileAdapter(site.sources["log"], site.streams)


def rows(adapter: FileAdapter, data: bytes) -> list[Row]:
    found = adapter.read(data)
    assert not isinstance(found, Rejection), found
    judged = [adapter.rows(record, utc(NOON), "dal-press-1") for record in found.records]
    return [row for one in judged if isinstance(one, list) for row in one]


def test_a_line_is_one_record_per_key(adapter: FileAdapter) -> None:
    one, two = cells(adapter, log(f"{T}|execution|READY|mill:Cfrt|300"))
    assert one == {"timestamp": T, "key": "execution", "value": "READY"}
    assert two == {"timestamp": T, "device": "mill", "key": "Cfrt", "value": "300"}


def test_a_condition_is_told_from_three_keys_by_its_level_and_qualifier(adapter: FileAdapter) -> None:
    fault, normal, *three = cells(
        adapter, log(f"{T}|logic|Fault|454B|2|HIGH|Limit switch Y-", f"{T}|servo|NORMAL||||", f"{T}|a|NORMAL|b|1|c|2")
    )
    assert fault == {
        "timestamp": T, "key": "logic", "level": "FAULT", "native_code": "454B", "native_severity": "2",
        "qualifier": "HIGH", "text": "Limit switch Y-",
    }  # fmt: skip
    assert isinstance(normal, dict)
    assert (normal["key"], normal["level"], normal["text"]) == ("servo", "NORMAL", "")
    assert [one["key"] for one in three if isinstance(one, dict)] == ["a", "b", "c"]


def test_a_message_has_a_code_of_its_own_and_a_bar_in_quotes_is_no_end(adapter: FileAdapter) -> None:
    message, program = cells(adapter, log(f"{T}|op|42|Door open", f'{T}@12.5|program|"A\\|B"'))
    assert message == {"timestamp": T, "key": "op", "native_code": "42", "text": "Door open"}
    assert program == {"timestamp": T, "duration": "12.5", "key": "program", "value": "A|B"}


def test_assets_and_the_protocol_s_own_lines_are_ignored_and_the_next_line_is_itself_again(
    adapter: FileAdapter,
) -> None:
    marker = "--multiline--0F"
    found = adapter.read(
        log("* adapterVersion: 2", "", f"{T}|@ASSET@|t1|CuttingTool|{marker}", "<CuttingTool>", "|x|", marker,
            f"{T}|@REMOVE_ASSET@|t1", f"{T}|execution|READY")
    )  # fmt: skip
    assert not isinstance(found, Rejection)
    told = [(record.number, record.line, record.cells) for record in found.records]
    assert told == [
        (1, 1, Ignored("protocol")), (2, 3, Ignored("asset")), (3, 7, Ignored("asset")),
        (4, 8, {"timestamp": T, "key": "execution", "value": "READY"}),
    ]  # fmt: skip


WRONG = [
    (f"{T}|@ASSET@|t1|CuttingTool|--multiline--0F", "E_SHDR"),
    (T, "E_SHDR"),
    (f"{T}|execution", "E_SHDR"),
    (f"{T}|a|1|b|2|c", "E_SHDR"),
    (f"{T}||READY", "E_REQUIRED"),
    ("TIME|execution|READY", "E_TIME"),
    ("2026-13-01T00:00:00Z|execution|READY", "E_TIME"),
    ("|execution|READY", "E_TIME"),
    ("1795521600|execution|READY", "E_TIME"),
    ("2026-11-24T10:00:00|execution|READY", "E_TIME_ZONE"),
    (f"{T}|execution|DANCING", "E_TYPE"),
    (f"{T}|Cfrt|12 13 14", "E_TYPE"),
]


@pytest.mark.parametrize(("wrong", "code"), WRONG)
def test_a_wrong_line_is_refused_alone_with_its_number(adapter: FileAdapter, wrong: str, code: str) -> None:
    found = adapter.read(log(f"{T}|execution|READY", wrong, f"{T}|execution|ACTIVE"))
    assert not isinstance(found, Rejection)
    first, refused, last = (adapter.rows(record, utc(NOON), "dal-press-1") for record in found.records)
    assert isinstance(first, list)
    assert isinstance(last, list)
    assert isinstance(refused, Rejection)
    assert refused.code == code
    assert refused.words().en.startswith("Line 2: ")
    assert "{" not in refused.words().sv + refused.words().cure_sv


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "E_EMPTY"), (f"{T}|a|1".encode(), "E_TORN"), (b"\xff\n", "E_ENCODING"), (b"a\0\n", "E_CONTROL"),
     (b"x" * 1_000_001 + b"\n", "E_SIZE"), (b"PK\x03\x04\n", "E_TYPE")],
)  # fmt: skip
def test_a_log_that_cannot_be_trusted_is_refused_whole(adapter: FileAdapter, data: bytes, code: str) -> None:
    found = adapter.read(data)
    assert isinstance(found, Rejection)
    assert found.code == code


def test_words_are_mapped_units_scaled_decimals_cut_and_what_is_unavailable_is_no_value(adapter: FileAdapter) -> None:
    found = rows(
        adapter,
        log("2026-11-24T10:00:00.1234567Z|execution|UNAVAILABLE", f"{T}|Cfrt|300", f"{T}|Cfrt|UNAVAILABLE",
            f"{T}|logic|FAULT|454B|||Limit switch"),
    )  # fmt: skip
    state, feed, alarm = (row.values for row in found)
    assert state["observed_at"] == datetime(2026, 11, 24, 10, 0, 0, 123456, tzinfo=UTC)
    assert (state["state"], state["reason"]) == ("unknown", "UNAVAILABLE")
    assert feed["value"] == 5.0
    assert (alarm["kind"], alarm["detail"]) == ("454B", "Limit switch")


def test_an_exact_repeat_is_one_wherever_it_stands_and_time_may_run_backwards(adapter: FileAdapter) -> None:
    back = "2026-11-24T09:59:20Z"
    found = cells(
        adapter, log(f"{T}|a|1", f"{T}|b|1", f"{back}|a|2", f"{T}|a|1", f"{T}|a|3", f"{T}|c|NORMAL||||",
                     f"{T}|c|Normal||||")
    )  # fmt: skip
    assert [isinstance(one, Repeated) for one in found] == [False, False, False, True, False, False, True]


OLD, NEW = "2026-10-01T05:00:00Z", "2026-11-24T06:00:00Z"


@pytest.mark.parametrize(
    ("lines", "initial"),
    [
        ([f"{OLD}|a|1", f"{OLD}|b|1", f"{NEW}|a|2"], 2),
        ([f"{OLD}|a|1", f"{OLD}|b|1", f"{OLD}|a|0", f"{NEW}|a|2"], 3),  # what went down with the last connection
        ([f"{OLD}|a|1", "2026-10-20T00:00:00Z|b|1", f"{NEW}|b|2"], 2),  # a pause inside: b had not been named
        (["* PONG 10000", f"{OLD}|a|1|b|1", f"{NEW}|a|2"], 3),
        ([f"{OLD}|a|1", f"{OLD}|b|1"], 0),  # nothing follows: nobody can tell
        ([f"{OLD}|a|1", f"{OLD}|b|1", "2026-10-01T05:00:01Z|a|2"], 0),  # no pause: the log's own beginning
        ([f"{OLD}|a|1", f"{NEW}|a|2", f"{NEW}|b|1"], 0),  # it names not all: a machine at rest after its first word
        ([f"{NEW}|a|1", f"{NEW}|b|1", f"{OLD}|a|2"], 0),
        (["nonsense"], 0),
    ],
)
def test_the_state_from_before_the_log_is_ignored_and_nothing_else(
    adapter: FileAdapter, lines: list[str], initial: int
) -> None:
    found = cells(adapter, log(*lines))
    count = sum(one == Ignored("initial_state") for one in found)
    assert count + sum(one == Ignored("protocol") for one in found[:initial]) == initial


def test_only_a_source_that_declares_an_initial_state_has_one(tmp_path: Path) -> None:
    site = make_mtconnect_site(tmp_path, gap_s=None)
    plain = FileAdapter(site.sources["log"], site.streams)
    found = cells(plain, log(f"{OLD}|a|1", f"{OLD}|b|1", f"{NEW}|a|2"))
    assert all(isinstance(one, dict) for one in found)


FIELD = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters='|"\\'), max_size=8)
KEY = st.text(st.sampled_from("abcXYZ_1"), min_size=1, max_size=4)
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 24)).map(lambda at: f"{at.isoformat()}Z")  # noqa: DTZ001
VALUES = st.fixed_dictionaries(
    {"timestamp": TIMES, "key": KEY, "value": FIELD}, optional={"duration": st.just("1.5"), "device": KEY}
)
CONDITIONS = st.fixed_dictionaries(
    {"timestamp": TIMES, "key": KEY, "level": st.sampled_from(["NORMAL", "WARNING", "FAULT", "UNAVAILABLE"]),
     "native_code": FIELD, "native_severity": FIELD, "qualifier": st.sampled_from(["", "HIGH", "LOW"]), "text": FIELD}
)  # fmt: skip


@given(st.lists(VALUES | CONDITIONS, min_size=1, max_size=20))
@settings(max_examples=300, deadline=None)
def test_what_is_written_as_a_log_is_read_as_it_was(adapter: FileAdapter, written: list[dict[str, str]]) -> None:
    unique = list({tuple(sorted(one.items())): one for one in written}.values())
    assert [one for one in cells(adapter, log(*map(line, written))) if isinstance(one, dict)] == unique or any(
        one == Ignored("initial_state") for one in cells(adapter, log(*map(line, written)))
    )


PIECES = st.sampled_from(
    [T, OLD, NEW, "|", "|", "|", "execution", "READY", "NORMAL", "||||", "@ASSET@", "--multiline--A", "* PING", "\n",
     "\n", "\r", '"', "\\|", ":", "@", "\0", "å"]
)  # fmt: skip


@given(st.binary(max_size=300) | st.lists(PIECES, max_size=60).map(lambda parts: ("".join(parts) + "\n").encode()))
@settings(max_examples=500, deadline=None)
def test_any_bytes_give_one_outcome_per_record_or_one_for_all(adapter: FileAdapter, data: bytes) -> None:
    found = adapter.read(data)
    if isinstance(found, Rejection):
        assert all(found.words())
        return
    told = list(found.records)
    assert [record.number for record in told] == list(range(1, len(told) + 1))
    assert told == list(found.records)
    for record in told:
        judged = adapter.rows(record, utc(NOON), "dal-press-1")
        assert isinstance(judged, list | Ignored | Repeated | Rejection)
        assert not isinstance(judged, Rejection) or "{" not in judged.words().sv


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abc"), st.integers(0, 2)), min_size=1, max_size=30))
@settings(max_examples=200, deadline=None)
def test_repeats_and_firsts_are_all_there_is_in_any_order(
    adapter: FileAdapter, said: list[tuple[int, str, int]]
) -> None:
    start = datetime(2026, 11, 24, 8, tzinfo=UTC)
    lines = [f"{(start + timedelta(seconds=s)).isoformat().replace('+00:00', 'Z')}|{key}|{v}" for s, key, v in said]
    found = cells(adapter, log(*lines))
    assert sum(isinstance(one, Repeated) for one in found) == len(lines) - len(Counter(lines))
