"""A site with a key, a list of participants in which persons are planted, and a search for them in every byte."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

from contracts.paths import STREAMS
from contracts.site import Site, load_site
from contracts.streams import load_streams
from ingestion.files.pseudonyms import make_key
from tests.sites import PARTICIPATION, SITE_TOML, emit, make_site

#: Written in two pieces, so that no file of the repository holds a personal number.
PERSON = "850101" + "-" + "1234"
DIGITS = PERSON.replace("-", "")
NAME = "Åsa Öbergs snickeri"
MAIL = "asa.oberg@snickeri.example"
READ = ("org_nr", "name", "activity_id", "activity_date", "activity_kind", "actor_kind", "subproject", "role")
COLUMNS = [*READ, "mail"]
ROW = {
    "org_nr": PERSON, "name": NAME, "activity_id": "kurs-1", "activity_date": "2026-11-02",
    "activity_kind": "knowledge", "actor_kind": "company", "subproject": "am", "role": 'deltog "på plats"; hela dagen',
    "mail": MAIL,
}  # fmt: skip
FIRM = ROW | {"org_nr": "559900-0017", "name": "Provbolaget AB", "mail": "info@prov.example"}


def participation(encoding: str = "utf-8", **governance: Any) -> dict[str, Any]:
    """The source of the list; its column `mail` no mapping reads."""
    fields = {name: {"column": name} for name in READ}
    form = {"columns": COLUMNS, "encoding": encoding, "emit": [emit("participation", **fields)]}
    told = {"personal_data": "pseudonymised", "legal_basis": "GDPR art. 6.1 e", **governance}
    return PARTICIPATION | {
        "format": PARTICIPATION["format"] | form, "governance": PARTICIPATION["governance"] | told,
    }  # fmt: skip


def site_with_key(folder: Path, source: dict[str, Any] | None = None, registry: dict[str, Any] | None = None) -> Site:
    """A site whose key lies beside its `var/`."""
    make_site(folder, registry, sources={"participation": source or participation()})
    if not (folder / "secret" / "key").exists():
        make_key(folder / "secret" / "key")
    (folder / "site.toml").write_text(SITE_TOML + 'pseudonym_key_file = "secret/key"\n', encoding="utf-8")
    return load_site(folder)


def about_persons(site: Site) -> Site:
    """The site with streams in which the name of a participation is that of a person."""
    folder = site.paths.site / "streams"
    folder.mkdir()
    for file in STREAMS.glob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace("value: with_org_nr", "value: person")
        (folder / file.name).write_text(text, encoding="utf-8")
    return replace(site, streams=load_streams(folder))


def table(*rows: dict[str, str], columns: list[str] = COLUMNS) -> str:
    """The rows as the dialect of the source writes them, everything quoted."""
    lines = [[*columns], *([row[name] for name in columns] for row in rows)]
    return "".join(";".join('"' + cell.replace('"', '""') + '"' for cell in line) + "\n" for line in lines)


def put(site: Site, data: bytes, name: str = "lista.csv") -> Path:
    """A file in the drop folder of the source."""
    path = site.paths.drop / "participation" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def traces(site: Site, but: Path | None = None) -> list[str]:
    """Where in `var/`, in names or bytes, something of the person stands in any of the usual codes; empty: nowhere."""
    files = [file for file in site.paths.var.rglob("*") if file.is_file() and file != but]
    return [f"{file}: {sign!r}" for file in files for sign in _SIGNS if sign in file.read_bytes() + bytes(file)]


def _codes(text: str) -> set[bytes]:
    """The text in each encoding, and in base64 (at each of its three offsets) and hex of these."""
    raw = {text.encode(name) for name in ("utf-8", "cp1252", "utf-16-le", "utf-16-be")}
    inner = {base64.b64encode(b"\0" * at + one)[(4 * at + 2) // 3 : -4] for one in raw for at in range(3)}
    return raw | inner | {one.hex().encode() for one in raw} | {one.hex().upper().encode() for one in raw}


_SIGNS = set().union(*map(_codes, (PERSON, DIGITS, PERSON[:6], NAME, NAME.split()[1], MAIL, MAIL.split("@")[0])))
