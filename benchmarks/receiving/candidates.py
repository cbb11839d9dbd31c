"""Who drains: our receiver, `mosquitto_sub` to nowhere, the simple durable paho, and mqtt.js where npm has it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.receiving import bench_broker as at
from benchmarks.receiving.bench_broker import Bench, sub
from benchmarks.receiving.rounds import Candidate, Command
from bruk.commands.output import say
from ingestion.mqtt.address import RECEIVER

RIVALS = Path(__file__).parent / "rivals"
#: Where npm's packages are kept between two runs; not part of any site.
CACHE = Path(__file__).parents[2] / ".bench"
SLOWER = 8  # Node-RED drains an eighth of the messages: its rate is all that is asked
OURS, SUB, PAHO, MQTT_JS, NODE_RED = "our receiver", "mosquitto_sub", "simple durable paho", "mqtt.js", "Node-RED"


def candidates(bench: Bench, count: int) -> list[Candidate]:
    """Those that this machine can run: ours, mosquitto_sub, paho, then what npm has."""
    paho = [sys.executable, str(RIVALS / "durable_paho.py")]
    drain = sub(bench.broker(at.SUB), at.SUB, "")[:-1]
    found = [
        Candidate(OURS, RECEIVER, _ours(bench.site), count),
        Candidate(SUB, at.SUB, lambda topic, n: [*drain, topic, "-C", str(n)], count, speaks=False),
        Candidate(PAHO, at.PAHO, _rival(paho, bench, at.PAHO), count),
    ]
    if modules := node_modules(CACHE):
        for name, script, session, n in (
            (MQTT_JS, "mqtt_js.mjs", at.MQTT_JS, count),
            (NODE_RED, "node_red.mjs", at.NODE_RED, count // SLOWER),
        ):
            shutil.copy(RIVALS / script, modules.parent / script)
            found.append(Candidate(name, session, _rival(["node", str(modules.parent / script)], bench, session), n))
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


def _rival(program: list[str], bench: Bench, session: str) -> Command:
    broker, out = bench.broker(session), bench.folder / f"{session}.out"
    own = broker.credentials
    secure = [str(own.authority), str(own.certificate), str(own.key)] if own else []

    def words(topic: str, count: int) -> list[str]:
        out.unlink(missing_ok=True)
        return [*program, broker.host, str(broker.port), session, topic, str(count), str(out), *secure]

    return words
