-- What the cache keeps. Version 1; PRAGMA user_version has it, PRAGMA application_id says whose it is.

-- Contracts as they were given: what artifacts are made of again for another compiler.
CREATE TABLE contract (
  code  BLOB PRIMARY KEY,          -- SHA-256 of bytes
  kind  TEXT NOT NULL,             -- "wasm"
  size  INTEGER NOT NULL,
  made  INTEGER NOT NULL,          -- seconds since 1970
  bytes BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE artifact (
  id         INTEGER PRIMARY KEY,
  key        BLOB NOT NULL UNIQUE, -- SHA-256 of the five columns below
  code       BLOB NOT NULL,
  compiler   TEXT NOT NULL,
  tier       TEXT NOT NULL,
  target     TEXT NOT NULL,
  options    TEXT NOT NULL,
  contents   BLOB NOT NULL,        -- SHA-256 of bytes
  size       INTEGER NOT NULL,
  work       INTEGER NOT NULL,     -- units of work that making it took
  compile_us INTEGER NOT NULL,     -- microseconds that making it took
  made       INTEGER NOT NULL,
  used       INTEGER NOT NULL,     -- seconds since 1970, of the last use
  hits       INTEGER NOT NULL DEFAULT 0,
  bytes      BLOB NOT NULL
);
CREATE INDEX artifact_by_code ON artifact (code);
CREATE INDEX artifact_by_use ON artifact (used);

-- What could not be compiled, so that it is not tried for ever.
CREATE TABLE failure (
  key      BLOB PRIMARY KEY,
  code     BLOB NOT NULL,
  compiler TEXT NOT NULL,
  tier     TEXT NOT NULL,
  target   TEXT NOT NULL,
  options  TEXT NOT NULL,
  kind     INTEGER NOT NULL,       -- ErrorKind
  message  TEXT NOT NULL,
  made     INTEGER NOT NULL
) WITHOUT ROWID;

-- Who is compiling what, so that others wait for it.
CREATE TABLE flight (
  key   BLOB PRIMARY KEY,
  owner TEXT NOT NULL,             -- boot, process and its start, by which it can be told from others
  since INTEGER NOT NULL
) WITHOUT ROWID;
