-- What only the office's store needs: who may come in, what each laptop is known to hold, and what
-- was not taken.

CREATE TABLE invite (
  code_digest BLOB NOT NULL PRIMARY KEY,
  device INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  used INTEGER
) STRICT, WITHOUT ROWID;

-- Devices that were invited but have not come yet are known here only. `told` is since when the
-- restored office waited that told the device of the directory.
CREATE TABLE device (
  number INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  people TEXT NOT NULL,
  heard INTEGER,
  unsent INTEGER,
  told INTEGER
) STRICT;

-- Which device writes as which replica.
CREATE TABLE replica (
  id INTEGER NOT NULL PRIMARY KEY,
  device INTEGER NOT NULL
) STRICT;

-- What was last acknowledged to a device of a village, which it then holds.
CREATE TABLE device_village (
  device INTEGER NOT NULL,
  village INTEGER NOT NULL,
  vector BLOB NOT NULL,
  PRIMARY KEY (device, village)
) STRICT, WITHOUT ROWID;

-- Changes that the office did not take: kept whole, not held, not acknowledged. The hash is the
-- SHA-256 of the content, since a change that is refused need not have a place in any chain. Where
-- what came led to a hash that somebody vouched for, the hash before the change and the secret of its
-- stream stay with it; else the secret does with a stream's first change. What a supervisor decided
-- is noted beside it: `decision` is 1 if it was taken, 2 if it was dropped; nothing is ever removed.
CREATE TABLE quarantine (
  village INTEGER NOT NULL,
  replica INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  hash BLOB NOT NULL,
  device INTEGER NOT NULL,
  ground INTEGER NOT NULL,
  arrived INTEGER NOT NULL,
  content BLOB NOT NULL,
  secret BLOB,
  previous BLOB,
  decision INTEGER,
  decided INTEGER,
  decider TEXT,
  reason TEXT,
  PRIMARY KEY (village, replica, counter, hash, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_device ON quarantine (device);
