"""`bruk verify | trace | sql`: the accounting, the way from a number to its messages, and free questions."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.text import Text
from rich.tree import Tree

from bruk.commands.output import AsJson, SiteFolder, open_site, plain, print_json, print_table, say, stdout


def add_to(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    for command in (verify, trace, sql):
        app.command(command.__name__)(command)


def verify(site: SiteFolder = None, as_json: AsJson = False) -> None:
    """Recount: received = accepted + ignored + quarantined + duplicate. Exit code 1 when it does not add up."""
    from bruk.verify import verify as recount

    report = recount(open_site(site))
    if as_json:
        print_json(report.to_dict())
    else:
        counted = ("received", "accepted", "ignored", "quarantined", "duplicate", "missing")
        headings = ("source and device", *counted[:3], "quaran-\ntined", "dupli-\ncate", "missing")
        accounts = report.to_dict()["accounts"]
        print_table("accounting", headings, [[_sender(row), *(row.get(name) for name in counted)] for row in accounts])
        marks = {True: Text("✓", "green"), False: Text("✗", "red")}
        rows = [(marks[line.ok], line.text_en, line.detail) for line in report.lines]
        print_table("checks", ("", "check", "found"), rows)
    if not report.ok:
        raise typer.Exit(1)


def trace(
    name: Annotated[str, typer.Argument(metavar="NUMBER", help="An indicator, G3.4e, or a metric, oee.")],
    scope: Annotated[str, typer.Option(help="programme, pilot:<id>, testbed:<id>; of metrics equipment:<id>.")] = (
        "programme"
    ),
    period: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Else the latest.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(help="Inputs that are opened down to messages.", min=1)] = 5,
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Open a number: definition, inputs, exclusions, runs, landing files, messages."""
    from bruk.metric_trace import trace_metric
    from bruk.trace import trace as follow
    from contracts.metrics import metrics

    kind, _, of = scope.partition(":")
    follow_it = trace_metric if name in metrics() else follow
    found = follow_it(open_site(site), name, kind, of or None, period, limit).to_dict()
    if as_json:
        print_json(found)
        return
    tree = Tree(f"[bold]{name}[/bold] {scope}")
    _grow(tree, found)
    stdout.print(tree, highlight=False)


def sql(
    query: Annotated[str, typer.Argument(metavar="SELECT")],
    warehouse: Annotated[bool, typer.Option("--warehouse", help="Ask the warehouse instead of the edition.")] = False,
    landing: Annotated[bool, typer.Option("--landing", help="Ask landing: each stream is a view.")] = False,
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Ask the current edition in SQL, each table by its name."""
    from bruk.asking import Where, ask

    where: Where = "warehouse" if warehouse else "landing" if landing else "edition"
    columns, rows = ask(open_site(site), where, query)
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table("", columns, rows)
        say(f"{len(rows)} rows from the {where}")


def _sender(account: dict[str, Any]) -> str:
    """Source, and its device on a line below; a drop folder has no device but itself."""
    source, device = account["source"] or "(no source)", account["device"]
    return source if device in (source, "", None) else f"{source}\n  {device}"


def _grow(tree: Tree, value: Any) -> None:
    """Nested values as branches of a tree."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value, 1)
    for name, item in pairs:
        if isinstance(item, dict | list):
            if item:
                _grow(tree.add(Text(str(name), "bold")), item)
        elif item is not None:
            tree.add(plain(f"{name}: {item}"))
