"""`bruk edge`: beside a machine, stores what it gives and sends it to a site until the site has it."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.live import Live
from rich.text import Text

from bruk.commands.output import AsJson, print_json, print_table, stderr
from contracts.errors import UsageError
from ingestion.edge.folder import Folder
from ingestion.edge.forwarder import Forwarder
from ingestion.edge.lines import take_lines
from ingestion.edge.outbox import look
from ingestion.edge.program import Program, Task, only_one
from ingestion.mqtt.address import Broker, Credentials

group = typer.Typer(invoke_without_command=True, help="Beside a machine: store what it gives, send it, lose nothing.")
MEGABYTE = 1_000_000
_FIELDS = ("boot", "stored", "acknowledged", "waiting", "bytes")

OutboxFile = Annotated[Path | None, typer.Option("--outbox", metavar="FILE", help="The outbox; made when it is new.")]


def add_to(app: typer.Typer) -> None:
    """Adds the group to the command line."""
    app.add_typer(group, name="edge")


@group.callback()
def edge(
    context: typer.Context,
    device: Annotated[str | None, typer.Option(metavar="ID", help="As in the registry and the certificate.")] = None,
    broker: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="The site's broker.")] = None,
    outbox: OutboxFile = None,
    local_mqtt: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Input: a broker beside us.")] = None,
    folder: Annotated[Path | None, typer.Option(metavar="DIR", help="Input: files, a line is a message.")] = None,
    stdin: Annotated[bool, typer.Option("--stdin", help="Input: a line is a message; ends when all is sent.")] = False,
    topic: Annotated[list[str] | None, typer.Option(help="Filters of --local-mqtt; else the topic of lines.")] = None,
    prefix: Annotated[str, typer.Option(help="Put before the topics of --local-mqtt.")] = "",
    ca: Annotated[Path | None, typer.Option(help="The site's certificate authority.")] = None,
    cert: Annotated[Path | None, typer.Option(help="This device's certificate.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its key.")] = None,
    limit: Annotated[int, typer.Option(help="Megabytes that may wait; then the machine has to.", min=64)] = 1_000,
    as_json: AsJson = False,
) -> None:
    """Take a machine's messages from a local broker, a folder or a pipe; store, send, and delete what is safe."""
    if context.invoked_subcommand:
        return
    if not device or not broker or not outbox:
        raise UsageError("needs --device, --broker and --outbox; see `bruk edge`")
    if sum((bool(local_mqtt), bool(folder), stdin)) != 1 or not topic:
        raise UsageError("needs one input (--local-mqtt, --folder or --stdin) and --topic")
    if not local_mqtt and len(topic) > 1:
        raise UsageError("lines go to one --topic")
    with only_one(outbox):
        program = Program(outbox, _address(broker, _credentials(ca, cert, key)), device, limit * MEGABYTE)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: program.stop.set())
        if local_mqtt:
            task: Task = Forwarder(_address(local_mqtt), topic, prefix, device, program.intake).run
        elif folder:
            task = Folder(folder, topic[0], program.outbox, program.intake).run
        else:
            task = _until_sent(program, topic[0])
        program.start(task)
        _show(program, as_json)
        program.end()


@group.command("status")
def status(outbox: OutboxFile = None, as_json: AsJson = False) -> None:
    """What waits in an outbox, and what the site has; also while it is in use."""
    if outbox is None:
        raise UsageError("needs --outbox FILE")
    state = look(outbox)
    found: dict[str, Any] = {
        "boot": state.boot, "stored": state.highest + 1, "acknowledged": state.acknowledged + 1,
        "waiting": state.waiting, "bytes": state.bytes,
        "set_aside": sorted(file.name for file in outbox.parent.glob(f"{outbox.name}.damaged-*[0-9]")),
    }  # fmt: skip
    if as_json:
        print_json(found)
    else:
        print_table("outbox", _FIELDS, [[found[name] for name in _FIELDS]])
        for name in found["set_aside"]:
            stderr.print(f"damaged, set aside: {name}", style="red", highlight=False, markup=False)


def _until_sent(program: Program, topic: str) -> Task:
    """Lines of the pipe; at its end, the program ends as soon as the site has everything."""

    def run(stop: threading.Event) -> None:
        if take_lines(sys.stdin.buffer, topic, program.intake, stop):
            while program.outbox.state().waiting and not stop.wait(0.1):
                pass
            stop.set()

    return run


def _show(program: Program, as_json: bool) -> None:
    """One line that lives, or with --json one object every few seconds, until the program is to end."""
    if as_json or not stderr.is_terminal:
        while not program.stop.wait(5 if as_json else 60):
            _print(program, as_json)
        _print(program, as_json)
        return
    before, at = program.sender.progress.acknowledged, time.monotonic()
    with Live(console=stderr, transient=True, auto_refresh=False) as live:
        while not program.stop.wait(1):
            now, acknowledged = time.monotonic(), program.sender.progress.acknowledged
            live.update(_line(program.status(), (acknowledged - before) / (now - at)), refresh=True)
            before, at = acknowledged, now


def _print(program: Program, as_json: bool) -> None:
    if as_json:
        print(json.dumps(program.status()), flush=True)  # noqa: T201  # a line is an object
    else:
        stderr.print(_line(program.status(), None))


def _line(status: dict[str, Any], rate: float | None) -> Text:
    names = ("stored", "acknowledged", "waiting", "refused")
    parts = [f"{name} {status[name]:,}" for name in names if status.get(name) is not None]
    line = Text(" · ".join([*parts, *([f"{rate:,.0f}/s"] if rate is not None else [])]))
    for problem in status["problems"]:
        line.append(f" · {problem}", "yellow")
    return line


def _address(text: str, credentials: Credentials | None = None) -> Broker:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise UsageError(f"{text!r} is not HOST:PORT")
    return Broker(host, int(port), credentials)


def _credentials(ca: Path | None, cert: Path | None, key: Path | None) -> Credentials | None:
    if not (ca or cert or key):
        return None
    if not (ca and cert and key):
        raise UsageError("--ca, --cert and --key go together")
    return Credentials(ca, cert, key)
