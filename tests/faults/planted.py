"""The bugs that the fault suite must catch, each as a replacement in the product and the test that must then fail."""

from __future__ import annotations

from typing import NamedTuple

_HERE = "tests/faults/"
_LANDING = "tests/ingestion/landing/test_landing.py::"
_FEW_CUTS = {"BRUK_POWER_CUTS": "300"}


class Edit(NamedTuple):
    """One text that stands in the file exactly once, and what stands there afterwards."""

    file: str
    before: str
    after: str


class Mutation(NamedTuple):
    """One planted bug; `environment` is added for its test."""

    number: str
    bug: str
    test: str
    edits: tuple[Edit, ...]
    environment: dict[str, str] = {}


MUTATIONS = (
    Mutation(
        "1", "acknowledge before fsync",
        _HERE + "test_power_cut.py::test_no_power_cut_loses_an_acknowledged_record",
        (Edit("ingestion/spool/writer.py", "            os.fdatasync(self._fd)\n", "            pass\n"),),
        _FEW_CUTS,
    ),
    Mutation(
        "2", "the ledger row committed before the rename",
        _HERE + "test_order.py",
        (
            Edit(
                "ingestion/landing/parquet.py",
                "        _temporary(final).replace(final)\n",
                "        LATER.append((_temporary(final), final))\n",
            ),
            Edit("ingestion/landing/parquet.py", '_TEMPORARY = ".tmp"\n', '_TEMPORARY = ".tmp"\nLATER = []\n'),
            Edit(
                "ingestion/landing/sealer.py",
                "        self._ledger.commit_all(landings, self._clock())\n",
                "        self._ledger.commit_all(landings, self._clock())\n"
                "        from ingestion.landing import parquet\n"
                "        while parquet.LATER:\n"
                "            old, new = parquet.LATER.pop()\n"
                "            old.replace(new)\n",
            ),
        ),
    ),
    Mutation(
        "3", "a reader that globs landing instead of asking the ledger",
        _HERE + "test_order.py::test_no_reader_opens_a_file_that_the_ledger_does_not_list",
        (
            Edit(
                "bruk/inputs.py",
                "        for f in files\n    ]\n",
                "        for f in files\n    ]\n"
                "    known = {row['path'] for row in rows}\n"
                "    rows += [\n"
                "        {**rows[-1], 'path': str(path.relative_to(site.paths.landing))}\n"
                "        for path in site.paths.landing.glob('*/*/event_date=*/*.parquet')\n"
                "        if str(path.relative_to(site.paths.landing)) not in known\n"
                "    ]\n",
            ),
        ),
    ),
    Mutation(
        "4", "acknowledgements carried over a reconnect",
        _HERE + "test_connections.py::"
        "test_an_acknowledgement_that_could_not_be_written_is_never_written_to_the_next_connection",
        (
            Edit("ingestion/mqtt/lane.py", "        self._out.clear()\n", ""),
            Edit(
                "ingestion/mqtt/client.py",
                "        self.lane = lane\n        return lane\n",
                "        if self.lane is not None:\n            lane._out = self.lane._out\n"
                "        self.lane = lane\n        return lane\n",
            ),
        ),
    ),
    Mutation(
        "5", "dedupe removed",
        _LANDING + "test_a_redelivery_is_known_by_session_packet_id_and_dup_also_across_segments",
        (
            Edit(
                "ingestion/landing/judge.py",
                "    if before is None or message.dup:\n        return before is not None, None\n",
                "    if before is None or message.dup:\n        return False, None\n",
            ),
        ),
    ),
    Mutation(
        "6", "dedupe by content hash",
        "tests/e2e/test_octoprint.py::test_every_temperature_and_progress_value_is_there_as_often_as_it_was_recorded",
        (
            Edit(
                "ingestion/landing/judge.py",
                "        elif message.retain and opened.number is None and self._known_retained(message, content):\n",
                "        elif opened.number is None and self._known_retained(message, content):\n",
            ),
            Edit(
                "ingestion/landing/judge.py",
                "        if repeated is not False:\n",
                "        if repeated is not False or number is None and self._known_retained(message, content):\n",
            ),
        ),
    ),
    Mutation(
        "7", "the later payload wins on an equal event id",
        _LANDING + "test_a_number_that_came_before_is_a_duplicate_or_a_conflict_also_across_segments",
        (
            Edit(
                "ingestion/landing/judge.py",
                "        return first.content == content or conflict(self._memory, outbox, number.seq, first)\n",
                "        return first.content == content\n",
            ),
        ),
    ),
    Mutation(
        "8", "automatic acknowledgement",
        "tests/ingestion/mqtt/test_lane.py::test_nothing_is_acknowledged_when_the_commit_fails",
        (
            Edit(
                "ingestion/mqtt/lane.py",
                "            self._commit(found.publishes, found.messages)\n"
                "            self._out += found.acks\n            self.flush()\n",
                "            self._out += found.acks\n            self.flush()\n"
                "            self._commit(found.publishes, found.messages)\n",
            ),
        ),
    ),
    Mutation(
        "9", "clean_start left at its default",
        "tests/ingestion/mqtt/test_receiver.py::"
        "test_qos_0_messages_of_an_absence_arrive_because_the_broker_upgrades_them",
        (Edit("ingestion/mqtt/client.py", "keepalive=30, clean_start=False, properties", "keepalive=30, properties"),),
    ),
    Mutation(
        "10", "retainHandling left at its default",
        "tests/ingestion/mqtt/test_receiver.py::"
        "test_retained_messages_come_with_the_subscription_and_not_again_at_a_reconnect",
        (Edit("ingestion/mqtt/client.py", "qos=1, noLocal=True, retainHandling=1)", "qos=1, noLocal=True)"),),
    ),
    Mutation(
        "10b", "noLocal left at its default",
        _HERE + "test_connections.py::test_what_the_receiver_publishes_itself_does_not_come_back_to_it",
        (Edit("ingestion/mqtt/client.py", "qos=1, noLocal=True, retainHandling=1)", "qos=1, retainHandling=1)"),),
    ),
    Mutation(
        "11", "upgrade_outgoing_qos left at its default",
        _HERE + "test_without_numbers.py::"
        "test_qos_0_messages_of_an_absence_survive_in_the_broker_as_the_site_configures_it",
        (Edit("infra/mosquitto.conf.j2", "upgrade_outgoing_qos true\n", ""),),
    ),
    Mutation(
        "12", "no directory fsync after creating a segment",
        _HERE + "test_power_cut.py::test_no_power_cut_loses_an_acknowledged_record",
        (Edit("ingestion/spool/writer.py", "        self._sync(folder)\n", ""),),
        _FEW_CUTS,
    ),
    Mutation(
        "12b", "no directory fsync after the rename into landing",
        _HERE + "test_order.py",
        (Edit("ingestion/landing/parquet.py", "        sync_folder(folder)\n", "        pass\n"),),
    ),
    Mutation(
        "13", "parsing before the acknowledgement",
        _HERE + "test_poison.py::test_the_receiver_takes_what_it_could_not_even_parse",
        (
            Edit(
                "ingestion/mqtt/receiver.py",
                "        now, state = self._clock(), self._state\n        self._spool.append(",
                "        now, state = self._clock(), self._state\n"
                "        from ingestion.spool.packets import parse_publish, publishes\n"
                "        for start, end in publishes(packets, 0):\n"
                "            orjson.loads(parse_publish(packets[start:end], PROTOCOL).payload)\n"
                "        self._spool.append(",
            ),
        ),
    ),
    Mutation(
        "14", "a refresh that marks covered what was touched after its snapshot",
        "tests/ingestion/ledger/test_ledger.py::test_what_arrives_during_a_refresh_stays_pending",
        (
            Edit(
                "ingestion/ledger/coverage.py",
                "WHERE touched_seq <= ? AND NOT covered", "WHERE touched_seq <= ? + 1000000 AND NOT covered",
            ),
        ),
    ),
    Mutation(
        "15", "a verdict that exists only in the warehouse",
        "tests/expectations/test_streams.py::test_the_file_keeps_the_whole_checks_and_the_failed_days",
        (
            Edit(
                "expectations/verdicts.py",
                "    temporary.replace(file)\n",
                "    del file\n",
            ),
        ),
    ),
    Mutation(
        "16", "a drop list that is applied after the archive copy",
        "tests/ingestion/keeping/test_segments.py::"
        "test_a_dropped_field_is_gone_from_the_spool_once_its_segment_is_landed",
        (
            Edit(
                "ingestion/keeping/segments.py",
                "        _archive(path, form.data, due.sha256)\n",
                "        _archive(path, found.data, due.sha256)\n",
            ),
        ),
    ),
)  # fmt: skip
