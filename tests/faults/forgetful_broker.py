"""A broker as a value: it forgets as mosquitto does, and a session of it is bytes on a wire that a test can cut."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from tests.ingestion.mqtt import builder

PUBACK_BYTES = 4


@dataclass(frozen=True)
class Said:
    """A message as its sender gave it to the broker."""

    topic: bytes
    payload: bytes
    properties: tuple[tuple[bytes, bytes], ...] = ()

    def packet(self, packet_id: int, *, dup: bool) -> bytes:
        """As a QoS 1 PUBLISH for us."""
        properties = b"".join(b"\x26" + builder.text(key) + builder.text(value) for key, value in self.properties)
        return builder.publish(self.topic, self.payload, qos=1, dup=dup, packet_id=packet_id, properties=properties)


@dataclass
class Session:
    """What the broker keeps for our receiver: what waits, and what is on its way by packet id."""

    waiting: list[Said] = field(default_factory=list)
    on_the_way: dict[int, Said] = field(default_factory=dict)
    next_id: int = 1


class Wire:
    """A socket in memory: what is not read when it is cut is lost."""

    def __init__(self) -> None:
        self.inbound, self.outbound = bytearray(builder.CONNACK), bytearray()

    def recv_into(self, view: memoryview) -> int:
        """Raises BlockingIOError when there is nothing."""
        if not self.inbound:
            raise BlockingIOError
        n = min(len(view), len(self.inbound))
        view[:n] = self.inbound[:n]
        del self.inbound[:n]
        return n

    def send(self, data: bytes | bytearray) -> int:
        """Takes all."""
        self.outbound += data
        return len(data)

    def close(self) -> None:
        """Nothing more comes."""
        self.inbound.clear()

    def fileno(self) -> int:
        """None."""
        return -1

    def setblocking(self, flag: bool) -> None:
        """Never blocks."""


class ForgetfulBroker:
    """One subscriber, us. `acknowledged` is what we told it to forget: it must be in the spool for ever after."""

    def __init__(self) -> None:
        self.session: Session | None = Session()
        self._snapshot: Session | None = None
        self.wire: Wire | None = None
        self.acknowledged: list[Said] = []
        self.crashes = 0

    def connect(self) -> tuple[Wire, bool]:
        """A new connection, and whether the session was known; what was on its way comes again with DUP."""
        present = self.session is not None
        self.session = self.session or Session()
        self.wire = Wire()
        for packet_id, said in self.session.on_the_way.items():
            self.wire.inbound += said.packet(packet_id, dup=True)
        return self.wire, present

    def disconnect(self) -> None:
        """Acknowledgements that were written and not read are lost with the connection."""
        self.wire = None

    def publish(self, said: Said) -> None:
        """Takes a message, and says so to its sender at once."""
        if self.session is not None:
            self.session.waiting.append(said)

    def deliver(self, count: int) -> None:
        """Puts waiting messages on the wire."""
        assert self.wire is not None
        assert self.session is not None
        for said in self.session.waiting[:count]:
            self.wire.inbound += said.packet(self.session.next_id, dup=False)
            self.session.on_the_way[self.session.next_id] = said
            self.session.next_id += 1
        del self.session.waiting[:count]

    def read_acknowledgements(self) -> None:
        """Forgets what we acknowledged. Raises KeyError for an id that is not on its way."""
        assert self.wire is not None
        assert self.session is not None
        out = self.wire.outbound
        while len(out) >= PUBACK_BYTES:
            self.acknowledged.append(self.session.on_the_way.pop(int.from_bytes(out[2:4], "big")))
            del out[:PUBACK_BYTES]

    def save(self) -> None:
        """The autosave of every ten seconds."""
        self._snapshot = copy.deepcopy(self.session)

    def crash(self) -> None:
        """Comes back with the last snapshot, and what was on its way then comes without DUP; or with nothing."""
        self.crashes += 1
        self.wire = None
        self.session = copy.deepcopy(self._snapshot)
        if self.session is not None:
            self.session.waiting = [*self.session.on_the_way.values(), *self.session.waiting]
            self.session.next_id = min(self.session.on_the_way, default=self.session.next_id)
            self.session.on_the_way = {}
