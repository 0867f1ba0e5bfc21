-- What lets history be dropped, and a new laptop begin without it.

-- Of each village what the newest checked backup of the office holds, and the digest of the snapshot
-- at that vector; null if there is none. At a laptop with the office's signature.
CREATE TABLE watermark (
  village INTEGER NOT NULL PRIMARY KEY,
  vector BLOB NOT NULL,
  digest BLOB,
  signature BLOB
) STRICT;

-- At the office: the snapshots that it hands out, by the watermark that they are of.
CREATE TABLE snapshot (
  watermark INTEGER NOT NULL,
  village INTEGER NOT NULL,
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (watermark, village, part)
) STRICT, WITHOUT ROWID;

-- Parts of snapshots that are not complete yet, and stand for nothing: at a laptop under the device 0,
-- at the office under the device that offers them. The first part has the office's signed word for the
-- snapshot. A village whose snapshot could not be taken has one row with the part -1.
CREATE TABLE staged (
  village INTEGER NOT NULL,
  device INTEGER NOT NULL,
  part INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  mark BLOB,
  bytes BLOB NOT NULL,
  PRIMARY KEY (village, device, part)
) STRICT, WITHOUT ROWID;

-- At a laptop: how much of its bases the office has of those that it was offered; null if it wants no
-- more. It is of one epoch.
CREATE TABLE offered (
  village INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  parts INTEGER,
  PRIMARY KEY (village, snapshot)
) STRICT, WITHOUT ROWID;

-- The snapshot that a village's journal goes on from; without one it goes on from nothing. The first
-- part has the office's signed word for it.
CREATE TABLE base (
  village INTEGER NOT NULL,
  part INTEGER NOT NULL,
  mark BLOB,
  bytes BLOB NOT NULL,
  PRIMARY KEY (village, part),
  CHECK (kulkul_door() = 1)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER base_guard BEFORE DELETE ON base
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;
CREATE TRIGGER base_guard_update BEFORE UPDATE ON base
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;

-- At a laptop: the signed snapshots that a base was joined from, until the office has signed a base that
-- takes its place. The first part of each has the office's signed word for it.
CREATE TABLE joined (
  village INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  part INTEGER NOT NULL,
  mark BLOB,
  bytes BLOB NOT NULL,
  PRIMARY KEY (village, snapshot, part),
  CHECK (kulkul_door() = 1)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER joined_guard BEFORE DELETE ON joined
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;
CREATE TRIGGER joined_guard_update BEFORE UPDATE ON joined
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;

-- At a laptop: how far the office of an epoch said that it has the answers of a stream which it does not
-- acknowledge, and how many watermarks it told since.
CREATE TABLE accounted (
  village INTEGER NOT NULL,
  replica INTEGER NOT NULL,
  count INTEGER NOT NULL,
  head INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  watermarks INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (village, replica)
) STRICT, WITHOUT ROWID;

-- Where the journal of each stream begins: the last change that the base stands for.
CREATE TABLE cut (
  village INTEGER NOT NULL,
  replica INTEGER NOT NULL,
  count INTEGER NOT NULL,
  head BLOB NOT NULL,
  device INTEGER NOT NULL,
  PRIMARY KEY (village, replica),
  CHECK (kulkul_door() = 1)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER cut_guard BEFORE DELETE ON cut
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;
CREATE TRIGGER cut_guard_update BEFORE UPDATE ON cut
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;

-- Where a base ends in a branch that the stream does not go on with; at a laptop also the epoch of the office that
-- has what the branch came to.
CREATE TABLE parted (
  village INTEGER NOT NULL,
  replica INTEGER NOT NULL,
  count INTEGER NOT NULL,
  head BLOB NOT NULL,
  secret BLOB NOT NULL,
  taken INTEGER NOT NULL,
  PRIMARY KEY (village, replica, count, head),
  CHECK (kulkul_door() = 1)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER parted_guard BEFORE DELETE ON parted
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;
CREATE TRIGGER parted_guard_update BEFORE UPDATE ON parted
WHEN kulkul_door() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;
