"""`bruk report …`: editions frozen for a meeting, and what was restated since."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from bruk.commands.output import AsJson, SiteFolder, open_site, print_json, print_table, say
from contracts.errors import UsageError
from contracts.site import Site

reports = typer.Typer(no_args_is_help=True, help="Editions frozen for a meeting, and what was restated since.")


def add_to(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(reports, name="report")


@reports.command()
def freeze(
    meeting: Annotated[str, typer.Option(metavar="DAY", help="The day of the meeting, 2026-12-03.")],
    title: Annotated[str, typer.Option(help="What the meeting is called, in Swedish.")],
    edition: Annotated[str | None, typer.Option(metavar="ID", help="Else the one that readers see.")] = None,
    approved_by: Annotated[str | None, typer.Option(metavar="ROLE", help="Who let it: a role, no person.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Another edition for this meeting; both are kept.")] = False,
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Keep an edition, its pages and its report pack for a meeting, for ever."""
    from bruk.pages import render_pages
    from bruk.reports.freezing import freeze as make

    opened = open_site(site)
    report, made = make(opened, day_of(meeting), title, edition=edition, again=again, approved_by=approved_by)
    if made:
        render_pages(opened)  # they list the meetings
    if as_json:
        print_json({**report.to_dict(), "made": made})
        return
    say(f"{report.id}: {'frozen' if made else 'was frozen before; nothing is changed'}, {len(report.files)} files")
    print_table("", ("report", "edition", "folder"), [(report.id, report.edition, report.folder(opened.paths))])


@reports.command("list")
def list_(site: SiteFolder = None, as_json: AsJson = False) -> None:
    """The frozen reports, the newest meeting first."""
    from bruk.reports.kept import reports as kept

    found = kept(open_site(site).paths)
    if as_json:
        print_json([report.to_dict() for report in found])
        return
    replaced = {report.supersedes for report in found}
    rows = [
        (r.meeting, r.title, r.id, r.edition, "superseded" if r.id in replaced else f"v{r.version}", r.approved_by)
        for r in found
    ]
    print_table("frozen reports", ("meeting", "title", "report", "edition", "", "approved by"), rows)


@reports.command()
def diff(
    older: Annotated[str | None, typer.Argument(metavar="[A]", help="A report, its day, or an edition.")] = None,
    newer: Annotated[str | None, typer.Argument(metavar="[B]", help="The same; else the current edition.")] = None,
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Every number that A reported and B tells otherwise: both values, and the file or decision that caused it.

    Without A the last frozen report, without B the current edition.
    """
    from bruk.reports.restating import restatements

    opened = open_site(site)
    found = restatements(opened, edition_of(opened, older, last=True), edition_of(opened, newer, last=False))
    if as_json:
        print_json(found.to_dict())
        return
    rows = [_told(row) for row in found.rows]
    headings = ("indicator", "scope", "period", "before", "now", "cause", "file", "received (UTC)", "sha256")
    print_table(f"{found.restated} restated since {found.older}", headings, rows)
    say(f"{found.equal} equal, {found.new} of new periods or scopes, {found.continued} of months that went on")


@reports.command()
def render(
    meeting: Annotated[str, typer.Argument(help="The report, or the day of its meeting.")],
    out: Annotated[Path, typer.Option(help="A new folder.")],
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Draw a frozen report anew with the program of today, and say whether its bytes are those that are kept."""
    from bruk.reports.drawing import renderer
    from bruk.reports.freezing import draw_again

    report, differ = draw_again(open_site(site), meeting, out)
    same_program = report.renderer == renderer()
    if as_json:
        print_json({"report": report.id, "equal": not differ, "same_renderer": same_program, "differ": differ})
    elif not differ:
        say(f"{report.id}: every byte is equal to those that are kept")
    else:
        why = "by a program that is not equal in all bytes" if same_program else "by another program than then"
        say(f"{report.id}: {len(differ)} files differ, drawn {why}; the kept pages are the truth: {differ[0]} …")
    if differ and same_program:
        raise typer.Exit(1)


@reports.command()
def pack(
    out: Annotated[Path | None, typer.Option(help="A new folder; else beside the pages.")] = None,
    edition: Annotated[str | None, typer.Option(metavar="ID", help="A report, its day, or an edition.")] = None,
    audience: Annotated[str, typer.Option("--for", help="confidential or programme, of a pack in a new folder.")] = (
        "confidential"
    ),
    site: SiteFolder = None,
) -> None:
    """Make the report pack: A4 sheets as PDF, tables as XLSX and CSV, values of the claim."""
    from bruk.pages import add_pack
    from bruk.reports.packing import HAVING
    from scorecards.pack.writing import write_pack

    opened = open_site(site)
    source = edition_of(opened, edition, last=False)
    if out is None and edition is None:
        say("made and linked from the pages" if add_pack(opened) else "was made before; it is linked from the pages")
        return
    known = next((name for name in HAVING if name == audience), None)
    if known is None:
        raise UsageError(f"there is no pack for {audience!r}; say --for {' or --for '.join(HAVING)}")
    files = write_pack(source, _new_folder(out or Path(f"rapportpaket-{source.name}")), audience=known)
    say(f"{len(files)} files in {out}")


@reports.command()
def claim(
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day of a month.")],
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day of a month.")],
    out: Annotated[Path, typer.Option(help="A folder.")],
    edition: Annotated[str | None, typer.Option(metavar="ID", help="A report, its day, or an edition.")] = None,
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Values for an application for payment (ansökan om utbetalning), in Swedish and English, as XLSX and CSV."""
    from bruk.reports.claiming import write_claims

    opened = open_site(site)
    source = edition_of(opened, edition, last=False)
    files = write_claims(source, day_of(first), day_of(last), out)
    print_json(files) if as_json else print_table("", ("file",), [(out / file,) for file in files])


def _new_folder(out: Path) -> Path:
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty; name a new folder")
    return out


def edition_of(site: Site, name: str | None, *, last: bool) -> Path:
    """The folder of the edition of a report, of a meeting's day, or with that id. Raises UsageError."""
    from bruk.editions import current_edition
    from bruk.reports.kept import find, newest

    if name is None and last:
        report = newest(site.paths)
        if report is None:
            raise UsageError("no meeting is frozen yet; `bruk report freeze` makes the first report")
        return report.edition_folder(site.paths)
    if name in (None, "current"):
        current = current_edition(site.paths)
        if current is None:
            raise UsageError("there is no edition yet; run `bruk refresh`")
        return current
    folder = site.paths.editions / str(name)
    if "/" not in str(name) and (folder / "manifest.json").exists():
        return folder
    return find(site.paths, str(name)).edition_folder(site.paths)


def day_of(text: str) -> date:
    """A day; raises UsageError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a day as 2026-12-03") from error


def _told(row: dict[str, Any]) -> tuple[Any, ...]:
    what = "" if row["what"] == "value" else f" {row['what']}"
    values = [
        "not assessable" if row[f"{side}_assessable"] is False else row[f"{side}_value"] for side in ("old", "new")
    ]
    file = row["file_name"] or row["detail"]
    return (
        row["indicator_id"] + what, f"{row['scope_type']}:{row['scope_id']}", f"{row['period_start']:%Y-%m}", *values,
        row["cause"], file, row["received_at"], (row["sha256"] or "")[:12],
    )  # fmt: skip
