"""What a template says: its columns with heading, form, words and example, as the contract of the stream has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.errors import UsageError
from contracts.office import TRUTHS, example, example_text, office_streams
from contracts.streams import Property, Stream, Template

_UNITS = {"h": "timmar", "1": "antal", "%": "procent", "SEK": "kronor", "EUR": "euro"}
_TRUE, _FALSE = (word.capitalize() for word in list(TRUTHS)[:2])


@dataclass(frozen=True)
class TemplateColumn:
    """One column. `example` is typed (text, number or date), `example_text` as a text file has it."""

    heading: str
    meaning: str
    required: bool
    form: str
    words: list[str]
    example: Any
    example_text: str
    is_text: bool
    is_day: bool


@dataclass(frozen=True)
class TemplateSheet:
    """The template of one stream."""

    stream: str
    template: Template
    columns: list[TemplateColumn]

    def file_name(self, ending: str) -> str:
        """Its file name: `deltagarlista.xlsx`."""
        return f"{self.template.file}.{ending}"


def templates(streams: dict[str, Stream]) -> list[TemplateSheet]:
    """The templates of all streams that have one, in order of stream."""
    return [template_of(stream) for stream in office_streams(streams)]


def template_of(stream: Stream) -> TemplateSheet:
    """The template of a stream; raises UsageError where it has none."""
    if stream.template is None:
        raise UsageError(f"the stream {stream.id} has no template: machines send it")
    return TemplateSheet(stream.id, stream.template, [_column(item) for item in stream.properties])


def _column(item: Property) -> TemplateColumn:
    words = [_TRUE, _FALSE] if item.logicalType == "boolean" else list(item.words)
    shown = example(item)
    is_text = not words and item.logicalType == "string"
    said, text = str(item.custom("sv")), example_text(item) or ""
    is_day = item.logicalType == "date"
    return TemplateColumn(item.heading, said, item.required, _form(item), words, shown, text, is_text, is_day)


def _form(item: Property) -> str:
    """How a cell is written, in Swedish."""
    if item.words:
        return "Ett av orden"
    if item.logicalType == "boolean":
        return f"{_TRUE} eller {_FALSE}"
    if item.listed:
        return "Id ur registret" if item.listed == "indicators" else "Id eller namn ur registret"
    if item.custom("personal") == "sole_trader":
        return "Tio siffror med bindestreck före de fyra sista"
    unit = str(item.custom("unit") or "")
    number = "Tal, decimaler efter komma" + (f"; {_UNITS.get(unit, unit)}" if unit not in ("", "1") else "")
    plain = {"date": "Dag: år-månad-dag", "integer": "Heltal", "number": number}
    return plain.get(item.logicalType, "Text")
