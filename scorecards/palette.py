"""The colours of marks inside SVG (as attributes: a print engine may ignore style sheets there)."""

from __future__ import annotations

ACCENT = "#0f5a70"
INK = "#1d2429"
MUTED = "#59636b"
LINE = "#d9dcd8"
PAPER = "#ffffff"
PLAN = "#8a6d3b"
#: The field in which a series shall lie.
BAND = "#f6f0e4"

#: Marks of status: strong enough (3:1) on white; the word beside them says the same.
STATUS = {
    "ahead": "#0d6b45",
    "on_track": "#0d6b45",
    "at_risk": "#9a6200",
    "behind": "#b02a2a",
    "not_assessable": "#59636b",
    "no_target": "#59636b",
    "followed": "#59636b",
    "not_measured": "#59636b",
}

OUTCOME = {
    "finished": "#0f5a70",
    "failed": "#b02a2a",
    "cancelled": "#9a6200",
    "interrupted": "#6b4c86",
    "open": "#59636b",
}

#: Known share of planned time, from none to all: one hue.
COVERAGE = ("#f6f0e4", "#cfe0e4", "#94bac4", "#4f8a9b", "#0f5a70")
UNPLANNED = "#e6e9e6"

#: What a machine does, from working to standing still.
STATE = {"production": "#0f5a70", "setup": "#4f8a9b", "delay": "#c08a2e", "down": "#59636b"}
