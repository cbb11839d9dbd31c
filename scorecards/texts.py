"""The one catalogue of texts in both languages; a text that is missing in one of them stops the rendering."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from contracts.documents import Strict, Text, read_document
from contracts.errors import StateError

CATALOGUE = Path(__file__).with_name("texts.yaml")


class Catalogue(Strict):
    """Every text of the pages by its key; `{name}` in a text is filled in by the caller."""

    texts: dict[str, Text]


@cache
def catalogue() -> dict[str, Text]:
    """The texts by key; raises ContractError with file and line when one lacks a language or a key stands twice."""
    return read_document(CATALOGUE, Catalogue).texts


def text(key: str) -> Text:
    """One text; raises StateError when nobody wrote it."""
    try:
        return catalogue()[key]
    except KeyError:
        raise StateError(f"texts.yaml has no text '{key}'") from None
