"""What a machine wrote reaches an operator's terminal as text: no markup of ours, no command to the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.tree import Tree

from bruk.commands.output import plain
from bruk.commands.reading import _grow
from ingestion.rejection import Rejection, shown

HOSTILE = "[bold]x[/red] \x1b]0;owned\x07\x9b2J \u202e"


def printed(what: object) -> str:
    console = Console(width=200, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(what, highlight=False)
    return capture.get()


def test_a_trace_shows_the_bytes_of_a_message_as_they_are_and_does_not_fail_on_them() -> None:
    tree = Tree("number")
    _grow(tree, {"events": [{"payload": HOSTILE}]})
    assert r"payload: [bold]x[/red] \x1b]0;owned\x07\x9b2J \u202e" in printed(tree)


def test_no_cell_and_no_reason_holds_what_a_terminal_would_obey() -> None:
    told = Rejection("E_UNIT", {"value": shown(HOSTILE), "expected": "C"}).words()
    for text in (plain(HOSTILE).plain, told.sv, told.en):
        assert r"\x1b]0;owned\x07\x9b2J" in text
        assert text.isprintable()


def test_letters_of_every_language_and_lines_stay_as_they_are() -> None:
    assert plain("Åsa Öst °C\nµm 字").plain == "Åsa Öst °C\nµm 字"
    assert shown("a\nÅ 字") == "a Å 字"
