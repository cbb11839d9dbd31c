"""Judges, pure, when a condition becomes an alert and when it is over: each is told once, and none flutters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple

from contracts.clock import utc
from ingestion.live.guarantees import Words

_SECOND = 1_000_000_000
HISTORY = 50


class Patience(NamedTuple):
    """Seconds for which a condition must hold before it is raised, and be gone before it is cleared."""

    raise_s: float
    clear_s: float


#: What flutters waits longer. A machine is silent only after ten of its intervals, so that needs no more patience.
PATIENCE: dict[str, Patience] = {
    "machine_silent": Patience(0, 30),
    "rejections": Patience(0, 600),
    "disk_high": Patience(0, 60),
    "disk_full": Patience(0, 10),
    "broker_drops": Patience(0, 600),
    "broker_queue": Patience(30, 60),
    "session_lost": Patience(0, 3600),
    "gap": Patience(0, 0),
    "two_senders": Patience(0, 3600),
    "quarantine_full": Patience(0, 600),
    "damaged": Patience(0, 3600),
    "service": Patience(60, 15),
}


@dataclass(frozen=True)
class Condition:
    """Something that is so now: a kind of `PATIENCE`, whom it concerns, what it means and what to do."""

    kind: str
    subject: str
    text: Words
    cure: Words

    @property
    def key(self) -> str:
        """What tells it from all others."""
        return f"{self.kind}:{self.subject}"


@dataclass(frozen=True)
class Alert:
    """One alert. `cleared_at` None while it stands. Times in UTC."""

    kind: str
    subject: str
    text: Words
    cure: Words
    raised_at: datetime
    cleared_at: datetime | None = None


@dataclass(frozen=True)
class Told:
    """What has to be told now: an alert was raised, or one is over."""

    event: Literal["raised", "cleared"]
    alert: Alert


@dataclass
class _Watched:
    """A condition between its first sight and its end. `seen_ns`: when it last held. `alert`: once it was raised."""

    first_ns: int
    seen_ns: int
    alert: Alert | None = None


class AlertJudge:
    """The state machine. `judge` is for one thread; `alerts` gives a copy for any."""

    def __init__(self) -> None:
        self._watched: dict[str, _Watched] = {}
        self._past: list[Alert] = []

    def judge(self, conditions: Iterable[Condition], unknown: frozenset[str], now: int) -> list[Told]:
        """What is to be told after a look at `now` (ns). Of the kinds in `unknown` nothing is known: they stay."""
        holding = {condition.key: condition for condition in conditions}
        told = [event for key, condition in holding.items() if (event := self._holds(key, condition, now))]
        gone = [key for key in self._watched if key not in holding and key.partition(":")[0] not in unknown]
        return told + [event for key in gone if (event := self._is_gone(key, now))]

    def alerts(self) -> list[Alert]:
        """Those that stand, then those that are over, each the newest first."""
        standing = [item.alert for item in list(self._watched.values()) if item.alert is not None]
        return sorted(standing, key=lambda alert: alert.raised_at, reverse=True) + list(reversed(self._past))

    def standing(self) -> frozenset[str]:
        """The keys of the alerts that stand."""
        return frozenset(key for key, item in self._watched.items() if item.alert is not None)

    def _holds(self, key: str, condition: Condition, now: int) -> Told | None:
        item = self._watched.setdefault(key, _Watched(now, now))
        item.seen_ns = now
        if item.alert is not None:
            item.alert = replace(item.alert, text=condition.text, cure=condition.cure)
            return None
        if now - item.first_ns < PATIENCE[condition.kind].raise_s * _SECOND:
            return None
        item.alert = Alert(condition.kind, condition.subject, condition.text, condition.cure, utc(now))
        return Told("raised", item.alert)

    def _is_gone(self, key: str, now: int) -> Told | None:
        item = self._watched[key]
        if item.alert is None:  # never raised: it begins anew next time
            del self._watched[key]
            return None
        if now - item.seen_ns < PATIENCE[item.alert.kind].clear_s * _SECOND:
            return None
        del self._watched[key]
        over = replace(item.alert, cleared_at=utc(now))
        self._past = [*self._past, over][-HISTORY:]
        return Told("cleared", over)

    def state(self) -> dict[str, Any]:
        """What a restart has to know, so that nothing is told twice."""
        standing = [[item.first_ns, item.seen_ns, _plain(item.alert)] for item in self._watched.values() if item.alert]
        return {"standing": standing, "past": [_plain(alert) for alert in self._past]}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from `state`. Raises KeyError, TypeError, ValueError when it is none."""
        found = [(int(first), int(seen), _alert(fields)) for first, seen, fields in state["standing"]]
        past = [_alert(fields) for fields in state["past"]]
        self._watched = {f"{a.kind}:{a.subject}": _Watched(first, seen, a) for first, seen, a in found}
        self._past = past[-HISTORY:]


def _plain(alert: Alert) -> dict[str, Any]:
    return {
        "kind": alert.kind, "subject": alert.subject, "text": [alert.text.sv, alert.text.en],
        "cure": [alert.cure.sv, alert.cure.en], "raised_at": alert.raised_at.isoformat(),
        "cleared_at": alert.cleared_at and alert.cleared_at.isoformat(),
    }  # fmt: skip


def _alert(fields: dict[str, Any]) -> Alert:
    if fields["kind"] not in PATIENCE:
        raise ValueError(fields["kind"])
    cleared = fields["cleared_at"]
    return Alert(
        fields["kind"], str(fields["subject"]), Words(*fields["text"]), Words(*fields["cure"]),
        datetime.fromisoformat(fields["raised_at"]), datetime.fromisoformat(cleared) if cleared else None,
    )  # fmt: skip
