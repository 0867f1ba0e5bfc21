-- A replica's store: what it holds of its villages, and how it came by it.
--
-- The journal is the truth and is only appended to. Everything about records (the tables that are
-- made per form, named after it) is derived from the journal under the forms and rules of the
-- directory, and can be made again. Unsigned 64-bit numbers (replicas, hash tags) are kept as the
-- signed integers with the same bits.
--
-- Only the program's own connections know the function kulkul_door(); the tables that check it can be
-- read by any program and written by none but this one.

CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- What the office said, in order; the version of the directory is the highest number.
CREATE TABLE directory (
  version INTEGER NOT NULL PRIMARY KEY,
  entry BLOB NOT NULL
) STRICT;

-- One row per stream: the village's version vector, and what is needed to go on hashing.
-- `context` is the generation of the village's vector that the stream's last own change stated,
-- `directory` the newest version of the directory that any change of the stream cites.
CREATE TABLE stream (
  village INTEGER NOT NULL,
  replica INTEGER NOT NULL,
  count INTEGER NOT NULL,
  head BLOB NOT NULL,
  secret BLOB NOT NULL,
  stamp INTEGER NOT NULL,
  context INTEGER NOT NULL DEFAULT -1,
  directory INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (village, replica),
  CHECK (kulkul_door() = 1)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER stream_guard BEFORE DELETE ON stream
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;
CREATE TRIGGER stream_guard_update BEFORE UPDATE ON stream
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;

-- How often other replicas' changes raised the village's vector.
CREATE TABLE village (
  code INTEGER NOT NULL PRIMARY KEY,
  generation INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Every change that is held, in the order in which it was applied here. `seen` is the token of the view
-- that it was made from, where it was saved here and its author has seen just that and the change since.
CREATE TABLE journal (
  seq INTEGER NOT NULL PRIMARY KEY,
  village INTEGER NOT NULL,
  replica INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  hash BLOB NOT NULL,
  record TEXT NOT NULL,
  arrived INTEGER NOT NULL,
  seen BLOB,
  content BLOB NOT NULL,
  CHECK (kulkul_door() = 1)
) STRICT;
CREATE UNIQUE INDEX journal_dot ON journal (village, replica, counter);
CREATE TRIGGER journal_guard BEFORE DELETE ON journal
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;
CREATE TRIGGER journal_guard_update BEFORE UPDATE ON journal
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;

-- Frames with changes that came before what they name. They are not held, and nobody is told that
-- they are. A frame waits until the stream of `awaited` in its village counts `awaited_count`, or
-- until something is carried into its `record` there; where no stream can help, `awaited` is NULL.
-- `device` is who brought it, as far as that was said; it lies in the `room` of who is known to stand
-- for it: a device, 0 for the office, or -1 where that cannot be known.
CREATE TABLE inbox (
  village INTEGER NOT NULL,
  replica INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  last_hash BLOB NOT NULL,
  awaited INTEGER,
  awaited_count INTEGER,
  record TEXT,
  device INTEGER NOT NULL,
  room INTEGER NOT NULL,
  arrived INTEGER NOT NULL,
  frame BLOB NOT NULL,
  PRIMARY KEY (village, replica, first, last_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_awaited ON inbox (village, awaited, awaited_count);
CREATE INDEX inbox_record ON inbox (village, record) WHERE record IS NOT NULL;
CREATE INDEX inbox_room ON inbox (room);

-- What the office said it holds, village by village, under its present epoch.
CREATE TABLE acknowledged (
  village INTEGER NOT NULL PRIMARY KEY,
  vector BLOB NOT NULL
) STRICT;

-- What people were shown: the whole state of a record as it was then, and which of its answers were
-- masked. A token names it, and `shown`
-- says when it was last shown: what nobody can be about to use is forgotten after some time.
CREATE TABLE view (
  token BLOB NOT NULL PRIMARY KEY,
  record TEXT NOT NULL,
  village INTEGER NOT NULL,
  shown INTEGER NOT NULL,
  state BLOB NOT NULL,
  masked BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The latest view of each person and record.
CREATE TABLE shown (
  person TEXT NOT NULL,
  record TEXT NOT NULL,
  token BLOB NOT NULL,
  PRIMARY KEY (person, record)
) STRICT, WITHOUT ROWID;

-- A record or an edit in the making: kept over a power cut, no change until it is finished.
CREATE TABLE draft (
  key INTEGER NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  form INTEGER NOT NULL,
  village INTEGER NOT NULL,
  record TEXT,
  token BLOB,
  position INTEGER NOT NULL,
  touched INTEGER NOT NULL,
  -- Raised each time it is kept, so that of two who went on with it one notices.
  revision INTEGER NOT NULL,
  answers BLOB NOT NULL
) STRICT;

-- Files that were imported, so that the same one is noticed.
CREATE TABLE imported (
  digest BLOB NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  person TEXT NOT NULL,
  at INTEGER NOT NULL,
  records INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
