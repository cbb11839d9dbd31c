"""Reads the packets of a stored run as rows of what most of them have; what is rare is left to `parse_body`."""

from __future__ import annotations

import re

from ingestion.spool.packets import bodies

#: Offset of the packet, its first byte, topic, payload, packet id (0: none), boot, seq (None: no properties). The topic
#: is empty where the packet is not plain: what it says is for `parse_body`.
PlainPacket = tuple[int, int, bytes, bytes, int, int | None, int | None]
#: The number as our outbox writes it, and nothing that is no number: then it needs no other judge.
_PLAIN_NUMBER = re.compile(rb"&\0\x04boot\0(.)([1-9]\d{0,14})&\0\x03seq\0(.)(0|[1-9]\d{0,14})", re.DOTALL)


def plain_packets(data: bytes, start: int, protocol: int, base: int = 0) -> list[PlainPacket]:
    """The packets of a stored run whose data begins at offset `base`: what most of them are, in few steps each.

    Plain is what is not retained and has no properties, or a number alone. Raises MalformedPacket as `bodies` does.
    """
    found: list[PlainPacket] = []
    add, numbered = found.append, _PLAIN_NUMBER.fullmatch
    for begin, body, end in bodies(data, start):
        head = data[begin]
        after = body + 2 + (data[body] << 8 | data[body + 1]) if end - body > 2 else end
        at = after + 2 if head & 6 else after
        boot = seq = None
        plain = at < end and head & 6 != 6 and not head & 1
        if plain and protocol == 5:
            size, at = data[at], at + 1
            if size:
                match = numbered(data, at, at + size) if size < 128 and at + size <= end else None
                plain = False
                if match:
                    boot_length, digits, seq_length, more = match.groups()
                    plain = boot_length[0] == len(digits) and seq_length[0] == len(more)
                    boot, seq = int(digits), int(more)
                    at += size
        if plain:
            packet_id = data[after] << 8 | data[after + 1] if head & 6 else 0
            add((base + begin, head, data[body + 2 : after], data[at:end], packet_id, boot, seq))
        else:
            add((base + begin, head, b"", b"", 0, None, None))
    return found
