"""Saves filled templates by LibreOffice, as an office would: XLSX, and CSV with semicolons in cp1252.

`python -m tests.ingestion.office.libreoffice` makes the files of `saved/` anew.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.ingestion.office.filled import TEMPLATES, filled, workbook

SAVED = Path(__file__).with_name("saved")
SOFFICE = shutil.which("soffice")
#: Semicolons, quotes, cp1252, from the first line, and numbers and days as in Sweden (1053).
_CSV = "csv:Text - txt - csv (StarCalc):59,34,1,1,,1053,false,true"
#: A Swedish office has a Swedish LibreOffice: decimal commas.
_SWEDISH = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>sv-SE</value></prop></item>
</oor:items>
"""


def save_all(folder: Path) -> None:
    """Every template with three rows filled in, opened and saved by LibreOffice into a folder, in both forms."""
    assert SOFFICE, "LibreOffice is not installed"
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "profile" / "user").mkdir(parents=True)
        (Path(made) / "profile" / "user" / "registrymodifications.xcu").write_text(_SWEDISH, "utf-8")
        files = []
        for template in TEMPLATES.values():
            files.append(Path(made) / template.file_name("xlsx"))
            files[-1].write_bytes(workbook(template, filled(template)))
        for form in ("xlsx", _CSV):
            command = [SOFFICE, "--headless", f"-env:UserInstallation=file://{made}/profile", "--convert-to", form]
            subprocess.run([*command, "--outdir", str(folder), *files], check=True, capture_output=True, timeout=200)


if __name__ == "__main__":
    SAVED.mkdir(exist_ok=True)
    save_all(SAVED)
