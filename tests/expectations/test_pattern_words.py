"""Every pattern of a stream is said in words that a reader of its check understands."""

from __future__ import annotations

import re

from contracts.patterns import in_words, is_worded
from contracts.streams import load_streams
from expectations.suites import suites


def test_every_pattern_of_the_streams_is_worded():
    options = [item.logicalTypeOptions for stream in load_streams().values() for item in stream.properties]
    patterns = {one.pattern for one in options if one is not None and one.pattern}
    assert patterns
    assert [pattern for pattern in patterns if not is_worded(pattern)] == []


def test_a_pattern_that_nobody_has_worded_says_where_it_stands():
    assert in_words("^x$").en == "written as the contract of the stream says"


def test_no_check_shows_a_regular_expression():
    said = [
        text
        for found in suites(load_streams().values()).values()
        for check in found
        for text in (check.description_sv, check.description_en)
    ]
    assert said
    assert [text for text in said if re.search(r"[\^\\$]|\]\{", text)] == []
