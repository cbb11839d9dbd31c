"""`bruk refresh`, and its steps each alone: `transform`, `check`, `publish`, `pages`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from bruk.commands.output import AsJson, SiteFolder, open_site, print_json, print_table, say
from contracts.errors import UsageError

Full = Annotated[bool, typer.Option("--full", help="Rebuild everything from landing.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    for command in (refresh, transform, check, publish, pages):
        app.command(command.__name__)(command)


def refresh(
    full: Full = False,
    first: Annotated[str | None, typer.Option("--from", metavar="D", help="First event day (UTC).")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="D", help="Last event day (UTC).")] = None,
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Rebuild what is pending: landing → dbt → gate → edition → pages. Exit code 3 when the gate blocks."""
    from bruk import refresh as steps
    from ingestion.landing.sealer import land_pending

    opened = open_site(site)
    land_pending(opened)
    done = steps.refresh(opened, full=full, first=_day(first), last=_day(last), report=say)
    if as_json:
        print_json(done.to_dict())
    else:
        days = sorted({day for listed in done.days.values() for day in listed})
        rows = [(step, f"{seconds:.2f}") for step, seconds in done.seconds.items()]
        print_table(f"refresh: {done.state}, {len(days)} event days", ("step", "s"), rows)
        say(f"edition {done.edition or '–'}")
        for reason in done.reasons:
            say(f"blocked by {reason}")
    if done.state in ("blocked", "broken"):
        raise typer.Exit(3)


def transform(full: Full = False, site: SiteFolder = None) -> None:
    """The pending event days through dbt, without gate and edition."""
    from bruk import refresh as steps
    from bruk.turns import warehouse_turn

    opened = open_site(site)
    with warehouse_turn(opened.paths):
        plan = steps.plan_refresh(opened, full=full)
        if plan is None:
            say("nothing is pending")
            return
        steps.build_core(opened, plan)
        steps.check_streams(opened, plan)
        steps.build_marts(opened, plan)
    say(f"refresh {plan.refresh_id}: built; next `bruk publish`")


def check(site: SiteFolder = None, as_json: AsJson = False) -> None:
    """Judge the warehouse as it stands, and publish nothing. Exit code 3 when it would block."""
    from bruk.refresh import manual_id
    from bruk.turns import warehouse_turn
    from expectations.judge import judge_marts, judge_streams
    from expectations.verdicts import blocking

    opened = open_site(site)
    run_id = manual_id("check")
    with warehouse_turn(opened.paths):
        verdicts = [*judge_streams(opened, run_id), *judge_marts(opened, run_id)]
    if as_json:
        print_json([verdict.to_dict() for verdict in verdicts])
    else:
        shown = [verdict for verdict in verdicts if verdict.state != "passed"]
        rows = [(v.state, v.check_id, v.stream_or_mart, v.equipment, v.event_date, v.description_en) for v in shown]
        title = f"{len(verdicts)} verdicts, {len(shown)} of them not passed"
        print_table(title, ("state", "check", "on", "equipment", "day", ""), rows)
    if blocking(verdicts):
        raise typer.Exit(3)


def publish(site: SiteFolder = None, as_json: AsJson = False) -> None:
    """Judge the marts and publish the edition that was transformed last. Exit code 3 when the gate blocks."""
    from bruk import refresh as steps
    from bruk.inputs import read_plan
    from bruk.turns import warehouse_turn

    opened = open_site(site)
    with warehouse_turn(opened.paths):
        plan = read_plan(opened)
        if plan is None:
            raise UsageError("nothing was transformed yet; run `bruk transform` or `bruk refresh`")
        edition = steps.gate_and_publish(opened, plan)
    print_json({"state": edition.state, "edition": edition.id, "reasons": edition.reasons}) if as_json else say(
        f"{edition.state}: {edition.id}"
    )
    if edition.state != "published":
        raise typer.Exit(3)


def pages(site: SiteFolder = None) -> None:
    """Render the pages of the current edition."""
    from bruk.pages import render_pages

    rendered = render_pages(open_site(site))
    say(f"{rendered} pages" if rendered else "no edition yet; run `bruk refresh`")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError as error:
        raise UsageError(f"{text!r} is not a day as 2026-11-24") from error
