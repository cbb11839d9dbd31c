"""Streams are judged machine by machine and day by day, and never stop a publication."""

from datetime import date

import pytest

from contracts.streams import load_streams
from expectations.judge import judge_streams
from expectations.suites import suites
from expectations.verdicts import blocking, read, verdict_file
from tests.expectations.small_warehouse import make_warehouse, small_site

D5, D6 = date(2026, 10, 5), date(2026, 10, 6)


def day(equipment, event_date, stream="measurement", **counts):
    return {"stream": stream, "equipment": equipment, "event_date": event_date, "row_count": 10, **counts}


@pytest.fixture
def site(tmp_path):
    return small_site(tmp_path)


def of_day(verdicts, equipment, event_date):
    return [v for v in verdicts if v.equipment == equipment and v.event_date == event_date]


def test_a_sensor_out_of_its_range_fails_that_machine_on_that_day_and_nothing_else(site):
    make_warehouse(site, summary=[day("a", D5), day("a", D6, out_of_range_count=4), day("b", D5), day("b", D6)])
    verdicts = judge_streams(site, "r1")
    (failed,) = [v for v in verdicts if v.of_day and v.state == "failed"]
    assert (failed.equipment, failed.event_date, failed.observed) == ("a", D6, 4.0)
    assert failed.check_id == "measurement.channel_range"
    passed = {(v.equipment, v.event_date) for v in verdicts if v.of_day and v.state == "passed"}
    assert passed == {("a", D5), ("b", D5), ("b", D6)}
    assert blocking(verdicts) == []


def test_a_day_of_one_stream_says_nothing_about_another_stream(site):
    make_warehouse(site, summary=[day("a", D5, "state", state_invalid_count=1), day("a", D5)])
    states = {(v.stream_or_mart, v.state) for v in of_day(judge_streams(site, "r1"), "a", D5)}
    assert states == {("state", "failed"), ("measurement", "passed")}


def test_records_without_a_machine_are_judged_by_day(site):
    wrong = day(None, D6, "participation", size_class_invalid_count=2)
    make_warehouse(site, summary=[day(None, D5, "participation"), wrong])
    verdicts = judge_streams(site, "r1")
    assert [v.state for v in of_day(verdicts, None, D5)] == ["passed"]
    assert [v.state for v in of_day(verdicts, None, D6)] == ["failed"]


def test_a_broken_check_is_not_a_failed_one_and_leaves_its_stream_unjudged(site):
    make_warehouse(site, "alter table core.sum_stream_quality drop column out_of_range_count", summary=[day("a", D5)])
    verdicts = [v for v in judge_streams(site, "r1") if v.stream_or_mart == "measurement"]
    assert {v.check_id for v in verdicts if v.state == "broken" and not v.of_day} == {"measurement.channel_range"}
    assert [(v.equipment, v.event_date, v.state) for v in verdicts if v.of_day] == [("a", D5, "broken")]
    assert not [v for v in read(verdict_file(site.paths.verdicts, "r1")) if v.of_day]
    assert not [v for v in verdicts if v.state == "failed"]


def test_without_a_summary_every_check_is_broken_and_none_is_failed(site):
    make_warehouse(site, "drop table core.sum_stream_quality")
    verdicts = judge_streams(site, "r1")
    assert {v.state for v in verdicts} == {"broken"}
    assert len(verdicts) == sum(len(checks) for checks in suites(site.streams.values()).values())


def test_the_file_keeps_the_whole_checks_and_the_failed_days(site):
    make_warehouse(site, summary=[day("a", D5), day("a", D6, out_of_range_count=4)])
    judge_streams(site, "r1")
    kept = read(verdict_file(site.paths.verdicts, "r1"))
    assert [v.event_date for v in kept if v.of_day] == [D6]
    whole = next(v for v in kept if v.check_id == "measurement.channel_range" and not v.of_day)
    assert (whole.state, whole.observed, whole.element_count) == ("failed", 1.0, 2)


def test_every_vocabulary_pattern_and_limit_of_every_stream_has_its_check():
    for stream in load_streams().values():
        ids = {check.check_id for check in suites([stream])[stream.id]}
        for item in stream.properties:
            assert not item.allowed or f"{stream.id}.{item.name}.vocabulary" in ids
            options = item.logicalTypeOptions
            assert not (options and options.pattern) or f"{stream.id}.{item.name}.pattern" in ids
            assert not (options and options.minimum is not None) or f"{stream.id}.{item.name}.range" in ids
