"""Documents of MTConnect agents: what an element means, what is refused and how plainly, and any bytes at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.clock import utc
from contracts.site import Site
from ingestion.adapters.file_adapter import FileAdapter
from ingestion.adapters.outcome import Ignored, Repeated
from ingestion.rejection import Rejection
from tests.ingestion.adapters.mtconnect import cells, document, element, execution, make_mtconnect_site
from tests.sites import NOON

T = "2026-11-24T10:00:00.123456Z"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_mtconnect_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def adapter(site: Site) -> FileAdapter:
    return FileAdapter(site.sources["agent"], site.streams)


@pytest.mark.parametrize(
    "space", ["urn:mtconnect.com:MTConnectStreams:1.0", "urn:mtconnect.org:MTConnectStreams:1.8",
              "urn:mtconnect.org:MTConnectStreams:2.3"],
)  # fmt: skip
def test_an_event_has_its_type_its_place_and_its_number_in_every_version(adapter: FileAdapter, space: str) -> None:
    (found,) = cells(adapter, document(execution("ACTIVE", T), space=space))
    assert isinstance(found, dict)
    assert {name: cell for name, cell in found.items() if cell} == {
        "category": "EVENT", "timestamp": T, "sequence": "7", "data_item_id": "e1", "name": "exec",
        "component": "Path", "component_name": "path", "component_id": "p1", "device": "Mill", "device_uuid": "u-1",
        "type": "Execution", "value": "ACTIVE",
    }  # fmt: skip


def test_a_condition_has_its_level_its_type_and_its_text(adapter: FileAdapter) -> None:
    fault = element("Fault", "Limit", dataItemId="c", timestamp=T, sequence="1", nativeCode="454B", type="SYSTEM")
    gone = element("Unavailable", "", dataItemId="c", timestamp=T, sequence="2", type="SYSTEM")
    odd = element("Odd", "", dataItemId="c", timestamp=T, sequence="3", type="SYSTEM")
    first, second, third = cells(adapter, document(fault, gone, odd, category="Condition"))
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert [first[name] for name in ("level", "type", "native_code", "text")] == ["FAULT", "SYSTEM", "454B", "Limit"]
    assert second["level"] == "UNAVAILABLE"
    assert isinstance(third, Rejection)


def test_data_sets_tables_and_assets_are_ignored_and_a_repeat_is_one(adapter: FileAdapter) -> None:
    told = {"dataItemId": "v", "timestamp": T, "sequence": "1"}
    found = cells(
        adapter,
        document(
            element("VariableDataSet", "", **told),
            f'<Variable dataItemId="v" timestamp="{T}" sequence="2"><Entry key="a">1</Entry></Variable>',
            element("AssetChanged", "UNAVAILABLE", **told, assetType=""),
            execution("READY"), execution("READY"), execution("READY", sequence="8"),
        ),
    )  # fmt: skip
    assert found[:3] == [Ignored("data_set"), Ignored("data_set"), Ignored("asset")]
    assert [isinstance(one, Repeated) for one in found[3:]] == [False, True, False]


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (execution("READY", "TIME"), "E_TIME"),
        (execution("READY", ""), "E_TIME"),
        (element("Execution", "READY", dataItemId="e", sequence="1"), "E_TIME"),
        (element("Execution", "READY", dataItemId="", timestamp=T, sequence="1"), "E_REQUIRED"),
        (element("Execution", "READY", dataItemId="e", timestamp=T, sequence=""), "E_REQUIRED"),
        (execution("DANCING", T), "E_TYPE"),
    ],
)
def test_a_wrong_element_is_refused_alone_with_its_line(adapter: FileAdapter, item: str, code: str) -> None:
    found = adapter.read(document(execution("ACTIVE", T), item))
    assert not isinstance(found, Rejection)
    first, refused = (adapter.rows(record, utc(NOON), "dal-press-1") for record in found.records)
    assert isinstance(first, list)
    assert isinstance(refused, Rejection)
    assert refused.code == code
    assert refused.words().sv.startswith("Rad 6: ")


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
FETCH = b'<!DOCTYPE x SYSTEM "http://example.invalid/x.dtd">'


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (BOMB + document(execution("READY")).split(b"?>")[1], "E_XML", "DTD"),
        (FETCH + document(execution("READY")).split(b"?>")[1], "E_XML", "DTD"),
        (document(execution("&b;").replace("&amp;", "&")), "E_XML", "undefined entity"),
        (document()[:-9], "E_XML", "not well-formed"),
        (document(execution("READY"), space="urn:else:where"), "E_XML", "urn:else:where"),
        (b"<MTConnectDevices xmlns='urn:mtconnect.org:MTConnectDevices:1.8'/>", "E_XML", "MTConnectDevices"),
        (b"<MTConnectError><Error errorCode=''/></MTConnectError>", "E_XML", "MTConnectError"),
        (document("<a>" * 40 + "</a>" * 40), "E_XML", "32 levels"),
        (document(execution("x" * 1_000_001)), "E_SIZE", "1000000"),
        (b"", "E_EMPTY", "empty"),
        (b"\xff\xfe<\x00", "E_ENCODING", "utf-8"),
    ],
)
def test_what_is_dangerous_torn_or_no_stream_is_refused_whole_and_says_what_it_is(
    adapter: FileAdapter, data: bytes, code: str, word: str
) -> None:
    found = adapter.read(data)
    assert isinstance(found, Rejection)
    assert found.code == code
    assert word in found.words().en
    assert "{" not in found.words().sv


TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=10)
ITEMS = st.fixed_dictionaries({"value": TEXT, "name": TEXT, "sequence": st.integers(1, 10**9).map(str)})


@given(st.lists(ITEMS, max_size=20))
@settings(max_examples=200, deadline=None)
def test_what_is_written_as_a_document_is_read_as_it_was(adapter: FileAdapter, written: list[dict[str, str]]) -> None:
    items = [
        element("Line", one["value"], dataItemId="d", timestamp=T, sequence=one["sequence"], name=one["name"])
        for one in written
    ]
    found = [one for one in cells(adapter, document(*items)) if isinstance(one, dict)]
    told = [(one["value"], one["name"], one["sequence"]) for one in found]
    assert told == list(dict.fromkeys((one["value"], one["name"], one["sequence"]) for one in written))


PIECES = st.sampled_from(
    ["<", ">", "</", "/>", "Streams", "Events", "<Execution", f' timestamp="{T}"', ' dataItemId="d"', ' sequence="1"',
     "READY", "<a>", "</a>", "&lt;", "&#0;", "<![CDATA[", "]]>", "<!--", "-->", "<?x?>", '"', "å", "\n"]
)  # fmt: skip


@given(
    st.binary(max_size=200)
    | st.lists(PIECES, max_size=40).map(lambda parts: document("".join(parts)))
    | st.tuples(st.integers(0, 600), PIECES).map(lambda at: (whole := document(execution("READY")))[: at[0]]
                                                 + at[1].encode() + whole[at[0] :])
)  # fmt: skip
@settings(max_examples=500, deadline=None)
def test_any_bytes_give_one_outcome_per_record_or_one_for_all(adapter: FileAdapter, data: bytes) -> None:
    found = adapter.read(data)
    if isinstance(found, Rejection):
        assert all(found.words())
        return
    told = list(found.records)
    assert [record.number for record in told] == list(range(1, len(told) + 1))
    assert told == list(found.records)
    for record in told:
        judged = adapter.rows(record, utc(NOON), "dal-press-1")
        assert isinstance(judged, list | Ignored | Repeated | Rejection)
