"""What stands around every page: banner, demonstration note, way back, other language, links out, edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.links import Page
from scorecards.voice import Voice

_MENU = ("programme", "meetings", "pack", "quality", "definitions", "guide")
_FOOT = ("legend", "templates", "accessibility")


@dataclass(frozen=True)
class Crumb:
    """A step of the way here; the last one (this page) has no address."""

    name: str
    href: str


@dataclass(frozen=True)
class Reason:
    """Why, for readers; `check` and `note`, for who mends it: the name that the runbook asks for, and an example."""

    text: str
    check: str
    note: str


@dataclass(frozen=True)
class Banner:
    """Why a newer edition is not shown."""

    title: str
    text: str
    before: str
    reasons: list[Reason]


@dataclass(frozen=True)
class Link:
    name: str
    href: str


@dataclass(frozen=True)
class MenuItem:
    """A page that every page leads to; `here`: it is the one that is read."""

    name: str
    href: str
    here: bool


@dataclass(frozen=True)
class Frame:
    lang: str
    site: str
    home: str
    menu: list[MenuItem]
    foot: list[Link]
    other_lang: str
    banner: Banner | None
    demonstration: bool
    outside: list[Link]
    edition: str
    as_of: str
    published: str
    definitions: str
    code_version: str
    part: str


def frame(edition: Edition, voice: Voice, page: Page, urls: Mapping[str, str]) -> Frame:
    """The frame of all pages of a kind at a depth. `urls`: addresses of live, live_en, airflow and docs; what is absent
    gets no link.
    """
    manifest = edition.manifest
    changed = [f"{item.indicator_id} v{item.version}" for item in edition.indicators if item.version != "1"]
    key = "footer.definitions.changed" if changed else "footer.definitions.first"
    definitions = voice(key, n=voice.count(len(edition.heads)), changed=" · ".join(changed))
    menu = [
        MenuItem(voice(f"nav.{kind}"), page.to(kind), kind == page.kind or (kind, page.kind) == ("meetings", "changes"))
        for kind in _MENU
    ]
    return Frame(
        lang=voice.lang,
        site=voice.of(manifest.site),
        home=page.to("programme"),
        menu=[item for item in menu if item.href],
        foot=[Link(voice(f"{kind}.title"), page.to(kind)) for kind in _FOOT],
        other_lang="en" if voice.lang == "sv" else "sv",
        banner=_banner(edition, voice),
        demonstration=manifest.profile == "demonstration",
        outside=_outside(voice, page, urls),
        edition=manifest.id,
        as_of=voice.instant(manifest.as_of),
        published=voice.instant(manifest.published_at),
        definitions=definitions,
        code_version=manifest.code_version,
        part=page.kind,
    )


def sheet_css(edition: Edition, voice: Voice) -> str:
    """What stands in the margins of every printed sheet, also of one that is found alone: demonstration, edition, page.

    It stands in every page, so that one that is sent by e-mail prints with it too.
    """
    manifest = edition.manifest
    said = voice("footer.sheet", edition=manifest.id, as_of=voice.instant(manifest.as_of))
    before, between, after = voice("footer.page", page="\0", pages="\0").split("\0")
    page = f"{_quoted(before)} counter(page) {_quoted(between)} counter(pages) {_quoted(after)}"
    boxes = {"bottom-left": _quoted(said), "bottom-right": page}
    if manifest.profile == "demonstration":
        boxes["top-center"] = _quoted(f"{voice('demonstration.word')} · {voice('demonstration.text')}")
    return "@page {\n" + "".join(f"  @{place} {{ content: {said}; }}\n" for place, said in boxes.items()) + "}\n"


def _quoted(text: str) -> str:
    """A CSS string of any text."""
    return '"' + "".join(c if c.isalnum() or c in " .,:;·-()" else f"\\{ord(c):x} " for c in text) + '"'


def _banner(edition: Edition, voice: Voice) -> Banner | None:
    gate = edition.gate
    if gate is None or gate.open:
        return None
    since = voice.instant(gate.since)
    text = voice("banner.text", since=since, edition=edition.manifest.id, as_of=voice.instant(edition.manifest.as_of))
    before = voice(f"banner.reasons.{gate.state}")
    told = gate.reasons if edition.audience != "open" else ()
    reasons = [Reason(voice.of(reason.words), reason.check_id, reason.note) for reason in told]
    return Banner(voice(f"banner.{gate.state}"), text, before, reasons)


def _outside(voice: Voice, page: Page, urls: Mapping[str, str]) -> list[Link]:
    """Ways for those of the house. An address without a slash is a file beside the pages, also on a file share."""
    if page.audience != "confidential":
        return []
    docs = urls.get("docs")
    if docs and "/" not in docs:
        docs = page.to_file(docs)
    live = urls.get(f"live_{voice.lang}") or urls.get("live")
    found = {"live": live, "airflow": urls.get("airflow"), "docs": docs}
    return [Link(voice(f"nav.{name}"), href) for name, href in found.items() if href]
