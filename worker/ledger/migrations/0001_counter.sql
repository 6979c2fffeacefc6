-- One subset of SQL for SQLite, D1 and PostgreSQL; a statement ends with ; and a blank line.

CREATE TABLE IF NOT EXISTS meta (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS submissions (
  sid         TEXT   NOT NULL PRIMARY KEY,
  pos         BIGINT NOT NULL,
  office      TEXT   NOT NULL,
  office_key  TEXT   NOT NULL,
  pack        TEXT   NOT NULL,
  form        TEXT   NOT NULL,
  capability  BYTEA  NOT NULL,
  hash        BYTEA  NOT NULL,
  size        BIGINT NOT NULL,
  received_at TEXT   NOT NULL,
  state       TEXT   NOT NULL,
  fetched_at  TEXT,
  receipt     TEXT   NOT NULL,
  envelope    BYTEA
);

CREATE INDEX IF NOT EXISTS submissions_by_office ON submissions (office, pos);

CREATE TABLE IF NOT EXISTS events (
  sid    TEXT   NOT NULL,
  seq    BIGINT NOT NULL,
  sealed TEXT   NOT NULL,
  at     TEXT   NOT NULL,
  PRIMARY KEY (sid, seq)
);

CREATE TABLE IF NOT EXISTS nonces (
  office TEXT NOT NULL,
  nonce  TEXT NOT NULL,
  at     TEXT NOT NULL,
  PRIMARY KEY (office, nonce)
);

CREATE TABLE IF NOT EXISTS audit (
  seq   BIGINT NOT NULL PRIMARY KEY,
  ref   TEXT   NOT NULL UNIQUE,
  at    TEXT   NOT NULL,
  actor TEXT   NOT NULL,
  act   TEXT   NOT NULL,
  sid   TEXT   NOT NULL,
  note  TEXT   NOT NULL
);

CREATE TABLE IF NOT EXISTS audit_chain (
  first_seq BIGINT NOT NULL PRIMARY KEY,
  last_seq  BIGINT NOT NULL,
  hashes    BYTEA  NOT NULL
);

INSERT INTO meta (name, value) VALUES ('schema', '1') ON CONFLICT (name) DO UPDATE SET value = excluded.value;
