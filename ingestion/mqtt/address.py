"""Where a broker is and how one of our processes, or a device, proves who it is."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from contracts.errors import TerminalError
from contracts.paths import SitePaths
from contracts.settings import Settings
from contracts.site import read_site_file

#: The certificates that our own processes hold; one certificate is one connection, so each process has its own.
RECEIVER, FOLLOWER, WATCHER, SELFTEST = "ingest", "ingest-follow", "ingest-watch", "selftest"
#: The person at the command line, who looks and never sends (`bruk record`).
OPERATOR = "operator"
SERVICES = (RECEIVER, FOLLOWER, WATCHER, SELFTEST, OPERATOR)
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


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

    def tls(self) -> ssl.SSLContext | None:
        """TLS 1.2 or newer with our certificate, the broker's checked for authority and name; None for plain TCP.

        Raises TerminalError when a file is not there or is no certificate.
        """
        if self.credentials is None:
            return None
        try:
            context = ssl.create_default_context(cafile=str(self.credentials.authority))
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(self.credentials.certificate, self.credentials.key)
        except OSError as error:  # ssl.SSLError is one
            name = self.credentials.certificate.stem
            cure = "`bruk up` makes those of our services, `bruk equipment` those of devices"
            raise TerminalError(f"no usable certificate of '{name}' ({error}); {cure}") from error
        return context


def site_broker(settings: Settings, paths: SitePaths, identity: str) -> Broker:
    """The site's own broker, for the holder of the certificate `identity`: a service's name or a device's id.

    A demonstration's broker listens without TLS on this machine alone and asks for no certificate. Raises ContractError
    when `site.toml` cannot be read.
    """
    host = local_address(settings)
    if read_site_file(settings.site).profile == "demonstration":
        return Broker(host, settings.mqtt_port)
    return Broker(host, settings.mqtt_port, credentials(paths.credentials, identity))


def credentials(folder: Path, identity: str) -> Credentials:
    """The three files of one certificate in a folder of such."""
    return Credentials(folder / "ca.crt", folder / f"{identity}.crt", folder / f"{identity}.key")


def local_address(settings: Settings) -> str:
    """Where this machine reaches its own broker: where it listens, or loopback when it listens everywhere."""
    return EVERYWHERE.get(settings.mqtt_listen, settings.mqtt_listen)
