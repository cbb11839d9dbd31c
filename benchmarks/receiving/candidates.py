"""Who drains: our receiver, `mosquitto_sub` to nowhere, the simple durable paho, and mqtt.js where npm has it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.receiving.bench_broker import Bench, sub
from benchmarks.receiving.rounds import Candidate, Command
from bruk.commands.output import say
from ingestion.mqtt.address import Broker

RIVALS = Path(__file__).parent / "rivals"
#: Where npm's packages are kept between two runs; not part of any site.
CACHE = Path(__file__).parents[2] / ".bench"
SLOWER = 8  # Node-RED drains an eighth of the messages: its rate is all that is asked
OURS, SUB, PAHO, MQTT_JS, NODE_RED = "our receiver", "mosquitto_sub", "simple durable paho", "mqtt.js", "Node-RED"


def candidates(bench: Bench, count: int) -> list[Candidate]:
    """Those that this machine can run: ours, mosquitto_sub, paho, then what npm has."""
    broker, folder = bench.broker, bench.folder
    paho = [sys.executable, str(RIVALS / "durable_paho.py")]
    found = [
        Candidate(OURS, "ingest", _ours(bench.site), count),
        Candidate(SUB, "rival-sub", lambda topic, n: [*sub(broker, "rival-sub", topic), "-C", str(n)], count, False),
        Candidate(PAHO, "rival-paho", _rival(paho, broker, "rival-paho", folder), count),
    ]
    if modules := node_modules(CACHE):
        for name, script, session, n in (
            (MQTT_JS, "mqtt_js.mjs", "rival-js", count),
            (NODE_RED, "node_red.mjs", "rival-red", count // SLOWER),
        ):
            shutil.copy(RIVALS / script, modules.parent / script)
            program = _rival(["node", str(modules.parent / script)], broker, session, folder)
            found.append(Candidate(name, session, program, n))
    return found


def node_modules(folder: Path) -> Path | None:
    """The locked npm packages of the rivals, installed once under `folder`; None, and a word, where npm cannot."""
    place = folder / "rivals"
    if not (place / "node_modules" / "mqtt").exists():
        if not shutil.which("npm"):
            say("mqtt.js and Node-RED are left out: npm is not here")
            return None
        place.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(RIVALS / name, place / name)
        done = subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=place, check=False)
        if done.returncode:
            say("mqtt.js and Node-RED are left out: npm could not install them")
            return None
    return place / "node_modules"


def _ours(site: Path) -> Command:
    def words(topic: str, count: int) -> list[str]:
        module = [sys.executable, "-m", "benchmarks.receiving.ours", "--site", str(site)]
        return [*module, "--filter", topic, "--count", str(count)]

    return words


def _rival(program: list[str], broker: Broker, client_id: str, folder: Path) -> Command:
    def words(topic: str, count: int) -> list[str]:
        out = folder / f"{client_id}.out"
        out.unlink(missing_ok=True)
        own = broker.credentials
        secure = [str(own.authority), str(own.certificate), str(own.key)] if own else []
        return [*program, broker.host, str(broker.port), client_id, topic, str(count), str(out), *secure]

    return words
