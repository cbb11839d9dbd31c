-- The ledger: what exists. Times in nanoseconds since 1970 UTC (…_ns) or ISO 8601 (…_at); days are UTC event days.

-- One row per sealed segment that has been landed: this row is the commit of everything that the segment gave.
CREATE TABLE segment (
    segment TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    received INTEGER NOT NULL,           -- messages, and records of files
    newest_received_ns INTEGER NOT NULL,
    landed_ns INTEGER NOT NULL
) WITHOUT ROWID;

-- The only list of landed files; paths are relative to landing.
CREATE TABLE landed_file (
    path TEXT PRIMARY KEY,
    stream TEXT NOT NULL,
    version TEXT NOT NULL,
    event_date TEXT NOT NULL,
    rows INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    touched_seq INTEGER NOT NULL
) WITHOUT ROWID;

-- received = accepted + ignored + quarantined + duplicate, exact per source and device; code is '' but for quarantined.
CREATE TABLE account (
    source TEXT NOT NULL,
    device TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'ignored', 'quarantined', 'duplicate')),
    code TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (source, device, outcome, code)
) WITHOUT ROWID;

-- Event days with new files, by the number of the transaction that touched them last.
CREATE TABLE touched_day (
    stream TEXT NOT NULL,
    event_date TEXT NOT NULL,
    touched_seq INTEGER NOT NULL,
    covered INTEGER NOT NULL,
    PRIMARY KEY (stream, event_date)
) WITHOUT ROWID;
CREATE INDEX uncovered_day ON touched_day (touched_seq) WHERE NOT covered;
CREATE INDEX newest_touch ON touched_day (touched_seq);

-- Every (device, boot, seq) that has come, with what it said and where it first stood.
CREATE TABLE numbered_event (
    device TEXT NOT NULL,
    boot INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    content BLOB NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (device, boot, seq)
) WITHOUT ROWID;

-- The newest frame of each packet id of a spool: a redelivery (DUP) repeats it.
CREATE TABLE recent_packet (
    spool TEXT NOT NULL,
    packet_id INTEGER NOT NULL,
    session INTEGER NOT NULL,
    connection INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (spool, packet_id)
) WITHOUT ROWID;

-- The last message of each topic: a retained copy of it is no new event.
CREATE TABLE last_of_topic (topic TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;

-- One row per dropped file: its outcome.
CREATE TABLE drop_file (
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
CREATE INDEX drop_by_bytes ON drop_file (sha256);

-- What could not be typed. The bytes stay in the spool; a message has no record, a file refused whole has none either.
CREATE TABLE quarantine (
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
CREATE UNIQUE INDEX quarantine_place ON quarantine (segment, spool_offset, ifnull(record, -1));
CREATE INDEX quarantine_code ON quarantine (state, code);

CREATE TABLE refresh (
    id TEXT PRIMARY KEY,
    snapshot INTEGER NOT NULL,
    as_of TEXT,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    state TEXT NOT NULL CHECK (state IN ('building', 'transformed', 'published', 'blocked', 'broken')),
    edition TEXT,
    note TEXT
) WITHOUT ROWID;

PRAGMA user_version = 1;
