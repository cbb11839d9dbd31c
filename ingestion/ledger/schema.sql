-- The ledger, version 3: what exists. Times in nanoseconds since 1970 UTC (…_ns) or ISO 8601 (…_at); days are UTC
-- event days. An older ledger is upgraded by running this file, which adds what is missing, and by upgrade.py.

-- One row per sealed segment that has been landed: this row is the commit of everything that the segment gave.
CREATE TABLE IF NOT EXISTS segment (
    segment TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    received INTEGER NOT NULL,           -- messages, and records of files
    newest_received_ns INTEGER NOT NULL,
    landed_ns INTEGER NOT NULL
) WITHOUT ROWID;

-- The only list of landed files; paths are relative to landing.
CREATE TABLE IF NOT EXISTS landed_file (
    path TEXT PRIMARY KEY,
    stream TEXT NOT NULL,
    version TEXT NOT NULL,
    event_date TEXT NOT NULL,
    rows INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    touched_seq INTEGER NOT NULL
) WITHOUT ROWID;

-- received = accepted + ignored + quarantined + duplicate, exact per source and device; code is '' but for quarantined.
CREATE TABLE IF NOT EXISTS account (
    source TEXT NOT NULL,
    device TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'ignored', 'quarantined', 'duplicate')),
    code TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (source, device, outcome, code)
) WITHOUT ROWID;

-- Event days with new files, by the number of the transaction that touched them last.
CREATE TABLE IF NOT EXISTS touched_day (
    stream TEXT NOT NULL,
    event_date TEXT NOT NULL,
    touched_seq INTEGER NOT NULL,
    covered INTEGER NOT NULL,
    PRIMARY KEY (stream, event_date)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS uncovered_day ON touched_day (touched_seq) WHERE NOT covered;
CREATE INDEX IF NOT EXISTS newest_touch ON touched_day (touched_seq);

-- Which numbers of an outbox have come: ranges without holes. What lies between two of them is missing, since the
-- first number above it came.
CREATE TABLE IF NOT EXISTS number_range (
    device TEXT NOT NULL,
    boot INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    since_ns INTEGER NOT NULL,           -- the numbers just below `first` are missing since then
    PRIMARY KEY (device, boot, first)
) WITHOUT ROWID;

-- What the numbers said that one segment brought for the first time, and where each stands: arrays in order of number.
CREATE TABLE IF NOT EXISTS numbered_events (
    id INTEGER PRIMARY KEY,
    device TEXT NOT NULL,
    boot INTEGER NOT NULL,
    segment TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    n INTEGER NOT NULL,
    numbers BLOB NOT NULL,               -- u64 each, deflated; empty where none is left out between first and last
    offsets BLOB NOT NULL,               -- u32 each
    contents BLOB NOT NULL               -- 8 bytes each, of the hash of topic and payload
);
CREATE INDEX IF NOT EXISTS numbered_by_last ON numbered_events (device, boot, last, first);

-- Outboxes whose number 0 came again and said something else: they count from 0 again without a new boot.
CREATE TABLE IF NOT EXISTS restarted_outbox (
    device TEXT NOT NULL,
    boot INTEGER NOT NULL,
    PRIMARY KEY (device, boot)
) WITHOUT ROWID;

-- The newest packets of a spool, one row per segment and connection: a redelivery (DUP) repeats one of them.
CREATE TABLE IF NOT EXISTS recent_packets (
    spool TEXT NOT NULL,
    total INTEGER NOT NULL,              -- packets of the spool up to the last of these
    session INTEGER NOT NULL,
    connection INTEGER NOT NULL,
    packet_ids BLOB NOT NULL,            -- u16 each, in order of arrival
    contents BLOB NOT NULL,              -- 8 bytes each
    PRIMARY KEY (spool, total)
) WITHOUT ROWID;

-- The last message of each topic: a retained copy of it is no new event.
CREATE TABLE IF NOT EXISTS last_of_topic (topic TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;

-- One row per dropped file: its outcome.
CREATE TABLE IF NOT EXISTS drop_file (
    segment TEXT NOT NULL,
    spool_offset INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    records INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    ignored INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    duplicate INTEGER NOT NULL,
    received_ns INTEGER NOT NULL,
    PRIMARY KEY (segment, spool_offset)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS drop_by_bytes ON drop_file (sha256);

-- What could not be typed. The bytes stay in the spool; a message has no record, a file refused whole has none either.
CREATE TABLE IF NOT EXISTS quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    segment TEXT NOT NULL,
    spool_offset INTEGER NOT NULL,
    record INTEGER,
    code TEXT NOT NULL,
    facts TEXT NOT NULL,
    topic TEXT NOT NULL,
    source TEXT NOT NULL,
    device TEXT NOT NULL,
    received_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'replayed', 'discarded')),
    decided_ns INTEGER,
    note TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS quarantine_place ON quarantine (segment, spool_offset, ifnull(record, -1));
CREATE INDEX IF NOT EXISTS quarantine_code ON quarantine (state, code);

CREATE TABLE IF NOT EXISTS refresh (
    id TEXT PRIMARY KEY,
    snapshot INTEGER NOT NULL,
    as_of TEXT,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    state TEXT NOT NULL CHECK (state IN ('building', 'transformed', 'published', 'blocked', 'broken')),
    edition TEXT,
    note TEXT
) WITHOUT ROWID;

-- The same counts by segment, so that they stay when its bytes are gone. Segments of version 1 have none.
CREATE TABLE IF NOT EXISTS segment_account (
    segment TEXT NOT NULL,
    source TEXT NOT NULL,
    device TEXT NOT NULL,
    outcome TEXT NOT NULL,
    code TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (segment, source, device, outcome, code)
) WITHOUT ROWID;

-- What became of the bytes of a landed segment. Without a row they lie in the spool as they were received.
CREATE TABLE IF NOT EXISTS kept_segment (
    segment TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('archived', 'deleted')),
    sha256 TEXT NOT NULL,                -- of the uncompressed bytes as they are now, or were before they were deleted
    erased INTEGER NOT NULL,             -- payloads that are erased
    rules TEXT NOT NULL,                 -- which drop lists and retentions it was kept by
    due_ns INTEGER NOT NULL,             -- when the retention of the next payload ends
    changed_ns INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept_due ON kept_segment (due_ns) WHERE state = 'archived';

-- Every change of a segment's bytes: blanked, erased or deleted; archiving alone changes none.
CREATE TABLE IF NOT EXISTS segment_change (
    segment TEXT NOT NULL,
    changed_ns INTEGER NOT NULL,
    old_sha256 TEXT NOT NULL,
    new_sha256 TEXT NOT NULL             -- empty: deleted
);

-- Dropped files whose bytes were erased when the retention of their sources had ended.
CREATE TABLE IF NOT EXISTS erased_file (sha256 TEXT PRIMARY KEY, erased_ns INTEGER NOT NULL) WITHOUT ROWID;

-- Landed files that a compacted one replaces: no longer listed, and deleted when no reader can hold the older list.
CREATE TABLE IF NOT EXISTS replaced_file (path TEXT PRIMARY KEY, replaced_ns INTEGER NOT NULL) WITHOUT ROWID;

-- The highest number that a kind of landed file was ever named by.
CREATE TABLE IF NOT EXISTS file_number (kind TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;

-- Where the rows of a dropped file landed: what must be rebuilt when another file takes its place.
CREATE TABLE IF NOT EXISTS drop_day (
    segment TEXT NOT NULL,
    spool_offset INTEGER NOT NULL,
    stream TEXT NOT NULL,
    event_date TEXT NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (segment, spool_offset, stream, event_date)
) WITHOUT ROWID;

-- Dropped files of which was said, when they were dropped, that they take the place of another; the others say it by name.
CREATE TABLE IF NOT EXISTS drop_successor (
    segment TEXT NOT NULL,
    spool_offset INTEGER NOT NULL,
    supersedes TEXT NOT NULL,            -- sha256 of the bytes whose place it takes
    PRIMARY KEY (segment, spool_offset)
) WITHOUT ROWID;

-- Files in whose place another stands: their rows stay in landing, and the warehouse leaves them out. Follows from
-- drop_file and drop_successor alone, in whatever order the files came.
CREATE TABLE IF NOT EXISTS superseded_file (
    sha256 TEXT PRIMARY KEY,
    by_sha256 TEXT NOT NULL,
    since_ns INTEGER NOT NULL            -- when the file that took its place was received
) WITHOUT ROWID;

PRAGMA user_version = 3;
