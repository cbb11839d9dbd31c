"""A reception for tests of the lane that keeps what was committed and nothing else."""

from __future__ import annotations


class Remembered:
    """Runs of packets as they were committed, and how often the subscription stood."""

    def __init__(self) -> None:
        self.runs: list[tuple[bytes, int]] = []
        self.subscriptions = 0
        self.ended = False

    def new_lane(self) -> None:
        """Nothing to number."""

    def connected(self, session_present: bool) -> None:
        """Sessions are not looked at."""

    def disconnected(self, reason: str) -> None:
        """The client comes back by itself."""

    def subscribed(self) -> None:
        """Counts."""
        self.subscriptions += 1

    def refused(self, what: str) -> None:
        """No broker of a test refuses."""

    def commit(self, packets: bytes, count: int) -> None:
        """Keeps the run."""
        self.runs.append((packets, count))

    def tick(self) -> bool:
        """Ends the client when `ended` is set."""
        return self.ended

    @property
    def messages(self) -> int:
        """Messages in all runs."""
        return sum(count for _, count in self.runs)
