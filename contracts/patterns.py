"""Says in words what the patterns of streams ask for: a reader of a check reads no regular expressions."""

from __future__ import annotations

from contracts.documents import Text

_DIGITS = Text(
    sv="tio siffror med bindestreck före de fyra sista", en="ten digits with a hyphen before the last four"
)  # of an organisation number
_WORDS = {
    r"^[0-9]{6}-[0-9]{4}$": _DIGITS,
    r"^([0-9]{6}-[0-9]{4}|p-[0-9a-f]{32})$": Text(
        sv=f"{_DIGITS.sv}, eller en pseudonym", en=f"{_DIGITS.en}, or a pseudonym"
    ),
    r"^G[1-5]\.[1-5][a-h][2-9]?$": Text(
        sv="en indikators beteckning, som G1.4d", en="the name of an indicator, as G1.4d"
    ),
    r"^[1-5]\.[1-5]$": Text(sv="ett stegs nummer, som 1.4", en="the number of a step, as 1.4"),
    r"^[A-Z]{2}$": Text(sv="ett lands två stora bokstäver, som SE", en="the two capital letters of a country, as SE"),
    r"^[0-9A-Za-zÅÄÖåäö][0-9A-Za-zÅÄÖåäö._/-]{0,62}$": Text(
        sv="högst 63 bokstäver, siffror, punkter, streck och snedstreck, utan mellanslag",
        en="at most 63 letters, digits, full stops, hyphens and slashes, without spaces",
    ),
    r"^[a-z][a-z0-9-]{0,62}$": Text(
        sv="högst 63 små bokstäver, siffror och bindestreck, med en bokstav först",
        en="at most 63 small letters, digits and hyphens, a letter first",
    ),
    r"^[a-z][a-z0-9_-]*$": Text(
        sv="små bokstäver, siffror, bindestreck och understreck, med en bokstav först",
        en="small letters, digits, hyphens and underscores, a letter first",
    ),
}
_OTHER = Text(sv="skrivet så som strömmens kontrakt säger", en="written as the contract of the stream says")


def in_words(pattern: str) -> Text:
    """What a pattern asks for; of one that nobody has worded, where it stands."""
    return _WORDS.get(pattern, _OTHER)


def is_worded(pattern: str) -> bool:
    """Whether somebody has put a pattern in words."""
    return pattern in _WORDS
