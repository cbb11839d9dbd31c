"""The columns that the readers of MTConnect give, as the mapping of a source may name them."""

from __future__ import annotations

_CONDITION = ("level", "native_code", "native_severity", "qualifier", "text")
#: A log of an adapter: `timestamp|key|value`. Of a condition `value` is empty and the other columns say it.
SHDR = ("timestamp", "duration", "device", "key", "value", *_CONDITION)
#: A document of an agent (MTConnectStreams): one record per sample, event and condition.
STREAMS = (
    "timestamp", "sequence", "data_item_id", "name", "category", "type", "sub_type", "value",
    "duration", *_CONDITION,
    "device", "device_uuid", "component", "component_name", "component_id",
)  # fmt: skip
#: Columns by `format.adapter`; of a table the source itself names them.
COLUMNS = {"shdr": SHDR, "mtconnect_xml": STREAMS}
