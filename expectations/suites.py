"""Reads the streams as suites: what each of them promises, as limits on the summary of one row per machine and day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contracts.patterns import in_words
from contracts.streams import Property, Stream
from expectations.engine import Limit


@dataclass(frozen=True)
class StreamCheck:
    """One promise of a stream. `column` of the summary counts the rows of a day that break it; 0 are allowed."""

    check_id: str
    stream: str
    column: str
    description_sv: str
    description_en: str
    expected: str = "0"

    @property
    def limit(self) -> Limit:
        """As a limit for the engine; a stream only ever warns."""
        return Limit(self.check_id, self.column, 0, 0, "warning")


def suites(streams: Iterable[Stream]) -> dict[str, list[StreamCheck]]:
    """The checks of every stream by its id: vocabularies, patterns, limits, completeness, channel ranges."""
    return {stream.id: list(checks_of(stream)) for stream in streams}


def checks_of(stream: Stream) -> Iterator[StreamCheck]:
    """The checks of one stream: what its contract says, then what the registry says of its channels."""
    yield StreamCheck(
        f"{stream.id}.required",
        stream.id,
        "missing_required_count",
        "Alla obligatoriska fält har ett värde.",
        "Every required field has a value.",
    )
    for item in stream.properties:
        yield from _of_property(stream.id, item)
    if "channel" in stream.by_name:
        yield from _of_channels(stream.id)


def _of_property(stream: str, item: Property) -> Iterator[StreamCheck]:
    if item.allowed:
        words = ", ".join(item.allowed)
        yield StreamCheck(
            f"{stream}.{item.name}.vocabulary",
            stream,
            f"{item.name}_invalid_count",
            f"”{item.name}” är ett av orden {words}.",
            f"'{item.name}' is one of the words {words}.",
        )
    options = item.logicalTypeOptions
    if options and options.pattern:
        form = in_words(options.pattern)
        yield StreamCheck(
            f"{stream}.{item.name}.pattern",
            stream,
            f"{item.name}_invalid_count",
            f"”{item.name}” är {form.sv}.",
            f"'{item.name}' is {form.en}.",
        )
    if options and (options.minimum is not None or options.maximum is not None):
        sv, en = _span(options.minimum, options.maximum)
        yield StreamCheck(
            f"{stream}.{item.name}.range",
            stream,
            f"{item.name}_out_of_range_count",
            f"”{item.name}” är {sv}.",
            f"'{item.name}' is {en}.",
        )


def _of_channels(stream: str) -> Iterator[StreamCheck]:
    yield StreamCheck(
        f"{stream}.channel_range",
        stream,
        "out_of_range_count",
        "Mätvärden ligger inom kanalens fysiska område enligt registret.",
        "Values lie within the physical range of their channel in the registry.",
    )
    yield StreamCheck(
        f"{stream}.sender_quality",
        stream,
        "bad_quality_count",
        "Avsändaren har inte märkt värden som dåliga.",
        "The sender has not marked values as bad.",
    )


def _span(minimum: float | None, maximum: float | None) -> tuple[str, str]:
    """The words for a range that may be open at one end, in Swedish and English."""
    if maximum is None:
        return f"minst {minimum:g}", f"at least {minimum:g}"
    if minimum is None:
        return f"högst {maximum:g}", f"at most {maximum:g}"
    return f"mellan {minimum:g} och {maximum:g}", f"between {minimum:g} and {maximum:g}"
