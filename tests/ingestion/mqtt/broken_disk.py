"""A receiver on a disk that can fail: `python -m tests.ingestion.mqtt.broken_disk SITE PORT FLAG`, FLAG a file.

While the flag is there, the next fdatasync fails as a dying disk lets it fail, and takes the flag away.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from contracts.paths import SitePaths
from contracts.settings import Settings
from ingestion.mqtt.address import Broker
from ingestion.mqtt.receiver import run_receiver

HOST = "127.0.0.1"
_fdatasync = os.fdatasync


def main(site: Path, port: int, flag: Path) -> None:
    """Runs the receiver until it is told to end or its disk fails."""

    def failing(descriptor: int) -> None:
        if flag.exists():
            flag.unlink()
            raise OSError(errno.EIO, "input/output error")
        _fdatasync(descriptor)

    os.fdatasync = failing
    run_receiver(Settings(site=site, mqtt_port=port), SitePaths(site), Broker(HOST, port), ["#"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
