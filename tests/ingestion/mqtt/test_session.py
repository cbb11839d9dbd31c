"""The session's own packing of user properties against paho's, which knows the standard and is slow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingestion.mqtt.session import _Pairs

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=100)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_user_properties_are_packed_as_paho_packs_them(pairs: list[tuple[str, str]]) -> None:
    theirs = Properties(PacketTypes.PUBLISH)
    if pairs:
        theirs.UserProperty = pairs
    assert _Pairs(tuple(pairs)).pack() == theirs.pack()
