"""Asks whether the ports of a site are free, ours, or taken, and says which setting moves them."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from contracts.errors import TerminalError
from contracts.settings import Settings


@dataclass(frozen=True)
class Port:
    """A port that the site listens on, and the setting that names it."""

    number: int
    host: str
    setting: str
    service_sv: str
    service_en: str


class PortTaken(TerminalError):
    """Another program listens on a port of this site."""


def ports(settings: Settings) -> list[Port]:
    """All ports of the site. Airflow always stays on the loopback address."""
    return [
        Port(settings.mqtt_port, settings.mqtt_listen, "mqtt_port", "meddelandemäklaren", "the message broker"),
        Port(settings.web_port, settings.host, "web_port", "webbsidorna", "the web pages"),
        Port(settings.airflow_port, "127.0.0.1", "airflow_port", "Airflow", "Airflow"),
    ]


def is_free(port: Port) -> bool:
    """Whether we could listen there now; a socket in TIME_WAIT does not count as taken."""
    with socket.socket(socket.AF_INET6 if ":" in port.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((port.host, port.number))
        except OSError:
            return False
    return True


def answers(host: str, number: int, seconds: float = 0.5) -> bool:
    """Whether something accepts connections there."""
    try:
        with socket.create_connection((host, number), timeout=seconds):
            return True
    except OSError:
        return False


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def require_free(settings: Settings, names: set[str]) -> None:
    """Raises PortTaken, naming port, service and cure, when one of the ports that the settings `names` say is taken."""
    taken = [port for port in ports(settings) if port.setting in names and not is_free(port)]
    if taken:
        raise PortTaken("\n".join(taken_text(port) for port in taken))


def taken_text(port: Port) -> str:
    """What to say to a person about a taken port."""
    variable = f"BRUK_{port.setting.upper()}"
    return (
        f"Port {port.number} ({port.service_en}) is taken by another program. Stop that program, or choose another "
        f"port: {variable}=… in the environment, or {port.setting} = … under [settings] in site.toml."
    )
