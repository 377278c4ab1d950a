import type { Sql } from './sql.ts';

export type Migration = (sql: Sql) => Promise<void>;

/** Schema changes in order; number k brings the database from version k to k + 1. Never edit one that was released. */
export const migrations: readonly Migration[] = [
  async (sql) => {
    for (const statement of FIRST.split(';')) if (statement.trim()) await sql.rows(statement);
    await sql.change("INSERT INTO meta(name, value) VALUES ('store', ?), ('events', 0), ('catalogue', 0)", [
      crypto.randomUUID(),
    ]);
  },
  // What changed of items says nothing of users: each has its own count.
  async (sql) => {
    await sql.change("UPDATE meta SET name = 'items' WHERE name = 'catalogue'");
    await sql.change("INSERT INTO meta(name, value) VALUES ('users', 0)");
  },
  // What was shown, page by page, instead of whole slates. Slates that are there can be named by events until their
  // time is over; where they showed the items of events so far, the events themselves say from now on.
  async (sql) => {
    for (const statement of SHOWN.split(';')) if (statement.trim()) await sql.rows(statement);
    await sql.change(POSITIONS);
  },
  // Who wrote an item, which imports there were, and how many events were deleted.
  async (sql) => {
    for (const statement of ORIGINS.split(';')) if (statement.trim()) await sql.rows(statement);
  },
];

const ORIGINS = `
ALTER TABLE items ADD COLUMN origin INTEGER NOT NULL DEFAULT 1;
CREATE TABLE imports (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, source TEXT NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL);
INSERT INTO meta(name, value) VALUES ('deleted', 0)`;

const SHOWN = `
CREATE TABLE shown (id BLOB NOT NULL, start INTEGER NOT NULL, source INTEGER NOT NULL, user INTEGER, items BLOB NOT NULL,
  PRIMARY KEY (id, start)) WITHOUT ROWID;
CREATE TABLE shown_sources (key INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, at INTEGER NOT NULL);
INSERT INTO meta(name, value) VALUES ('shown', 0), ('shownBytes', 0);
ALTER TABLE events ADD COLUMN position INTEGER`;

const POSITIONS = `UPDATE events SET position = (
    SELECT shown.key + 1 FROM slates s JOIN json_each(s.items) shown JOIN items i ON i.id = shown.value
    WHERE s.id = events.recommendation AND i.key = events.item)
  WHERE recommendation IS NOT NULL`;

/** Items: state 0 = seen in events alone, 1 = in the catalogue, 2 = deleted. Keys are never reused. */
const FIRST = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE users (key INTEGER PRIMARY KEY, id TEXT NOT NULL, attributes TEXT);
CREATE UNIQUE INDEX users_id ON users(id);
CREATE TABLE items (key INTEGER PRIMARY KEY, id TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0,
  title TEXT, categories TEXT, available INTEGER NOT NULL DEFAULT 1, image TEXT, attributes TEXT);
CREATE UNIQUE INDEX items_id ON items(id);
CREATE INDEX items_deleted ON items(key) WHERE state = 2;
CREATE TABLE types (key INTEGER PRIMARY KEY, id TEXT NOT NULL);
CREATE UNIQUE INDEX types_id ON types(id);
CREATE TABLE events (id INTEGER PRIMARY KEY, user INTEGER NOT NULL, item INTEGER NOT NULL, type INTEGER NOT NULL,
  value REAL, time INTEGER, context TEXT, key BLOB, recommendation TEXT);
CREATE TABLE jobs (id TEXT PRIMARY KEY, kind TEXT NOT NULL, status TEXT NOT NULL, createdAt INTEGER NOT NULL,
  startedAt INTEGER, endedAt INTEGER, detail TEXT NOT NULL, error TEXT);
CREATE INDEX jobs_created ON jobs(createdAt);
CREATE TABLE bundles (id TEXT PRIMARY KEY, createdAt INTEGER NOT NULL, configHash TEXT NOT NULL,
  metrics TEXT NOT NULL, folder TEXT NOT NULL);
CREATE TABLE activations (seq INTEGER PRIMARY KEY AUTOINCREMENT, bundle TEXT NOT NULL, at INTEGER NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0);
CREATE TABLE slates (id TEXT PRIMARY KEY, user TEXT, pipeline TEXT NOT NULL, bundle TEXT NOT NULL,
  createdAt INTEGER NOT NULL, items TEXT NOT NULL);
CREATE INDEX slates_created ON slates(createdAt);
CREATE TABLE kept_states (name TEXT PRIMARY KEY, state TEXT NOT NULL);
CREATE UNIQUE INDEX events_key ON events(key) WHERE key IS NOT NULL;
CREATE INDEX events_user ON events(user, time)`;
