"""Reads a whole site: `site.toml`, registry, sources, together with the product's streams."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from contracts.access import uncontested
from contracts.documents import Strict, Text
from contracts.errors import ContractError
from contracts.office import office_sources
from contracts.paths import SitePaths
from contracts.registry import Registry
from contracts.registry_loading import load_registry
from contracts.settings import Settings, load_settings
from contracts.source_loading import load_sources, stated_subscriptions
from contracts.sources import MqttTransport, Source
from contracts.streams import Stream, read_streams


class DeviceProgram(Strict):
    """A foreign program that the supervisor runs beside the site (the demonstration's simulated machines)."""

    name: str
    command: list[str]


class Demonstration(Strict):
    """What `bruk run` plays once per site: a program that writes history as files to drop, and recordings to send.

    The program runs in the site folder with `--out DIR` and `--until DAY`, and writes `DIR/<source id>/<file>`.
    """

    history: list[str]
    recordings: list[str]


class Contact(Strict):
    """Whom readers of the pages ask: an office, by e-mail or telephone or both."""

    office: Text
    email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")
    phone: str | None = Field(default=None, pattern=r"^\+?[0-9 ()-]+$")

    @model_validator(mode="after")
    def _can_be_reached(self) -> Contact:
        if self.email is None and self.phone is None:
            raise ValueError("an office is reached by email or phone")
        return self


class SiteFile(Strict):
    """`site.toml`."""

    id: str
    name: Text
    profile: Literal["demonstration", "production"]
    time_zone: str
    programme_start: date
    contact: Contact | None = None
    settings: dict[str, Any] = {}
    devices: list[DeviceProgram] = []
    demonstration: Demonstration | None = None


@dataclass(frozen=True)
class Site:
    """Everything that a site states, read and checked. A wrong source or stream is left out, and named."""

    file: SiteFile
    paths: SitePaths
    settings: Settings
    streams: dict[str, Stream]
    sources: dict[str, Source]
    registry: Registry
    wrong_streams: tuple[ContractError, ...] = ()
    wrong_sources: tuple[ContractError, ...] = ()

    @property
    def wrong(self) -> tuple[ContractError, ...]:
        """The files that are left out, each with line, problem and cure."""
        return self.wrong_streams + self.wrong_sources

    @property
    def subscriptions(self) -> list[str]:
        """The topic filters of all sources that are active or deprecated, each once, sorted."""
        found: set[str] = set()
        for source in self.sources.values():
            if isinstance(source.transport, MqttTransport) and source.status in ("active", "deprecated"):
                found.update(source.transport.subscribe)
        for problem in self.wrong_sources:  # what nobody can read today is kept in quarantine until the file is mended
            found.update(stated_subscriptions(self.paths.sources / problem.file))
        return sorted(found)


def load_site(folder: Path | None = None) -> Site:
    """The site in `folder` (else BRUK_SITE, else `demo`).

    Wrong sources and streams are in `wrong`: they stop no other machine. Raises ContractError for `site.toml` and
    registry, without which no number has a meaning.
    """
    settings = load_settings(folder)
    paths = SitePaths(settings.site)
    streams, wrong_streams = read_streams()
    file = read_site_file(settings.site)
    sources, wrong_sources = load_sources(paths.sources, streams)
    registry = load_registry(paths.registry)
    sources = _with_those_of_the_office(sources, streams, registry, wrong_sources)
    sources, contested = uncontested(registry, sources)
    wrong = (tuple(wrong_streams), (*wrong_sources, *contested))
    return Site(file, paths, settings, streams, sources, registry, *wrong)


def _with_those_of_the_office(
    sources: dict[str, Source], streams: dict[str, Stream], registry: Registry, wrong: list[ContractError]
) -> dict[str, Source]:
    """The sources of the site and the built-in ones, in order of id; a file of the same name takes the place of one."""
    stated = {Path(problem.file).stem for problem in wrong}
    built_in = {name: source for name, source in office_sources(streams, registry).items() if name not in stated}
    return dict(sorted((built_in | sources).items()))


def read_site_file(folder: Path) -> SiteFile:
    """`site.toml` alone; raises ContractError."""
    path = folder / "site.toml"
    try:
        return SiteFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ContractError("site.toml", None, f"no site in {folder}", "Make one with `bruk init DIR`") from error
    except tomllib.TOMLDecodeError as error:
        raise ContractError("site.toml", None, f"not TOML: {error}", "Check the quotes") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise ContractError("site.toml", None, f"{where}: {first['msg']}", "Mend or remove the key") from error
