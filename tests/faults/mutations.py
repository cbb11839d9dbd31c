"""`make mutations`: plants each bug that the fault suite exists for in a copy of the tree, and expects a test to fail.

A replacement that no longer matches is an error of its own: the product has moved, and the bug must be planted anew.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from contracts.paths import PRODUCT
from tests.faults.planted import MUTATIONS, Mutation

console = Console(width=None if sys.stdout.isatty() else 140)
FAILED = 1  # pytest: some test failed; 2 and more: it could not even be run


@dataclass
class Result:
    """What became of one planted bug."""

    mutation: Mutation
    state: str  # caught, not caught, does not match, broken
    output: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        """Whether the suite has teeth for it."""
        return self.state == "caught"


def copy_tree(folder: Path) -> None:
    """The tree as it is now, committed or not, with the environment of the original."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=PRODUCT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (PRODUCT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PRODUCT / name, folder / name)


def plant(folder: Path, mutation: Mutation) -> bool:
    """Writes the bug into the copy. False when a text to be replaced is not there exactly once."""
    texts = {edit.file: (folder / edit.file).read_text(encoding="utf-8") for edit in mutation.edits}
    for edit in mutation.edits:
        if texts[edit.file].count(edit.before) != 1:
            return False
        texts[edit.file] = texts[edit.file].replace(edit.before, edit.after)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return True


def restore(folder: Path, mutation: Mutation) -> None:
    """Takes the bug out again."""
    for edit in mutation.edits:
        shutil.copy2(PRODUCT / edit.file, folder / edit.file)


def run_test(folder: Path, mutation: Mutation) -> tuple[int, str]:
    """pytest's exit code for the named test in the copy, and what it said."""
    command = [sys.executable, "-m", "pytest", mutation.test, "-x", "-q", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **mutation.environment}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout[-3_000:] + done.stderr[-1_000:]


def judge(folder: Path, mutation: Mutation) -> Result:
    """Plants one bug and takes it out again."""
    if not plant(folder, mutation):
        return Result(mutation, "does not match")
    code, output = run_test(folder, mutation)
    restore(folder, mutation)
    return Result(mutation, {0: "not caught", FAILED: "caught"}.get(code, "broken"), output)


def show(results: list[Result]) -> None:
    """The table for people."""
    table = Table(title="planted bugs")
    for heading in ("#", "bug", "test that must fail", "state"):
        table.add_column(heading)
    for result in results:
        style = "" if result.ok else "bold red"
        table.add_row(result.mutation.number, result.mutation.bug, result.mutation.test.split("::")[-1], result.state,
                      style=style)  # fmt: skip
    console.print(table)
    for result in results:
        if not result.ok:
            console.print(f"{result.mutation.number}: {result.output}", highlight=False, markup=False)


def main() -> int:
    """The command line; exit code 1 unless every planted bug is caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("numbers", nargs="*", help="only these, as 1 12b; else all")
    wanted = set(parser.parse_args().numbers)
    results = []
    with tempfile.TemporaryDirectory(prefix="bruk-mutations-") as temporary:
        folder = Path(temporary)
        copy_tree(folder)
        for mutation in MUTATIONS:
            if not wanted or mutation.number in wanted:
                results.append(judge(folder, mutation))
                console.print(f"{mutation.number} {mutation.bug}: {results[-1].state}", highlight=False)
    show(results)
    return 0 if all(result.ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
