"""The one door to apprise: sends alerts by e-mail, webhook and more, to the addresses of a private file."""

from __future__ import annotations

import stat
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import apprise
import structlog

from contracts.errors import BrukError, ContractError, TransientError
from ingestion.live.alerts import Told
from ingestion.live.platform import AlertsTo

log = structlog.get_logger()

FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 600.0
WAITING = 1_000  # letters kept for addresses that do not answer; the oldest go first
#: Kinds of addresses that name a server; in most others (`pover://user@token`) a key stands where the host would.
_TO_HOSTS = frozenset({"mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms"})
_ENGLISH = "— English —"


class NotSent(TransientError):
    """The address did not take the letter: worth another try."""


@dataclass(frozen=True)
class Letter:
    """One thing to tell: Swedish first, English below."""

    title: str
    body: str


@dataclass
class _Waiting:
    """A letter for one address, and when to try it next (monotonic seconds)."""

    letter: Letter
    address: str
    wait: float
    due: float = 0.0


def letter(site: str, told: Told) -> Letter:
    """What is sent when an alert is raised or over."""
    alert = told.alert
    word_sv, word_en = ("Larm", "Alert") if told.event == "raised" else ("Över", "Over")
    moment = alert.cleared_at or alert.raised_at
    swedish = f"{word_sv}: {alert.text.sv}.\n" + (f"{alert.cure.sv}\n" if told.event == "raised" else "")
    english = f"{word_en}: {alert.text.en}.\n" + (f"{alert.cure.en}\n" if told.event == "raised" else "")
    body = f"{swedish}\n{_ENGLISH}\n{english}\n{moment:%Y-%m-%d %H:%M:%S} UTC · {site}\n"
    return Letter(f"[{site}] {word_sv}: {alert.text.sv}", body)


def trial_letter(site: str) -> Letter:
    """What `bruk alerts test` sends."""
    swedish = f"Detta är ett prov: larm från {site} kommer fram hit.\nInget behöver göras.\n"
    english = f"This is a test: alerts of {site} arrive here.\nNothing has to be done.\n"
    return Letter(f"[{site}] Prov av larm", f"{swedish}\n{_ENGLISH}\n{english}")


def read_addresses(file: Path) -> list[str]:
    """The addresses (apprise URLs), one a line; a line with # is a remark.

    Raises ContractError when the file is missing, may be read by others than its owner, or a line is no address.
    """
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(file.name, None, f"cannot be read ({type(error).__name__})", "See alert_file") from error
    if mode & 0o077:
        raise ContractError(file.name, None, f"others may read it (mode {mode:04o})", f"chmod 600 {file}")
    found = []
    for number, line in enumerate(lines, 1):
        if (address := line.strip()) and not address.startswith("#"):
            if apprise.Apprise.instantiate(address) is None:
                raise ContractError(file.name, number, "no address that can be sent to", "See docs/runbooks/alerts.md")
            found.append(address)
    return found


def shown(address: str) -> str:
    """An address without what is secret in it: the kind, and the host where it is one and not a key of a service."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{(parts.hostname or '') if parts.scheme in _TO_HOSTS else '…'}"


def deliver(address: str, message: Letter) -> None:
    """Sends one letter. Raises NotSent."""
    door = apprise.Apprise.instantiate(address)
    if door is None or not door.notify(title=message.title, body=message.body):
        raise NotSent(f"{shown(address)} did not take the message")


class Notifier:
    """Takes letters at once and sends them from a thread of its own: the follower never waits for a mail server."""

    def __init__(self, file: Path | None) -> None:
        """`file` None: nobody is told; the live page still shows the alerts."""
        self._file = file
        self._waiting: deque[_Waiting] = deque(maxlen=WAITING)
        self._work = threading.Event()
        self._problem, self._addresses = "", list[str]()
        self._load()

    def state(self) -> AlertsTo:
        """Where alerts go, and how many are not sent yet."""
        return AlertsTo([shown(address) for address in self._addresses], self._problem, len(self._waiting))

    def post(self, message: Letter) -> None:
        """Takes a letter for every address of the file as it is now."""
        self._load()
        self._waiting.extend(_Waiting(message, address, FIRST_WAIT_S) for address in self._addresses)
        self._work.set()

    def run(self, stop: threading.Event) -> None:
        """Sends until `stop`; what is not sent then is not kept: the alert stands on the page."""
        while not stop.is_set():
            self._work.wait(1.0)
            self._work.clear()
            for item in [item for item in list(self._waiting) if item.due <= time.monotonic()]:
                if stop.is_set():
                    return
                self._try(item)

    def _try(self, item: _Waiting) -> None:
        try:
            deliver(item.address, item.letter)
        except TransientError as error:
            log.warning("alert_not_sent", problem=str(error), again_s=item.wait)
            item.due, item.wait = time.monotonic() + item.wait, min(2 * item.wait, LONGEST_WAIT_S)
            return
        except Exception:
            # A plugin of the library that breaks would break at each try: this letter is given up, the others go on.
            log.exception("alert_given_up", address=shown(item.address))
        with suppress(ValueError):  # newer ones may have pushed it out meanwhile
            self._waiting.remove(item)

    def _load(self) -> None:
        """Reads the file anew: an address that was mended counts from the next alert on."""
        if self._file is None:
            return
        try:
            self._addresses, self._problem = read_addresses(self._file), ""
        except BrukError as error:
            self._addresses, self._problem = [], str(error)
            log.error("alerts_reach_nobody", problem=str(error))
