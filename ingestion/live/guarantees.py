"""What is promised for a machine's data, in plain words, by how it arrives."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.registry import Equipment
from contracts.site import Site


@dataclass(frozen=True)
class Words:
    """The same in Swedish and English."""

    sv: str
    en: str


COUNTED = Words(
    "Maskinen numrerar sina meddelanden: det som MQTT-servern tagit emot är säkert hos oss, och varje lucka syns.",
    "The machine numbers its messages: what the broker took is safe with us, and every gap is seen.",
)
UNCOUNTED = Words(
    "Efter bästa förmåga fram till MQTT-servern, därefter säkert. Saknade meddelanden kan inte räknas.",
    "Best effort up to the broker, safe from there on. Missing messages are not countable.",
)
FILE = Words(
    "Fil: säker när utfallet nedan säger godkänd. Behåll den hos er tills dess.",
    "File: safe once its outcome below says accepted. Keep it until then.",
)


def guarantees(site: Site, equipment: Equipment, *, counted: bool) -> list[Words]:
    """One promise per way in. `counted`: its sender numbers messages (boot and seq)."""
    kinds = {site.sources[name].transport.kind for name in equipment.sources if name in site.sources}
    found = []
    if "mqtt" in kinds:
        found.append(COUNTED if counted else UNCOUNTED)
    if "file" in kinds:
        found.append(FILE)
    return found
