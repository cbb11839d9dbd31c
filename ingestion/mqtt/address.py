"""Where a broker is and how one of our processes, or a device, proves who it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from contracts.paths import SitePaths
from contracts.settings import Settings

#: The certificates that our own processes hold; one certificate is one connection, so each process has its own.
RECEIVER, FOLLOWER, WATCHER, SELFTEST = "ingest", "ingest-follow", "ingest-watch", "selftest"
SERVICES = (RECEIVER, FOLLOWER, WATCHER, SELFTEST)


@dataclass(frozen=True)
class Credentials:
    """A client certificate with its key, and the authority that the broker's own certificate must come from."""

    authority: Path
    certificate: Path
    key: Path


@dataclass(frozen=True)
class Broker:
    """A broker's address. `credentials` None: plain TCP without a name, which only the demonstration's broker takes."""

    host: str
    port: int
    credentials: Credentials | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def site_broker(settings: Settings, paths: SitePaths, identity: str) -> Broker:
    """The site's own broker, for the holder of the certificate `identity`: a service's name or a device's id.

    Where the site has certificates (`bruk equipment` and `bruk up` make them; a demonstration has none) they are used.
    """
    folder = paths.credentials
    if not (folder / "ca.crt").exists():
        return Broker(settings.host, settings.mqtt_port)
    own = Credentials(folder / "ca.crt", folder / f"{identity}.crt", folder / f"{identity}.key")
    return Broker(settings.host, settings.mqtt_port, own)
