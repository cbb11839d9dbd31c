"""What to publish next, and when to publish it again: the device's half of the protocol, pure."""

from __future__ import annotations

SIZE = 1_500  # numbers beyond the acknowledged one that may be on their way
BURST = 200  # numbers handed out at once
PATIENCE = 4.0  # seconds without progress after which what was sent counts as lost
ENDURANCE = 12.0  # the same, however often the connection came back meanwhile


class Window:
    """Hands out numbers to publish. All times are seconds of one monotonic clock.

    Resending is what can drown a broker (a queue full of copies keeps the acknowledgement away, which brings more
    copies), so three things bound it: only a standstill of the acknowledgement causes it, never age or a new
    connection; nothing is handed out without a connection; and each try of one standstill is a quarter of the one
    before, so that all tries together are hardly more than the first, however long it lasts.
    """

    def __init__(self, acknowledged: int, now: float) -> None:
        self.acknowledged = acknowledged
        self._next = acknowledged + 1
        self._allowance = SIZE
        self._try = BURST
        self._connected = False
        self._waiting_since = self._stuck_since = now

    def connected(self, now: float) -> None:
        """A connection stands: what was on its way may still arrive, so only the waiting begins anew."""
        self._connected = True
        self._waiting_since = now

    def lost(self) -> None:
        """The connection is gone: until the next one nothing is handed out."""
        self._connected = False

    def acknowledge(self, number: int, now: float) -> None:
        """Everything up to `number` is safe. A number that is not news changes nothing."""
        if number <= self.acknowledged:
            return
        self.acknowledged = number
        self._next = max(self._next, number + 1)
        self._allowance = min(SIZE, max(BURST, self._allowance * 2))
        self._try = BURST
        self._waiting_since = self._stuck_since = now

    def take(self, highest: int, now: float) -> range:
        """The numbers to publish now, of those up to `highest`; an empty range: wait for a change."""
        if not self._connected:
            return range(0)
        if self._next == self.acknowledged + 1:  # nothing is on its way, so nothing is late
            self._waiting_since = self._stuck_since = now
        elif now - self._waiting_since > PATIENCE or now - self._stuck_since > ENDURANCE:
            self._begin_again(now)
        end = min(highest, self._next + BURST - 1, self.acknowledged + self._allowance)
        found = range(self._next, max(self._next, end + 1))
        self._next = found.stop
        return found

    def _begin_again(self, now: float) -> None:
        self._allowance = min(self._try, self._next - self.acknowledged - 1)
        self._try = max(1, self._allowance // 4)
        self._next = self.acknowledged + 1
        self._waiting_since = self._stuck_since = now
