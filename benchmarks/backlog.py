"""Lands what is sealed at a site in a process of its own, and prints the most memory that it ever had, in MB."""

from __future__ import annotations

import sys
from pathlib import Path

from contracts.clock import system_clock
from contracts.site import load_site
from ingestion.landing.sealer import land_pending


def peak_mb() -> float:
    """The peak of this process as the kernel counts it since the program began (a fork's would be the parent's)."""
    status = Path("/proc/self/status").read_text("ascii")
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1000, 1)


if __name__ == "__main__":
    landed = land_pending(load_site(Path(sys.argv[1])), system_clock)
    sys.stdout.write(f"{landed} {peak_mb()}\n")
