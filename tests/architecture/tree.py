"""What is committed: the files that the tests of this folder look at."""

from __future__ import annotations

import subprocess
from pathlib import Path

from contracts.paths import PRODUCT

ROOMS = ("contracts", "ingestion", "expectations", "scorecards", "bruk", "dags")


def committed() -> list[Path]:
    """Every file that git keeps or would keep."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(words, cwd=PRODUCT, capture_output=True, check=True).stdout.decode().split("\0")
    return sorted(file for name in listed if name and (file := PRODUCT / name).is_file())


def modules(*folders: str) -> list[Path]:
    """The committed Python modules below folders of the product, without empty ones."""
    chosen = [file for file in committed() if file.suffix == ".py" and file.stat().st_size]
    return [file for file in chosen if file.relative_to(PRODUCT).parts[0] in folders]


def text(file: Path) -> str:
    """The file's text; empty for what is not text."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
