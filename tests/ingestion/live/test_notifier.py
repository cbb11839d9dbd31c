"""Alerts leave the house: a real webhook, a real mail server, a private file, and nobody who waits."""

from __future__ import annotations

import email
import email.policy
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from contracts.clock import utc
from contracts.errors import ContractError
from ingestion.live.alerts import Alert, Told
from ingestion.live.guarantees import Words
from ingestion.live.notifier import Letter, Notifier, NotSent, deliver, letter, read_addresses, shown, trial_letter
from tests.broker import free_port
from tests.ingestion.mqtt.receiving import wait_until
from tests.sites import NOON

SILENT = Alert(
    "machine_silent", "dal-press-1", Words("Press 1 är tyst", "Press 1 is silent"),
    Words("Se körschemat.", "See the runbook."), utc(NOON),
)  # fmt: skip
LETTER = letter("Provplats", Told("raised", SILENT))


@contextmanager
def webhook(port: int, refused: int = 0) -> Iterator[list[dict[str, str]]]:
    """A web server that keeps what is posted; the first `refused` times it answers 503."""
    posted: list[dict[str, str]] = []
    left = [refused]

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            left[0] -= 1
            if left[0] < 0:
                posted.append(json.loads(body))
            self.send_response(200 if left[0] < 0 else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", port), Hook) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield posted
        finally:
            server.shutdown()
            thread.join(10)


@contextmanager
def mail_server(port: int) -> Iterator[list[bytes]]:
    """A server that speaks enough SMTP to take a letter."""
    letters: list[bytes] = []

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 sink\r\n")
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = list(iter(self.rfile.readline, b".\r\n"))
                    letters.append(b"".join(lines))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 sink\r\n")
                if word == b"QUIT":
                    return

    with socketserver.TCPServer(("127.0.0.1", port), Session) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield letters
        finally:
            server.shutdown()
            thread.join(10)


def private(folder: Path, *lines: str) -> Path:
    file = folder / "alerts.txt"
    file.write_text("# who is told\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    file.chmod(0o600)
    return file


@contextmanager
def running(notifier: Notifier) -> Iterator[Notifier]:
    stop = threading.Event()
    thread = threading.Thread(target=notifier.run, args=(stop,))
    thread.start()
    try:
        yield notifier
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


def test_a_letter_says_it_in_swedish_first_and_in_english_below() -> None:
    assert LETTER.title == "[Provplats] Larm: Press 1 är tyst"
    assert LETTER.body.index("Press 1 är tyst") < LETTER.body.index("— English —")
    assert LETTER.body.index("— English —") < LETTER.body.index("Alert: Press 1 is silent")
    assert "2026-11-24 12:00:00 UTC" in LETTER.body


def test_a_webhook_gets_the_letter() -> None:
    port = free_port()
    with webhook(port) as posted:
        deliver(f"json://127.0.0.1:{port}/larm", LETTER)

    assert [post["title"] for post in posted] == [LETTER.title]
    assert "Press 1 is silent" in posted[0]["message"]


def test_a_mail_server_gets_the_letter() -> None:
    port = free_port()
    with mail_server(port) as letters:
        deliver(f"mailto://127.0.0.1:{port}/?from=bruk@example.se&to=drift@example.se&format=text", LETTER)

    mail = email.message_from_bytes(letters[0], policy=email.policy.default)
    assert mail["subject"] == LETTER.title
    assert "drift@example.se" in mail["to"]
    assert "Press 1 är tyst" in mail.get_body().get_content()


def test_an_address_that_does_not_answer_is_worth_another_try() -> None:
    with pytest.raises(NotSent, match="did not take the message"):
        deliver(f"json://127.0.0.1:{free_port()}/geheim", LETTER)


def test_what_was_not_taken_is_sent_again_and_the_follower_never_waits(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("ingestion.live.notifier.FIRST_WAIT_S", 0.1)
    port = free_port()
    notifier = Notifier(private(tmp_path, f"json://127.0.0.1:{port}/"))
    with running(notifier), webhook(port, refused=2) as posted:
        began = time.monotonic()
        notifier.post(LETTER)
        assert time.monotonic() - began < 1
        wait_until(lambda: len(posted) == 1, 60)
        wait_until(lambda: notifier.state().unsent == 0)
    assert posted[0]["title"] == LETTER.title


def test_one_dead_address_holds_up_no_other(tmp_path: Path) -> None:
    port = free_port()
    notifier = Notifier(private(tmp_path, f"json://127.0.0.1:{free_port()}/", f"json://127.0.0.1:{port}/"))
    with running(notifier), webhook(port) as posted:
        notifier.post(trial_letter("Provplats"))
        wait_until(lambda: len(posted) == 1, 60)
        wait_until(lambda: notifier.state().unsent == 1)


def test_a_file_that_others_may_read_is_refused_and_the_page_says_so(tmp_path: Path) -> None:
    file = private(tmp_path, "json://user:geheim@127.0.0.1/")
    file.chmod(0o640)

    with pytest.raises(ContractError, match="others may read it"):
        read_addresses(file)
    state = Notifier(file).state()
    assert (state.addresses, "others may read it" in state.problem) == ([], True)


def test_a_line_that_is_no_address_is_named_by_its_number_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(ContractError) as refused:
        read_addresses(private(tmp_path, "json://127.0.0.1/", "geheim"))

    assert refused.value.line == 4
    assert "geheim" not in str(refused.value)


def test_a_missing_file_is_a_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="cannot be read"):
        read_addresses(tmp_path / "nothing.txt")


def test_what_is_shown_of_an_address_holds_no_secret() -> None:
    assert shown("mailtos://user:geheim@example.se?to=x@y.se&token=geheim") == "mailtos://example.se"
    assert shown("pover://user@geheim") == "pover://…"  # a key stands where others have a host


def test_without_a_file_nobody_is_told_and_nothing_is_kept() -> None:
    notifier = Notifier(None)
    notifier.post(Letter("x", "y"))

    assert notifier.state().unsent == 0
