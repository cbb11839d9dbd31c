"""`bruk contract check | sync` and `bruk source check | try`: the files that say what lands and how it arrives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bruk.commands.output import AsJson, SiteFolder, open_site, print_json, print_table, say, stdout
from contracts.errors import ContractError
from contracts.settings import load_settings

contract = typer.Typer(no_args_is_help=True, help="Streams: what lands.")
source = typer.Typer(no_args_is_help=True, help="Sources: how something arrives.")


def add_to(app: typer.Typer) -> None:
    """Adds both groups to the command line."""
    app.add_typer(contract, name="contract")
    app.add_typer(source, name="source")


@contract.command("check")
def check_contracts(site: SiteFolder = None, as_json: AsJson = False) -> None:
    """Read every stream, source and registry file strictly; exit code 3 with file, line and cure of each problem."""
    from bruk.contract_check import advise, check

    folder = load_settings(site).site
    _report(check(folder), as_json, advise(folder))


@contract.command("sync")
def sync_contracts(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit code 3 when one has drifted.")] = False,
) -> None:
    """Write the files that are generated from streams and standard registry."""
    from bruk.contract_sync import sync

    drifted = sync(check=check)
    for path in drifted:
        stdout.print(f"{'drifted' if check else 'written'}: {path}", highlight=False)
    if check and drifted:
        say("run `bruk contract sync` and commit the result")
        raise typer.Exit(3)


@source.command("check")
def check_sources(site: SiteFolder = None, as_json: AsJson = False) -> None:
    """Check the sources of the site; exit code 3 with file, line and cure of each problem."""
    from bruk.contract_check import check_sources as check

    _report(check(load_settings(site).site), as_json)


@source.command("try")
def try_source(
    source_id: Annotated[str, typer.Argument(metavar="ID")],
    sample: Annotated[Path, typer.Argument(help="A recording (.jsonl) or a file of the source.")],
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show the rows, the ignored and the rejected that a sample would give; writes nothing."""
    from ingestion.try_source import try_sample

    result = try_sample(open_site(site), source_id, sample)
    if as_json:
        print_json(result.to_dict())
    else:
        rows = [(r.stream, r.event_date, _short(r.values)) for r in result.rows[:50]]
        print_table(f"{len(result.rows)} rows", ("stream", "event day", "values"), rows)
        print_table("ignored by contract", ("topic", "messages"), sorted(result.ignored.items()))
        if result.repeated:
            print_table("repeated word for word", ("records",), [(result.repeated,)])
        bad = [(r.code, r.where, r.words().sv, r.words().cure_sv) for r in result.rejections[:50]]
        print_table(f"{len(result.rejections)} rejected", ("code", "where", "reason", "what to do"), bad)
    if result.rejections:
        raise typer.Exit(3)


def _told(problem: ContractError, severity: str) -> dict[str, object]:
    where: dict[str, object] = {"code": problem.code, "severity": severity, "file": problem.file, "line": problem.line}
    return where | {"problem": problem.problem, "hint": problem.hint}


def _short(values: dict[str, object]) -> str:
    return "  ".join(f"{name}={value}" for name, value in values.items() if value is not None)


def _report(problems: list[ContractError], as_json: bool, advice: Sequence[ContractError] = ()) -> None:
    if as_json:
        print_json([_told(problem, "error") for problem in problems] + [_told(one, "warning") for one in advice])
    else:
        for problem in problems:
            stdout.print(f"{problem}", markup=False, highlight=False)
        for one in advice:
            say(f"warning: {one}")
        say("no problems" if not problems else f"{len(problems)} problems")
    if problems:
        raise typer.Exit(3)
