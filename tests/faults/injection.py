"""Does to a site under fire what a fault says, and takes back what lasts."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter

from tests.faults.plan import Fault
from tests.faults.site import SiteUnderFire

#: Fault → the service that is started anew and told to die, its point, and at which turn at the latest.
POINTS = {
    "receiver dies after write": ("receiver", "spool.written", 20),
    "receiver dies after fsync": ("receiver", "spool.synced", 20),
    "receiver dies when sealing": ("receiver", "spool.sealed", 1),
    "sealer dies before the rename": ("sealer", "seal.written", 2),
    "sealer dies before the ledger": ("sealer", "seal.renamed", 2),
    "sealer dies after the ledger": ("sealer", "seal.committed", 2),
    "keeper dies in mid archive": ("keeper", "keep.renamed", 2),
    "keeper dies in mid compaction": ("keeper", "compact.renamed", 1),
    "follower dies before it acknowledges": ("follower", "follower.before-ack", 5),
}


class Injector:
    """Fires faults; those that last are taken back by `tick` when their time is over."""

    def __init__(self, site: SiteUnderFire, seed: int) -> None:
        self._site, self._chance = site, random.Random(seed)
        self._lasting: list[tuple[float, str]] = []
        self.fired: Counter[str] = Counter()
        #: Faults that this machine does not allow, with the reason.
        self.skipped: dict[str, str] = {}

    def fire(self, fault: Fault) -> None:
        """Begins the fault. One that lasts already is only made longer."""
        if fault.name == "disk full" and not self._site.disk.available:
            self.skipped[fault.name] = f"a tmpfs cannot be mounted here: {self._site.disk.why_not}"
            return
        self.fired[fault.name] += 1
        if fault.name in POINTS:
            self._arm(*POINTS[fault.name])
        elif fault.name.startswith("kill "):
            victim = fault.name.removeprefix("kill ")
            self._site.kill(fault.machine if victim == "machine" else victim)
        else:
            self._begin(fault.name)
        if fault.seconds:
            self._lasting.append((time.monotonic() + fault.seconds, fault.name))

    def tick(self) -> None:
        """Ends what has lasted long enough."""
        now = time.monotonic()
        over = [name for until, name in self._lasting if until <= now]
        self._lasting = [(until, name) for until, name in self._lasting if until > now]
        for name in over:
            if name not in {lasting for _, lasting in self._lasting}:
                self._end(name)

    @property
    def quiet(self) -> bool:
        """Whether nothing lasts at the moment."""
        return not self._lasting

    def _arm(self, name: str, point: str, latest: int) -> None:
        """The service is started anew, told to die at the point; the start after that is an ordinary one."""
        service = self._site.services[name]
        service.once["BRUK_FAULT"] = f"{point}:{self._chance.randint(1, latest)}"
        service.kill()

    def _begin(self, name: str) -> None:
        site = self._site
        {
            "disk full": site.disk.fill,
            "reset receiver in mid packet": site.inner.reset_mid_packet,
            "reset machines in mid packet": site.outer.reset_mid_packet,
            "cut receiver": site.inner.cut,
            "cut machines": site.outer.cut,
            "delay receiver": lambda: site.inner.delay(2.0),
            "delay machines": lambda: site.outer.delay(2.0),
            "half-open machines": site.outer.half_open,
            "trickle to machines": site.outer.trickle,
            "follower stands still": lambda: site.signal_follower(signal.SIGSTOP),
        }[name]()

    def _end(self, name: str) -> None:
        site = self._site
        if name == "disk full":
            site.disk.free()
        elif name == "follower stands still":
            site.signal_follower(signal.SIGCONT)
        elif name.endswith("receiver"):
            site.inner.heal()
        else:
            if name == "half-open machines":  # as a router forgets an idle connection: keepalive alone takes 45 s
                site.outer.cut()
            site.outer.heal()
