-- What keeps the promise when stores are copied, restored and lost.

-- Every replica that this store ever wrote as. Streams of others are handed on under a seal only.
-- `expected` is 1 where an office knows that it lost some of what it wrote, so that it may come back.
CREATE TABLE incarnation (
  replica INTEGER NOT NULL PRIMARY KEY,
  since INTEGER NOT NULL,
  expected INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO incarnation (replica, since) SELECT value, 0 FROM meta WHERE key = 'replica';

-- Words for streams, under a key: the office's (signer 0) or the writing device's.
CREATE TABLE seal (
  village INTEGER NOT NULL,
  replica INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  signer INTEGER NOT NULL,
  signature BLOB NOT NULL,
  PRIMARY KEY (village, replica, counter)
) STRICT, WITHOUT ROWID;

-- Changes whose dots another branch of their stream has: a store was copied, and both copies wrote.
--
-- The answers stand under their origins. At a laptop `seq` says when the change was applied here, and
-- `taken` under which epoch the office said that it has the change; at the office both are null,
-- because there the change was issued again under a dot of the office's. `signer` and `signature` are the
-- seal that stood there: what others wrote is handed on under it.
CREATE TABLE branch (
  village INTEGER NOT NULL,
  replica INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  hash BLOB NOT NULL,
  previous BLOB NOT NULL,
  fork INTEGER NOT NULL,
  secret BLOB NOT NULL,
  record TEXT NOT NULL,
  seq INTEGER,
  taken INTEGER,
  arrived INTEGER NOT NULL,
  signer INTEGER,
  signature BLOB,
  content BLOB NOT NULL,
  PRIMARY KEY (village, replica, counter, hash),
  CHECK (kulkul_door() = 1)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER branch_guard BEFORE DELETE ON branch
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;
CREATE TRIGGER branch_guard_update BEFORE UPDATE ON branch
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;

-- What nobody has any more, by a person's word at the office: of a stream from a count to another, or,
-- with the replica 0, what a carry could bring into a record. It holds until anything of it is found,
-- that is while the stream counts less than `first`; the word itself stays for whoever asks.
CREATE TABLE void (
  village INTEGER NOT NULL,
  replica INTEGER NOT NULL,
  record TEXT NOT NULL,
  first INTEGER NOT NULL,
  count INTEGER NOT NULL,
  declared INTEGER NOT NULL,
  person TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (village, replica, record, first, count)
) STRICT, WITHOUT ROWID;

-- The directory's chain: each entry's hash covers all before it. The office signs the last entry of
-- whatever it says at once.
ALTER TABLE directory ADD COLUMN hash BLOB;
ALTER TABLE directory ADD COLUMN signature BLOB;
