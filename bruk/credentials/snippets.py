"""What to paste into a device, so that the first message is sent within a minute."""

from __future__ import annotations

from dataclasses import dataclass

_FIRST = '{"ts": "2026-01-31T12:00:00Z", "v": 1.5}'


@dataclass(frozen=True)
class Place:
    """Where a device sends, what it may write there, and whether it shows a certificate."""

    host: str
    port: int
    device: str
    topics: list[str]
    tls: bool

    @property
    def topic(self) -> str:
        """One that the device may write: of our own convention a measurement, of a vendor's whatever follows."""
        levels = "nms/v1/<region>/<testbed>/<area>/<work centre>/<work unit>"
        first = self.topics[0].removesuffix("/#") if self.topics else levels
        return f"{first}/measurement_v1/temperature" if first.startswith("nms/") else f"{first}/temperature"


def mosquitto_pub(place: Place) -> str:
    """One line for a shell, in the folder with the three files."""
    proof = f" --cafile ca.crt --cert {place.device}.crt --key {place.device}.key" if place.tls else ""
    where = f"-h {place.host} -p {place.port}{proof} -i {place.device}"
    return f"mosquitto_pub -V 5 {where} -q 1 -t '{place.topic}' -m '{_FIRST}'"


def edge(place: Place) -> str:
    """One line for a shell: Bruk's own outbox beside the machine, fed by lines of a program."""
    proof = f" --ca ca.crt --cert {place.device}.crt --key {place.device}.key" if place.tls else ""
    where = f"--device {place.device} --broker {place.host}:{place.port}{proof}"
    return f"your-program | bruk edge {where} --outbox outbox.sqlite --stdin --topic '{place.topic}'"


def python(place: Place) -> str:
    """A whole program for Python with paho-mqtt 2, in the folder with the three files."""
    proof = f'client.tls_set("ca.crt", "{place.device}.crt", "{place.device}.key")\n' if place.tls else ""
    return f"""\
import paho.mqtt.client as mqtt

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="{place.device}", protocol=mqtt.MQTTv5)
{proof}client.connect("{place.host}", {place.port})
client.loop_start()
client.publish("{place.topic}", '{_FIRST}', qos=1).wait_for_publish(10)
"""
