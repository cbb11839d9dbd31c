"""`bruk equipment …`: lets a machine in, lists who may send, shuts a device out."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich.text import Text

from bruk.commands.output import AsJson, SiteFolder, open_site, print_json, print_table, say, stdout
from bruk.equipment import Handed
from contracts.clock import system_clock

group = typer.Typer(no_args_is_help=True, help="Machines and who sends for them: registry row, certificate, topics.")
_COLOURS = {"good": "green", "soon": "yellow", "expired": "red", "revoked": "red", "none": "yellow"}


def add_to(app: typer.Typer) -> None:
    """Adds the group to the command line."""
    app.add_typer(group, name="equipment")


@group.command("add")
def add(
    machine: Annotated[str, typer.Argument(metavar="ID", help="The machine's id, for example dal-press-2.")],
    testbed: Annotated[str, typer.Option(help="A testbed of the registry.")],
    area: Annotated[str, typer.Option(help="ISA-95 area, for example hall-1.")],
    work_centre: Annotated[str, typer.Option(help="ISA-95 work centre, for example line-1.")],
    work_unit: Annotated[str, typer.Option(help="ISA-95 work unit, for example press-2.")],
    kind: Annotated[str, typer.Option(help="printer, press, assembly_line, packing_line or machining_centre.")],
    owner: Annotated[str, typer.Option(help="Organisation number of the owner, as in registry/organisations.yaml.")],
    source: Annotated[list[str], typer.Option(help="A source that brings its data; once for each.")],
    name_sv: Annotated[str, typer.Option(help="Name in Swedish; else the id.", show_default=False)] = "",
    name_en: Annotated[str, typer.Option(help="Name in English; else the Swedish one.", show_default=False)] = "",
    device: Annotated[
        str, typer.Option(help="Who sends, for example a gateway; else the machine itself.", show_default=False)
    ] = "",
    interval: Annotated[float, typer.Option(help="Expected seconds between two messages.")] = 10.0,
    valid_from: Annotated[str, typer.Option(metavar="DAY", help="Else today.", show_default=False)] = "",
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Add a machine to the registry, make the certificate of its device, and print what to paste there."""
    from bruk.credentials.keeping import today
    from bruk.equipment import add as let_in
    from contracts.registry import equipment_row

    opened = open_site(site)
    name = {"sv": name_sv or machine, "en": name_en or name_sv or machine}
    row = equipment_row(
        id=machine, name=name, testbed=testbed, area=area, work_centre=work_centre, work_unit=work_unit, kind=kind,
        device=device or machine, owner=owner, sources=source, expected_interval_s=interval,
        valid_from=valid_from or today(opened, system_clock),
    )  # fmt: skip
    _show(let_in(opened, row, system_clock), as_json)
    say("run `bruk up`: the services that read the registry start anew")


@group.command("renew")
def renew(
    device: Annotated[str, typer.Argument(help="A device of the registry, or one of its machines.")],
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Make a new certificate: before the old one ends, after a lost key, for a row that was written by hand."""
    from bruk.equipment import renew as make

    _show(make(open_site(site), device, system_clock), as_json)


@group.command("list")
def show(site: SiteFolder = None, as_json: AsJson = False) -> None:
    """List machines, their devices and topics, and until when each certificate is good."""
    from bruk.equipment import senders

    found = senders(open_site(site), system_clock)
    if as_json:
        print_json(found)
        return
    rows = [
        (one.machine, one.device, Text(one.state, _COLOURS.get(one.state, "dim")), _day(one.expires),
         "\n".join(one.topics))
        for one in found
    ]  # fmt: skip
    print_table("equipment", ("machine", "device", "certificate", "until", "may write"), rows)


@group.command("revoke")
def revoke(
    device: Annotated[str, typer.Argument(help="A device of the registry, or one of its machines.")],
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Shut a device out, at once and for good: its certificates and its open connection."""
    from bruk.equipment import revoke as shut_out

    done = shut_out(open_site(site), device, system_clock)
    if as_json:
        print_json(done)
        return
    say(f"{done.device} ({', '.join(done.machines)}): {len(done.certificates)} certificates revoked")
    say("the running broker knows" if done.broker else "no broker runs; it will know when it starts")
    say(f"to let it in again: bruk equipment renew {done.device}")


def _show(handed: Handed, as_json: bool) -> None:
    if as_json:
        print_json(handed)
        return
    print_table("", ("", ""), [
        ("device", handed.device), ("sends for", ", ".join(handed.machines)),
        ("may write", "\n".join(handed.topics) or "nothing: none of its sources comes by MQTT"),
        ("good until", _day(handed.expires) or "a demonstration asks for no certificate"),
        ("copy to the device", "\n".join(map(str, handed.files)) or "nothing"),
    ])  # fmt: skip
    snippets = {
        "From a shell:": handed.mosquitto_pub, "From Python:": handed.python,
        "With an outbox, so that nothing is lost:": handed.edge,
    }  # fmt: skip
    for title, text in snippets.items():
        stdout.print(title, style="bold", highlight=False)
        stdout.print(text, markup=False, highlight=False, soft_wrap=True)
        stdout.print()


def _day(at: object) -> str:
    return f"{at:%Y-%m-%d}" if isinstance(at, date) else ""
