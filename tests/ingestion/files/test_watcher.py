"""The watcher: a scan takes what is finished and still, and says what it refuses."""

import errno
import json
import threading
import time
from pathlib import Path

import pytest

from contracts.site import Site
from ingestion.files.watcher import DropWatcher, door_status_file, run_watcher
from tests.ingestion.files.test_door import CSV, put, spooled
from tests.sites import NOON, make_site

SECOND = 1_000_000_000


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def watcher(site: Site, hands: Hands) -> DropWatcher:
    watcher = DropWatcher(site, hands)
    watcher.prepare()
    return watcher


def test_every_file_source_has_a_drop_folder_the_office_has_one_and_a_machine_that_sends_has_none(site, watcher):
    folders = sorted(folder.name for folder in site.paths.drop.iterdir())
    assert folders == ["participation", "production", "programme"]


def test_a_file_is_taken_when_it_has_been_still_for_the_settle_time(site, watcher, hands):
    put(site, "order.csv")
    assert watcher.scan() == []
    hands.now += 3 * SECOND
    assert [taken.path.name for taken in watcher.scan()] == ["order.csv"]
    hands.now += 3 * SECOND
    assert watcher.scan() == []
    assert len(spooled(site)) == 1


def test_a_file_that_still_grows_is_not_read(site, watcher, hands):
    path = put(site, "order.csv")
    for _ in range(5):
        assert watcher.scan() == []
        hands.now += 3 * SECOND
        with path.open("ab") as file:
            file.write(b"Press 1;A-2\n")
    assert spooled(site) == []
    assert watcher.scan() == []
    hands.now += 3 * SECOND
    assert len(watcher.scan()) == 1
    assert path.parent.joinpath(".done").exists()


@pytest.mark.parametrize("name", [".order.csv", "order.csv.part", "order.csv.tmp", "order.csv~", "order.csv.FILEPART"])
def test_a_name_that_means_unfinished_is_not_there_yet(site, watcher, hands, name):
    path = put(site, name)
    watcher.scan()
    hands.now += 10 * SECOND
    assert watcher.scan() == []
    path.rename(path.with_name("order.csv"))
    watcher.scan()
    hands.now += 3 * SECOND
    assert len(watcher.scan()) == 1


def test_what_is_refused_is_told_once_and_shown_until_it_is_gone(site, watcher, hands):
    link = site.paths.drop / "production" / "link.csv"
    link.symlink_to(site.paths.site / "site.toml")
    watcher.scan()
    hands.now += 3 * SECOND
    assert [taken.rejection.code for taken in watcher.scan()] == ["E_FILETYPE"]
    hands.now += 3 * SECOND
    assert watcher.scan() == []
    shown = json.loads(door_status_file(site).read_bytes())["refused"]
    assert [(item["source"], item["name"], item["code"]) for item in shown] == [
        ("production", "link.csv", "E_FILETYPE")
    ]
    link.unlink()
    watcher.scan()
    assert json.loads(door_status_file(site).read_bytes())["refused"] == []


def test_a_folder_that_no_source_owns_is_reported_and_its_files_stay(site, watcher, hands):
    path = put(site, "order.csv", source="produktion")
    watcher.scan()
    hands.now += 3 * SECOND
    assert watcher.scan() == []
    assert path.exists()
    (item,) = json.loads(door_status_file(site).read_bytes())["refused"]
    assert (item["name"], item["code"]) == ("produktion", "E_TOPIC")


def test_a_file_that_cannot_be_moved_away_is_taken_once_only(site, watcher, hands):
    path = put(site, "order.csv")
    (path.parent / ".done").write_text("in the way")
    for _ in range(4):
        watcher.scan()
        hands.now += 3 * SECOND
    assert path.exists()
    assert len(spooled(site)) == 1


def test_names_that_are_not_text_are_taken_and_reported(site, watcher, hands):
    folder = site.paths.drop / "production"
    (folder / "f\udce4.csv").write_bytes(CSV)
    (folder / "l\udce4.csv").symlink_to("nowhere")
    watcher.scan()
    hands.now += 3 * SECOND
    assert len(watcher.scan()) == 2
    (item,) = json.loads(door_status_file(site).read_bytes())["refused"]
    assert item["name"] == r"l\xe4.csv"
    assert spooled(site)[0].topic == r"production/f\xe4.csv"


def test_the_running_watcher_takes_a_file_and_stops_when_told(tmp_path, monkeypatch):
    monkeypatch.setenv("BRUK_DROP_SETTLE_SECONDS", "0.1")
    monkeypatch.setenv("BRUK_DROP_SCAN_SECONDS", "0.2")
    site, stop = make_site(tmp_path), threading.Event()
    thread = threading.Thread(target=run_watcher, args=(site, time.time_ns, stop))
    thread.start()
    path = put(site, "order.csv")
    deadline = time.monotonic() + 10
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert [frame.topic for frame in spooled(site)] == ["production/order.csv"]


def test_a_door_that_waits_for_room_on_a_full_disk_ends_when_it_is_told_to(site: Site, hands: Hands, monkeypatch):
    waits = threading.Event()

    def full(*_: object) -> int:
        waits.set()
        raise OSError(errno.ENOSPC, "no space left on device")

    file = put(site, "order.csv")
    stop = threading.Event()
    ended = threading.Thread(target=run_watcher, args=(site, hands, stop))
    monkeypatch.setattr("ingestion.spool.writer.os.writev", full)
    ended.start()
    for _ in range(400):  # a settled file is taken at the scan after the one that saw it first
        hands.now += 3 * SECOND
        (site.paths.drop / "production" / ".wake").touch()
        if waits.wait(0.05):
            break
    stop.set()
    ended.join(20)

    assert waits.is_set()
    assert not ended.is_alive()
    assert file.exists(), "what was not taken stays"
