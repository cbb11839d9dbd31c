"""The outbox: numbers without holes, on disk when it says so, never deleting what is not covered."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contracts.errors import UsageError
from contracts.paths import PRODUCT
from ingestion.edge.outbox import MAX_BOOT, MAX_PAYLOAD, Outbox, OutboxDamaged, OutboxFull, Stored, look


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite"


def test_numbers_begin_at_0_have_no_holes_and_go_on_after_a_restart(file: Path) -> None:
    outbox = Outbox(file)
    assert [outbox.put("a", b"x"), outbox.put("a", b"y")] == [0, 1]
    assert outbox.put_many([("b", b"1"), ("b", b"2")]) == range(2, 4)
    outbox.close()
    again = Outbox(file)
    assert again.boot == outbox.boot
    assert again.put("c", b"") == 4
    assert again.read(1, 2) == [Stored(1, "a", b"y"), Stored(2, "b", b"1")]


def test_numbers_go_on_when_everything_was_covered_and_deleted(file: Path) -> None:
    outbox = Outbox(file)
    outbox.put_many([("a", b"x")] * 3)
    assert outbox.cover(outbox.boot, 2)
    assert outbox.state()[1:] == (2, 2, 0)
    outbox.close()
    assert Outbox(file).put("a", b"y") == 3


@pytest.mark.parametrize(("boot", "number"), [(1, 0), (0, 3), (0, MAX_BOOT), (0, -1), (0, 0)])
def test_an_acknowledgement_of_another_boot_or_of_a_number_never_given_deletes_nothing(
    file: Path, boot: int, number: int
) -> None:
    outbox = Outbox(file)
    outbox.put_many([("a", b"x")] * 3)
    outbox.cover(outbox.boot, 0)
    assert not outbox.cover(outbox.boot + boot, number)
    assert [stored.seq for stored in outbox.read(0, 10)] == [1, 2]


def test_each_new_outbox_has_a_boot_of_its_own(tmp_path: Path) -> None:
    boots = {Outbox(tmp_path / str(n)).boot for n in range(20)}
    assert len(boots) == 20
    assert all(1 <= boot <= MAX_BOOT for boot in boots)


def test_a_full_outbox_takes_no_more_and_drops_nothing_until_something_is_covered(file: Path) -> None:
    outbox = Outbox(file, limit_bytes=1_000)
    outbox.put_many([("a", b"x" * 400)] * 2)
    with pytest.raises(OutboxFull):
        outbox.put("a", b"x" * 400)
    assert outbox.highest == 1
    outbox.cover(outbox.boot, 0)
    assert outbox.put("a", b"x" * 400) == 2


def test_a_full_disk_is_a_transient_error_and_nothing_half_is_stored(file: Path) -> None:
    """A file size limit stands for the full disk: the kernel refuses to make the file longer."""
    outbox = Outbox(file)
    outbox.put("a", b"x")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 60_000, hard))
    try:
        with pytest.raises(OutboxFull):
            outbox.put_many([("a", b"y" * 60_000)] * 20)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert outbox.put("a", b"z") == 1
    assert [stored.payload for stored in outbox.read(0, 10)] == [b"x", b"z"]


@pytest.mark.parametrize("damage", [b"not a database at all, really" * 200, None])
def test_a_damaged_file_is_set_aside_whole_and_a_new_boot_begins(file: Path, damage: bytes | None) -> None:
    outbox = Outbox(file)
    outbox.put_many([("a", b"x" * 1_000)] * 200)
    outbox.close()
    broken = damage or file.read_bytes()[:4_096] + b"\xff" * (file.stat().st_size - 4_096)
    file.write_bytes(broken)
    again = Outbox(file)
    assert again.set_aside is not None
    assert again.set_aside.read_bytes() == broken
    assert again.boot != outbox.boot
    assert again.put("a", b"y") == 0


def test_a_file_that_breaks_while_it_is_open_is_said_to_be_damaged(file: Path) -> None:
    outbox = Outbox(file)
    outbox.put("a", b"x")
    with sqlite3.connect(file) as other:
        other.execute("DELETE FROM outbox")
    with pytest.raises(OutboxDamaged):
        outbox.state()
    outbox.close()
    assert Outbox(file).set_aside is not None


def test_an_outbox_that_begins_anew_holds_the_same_under_numbers_from_0_on(file: Path) -> None:
    outbox = Outbox(file)
    outbox.put_many([("a", str(n).encode()) for n in range(2_000)])
    old = outbox.boot
    outbox.cover(old, 699)
    boot = outbox.begin_anew()
    left, outbox = outbox, Outbox(file)
    left.close()

    assert outbox.boot == boot != old
    assert (outbox.highest, outbox.acknowledged) == (1_299, -1)
    assert [(one.seq, one.payload) for one in outbox.read(0, 5_000)] == [
        (n, str(700 + n).encode()) for n in range(1_300)
    ]
    assert not outbox.cover(old, 700)


def test_an_outbox_of_a_newer_release_is_left_alone(file: Path) -> None:
    Outbox(file).close()
    with sqlite3.connect(file) as other:
        other.execute("PRAGMA user_version = 2")
    other.close()
    with pytest.raises(UsageError, match="newer"):
        Outbox(file)


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("", b""),
        ("a/+", b""),
        ("a/#", b""),
        ("a\0", b""),
        ("\ud800", b""),
        ("a" * 2_000, b""),
        ("a", b"x" * (MAX_PAYLOAD + 1)),
    ],
)
def test_what_no_broker_takes_is_refused_before_it_can_stand_in_the_way(file: Path, topic: str, payload: bytes) -> None:
    outbox = Outbox(file)
    with pytest.raises(UsageError):
        outbox.put_many([("good", b""), (topic, payload)])
    assert outbox.highest == -1


def test_a_mark_is_stored_with_its_messages_or_not_at_all(file: Path) -> None:
    outbox = Outbox(file, limit_bytes=1_000)
    outbox.put_many([("a", b"1")], ("file:x", "10"))
    with pytest.raises(OutboxFull):
        outbox.put_many([("a", b"x" * 2_000)], ("file:x", "20"))
    assert outbox.marks() == {"file:x": "10"}
    outbox.unmark("file:x")
    assert outbox.marks() == {}


def test_another_process_may_look_meanwhile(file: Path) -> None:
    outbox = Outbox(file)
    outbox.put("a", b"x")
    assert look(file) == outbox.state()
    with pytest.raises(UsageError):
        look(file.with_name("none"))


@pytest.mark.parametrize(("fault", "kept"), [("outbox.before-commit:3", 2), ("outbox.after-commit:3", 3)])
def test_a_kill_at_the_commit_leaves_all_of_a_message_or_nothing(file: Path, fault: str, kept: int) -> None:
    code = f"from pathlib import Path; from ingestion.edge.outbox import Outbox; o = Outbox(Path({str(file)!r}))\n"
    code += "while True: o.put('a', b'x')"
    done = subprocess.run([sys.executable, "-c", code], cwd=PRODUCT, env={"BRUK_FAULT": fault}, check=False)
    assert done.returncode == -9
    assert [stored.seq for stored in Outbox(file).read(0, 10)] == list(range(kept))


def test_an_outbox_needs_nothing_but_the_standard_library() -> None:
    code = "import sys; before = set(sys.modules); import ingestion.edge.outbox\n"
    code += "print(*({n.partition('.')[0] for n in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PRODUCT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"contracts", "ingestion"}


class OutboxMachine(RuleBasedStateMachine):
    """An outbox against a dictionary; a crash is a connection that is left behind, and the file opened again."""

    @initialize(folder=st.uuids())
    def begin(self, folder: object) -> None:
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "outbox"
        self.outbox = Outbox(self.file, limit_bytes=3_000)
        self.boot = self.outbox.boot
        self.model: dict[int, tuple[str, bytes]] = {}
        self.next, self.acknowledged = 0, -1

    @rule(items=st.lists(st.tuples(st.sampled_from("ab"), st.binary(max_size=300)), max_size=5))
    def put(self, items: list[tuple[str, bytes]]) -> None:
        try:
            numbers = self.outbox.put_many(items)
        except OutboxFull:
            assert sum(len(t) + len(p) + 64 for t, p in [*self.model.values(), *items]) > 3_000
            return
        assert numbers == range(self.next, self.next + len(items))
        self.model |= dict(zip(numbers, items, strict=True))
        self.next = numbers.stop

    @rule(number=st.integers(-2, 60), boot=st.sampled_from([0, 0, 0, 1]))
    def cover(self, number: int, boot: int) -> None:
        news = boot == 0 and self.acknowledged < number < self.next
        assert self.outbox.cover(self.boot + boot, number) == news
        if news:
            self.acknowledged = number
            self.model = {seq: item for seq, item in self.model.items() if seq > number}

    @rule()
    def begin_again(self) -> None:
        self.boot = self.outbox.begin_anew()
        self.model = {seq - self.acknowledged - 1: item for seq, item in self.model.items()}
        self.next, self.acknowledged = self.next - self.acknowledged - 1, -1

    @rule()
    def crash(self) -> None:
        left = self.outbox
        self.outbox = Outbox(self.file, limit_bytes=3_000)
        left.close()

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "outbox"):
            return
        size = sum(len(topic) + len(payload) + 64 for topic, payload in self.model.values())
        assert self.outbox.state() == (self.boot, self.next - 1, self.acknowledged, size)
        assert {s.seq: (s.topic, s.payload) for s in self.outbox.read(0, 1_000)} == self.model

    def teardown(self) -> None:
        if hasattr(self, "outbox"):
            self.outbox.close()
            self.folder.cleanup()


OutboxMachine.TestCase.settings = settings(
    deadline=None, max_examples=15, stateful_step_count=20, suppress_health_check=list(HealthCheck)
)
test_the_outbox_agrees_with_a_dictionary = OutboxMachine.TestCase
