"""Remembers what the warehouse was built with; other code or another registry means that everything is rebuilt."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from contracts.paths import COUNTED, DBT_PROJECT, METRICS, PRODUCT, STREAMS, SitePaths
from ingestion.atomic import replace_file

_MODELS = (".sql", ".yml", ".yaml", ".csv")
_TABLES = [PRODUCT / "bruk" / name for name in ("metric_tables.py", "registry_tables.py")]
_EXAMPLES = "_unit_tests.yml"  # worked examples decide nothing of what a row becomes


def is_current(paths: SitePaths, today: str) -> bool:
    """Whether the warehouse exists and was last built whole from `today`, the definitions as they are now."""
    marker = _marker(paths)
    if not paths.warehouse.exists() or not marker.exists():
        return False
    return bool(json.loads(marker.read_text(encoding="utf-8"))["definitions"] == today)


def forget(paths: SitePaths) -> None:
    """Before a whole build: if it does not come to its end, the next refresh begins it again."""
    _marker(paths).unlink(missing_ok=True)


def remember(paths: SitePaths, built_from: str) -> None:
    """After a whole build from these definitions: what was edited during it makes the next refresh a whole one too."""
    replace_file(_marker(paths), json.dumps({"definitions": built_from}).encode())


def definitions(paths: SitePaths) -> str:
    """A hash of all that decides what a row becomes: dbt project, streams, definitions, `site.toml`."""
    digest = hashlib.sha256()
    for root in (DBT_PROJECT, STREAMS, METRICS, COUNTED, paths.registry):
        for file in sorted(path for path in root.rglob("*") if _decides(path)):
            _add(digest, file, str(file.relative_to(root)))
    for file in (paths.site / "site.toml", *_TABLES):
        _add(digest, file, file.name)
    return digest.hexdigest()


def _decides(path: Path) -> bool:
    return path.suffix in _MODELS and not path.name.endswith(_EXAMPLES) and path.is_file()


def _add(digest: hashlib._Hash, file: Path, name: str) -> None:
    digest.update(name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())


def _marker(paths: SitePaths) -> Path:
    return paths.warehouse.parent / "built.json"
