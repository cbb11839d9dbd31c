"""What to paste into a device, so that the first message is sent within a minute."""

from __future__ import annotations

_FIRST = '{"ts": "2026-01-31T12:00:00Z", "v": 1.5}'


def mosquitto_pub(host: str, port: int, device: str, topics: list[str], *, tls: bool = True) -> str:
    """One line for a shell, in the folder with the three files."""
    proof = f" --cafile ca.crt --cert {device}.crt --key {device}.key" if tls else ""
    return f"mosquitto_pub -V 5 -h {host} -p {port}{proof} -i {device} -q 1 -t '{_example(topics)}' -m '{_FIRST}'"


def python(host: str, port: int, device: str, topics: list[str], *, tls: bool = True) -> str:
    """A whole program for Python with paho-mqtt 2, in the folder with the three files."""
    proof = f'client.tls_set("ca.crt", "{device}.crt", "{device}.key")\n' if tls else ""
    return f"""\
import paho.mqtt.client as mqtt

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="{device}", protocol=mqtt.MQTTv5)
{proof}client.connect("{host}", {port})
client.loop_start()
client.publish("{_example(topics)}", '{_FIRST}', qos=1).wait_for_publish(10)
"""


def _example(topics: list[str]) -> str:
    """A topic that the device may write: of our own convention a measurement, of a vendor's whatever follows."""
    first = topics[0].removesuffix("/#") if topics else "nms/v1/<region>/<testbed>/<area>/<work centre>/<work unit>"
    return f"{first}/measurement_v1/temperature" if first.startswith("nms/") else f"{first}/temperature"
