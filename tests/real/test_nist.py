"""Real machine-days through the door into the warehouse: seconds by execution state, and every line accounted for."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bruk.dropping import FileOutcome, drop_files
from bruk.refresh import plan_refresh
from bruk.transform import run_dbt
from bruk.verify import verify
from bruk.warehouse import query
from contracts.site import Site
from ingestion.landing.rebuild import rebuild_landing
from ingestion.ledger import Ledger
from ingestion.live.follower import Follower
from tests.ingestion.landing.test_landing import rows
from tests.real.nist import CPPAGENT, DATA, EMPTY, INITIAL, machine, parts, read
from tests.sites import clock_at, make_site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason="NIST's machine-days are not on this machine (../shared/data)"),
]
CLOCK = clock_at()
AGENT = ("qdr_input140", "qdr_input141")
FILES = [DATA / f"{name}.txt" for name in (*INITIAL, EMPTY)] + [DATA / f"{name}.xml" for name in AGENT]
#: Seconds by execution state of each machine-day.
Seconds = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Every machine-day is a machine of its own, so that no day ends another's last state."""
    registry, sources = parts(FILES)
    return make_site(tmp_path_factory.mktemp("nist"), registry, sources)


@pytest.fixture(scope="module")
def outcomes(site: Site) -> dict[str, FileOutcome]:
    return {file.stem: drop_files(site, [file], machine(file.stem), CLOCK)[0] for file in FILES}


@pytest.fixture(scope="module")
def seconds(site: Site, outcomes: dict[str, FileOutcome]) -> Seconds:
    """From `core.fct_state_interval`, by machine and the native word that each state was sent with."""
    plan_refresh(site, clock=CLOCK)
    built = run_dbt(site, ["--warn-error", "run", "--select", "+fct_state_interval"])
    assert built.ok, "\n".join(built.failures)
    found: Seconds = {}
    sql = (
        "select equipment_id, reason, sum(epoch_us(ended_at) - epoch_us(started_at)) / 1e6"
        " from core.fct_state_interval group by all"
    )
    for name, word, held in query(site.paths.warehouse, sql):
        found.setdefault(name, {})[word] = held
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_seconds_by_execution_state_are_those_of_a_plain_program(seconds: Seconds, file: Path) -> None:
    expected = {} if file.stem == EMPTY else read(file).seconds
    found = seconds.get(machine(file.stem), {})
    assert found.keys() == expected.keys()
    assert all(found[word] == pytest.approx(expected[word], abs=0.1) for word in expected)


def test_all_words_of_execution_were_compared(seconds: Seconds) -> None:
    words = {word for held in seconds.values() for word in held}
    assert words >= {"ACTIVE", "READY", "STOPPED", "FEED_HOLD", "INTERRUPTED", "PROGRAM_STOPPED", "UNAVAILABLE"}


@pytest.mark.parametrize("name", [*INITIAL, *AGENT])
def test_every_line_is_accepted_ignored_quarantined_or_a_duplicate(
    site: Site, outcomes: dict[str, FileOutcome], name: str
) -> None:
    expected, found = read(next(file for file in FILES if file.stem == name)), outcomes[name]
    counts = [count for count in Ledger(site.paths.ledger).counts() if count.source == machine(name)]
    by_outcome = Counter({count.outcome: 0 for count in counts})
    for count in counts:
        by_outcome[count.outcome] += count.n
    assert by_outcome.total() == found.records == expected.lines
    assert by_outcome["quarantined"] == 0
    assert by_outcome["duplicate"] == found.duplicate == expected.repeats
    assert sum(count.n for count in counts if count.code == "initial_state") == expected.initial


def test_an_empty_log_and_one_that_knows_nothing_have_plain_outcomes(outcomes: dict[str, FileOutcome]) -> None:
    empty = outcomes[EMPTY]
    assert (empty.outcome, empty.records) == ("quarantined", 1)
    assert empty.reasons[0].startswith("E_EMPTY: The content is empty.")
    assert outcomes["Mazak01-20180728-20180729"].outcome == "accepted"


def test_the_same_log_again_is_a_duplicate_although_some_of_its_lines_were(
    site: Site, outcomes: dict[str, FileOutcome]
) -> None:
    file = DATA / "GFAgie01-20161006-20161007.txt"
    (again,) = drop_files(site, [file], machine(file.stem), CLOCK)
    assert (again.outcome, again.duplicate) == ("duplicate", outcomes[file.stem].records)


def test_a_recount_and_a_rebuild_agree_and_the_live_page_hears_the_machines(
    site: Site, outcomes: dict[str, FileOutcome], seconds: Seconds
) -> None:
    assert [line.detail for line in verify(site).lines if not line.ok] == []
    rebuilt = rebuild_landing(site, CLOCK)
    assert (rebuilt.same, rebuilt.swapped) == (True, True)
    assert [line.detail for line in verify(site).lines if not line.ok] == []
    follower = Follower(site, CLOCK)
    follower.poll()
    assert {machine(name) for name in (*INITIAL, *AGENT)} <= follower.heard.keys()


def test_degrees_per_minute_become_degrees_per_second(site: Site, outcomes: dict[str, FileOutcome]) -> None:
    """`2016-11-17T15:08:12.173Z|Cfrt|5` of Mazak01."""
    at = datetime(2016, 11, 17, 15, 8, 12, 173000, tzinfo=UTC)
    found = [
        row["value"] for row in rows(site, "measurement") if (row["channel"], row["observed_at"]) == ("c_feed", at)
    ]
    assert found == [pytest.approx(5 / 60)]


def test_what_an_agent_s_project_calls_tests_lands_or_is_refused_by_its_name(site: Site) -> None:
    """Files of cppagent: a stream of 1.4, one whose times are the word TIME, an error, two models and an asset."""
    agent = machine(AGENT[0])
    found = {file.name: drop_files(site, [file], agent, CLOCK)[0] for file in sorted(CPPAGENT.glob("*.xml"))}
    assert {name: (one.outcome, one.records) for name, one in found.items()} == {
        "SimpleStream.xml": ("accepted", 12), "test_sample.xml": ("quarantined", 12),
        "test_error.xml": ("quarantined", 1), "test_config.xml": ("quarantined", 1), "data_set.xml": ("quarantined", 1),
        "asset1.xml": ("quarantined", 1),
    }  # fmt: skip
    assert found["SimpleStream.xml"].accepted == 3  # its conditions
    unread = "E_TIME: Line 8: The time is missing or cannot be read: TIME."
    assert found["test_sample.xml"].reasons[0].startswith(unread)
    words = {name: one.reasons[0] for name, one in found.items() if one.records == 1}
    assert words["test_error.xml"].startswith("E_XML: The XML file is not read: it is MTConnectError (")
    assert words["asset1.xml"].startswith("E_XML: The XML file is not read: it is CuttingTool, not MTConnectStreams.")
    assert all(words[name].startswith("E_XML: The XML file is not read: it is MTConnectDevices (")
               for name in ("test_config.xml", "data_set.xml"))  # fmt: skip
    assert [line.detail for line in verify(site).lines if not line.ok] == []
