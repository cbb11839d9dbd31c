"""The command line as people and scripts meet it: results on stdout, words on stderr, exit codes, no stack trace."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contracts.paths import PRODUCT
from tests.broker import free_port

RECORDING = PRODUCT / "demo" / "recordings" / "octoprint_mqtt_print_ok.jsonl"
ORDERS = (
    "Order;Maskin;Artikel;Kund;Start;Slut;Utfall;Producerat;Godkänt;Kasserat;Körtid h\r\n"
    "A-1;Press 1;BRK-110;559900-0241;2026-10-01 08:00:00;2026-10-01 10:00:00;Klar;400;390;10;2,000\r\n"
    "A-2;[/b]Press 9;BRK-110;559900-0241;2026-10-01 08:00:00;2026-10-01 10:00:00;Klar;400;390;10;2,000\r\n"
    "A-3;Press 1\r\n"
)


def bruk(*words: str, site: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the command in a terminal of 80 columns; never a stack trace, whatever it is asked."""
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONPATH": str(PRODUCT), **variables}
    command = [sys.executable, "-m", "bruk.cli", *words, *(["--site", str(site)] if site else [])]
    done = subprocess.run(command, env=environment, cwd=PRODUCT, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    done.stderr = " ".join(done.stderr.split())  # a terminal breaks lines between words
    return done


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demonstration's site without any state, and one file dropped with a good and two bad rows."""
    folder = tmp_path_factory.mktemp("command") / "site"
    shutil.copytree(PRODUCT / "demo", folder, ignore=shutil.ignore_patterns("var", "key", "recordings", "devices"))
    return folder


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("orders") / "order vecka 40.csv"
    file.write_bytes(ORDERS.encode("cp1252"))
    return file


@pytest.fixture(scope="module")
def dropped(site: Path, orders: Path) -> subprocess.CompletedProcess[str]:
    return bruk("drop", str(orders), "--source", "production-records", "--json", site=site)


def test_a_new_site_is_made_checked_and_found_right(tmp_path: Path) -> None:
    made = bruk("init", str(tmp_path / "plats"))
    assert made.returncode == 0
    assert "contract check" in made.stderr
    checked = bruk("contract", "check", "--json", site=tmp_path / "plats")
    (advice,) = json.loads(checked.stdout)
    assert (checked.returncode, advice["severity"]) == (0, "warning")
    assert "[contact]" in advice["hint"]
    assert bruk("source", "check", site=tmp_path / "plats").returncode == 0
    again = bruk("init", str(tmp_path / "plats"))
    assert (again.returncode, "not empty" in again.stderr) == (2, True)


def test_a_site_that_names_whom_to_ask_is_advised_nothing_and_an_office_out_of_reach_is_refused(tmp_path: Path) -> None:
    bruk("init", str(tmp_path / "plats"))
    file = tmp_path / "plats" / "site.toml"
    stated = file.read_text(encoding="utf-8")
    named = stated.replace("# [contact", "[contact").replace("# email", "email").replace("# sv", "sv")
    file.write_text(named.replace("# en", "en"), encoding="utf-8")
    assert bruk("contract", "check", "--json", site=tmp_path / "plats").stdout.strip() == "[]"
    file.write_text(file.read_text(encoding="utf-8").replace("email =", "# email ="), encoding="utf-8")
    (problem,) = json.loads(bruk("contract", "check", "--json", site=tmp_path / "plats").stdout)
    assert "reached by email or phone" in problem["problem"]


def test_a_wrong_key_is_named_with_its_file_and_line(site: Path, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site", ignore=shutil.ignore_patterns("var"))
    file = tmp_path / "site" / "sources" / "uns.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "favourite_colour: blue\n", encoding="utf-8")
    done = bruk("contract", "check", "--json", site=tmp_path / "site")
    assert done.returncode == 3
    (problem,) = json.loads(done.stdout)
    assert (problem["file"], problem["line"]) == ("uns.yaml", len(file.read_text(encoding="utf-8").splitlines()))
    assert "favourite_colour" in problem["problem"]
    assert problem["hint"]


def test_trying_a_source_shows_rows_ignored_and_rejected_and_writes_nothing(site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "site"
    shutil.copytree(site, copy, ignore=shutil.ignore_patterns("var"))
    broken = tmp_path / "sample.jsonl"
    bad = {"topic": "octoPrint/temperature/tool0", "qos": 0, "retain": False, "received": 0, "payload": "warm"}
    broken.write_text(RECORDING.read_text(encoding="utf-8") + json.dumps(bad) + "\n", encoding="utf-8")
    good = bruk("source", "try", "octoprint-gav-printer-1", str(RECORDING), "--json", site=copy)
    mixed = bruk("source", "try", "octoprint-gav-printer-1", str(broken), "--json", site=copy)
    assert (good.returncode, mixed.returncode) == (0, 3)
    before, after = json.loads(good.stdout), json.loads(mixed.stdout)
    assert before["rows"]
    assert before["ignored"]
    assert before["rejections"] == []
    assert len(after["rows"]) == len(before["rows"])
    (rejection,) = after["rejections"]
    assert (rejection["code"], rejection["where"]) == ("E_JSON", "514: octoPrint/temperature/tool0")
    assert not (copy / "var").exists()


def test_dropping_a_file_tells_what_became_of_it_row_by_row(dropped: subprocess.CompletedProcess[str]) -> None:
    assert dropped.returncode == 3
    (outcome,) = json.loads(dropped.stdout)
    assert (outcome["outcome"], outcome["records"], outcome["accepted"], outcome["quarantined"]) == ("partial", 3, 1, 2)
    assert [reason.split(":")[0] for reason in outcome["reasons"]] == ["E_DEVICE", "E_CSV"]
    assert "Press 9" in outcome["reasons"][0]
    assert not any("–" in reason for reason in outcome["reasons"])


def test_a_key_is_made_named_and_used_and_nowhere_shown(site: Path, orders: Path, tmp_path: Path) -> None:
    trader = tmp_path / "enskild firma.csv"  # a personal number in two pieces: no file of the repository holds one
    trader.write_bytes(orders.read_bytes().replace(b"A-", b"B-").replace(b"559900-0241", b"850101" + b"-1234"))
    refused = bruk("drop", str(trader), "--source", "production-records", site=site, BRUK_PSEUDONYM_KEY_FILE="")
    assert refused.returncode == 3
    assert "bruk key new" in refused.stderr

    key = tmp_path / "secret" / "key"
    made = bruk("key", "new", str(key))
    assert made.stdout == f'pseudonym_key_file = "{key}"\n'
    with_key = {"BRUK_PSEUDONYM_KEY_FILE": str(key)}
    taken = bruk("drop", str(trader), "--source", "production-records", "--json", site=site, **with_key)
    (outcome,) = json.loads(taken.stdout)
    assert (outcome["accepted"], outcome["quarantined"]) == (1, 2), "as the same orders of a legal person"
    known = bruk("doctor", "--json", site=site, **with_key)
    assert {check["name"]: check["state"] for check in json.loads(known.stdout)}["pseudonym key"] == "ok"
    again = bruk("key", "new", str(key))
    assert (again.returncode, "never written over" in again.stderr) == (2, True)
    secret = key.read_text(encoding="ascii").strip()
    assert not [done for done in (refused, made, taken, known, again) if secret in done.stdout + done.stderr]
    assert not [file for file in (site / "var").rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]


def test_lists_keep_their_words_whole_in_eighty_columns(dropped: object, site: Path) -> None:
    listed = bruk("quarantine", "list", site=site)
    assert listed.returncode == 0
    assert max(map(len, listed.stdout.splitlines())) <= 80
    assert "E_DEVICE" in listed.stdout
    assert "[/b]Press" in listed.stdout
    assert re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d  ", listed.stdout)
    verified = bruk("verify", site=site)
    assert verified.returncode == 0
    words = ("production-records", "received", "accepted", "ignored", "missing", "unchanged")
    assert all(re.search(rf"(?<!\S){word}(?![\w-])", verified.stdout) for word in words)


def test_results_are_json_on_every_command_that_prints_them(dropped: object, site: Path) -> None:
    for words, code in (
        (("quarantine", "list"), 0), (("quarantine", "show", "1"), 0), (("quarantine", "replay"), 0), (("verify",), 0),
        (("status",), 1), (("source", "check"), 0), (("sql", "select count(*) as n from run", "--landing"), 0),
    ):  # fmt: skip
        done = bruk(*words, "--json", site=site)
        assert done.returncode == code, (words, done.stderr)
        json.loads(done.stdout)


@pytest.mark.parametrize(
    ("words", "code", "next_step"),
    [
        (("drop", "ORDERS", "--source", "produktion"), 2, "production-records"),
        (("drop", "no-such-file.csv", "--source", "production-records"), 2, "no such file"),
        (("quarantine", "show", "99"), 2, "99"),
        (("refresh", "--from", "1 oktober"), 2, "2026-11-24"),
        (("sql", "select 1"), 1, "bruk refresh"),
        (("publish",), 2, "bruk transform"),
    ],
)
def test_a_wrong_request_is_a_line_that_says_what_to_do(
    dropped: object, site: Path, orders: Path, words: tuple[str, ...], code: int, next_step: str
) -> None:
    done = bruk(*(str(orders) if word == "ORDERS" else word for word in words), site=site)
    assert done.returncode == code
    assert done.stdout == ""
    assert next_step in done.stderr


def test_a_folder_without_a_site_says_how_to_make_one(tmp_path: Path) -> None:
    done = bruk("verify", site=tmp_path / "ingenstans")
    assert done.returncode == 3
    assert "bruk init" in done.stderr


def test_a_taken_port_is_named_with_the_setting_that_moves_it(site: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        free: dict[str, Any] = {f"BRUK_{name}_PORT": str(free_port()) for name in ("WEB", "AIRFLOW")}
        done = bruk("up", site=site, BRUK_MQTT_PORT=str(port), **free)
    assert done.returncode == 1
    assert all(word in done.stderr for word in (str(port), "BRUK_MQTT_PORT", "mqtt_port"))
    assert json.loads(bruk("status", "--json", site=site).stdout) == []
