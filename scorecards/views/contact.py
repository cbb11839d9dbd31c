"""Whom readers of the pages ask, in words and as addresses."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.voice import Voice


@dataclass(frozen=True)
class Contact:
    """An office; `email` and `phone` are empty where it has none, `dial` is the number without spaces."""

    office: str
    email: str
    phone: str
    dial: str


def contact(edition: Edition, voice: Voice) -> Contact | None:
    """The office that the site names, or None."""
    named = edition.manifest.contact
    if named is None:
        return None
    dial = "".join(sign for sign in named.phone if sign.isdecimal() or sign == "+")
    return Contact(voice.of(named.office), named.email, named.phone, dial)
