import { type EventOutcome, type EventRecord, eventProblem, MAX_EVENT_TYPES } from 'recograph';
import type { WriteGate } from './gate.ts';
import type { Interner, Table } from './intern.ts';
import { keyHex } from './keys.ts';
import { idHex } from './recommendation-ids.ts';
import { placesOf } from './shown.ts';
import type { Sql } from './sql.ts';

interface Waiting {
  readonly events: readonly EventRecord[];
  readonly outcomes: EventOutcome[];
  /** Places of `events` that are valid. */
  readonly valid: readonly number[];
  resolve(outcomes: readonly EventOutcome[]): void;
  reject(error: unknown): void;
}

interface Entry {
  readonly event: EventRecord;
  /** 16 bytes in hex. */
  readonly key: string | null;
  readonly call: Waiting;
  readonly place: number;
}

const MAX_GROUP = 10_000;

/**
 * Group commit: calls that arrive while a transaction is at work share the next one, and each resolves after its
 * commit. An invalid event rejects itself alone; a failing transaction rejects the calls it held.
 */
export const createEventWriter = (gate: WriteGate, sql: Sql, interner: Interner) => {
  let queue: Waiting[] = [];
  let flushing = false;

  const takeGroup = (): Waiting[] => {
    let rows = 0;
    let calls = 0;
    while (calls < queue.length && (calls === 0 || rows + queue[calls]!.valid.length <= MAX_GROUP)) {
      rows += queue[calls++]!.valid.length;
    }
    const group = queue.slice(0, calls);
    queue = queue.slice(calls);
    return group;
  };

  const flush = async (): Promise<void> => {
    flushing = true;
    while (queue.length > 0) {
      let group: Waiting[] = [];
      try {
        // The group is closed only once the gate opens: whoever arrives while waiting comes along.
        await gate.write(() => {
          group = takeGroup();
          return writeGroup(sql, interner, group);
        });
        for (const call of group) call.resolve(call.outcomes);
      } catch (error) {
        if (group.length === 0) group = takeGroup();
        for (const call of group) call.reject(error);
      }
    }
    flushing = false;
  };

  return (events: readonly EventRecord[]): Promise<readonly EventOutcome[]> => {
    const valid: number[] = [];
    const outcomes: EventOutcome[] = events.map((event, place) => {
      const message = eventProblem(event);
      if (message !== undefined) return { status: 'rejected', code: 'INVALID_ARGUMENT', message };
      valid.push(place);
      return ACCEPTED;
    });
    if (valid.length === 0) return Promise.resolve(outcomes);
    return new Promise((resolve, reject) => {
      queue.push({ events, outcomes, valid, resolve, reject });
      if (!flushing) void flush();
    });
  };
};

const ACCEPTED: EventOutcome = { status: 'accepted' };
const DUPLICATE: EventOutcome = { status: 'duplicate' };

const writeGroup = async (sql: Sql, interner: Interner, group: readonly Waiting[]): Promise<void> => {
  const entries = await withinTypes(sql, interner, await withoutDuplicates(sql, group));
  if (entries.length === 0) return;
  const intern = (table: Table, pick: (event: EventRecord) => string) =>
    interner.keys(
      table,
      entries.map(({ event }) => pick(event)),
    );
  const users = await intern('users', (event) => event.user);
  const items = await intern('items', (event) => event.item);
  const types = await intern('types', (event) => event.type);
  const attributed = await attribute(sql, entries, items);
  const rows = entries.map(({ event, key }, row) => [
    users[row],
    items[row],
    types[row],
    event.value ?? null,
    event.time,
    event.context ? JSON.stringify(event.context) : null,
    key,
    attributed[row]!.recommendation,
    attributed[row]!.position,
  ]);
  await sql.change(INSERT_EVENTS, [JSON.stringify(rows)]);
  await sql.change("UPDATE meta SET value = value + ? WHERE name = 'events'", [entries.length]);
};

const INSERT_EVENTS = `INSERT INTO events(user, item, type, value, time, context, key, recommendation, position)
  SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, unhex(value->>6), unhex(value->>7), value->>8
  FROM jsonb_each(?)`;

/** Of each event, the recommendation it came from (16 bytes in hex) and the rank at which that showed the item. */
const attribute = async (
  sql: Sql,
  entries: readonly Entry[],
  items: Int32Array,
): Promise<readonly { recommendation: string | null; position: number | null }[]> => {
  const named = entries.flatMap(({ event }) => event.recommendationId ?? []);
  const places = named.length > 0 ? await placesOf(sql, named) : undefined;
  return entries.map(({ event, call, place }, row) => {
    if (typeof event.recommendationId !== 'string') return { recommendation: null, position: null };
    const recommendation = idHex(event.recommendationId) ?? null;
    const shown = recommendation === null ? undefined : places?.get(recommendation);
    const position = shown?.get(items[row]!) ?? null;
    if (!shown) call.outcomes[place] = { status: 'accepted', unattributed: 'UNKNOWN_RECOMMENDATION' };
    else if (position === null) call.outcomes[place] = { status: 'accepted', unattributed: 'NOT_SHOWN' };
    return { recommendation: shown ? recommendation : null, position };
  });
};

/** Without the events whose type would be one more than the store holds: each is rejected alone. */
const withinTypes = async (sql: Sql, interner: Interner, entries: readonly Entry[]): Promise<Entry[]> => {
  const types = [...new Set(entries.map(({ event }) => event.type))];
  const known = await interner.known('types', types);
  const fresh = types.filter((_, k) => known[k] === 0);
  if (fresh.length === 0) return [...entries];
  const [row] = await sql.rows<{ count: number }>('SELECT count(*) AS count FROM types');
  const refused = new Set(fresh.slice(Math.max(0, MAX_EVENT_TYPES - row!.count)));
  return entries.filter(({ event, call, place }) => {
    if (!refused.has(event.type)) return true;
    const message = `type "${event.type}" would be one more than the ${MAX_EVENT_TYPES} event types that a store holds`;
    call.outcomes[place] = { status: 'rejected', code: 'INVALID_ARGUMENT', message };
    return false;
  });
};

/** The group's new events; those whose key is stored, or stood earlier in the group, are marked duplicates. */
const withoutDuplicates = async (sql: Sql, group: readonly Waiting[]): Promise<Entry[]> => {
  const entries: Entry[] = [];
  for (const call of group) {
    for (const place of call.valid) {
      const event = call.events[place]!;
      entries.push({ event, key: typeof event.key === 'string' ? keyHex(event.key) : null, call, place });
    }
  }
  const keys = entries.flatMap(({ key }) => key ?? []);
  if (keys.length === 0) return entries;
  const stored = await sql.rows<{ key: string }>(
    'SELECT lower(hex(key)) AS key FROM events WHERE key IN (SELECT unhex(value) FROM json_each(?))',
    [JSON.stringify(keys)],
  );
  const seen = new Set(stored.map(({ key }) => key));
  return entries.filter(({ key, call, place }) => {
    if (key === null) return true;
    if (seen.has(key)) {
      call.outcomes[place] = DUPLICATE;
      return false;
    }
    seen.add(key);
    return true;
  });
};
