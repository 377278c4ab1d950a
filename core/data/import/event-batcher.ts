import type { EventBatch } from '../../spi/index.ts';
import { type InteractionRow, Malformed } from '../readers/batch.ts';
import { canonicalJson, idProblem, MAX_EVENT_TYPES, objectProblem, typeProblem } from '../records.ts';
import { hashText, hashWords } from './content-hash.ts';
import { createOccurrences } from './occurrences.ts';

export const BATCH_ROWS = 16_384;

/** Checks rows, gives ids their codes, and fills columns with them and the rows' idempotency keys. */
export const createEventBatcher = () => {
  const users = createCodes((id) => idProblem(id, 'user'));
  const items = createCodes((id) => idProblem(id, 'item'));
  const types = createCodes((id, known) => typeProblem(id) ?? tooMany(known));
  let occurrences = createOccurrences();
  let columns = newColumns();
  let contexts: (string | null)[] | undefined;
  let size = 0;

  const words = new Uint32Array(20);
  const numbers = new Float64Array(words.buffer, 48, 2);
  const key = new Uint32Array(8);

  /** The key of the n-th row of equal content: its content's hash, mixed with n from the second on. */
  const setKey = (row: number, user: number, item: number, type: number, context: string | null): void => {
    users.copyHash(user, words, 0);
    items.copyHash(item, words, 4);
    types.copyHash(type, words, 8);
    numbers[0] = columns.values[row]!;
    numbers[1] = columns.times[row]!;
    words[16] = 0;
    words[17] = 0;
    words[18] = 0;
    words[19] = 0;
    if (context !== null) hashText(context, words, 16);
    hashWords(words, 20, key, 0);
    const n = occurrences.next(key[0]!, key[1]!);
    if (n > 0) {
      key.fill(0, 4);
      key[4] = n;
      hashWords(key, 8, key, 0);
    }
    const { keys } = columns;
    for (let k = 0; k < 4; k++) keys[row * 4 + k] = key[k]!;
  };

  return {
    /** Equal rows are counted within one file. */
    startFile: (): void => {
      occurrences = createOccurrences();
    },
    get isFull() {
      return size === BATCH_ROWS;
    },
    get size() {
      return size;
    },
    add: (row: InteractionRow): Malformed | undefined => {
      const problem =
        users.problem(row.user) ??
        items.problem(row.item) ??
        types.problem(row.type) ??
        (Math.abs(row.value) === Number.POSITIVE_INFINITY ? `value is ${row.value}, not a finite number` : undefined) ??
        (row.context === null ? undefined : objectProblem(row.context, 'context'));
      if (problem !== undefined) return new Malformed(problem);
      const user = users.code();
      const item = items.code();
      const type = types.code();
      columns.users[size] = user;
      columns.items[size] = item;
      columns.types[size] = type;
      columns.values[size] = row.value;
      columns.times[size] = row.time;
      const context = row.context === null ? null : canonicalJson(row.context);
      if (context !== null && contexts === undefined) contexts = new Array<string | null>(size).fill(null);
      contexts?.push(context);
      setKey(size, user, item, type, context);
      size++;
      return undefined;
    },
    /** The rows so far, which are then forgotten. */
    take: (): EventBatch => {
      const batch = {
        newUsers: users.takeNew(),
        newItems: items.takeNew(),
        newTypes: types.takeNew(),
        users: columns.users.subarray(0, size),
        items: columns.items.subarray(0, size),
        types: columns.types.subarray(0, size),
        values: columns.values.subarray(0, size),
        times: columns.times.subarray(0, size),
        keys: new Uint8Array(columns.keys.buffer, 0, size * 16),
      };
      const result = contexts === undefined ? batch : { ...batch, contexts };
      columns = newColumns();
      contexts = undefined;
      size = 0;
      return result;
    },
  };
};

const newColumns = () => ({
  users: new Int32Array(BATCH_ROWS),
  items: new Int32Array(BATCH_ROWS),
  types: new Int32Array(BATCH_ROWS),
  values: new Float64Array(BATCH_ROWS),
  times: new Float64Array(BATCH_ROWS),
  keys: new Uint32Array(BATCH_ROWS * 4),
});

const tooMany = (known: number): string | undefined =>
  known >= MAX_EVENT_TYPES
    ? `its type is one more than the ${MAX_EVENT_TYPES} that a store holds; is columns.type the right column`
    : undefined;

/** Ids in the order first seen, each checked and hashed once. */
const createCodes = (problemOf: (id: string, known: number) => string | undefined) => {
  const codes = new Map<string, number>();
  let hashes = new Uint32Array(4096);
  let fresh: string[] = [];
  let asked = '';
  let found: number | undefined;

  const introduce = (id: string): number => {
    const code = codes.size;
    codes.set(id, code);
    fresh.push(id);
    if (code * 4 + 4 > hashes.length) {
      const larger = new Uint32Array(hashes.length * 2);
      larger.set(hashes);
      hashes = larger;
    }
    hashText(id, hashes, code * 4);
    return code;
  };

  return {
    /** What is wrong with `id`; looks it up for `code`, for a lookup is what costs. */
    problem: (id: string): string | undefined => {
      if (id === asked && found !== undefined) return undefined;
      asked = id;
      found = codes.get(id);
      return found === undefined ? problemOf(id, codes.size) : undefined;
    },
    /** Of the id last asked about, which had no problem. */
    code: (): number => {
      found ??= introduce(asked);
      return found;
    },
    copyHash: (code: number, to: Uint32Array, at: number): void => {
      for (let k = 0; k < 4; k++) to[at + k] = hashes[code * 4 + k]!;
    },
    takeNew: (): string[] => {
      const taken = fresh;
      fresh = [];
      return taken;
    },
  };
};
