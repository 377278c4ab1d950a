import { type EventSelection, RecographError, type Store } from 'recograph';
import type { WriteGate } from './gate.ts';
import type { Sql } from './sql.ts';

/** Rows of one transaction: other writers wait no longer than that takes. */
const CHUNK = 20_000;

/** Deletes events by what they are, and imports as a whole. */
export const createEventDeletion = (
  gate: WriteGate,
  write: Sql,
  read: Sql,
): Pick<Store, 'deleteEvents' | 'imports' | 'dropImport'> => {
  const remove = async (condition: Condition): Promise<number> => {
    let deleted = 0;
    for (;;) {
      const chunk = await gate.write(() => removeChunk(write, condition));
      deleted += chunk;
      if (chunk < CHUNK) return deleted;
    }
  };
  return {
    deleteEvents: async (selection, { dryRun = false } = {}) => {
      const condition = conditionOf(selection);
      return dryRun ? countOf(read, condition) : remove(condition);
    },
    imports: () => read.rows(IMPORTS),
    dropImport: async (id) => {
      const [found] = await read.rows<{ first: number; last: number }>('SELECT first, last FROM imports WHERE id = ?', [
        id,
      ]);
      if (!found) {
        throw new RecographError('INVALID_ARGUMENT', `There is no import ${id}; see: recograph data list.`, {
          at: 'id',
        });
      }
      const deleted = await remove({ text: 'id BETWEEN ? AND ?', values: [found.first, found.last] });
      await gate.write(() => write.change('DELETE FROM imports WHERE id = ?', [id]));
      return deleted;
    },
  };
};

const IMPORTS = `SELECT i.id AS id, i.at AS at, i.source AS source,
  (SELECT count(*) FROM events e WHERE e.id BETWEEN i.first AND i.last) AS events FROM imports i ORDER BY i.id DESC`;

interface Condition {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

const conditionOf = ({ user, item, type, from, to }: EventSelection): Condition => {
  const parts: [string, string | number][] = [];
  if (user !== undefined) parts.push(['user = (SELECT key FROM users WHERE id = ?)', user]);
  if (item !== undefined) parts.push(['item = (SELECT key FROM items WHERE id = ?)', item]);
  if (type !== undefined) parts.push(['type = (SELECT key FROM types WHERE id = ?)', type]);
  if (from !== undefined) parts.push(['time >= ?', from]);
  if (to !== undefined) parts.push(['time < ?', to]);
  if (parts.length === 0) {
    const message = 'Say which events: a user, an item, a type, from, to, or several of them.';
    throw new RecographError('INVALID_ARGUMENT', message, { at: 'events' });
  }
  return { text: parts.map(([text]) => text).join(' AND '), values: parts.map(([, value]) => value) };
};

const countOf = async (sql: Sql, { text, values }: Condition): Promise<number> => {
  const [row] = await sql.rows<{ count: number }>(`SELECT count(*) AS count FROM events WHERE ${text}`, values);
  return row!.count;
};

/** A snapshot extends what it knows by newer events; under another name the store is read anew. */
const removeChunk = async (sql: Sql, { text, values }: Condition): Promise<number> => {
  const deleted = await sql.change(
    `DELETE FROM events WHERE id IN (SELECT id FROM events WHERE ${text} LIMIT ${CHUNK})`,
    values,
  );
  if (deleted > 0) {
    await sql.change("UPDATE meta SET value = value - ? WHERE name = 'events'", [deleted]);
    await sql.change("UPDATE meta SET value = value + ? WHERE name = 'deleted'", [deleted]);
    await sql.change("UPDATE meta SET value = ? WHERE name = 'store'", [crypto.randomUUID()]);
  }
  return deleted;
};
