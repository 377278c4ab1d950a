import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { ItemRecord, Store, UserRecord, Vocabulary } from '../../spi/index.ts';
import { createVocabulary } from '../vocabulary.ts';
import {
  type Catalogue,
  catalogueFromSections,
  catalogueSections,
  extendCatalogue,
  readCatalogue,
} from './catalogue.ts';
import { readColumnarFile, writeColumnarFile } from './columnar-file.ts';
import { type EventLog, emptyLog, extendLog, logFromSections, logSections } from './event-log.ts';

/** Everything a store knew at one moment. Every user and item has its place in the vocabulary, with or without events. */
export interface Snapshot {
  readonly users: Vocabulary;
  /** Without deleted items. */
  readonly items: Vocabulary;
  /** Row for row with the vocabulary, as the two below. */
  readonly userRecords: readonly UserRecord[];
  readonly itemRecords: readonly ItemRecord[];
  readonly events: SnapshotEvents;
  /** SHA-256 of ids, records and events, hex. */
  readonly fingerprint: string;
  /** Id of the newest event of the store. */
  readonly lastEvent: number;
}

/** In the order of the store; events of deleted items are left out. */
export interface SnapshotEvents {
  readonly length: number;
  readonly ids: Float64Array;
  readonly users: Int32Array;
  readonly items: Int32Array;
  readonly types: Uint8Array;
  readonly typeNames: readonly string[];
  readonly values: Float32Array;
  readonly times: Float64Array;
  /** Place in `contextTexts` + 1; 0 = none. Empty where no event has a context. */
  readonly contexts: Int32Array;
  readonly contextTexts: readonly string[];
}

type Meta = {
  readonly version: 2;
  readonly storeId: string;
  /** Of the records of items and users, as the store counts them. */
  readonly changes: number;
  readonly lastEvent: number;
  readonly lastUser: number;
  readonly lastItem: number;
};

interface Known extends Omit<Meta, 'version'> {
  readonly log: EventLog;
  readonly users: Catalogue<UserRecord>;
  readonly items: Catalogue<ItemRecord>;
}

export const snapshotFile = (store: Store): string => join(dirname(store.path), 'snapshot.columns');

/**
 * The store's data as of now: what `file` holds already and the rows that came since. The file is a cache: it is
 * replaced whole when enough has changed, and a damaged or foreign one is ignored.
 */
export const readSnapshot = async (store: Store, file: string = snapshotFile(store)): Promise<Snapshot> => {
  const { storeId, lastEvent, items, users } = await store.state();
  const changes = items + users;
  const before = await readKnown(file, storeId, lastEvent);
  const from = before?.lastEvent ?? 0;
  const log =
    from === lastEvent && before
      ? before.log
      : await extendLog(before?.log ?? emptyLog(), store.events(from), lastEvent);
  const catalogue =
    before && before.changes === changes
      ? {
          users: await extendCatalogue(before.users, store, 'user', before.lastUser),
          items: await extendCatalogue(before.items, store, 'item', before.lastItem),
        }
      : { users: await readCatalogue(store.allUsers()), items: await readCatalogue(store.allItems()) };
  const known: Known = {
    storeId,
    lastEvent,
    changes,
    ...catalogue,
    log,
    lastUser: catalogue.users.keys.at(-1) ?? 0,
    lastItem: Math.max(catalogue.items.keys.at(-1) ?? 0, before?.lastItem ?? 0),
  };
  if (isWorthWriting(before, known)) await writeKnown(file, known);
  const types = await store.keys('type', 0);
  return snapshotOf(known, types);
};

const isWorthWriting = (before: Known | undefined, now: Known): boolean =>
  !before || before.changes !== now.changes || now.log.ids.length - before.log.ids.length > before.log.ids.length / 50;

const readKnown = async (file: string, storeId: string, lastEvent: number): Promise<Known | undefined> => {
  const found = await readColumnarFile<Meta>(file);
  if (found?.meta.version !== 2 || found.meta.storeId !== storeId || found.meta.lastEvent > lastEvent) return undefined;
  const { version, ...meta } = found.meta;
  return {
    ...meta,
    log: logFromSections(found.sections),
    users: catalogueFromSections('users', found.sections),
    items: catalogueFromSections('items', found.sections),
  };
};

/** Failing to write the cache (a full disk) costs time at the next read, nothing else. */
const writeKnown = async (file: string, known: Known): Promise<void> => {
  const { storeId, changes, lastEvent, lastUser, lastItem } = known;
  const meta: Meta = { version: 2, storeId, changes, lastEvent, lastUser, lastItem };
  const sections = new Map([
    ...logSections(known.log),
    ...catalogueSections('users', known.users),
    ...catalogueSections('items', known.items),
  ]);
  await writeColumnarFile(file, { meta, sections }).catch(() => undefined);
};

const snapshotOf = (known: Known, types: { keys: Int32Array; ids: readonly string[] }): Snapshot => {
  let print: string | undefined;
  const self: Snapshot = {
    users: createVocabulary(known.users.ids),
    items: createVocabulary(known.items.ids),
    get userRecords() {
      return known.users.records();
    },
    get itemRecords() {
      return known.items.records();
    },
    events: eventsOf(known, types),
    get fingerprint() {
      print ??= fingerprintOf(known, self.events);
      return print;
    },
    lastEvent: known.lastEvent,
  };
  return self;
};

const eventsOf = (known: Known, types: { keys: Int32Array; ids: readonly string[] }): SnapshotEvents => {
  const { log } = known;
  const users = translate(log.users, known.users.keys);
  const items = translate(log.items, known.items.keys);
  const coded = codedTypes(translate(log.types, types.keys), types.ids);
  const all: SnapshotEvents = {
    length: log.ids.length,
    ids: log.ids,
    users,
    items,
    types: coded.types,
    typeNames: coded.names,
    values: log.values,
    times: log.times,
    contexts: log.contexts,
    contextTexts: log.contextTexts,
  };
  return items.includes(-1) ? withoutRows(all, (row) => items[row]! < 0) : all;
};

/** Types that a byte can tell apart. */
const MAX_TYPES = 256;
const OTHERS = '(others)';

/** Each event's type as a byte. Where there are too many, the rarest share one name. */
const codedTypes = (types: Int32Array, names: readonly string[]): { types: Uint8Array; names: readonly string[] } => {
  if (names.length <= MAX_TYPES) return { types: new Uint8Array(types), names };
  const counts = new Float64Array(names.length);
  for (const type of types) counts[type]!++;
  const kept = [...names.keys()].sort((a, b) => counts[b]! - counts[a]! || a - b).slice(0, MAX_TYPES - 1);
  const codeOf = new Uint8Array(names.length).fill(MAX_TYPES - 1);
  kept.forEach((type, code) => {
    codeOf[type] = code;
  });
  return {
    types: Uint8Array.from(types, (type) => codeOf[type]!),
    names: [...kept.map((type) => names[type]!), OTHERS],
  };
};

/** Keys to their places in `sorted`; -1 = not there. */
const translate = (keys: Int32Array, sorted: Int32Array): Int32Array => {
  const places = new Int32Array((sorted.at(-1) ?? 0) + 1).fill(-1);
  for (let place = 0; place < sorted.length; place++) places[sorted[place]!] = place;
  const result = new Int32Array(keys.length);
  for (let row = 0; row < keys.length; row++) result[row] = places[keys[row]!] ?? -1;
  return result;
};

/** The events but those, the columns of rows alike. */
export const withoutRows = (events: SnapshotEvents, isOut: (row: number) => boolean): SnapshotEvents => {
  const keep = <A extends Int32Array | Float32Array | Float64Array | Uint8Array>(column: A): A =>
    column.filter((_, row) => !isOut(row)) as A;
  const ids = keep(events.ids);
  return {
    ...events,
    length: ids.length,
    ids,
    users: keep(events.users),
    items: keep(events.items),
    types: keep(events.types),
    values: keep(events.values),
    times: keep(events.times),
    contexts: keep(events.contexts),
  };
};

const fingerprintOf = (known: Known, events: SnapshotEvents): string => {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([known.users.records(), known.items.records(), events.typeNames, events.contextTexts]));
  for (const column of [events.users, events.items, events.types, events.values, events.times, events.contexts]) {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  return hash.digest('hex');
};
