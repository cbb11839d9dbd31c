"""The file door: durable before it is moved, refused by what it is, and never by what its name looks like."""

import hashlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.site import Site
from ingestion.files.door import DONE, bytes_file, drop_file, drop_files, open_spool, spool_folder
from ingestion.rejection import Rejection
from ingestion.spool.reader import SpooledMessage, messages, sealed_segments
from ingestion.spool.writer import SpoolBusy
from tests.sites import NOON, clock_at, make_site

CSV = "Station;Order\nPress 1;A-1\n".encode("cp1252")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


def put(site: Site, name: str, data: bytes = CSV, source: str = "production") -> Path:
    """A file in the drop folder of a source."""
    path = site.paths.drop / source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def spooled(site: Site) -> list[SpooledMessage]:
    """Every frame in the sealed segments of the files spool."""
    found = [m for segment in sealed_segments(spool_folder(site.paths)) for m in messages(segment)]
    assert all(isinstance(m, SpooledMessage) for m in found)
    return found


def code(outcome: object) -> str:
    assert isinstance(outcome, Rejection)
    return outcome.code


def test_a_dropped_file_is_kept_by_its_hash_framed_sealed_and_put_away(site):
    path = put(site, "order.csv")
    sha256 = drop_file(site, path, "production", clock_at())
    assert sha256 == hashlib.sha256(CSV).hexdigest()
    assert bytes_file(site.paths, sha256).read_bytes() == CSV
    (frame,) = spooled(site)
    assert (frame.topic, frame.payload.hex(), frame.kind, frame.received_ns) == (
        "production/order.csv",
        sha256,
        1,
        NOON,
    )
    assert not path.exists()
    assert (path.parent / DONE / f"{sha256[:12]}-order.csv").read_bytes() == CSV


def test_the_same_bytes_twice_are_kept_once_and_framed_twice_so_that_landing_can_count_the_duplicate(site):
    drop_file(site, put(site, "a.csv"), "production", clock_at())
    drop_file(site, put(site, "b.csv"), "production", clock_at())
    assert [frame.topic for frame in spooled(site)] == ["production/a.csv", "production/b.csv"]
    assert len(list((spool_folder(site.paths) / "bytes").iterdir())) == 1


def test_a_file_from_elsewhere_stays_with_its_sender(site, tmp_path):
    path = tmp_path / "elsewhere.csv"
    path.write_bytes(CSV)
    assert isinstance(drop_file(site, path, "production", clock_at()), str)
    assert path.exists()


def test_a_link_a_pipe_a_folder_and_a_second_name_are_refused_without_being_opened(site):
    real = put(site, "real.csv")
    folder = real.parent
    (folder / "link.csv").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.csv")
    (folder / "folder.csv").mkdir()
    os.link(real, folder / "second.csv")
    names = ["link.csv", "pipe.csv", "folder.csv", "second.csv", "real.csv"]
    outcomes = drop_files(site, [(folder / name, "production") for name in names], clock_at())
    assert [code(outcome.rejection) for outcome in outcomes] == ["E_FILETYPE"] * 5
    assert spooled(site) == []


def test_a_missing_file_is_told_as_not_stable_and_makes_no_frame(site):
    assert code(drop_file(site, site.paths.drop / "production" / "gone.csv", "production", clock_at())) == "E_UNSTABLE"
    assert spooled(site) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told_by_name(site):
    path = put(site, "secret.csv")
    path.chmod(0)
    assert code(drop_file(site, path, "production", clock_at())) == "E_PERM"


def test_an_unreadable_file_is_told_by_name_when_the_system_refuses_it(site, monkeypatch):
    path = put(site, "secret.csv")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("ingestion.files.door.os.open", refuse)
    assert code(drop_file(site, path, "production", clock_at())) == "E_PERM"
    assert path.exists()


def test_a_file_that_grows_while_it_is_read_leaves_nothing_behind(site, monkeypatch):
    path = put(site, "growing.csv")
    read, grown = os.read, []

    def read_and_grow(descriptor: int, size: int) -> bytes:
        if not grown:
            with path.open("ab") as file:
                grown.append(file.write(b"one more line\n"))
        return read(descriptor, size)

    monkeypatch.setattr("ingestion.files.door.os.read", read_and_grow)
    assert code(drop_file(site, path, "production", clock_at())) == "E_UNSTABLE"
    assert path.exists()
    assert list((spool_folder(site.paths) / "bytes").iterdir()) == []


def test_a_file_written_anew_after_it_was_read_is_not_moved_away(site, monkeypatch):
    path = put(site, "twice.csv")
    monkeypatch.setattr("ingestion.files.door.sync_folder", lambda folder: path.write_bytes(b"newer") and None)
    assert isinstance(drop_file(site, path, "production", clock_at()), str)
    assert path.read_bytes() == b"newer"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.binary(min_size=1, max_size=255).map(lambda n: b"n" + n[1:].replace(b"/", b"_").replace(b"\0", b"_")))
def test_whatever_a_file_is_called_its_name_is_data(site, name):
    path = site.paths.drop / "production" / os.fsdecode(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(CSV)
    assert isinstance(drop_file(site, path, "production", clock_at()), str)
    assert not path.exists()
    topic = spooled(site)[-1].topic
    assert topic is not None
    assert topic == "production/" + name.decode("utf-8", "backslashreplace")


def test_a_second_process_waits_for_the_spool_and_gives_up_with_a_plain_word(site):
    with open_spool(site, clock_at()), pytest.raises(SpoolBusy), open_spool(site, clock_at(), seconds=0.1):
        pass


def test_the_spool_is_free_again_after_a_batch_and_a_waiting_one_gets_it(site):
    held, release, waited = threading.Event(), threading.Event(), []

    def holder() -> None:
        with open_spool(site, clock_at()):
            held.set()
            release.wait(5)

    thread = threading.Thread(target=holder)
    thread.start()
    assert held.wait(5)
    threading.Timer(0.2, release.set).start()
    with open_spool(site, clock_at(), seconds=5) as spool:
        waited.append(spool.number)
    thread.join()
    assert waited == [0]
