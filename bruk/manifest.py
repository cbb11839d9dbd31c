"""The manifest of an edition: what it is, what it was made with, and the sha256 and rows of each of its files."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from contracts.paths import DBT_PROJECT, PRODUCT
from contracts.site import Contact, Site

MANIFEST = "manifest.json"


def manifest_of(
    site: Site,
    edition_id: str,
    refresh_id: str,
    as_of: datetime | None,
    snapshot: int,
    published_at: datetime,
    accounting: Mapping[str, int],
    segments: Mapping[str, str],
) -> dict[str, Any]:
    """The manifest as JSON types, without its files. Times in RFC 3339, UTC. `segments`: the newest of each spool."""
    return {
        "id": edition_id,
        "refresh_id": refresh_id,
        "as_of": as_of.isoformat() if as_of else None,
        "snapshot": snapshot,
        "segments": dict(segments),
        "published_at": published_at.isoformat(),
        "profile": site.file.profile,
        "time_zone": site.file.time_zone,
        "site": {"id": site.file.id, "name_sv": site.file.name.sv, "name_en": site.file.name.en},
        "contact": _contact(site.file.contact),
        "code_version": code_version(),
        "dbt_project_sha256": dbt_project_sha256(),
        "registry": {file.name: sha256_of(file) for file in sorted(site.paths.registry.glob("*.yaml"))},
        "duckdb_version": metadata.version("duckdb"),
        "accounting": dict(accounting),
    }


def _contact(contact: Contact | None) -> dict[str, str | None] | None:
    if contact is None:
        return None
    office = {"office_sv": contact.office.sv, "office_en": contact.office.en}
    return office | {"email": contact.email, "phone": contact.phone}


def read_manifest(edition: Path) -> dict[str, Any]:
    """The manifest of an edition's folder; raises OSError or ValueError when it is not there or not whole."""
    found: dict[str, Any] = json.loads((edition / MANIFEST).read_text(encoding="utf-8"))
    return found


def sha256_of(file: Path) -> str:
    """The hex sha256 of a file's bytes."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def hashes(folder: Path, *parts: str) -> dict[str, str]:
    """Path below `folder` → sha256, of every file in the named folders of it, in order."""
    files = sorted(file for part in parts for file in (folder / part).rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): sha256_of(file) for file in files}


@cache
def code_version() -> str:
    """`git describe` of the product, or the package's version where it is not a repository."""
    command = ["git", "-C", str(PRODUCT), "describe", "--always", "--dirty", "--tags"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        done = None
    if done is not None and done.returncode == 0 and (PRODUCT / ".git").exists():
        return done.stdout.strip()
    try:
        return metadata.version("bruk")
    except metadata.PackageNotFoundError:
        return "unknown"


def dbt_project_sha256() -> str:
    """One hash over the names and bytes of the dbt project's own files, in order of name; not of what dbt writes."""
    whole = hashlib.sha256()
    for file in sorted(DBT_PROJECT.rglob("*")):
        inside = file.relative_to(DBT_PROJECT)
        if file.is_file() and inside.parts[0] not in ("target", "logs", "dbt_packages") and file.name != ".user.yml":
            whole.update(f"{inside.as_posix()}\0{sha256_of(file)}\n".encode())
    return whole.hexdigest()
