"""What is promised for a machine's data, in plain words, by how it arrives."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.registry import Equipment
from contracts.site import Site
from contracts.sources import MqttTransport


@dataclass(frozen=True)
class Words:
    """The same in Swedish and English."""

    sv: str
    en: str


END_TO_END = Words(
    "Hela vägen: varje nummer kvitteras till maskinen när det är säkert på vår disk. Det som den behåller tills dess"
    " kan inte gå förlorat, och varje lucka syns.",
    "End to end: each number is acknowledged to the machine once it is safe on our disk. What it keeps until then"
    " cannot be lost, and every gap is seen.",
)
COUNTED = Words(
    "Maskinen numrerar sina meddelanden i innehållet: varje lucka syns, men kan inte kvitteras hela vägen."
    " Säkert från MQTT-servern och framåt.",
    "The machine numbers its messages in their payload: every gap is seen, but cannot be acknowledged end to end."
    " Safe from the broker on.",
)
FROM_BROKER_ON = Words(
    "Säkert från MQTT-servern och framåt: maskinen skickar om tills servern har svarat (QoS 1). Kraschar servern kan"
    " det den nyss tog emot saknas, och det kan inte räknas.",
    "Safe from the broker on: the machine sends again until the broker has answered (QoS 1). If the broker crashes,"
    " what it had just taken may be missing, and that is not countable.",
)
UNCOUNTED = Words(
    "Efter bästa förmåga fram till MQTT-servern, därefter säkert. Saknade meddelanden kan inte räknas.",
    "Best effort up to the broker, safe from there on. Missing messages are not countable.",
)
FILE = Words(
    "Fil: säker när utfallet nedan säger godkänd. Behåll den hos er tills dess.",
    "File: safe once its outcome below says accepted. Keep it until then.",
)


def guarantees(site: Site, equipment: Equipment, *, counted: bool, acknowledged: bool = False) -> list[Words]:
    """One promise per way in. `counted`: its sender numbers messages; `acknowledged`: where we can acknowledge them.

    What a machine publishes with cannot be seen (our own broker upgrades QoS 0), so QoS 1 is promised only where every
    source of the machine says it.
    """
    transports = [site.sources[name].transport for name in equipment.sources if name in site.sources]
    by_mqtt = [transport for transport in transports if isinstance(transport, MqttTransport)]
    found = []
    if by_mqtt:
        found.append(_by_mqtt(counted, acknowledged, all(transport.publishes_qos for transport in by_mqtt)))
    if len(by_mqtt) < len(transports):
        found.append(FILE)
    return found


def _by_mqtt(counted: bool, acknowledged: bool, resent: bool) -> Words:
    if acknowledged:
        return END_TO_END
    if counted:
        return COUNTED
    return FROM_BROKER_ON if resent else UNCOUNTED
