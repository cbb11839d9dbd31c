"""Appends a machine to `registry/equipment.yaml`; everything that stands there, comments too, stays as it is."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from contracts.errors import UsageError
from contracts.paths import SitePaths
from contracts.registry import Equipment, Registry
from contracts.registry_loading import load_registry
from ingestion.atomic import replace_file

_ITEM = re.compile(r"^( *)- ", re.MULTILINE)
_YAML_WORDS = {"yes", "no", "on", "off", "true", "false", "null"}
_EMPTY = re.compile(r"^equipment: *\[ *\] *$", re.MULTILINE)


def append(paths: SitePaths, row: Equipment) -> Registry:
    """Adds the row to the file and returns the whole registry with it, judged before the file is touched.

    Raises UsageError when the id exists, ContractError when the row contradicts the rest.
    """
    file = paths.registry / "equipment.yaml"
    if any(known.id == row.id for known in load_registry(paths.registry).equipment):
        raise UsageError(f"the registry has a machine '{row.id}' already; nothing was changed")
    text = appended(file.read_text(encoding="utf-8"), row)
    registry = _judged(paths.registry, text)
    if row not in registry.equipment:
        raise UsageError(f"{file.name} has a form that cannot be appended to; add this by hand:\n{entry(row, '  ')}")
    replace_file(file, text.encode())
    return registry


def appended(text: str, row: Equipment) -> str:
    """The file's text with the row at its end, indented as the rows before it."""
    text = _EMPTY.sub("equipment:", text)
    indent = found[1] if (found := _ITEM.search(text)) else "  "
    return text + ("" if text.endswith("\n") else "\n") + entry(row, indent)


def entry(row: Equipment, indent: str) -> str:
    """The row as YAML, as people write it."""
    name = f"{{sv: {_quoted(row.name.sv)}, en: {_quoted(row.name.en)}}}"
    seconds = row.expected_interval_s
    interval = int(seconds) if seconds.is_integer() else seconds
    words = {key: _quoted(getattr(row, key)) for key in ("testbed", "area", "work_centre", "work_unit", "device")}
    lines = [
        f"id: {_quoted(row.id)}", f"name: {name}", *(f"{key}: {word}" for key, word in words.items()),
        f"kind: {row.kind}", f"owner: {row.owner}", f"sources: [{', '.join(map(_quoted, row.sources))}]",
        f"expected_interval_s: {interval}", f"valid_from: {row.valid_from}",
    ]  # fmt: skip
    return f"{indent}- " + f"\n{indent}  ".join(lines) + "\n"


def _quoted(text: str) -> str:
    """As it is where YAML reads it as a text, else in quotes: `no` and its kin are truth values to YAML."""
    plain = re.fullmatch(r"[^\W\d_][\w -]*\w", text) and text.lower() not in _YAML_WORDS
    if plain:
        return text
    signs = (sign if sign.isprintable() and sign not in '"\\' else f"\\U{ord(sign):08x}" for sign in text)
    return f'"{"".join(signs)}"'


def _judged(folder: Path, text: str) -> Registry:
    """The registry as it would be: a copy is judged, so that nobody ever reads a wrong file."""
    with tempfile.TemporaryDirectory() as copy:
        for file in folder.glob("*.yaml"):
            shutil.copy(file, copy)
        (Path(copy) / "equipment.yaml").write_text(text, encoding="utf-8")
        return load_registry(Path(copy))
