"""Makes a new, empty site: standard registry, empty lists to fill, commented examples of sources."""

from __future__ import annotations

import shutil
from pathlib import Path

from contracts.errors import UsageError
from contracts.paths import PRODUCT, STANDARD

_EMPTY = {
    "organisations": "legal persons: owners of machines, companies that runs are made for",
    "testbeds": "testbeds with region and kind",
    "equipment": "work units (ISA-95) with testbed, path, device and owner",
    "channels": "measured quantities with unit and physical range",
    "products": "products with planned run time per item (PRI)",
    "planned_time": "weekly planned operation time of each machine",
    "closures": "days without planned operation",
    "pilots": "pilots with subproject, regions and validity",
    "allocations": "which share of a machine works for which pilot, from when to when",
    "meters": "energy meters with boundary and machine",
    "stop_reasons": "what the reasons mean that machines send with a stop",
    "characteristics": "what is held under statistical control, with the period that its limits come from",
    "emission_factors": "CO2 equivalent of a kWh of electricity and of a kg of material, with validity and source",
    "targets": "baseline, milestone and target of indicators",
}
_SITE = """# A site of Bruk. Fields: contracts/site.py. Settings and their defaults: infra/env.example.
id = "{name}"
profile = "production"
time_zone = "Europe/Stockholm"
programme_start = 2026-01-01

[name]
sv = "{name}"
en = "{name}"

# Whom readers of the pages ask; the accessibility statement names it.
# [contact]
# email = "styrkort@example.org"
# phone = "023-00 00 00"
# [contact.office]
# sv = "Programkontoret"
# en = "The programme office"

[settings]
"""


def init(folder: Path) -> list[Path]:
    """The files of a new site in `folder`, which must be new or empty. Raises UsageError."""
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; nothing was changed")
    for part in ("registry", "sources"):
        (folder / part).mkdir(parents=True)
    (folder / "site.toml").write_text(_SITE.format(name=folder.resolve().name), encoding="utf-8")
    shutil.copytree(STANDARD, folder / "registry", dirs_exist_ok=True)
    for name, what in _EMPTY.items():
        text = f"# {what[0].upper()}{what[1:]}. Examples: demo/registry/{name}.yaml\n{name}: []\n"
        (folder / "registry" / f"{name}.yaml").write_text(text, encoding="utf-8")
    for source in sorted((PRODUCT / "demo" / "sources").glob("*.yaml")):
        _example(source, folder / "sources" / f"{source.name}.example")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _example(source: Path, target: Path) -> None:
    """A source of the demonstration, commented out: rename to *.yaml and uncomment what fits."""
    lines = source.read_text(encoding="utf-8").splitlines()
    head = "# An example from the demonstration. Copy it to <id>.yaml and take the comment signs away.\n"
    target.write_text(head + "".join(f"# {line}\n" for line in lines), encoding="utf-8")
