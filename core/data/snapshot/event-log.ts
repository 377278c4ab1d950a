import type { EventColumns } from '../../spi/index.ts';
import type { Section } from './columnar-file.ts';

/** The store's events in columns, in the order of their ids; users, items and types are the store's keys. */
export interface EventLog {
  readonly ids: Float64Array;
  readonly users: Int32Array;
  readonly items: Int32Array;
  readonly types: Int32Array;
  readonly values: Float32Array;
  readonly times: Float64Array;
  /** Place in `contextTexts` + 1; 0 = no context. Empty where no event has one. */
  readonly contexts: Int32Array;
  /** The distinct contexts, as JSON. */
  readonly contextTexts: readonly string[];
}

const NUMERIC = ['ids', 'users', 'items', 'types', 'values', 'times', 'contexts'] as const;

export const emptyLog = (): EventLog => ({
  ids: new Float64Array(0),
  users: new Int32Array(0),
  items: new Int32Array(0),
  types: new Int32Array(0),
  values: new Float32Array(0),
  times: new Float64Array(0),
  contexts: new Int32Array(0),
  contextTexts: [],
});

/** `log` and the pages behind it, up to and including the event `last`. */
export const extendLog = async (log: EventLog, pages: AsyncIterable<EventColumns>, last: number): Promise<EventLog> => {
  const { contextTexts, ...grown } = { ...log, contextTexts: [...log.contextTexts] };
  const codes = new Map(contextTexts.map((text, place) => [text, place + 1]));
  let length = log.ids.length;
  let capacity = length;

  const reserve = (needed: number): void => {
    if (needed <= capacity) return;
    capacity = Math.max(needed, Math.ceil(capacity * 1.5), 16_384);
    grown.ids = widened(grown.ids, capacity);
    grown.users = widened(grown.users, capacity);
    grown.items = widened(grown.items, capacity);
    grown.types = widened(grown.types, capacity);
    grown.values = widened(grown.values, capacity);
    grown.times = widened(grown.times, capacity);
    if (grown.contexts.length > 0) grown.contexts = widened(grown.contexts, capacity);
  };

  const addContexts = (texts: readonly (string | null)[], rows: number): void => {
    if (grown.contexts.length === 0) grown.contexts = new Int32Array(capacity);
    for (let row = 0; row < rows; row++) {
      const text = texts[row] ?? null;
      if (text === null) continue;
      let code = codes.get(text);
      if (code === undefined) {
        code = contextTexts.push(text);
        codes.set(text, code);
      }
      grown.contexts[length + row] = code;
    }
  };

  for await (const page of pages) {
    let rows = page.ids.length;
    while (rows > 0 && page.ids[rows - 1]! > last) rows--;
    if (rows === 0) break;
    reserve(length + rows);
    grown.ids.set(page.ids.subarray(0, rows), length);
    grown.users.set(page.users.subarray(0, rows), length);
    grown.items.set(page.items.subarray(0, rows), length);
    grown.types.set(page.types.subarray(0, rows), length);
    grown.values.set(page.values.subarray(0, rows), length);
    grown.times.set(page.times.subarray(0, rows), length);
    if (page.contexts) addContexts(page.contexts, rows);
    length += rows;
    if (rows < page.ids.length) break;
  }
  if (length === log.ids.length) return log;
  return {
    ids: grown.ids.subarray(0, length),
    users: grown.users.subarray(0, length),
    items: grown.items.subarray(0, length),
    types: grown.types.subarray(0, length),
    values: grown.values.subarray(0, length),
    times: grown.times.subarray(0, length),
    contexts: grown.contexts.subarray(0, length),
    contextTexts,
  };
};

type Numbers = Int32Array | Float32Array | Float64Array;
const widened = <A extends Numbers>(array: A, length: number): A => {
  const wider = new (array.constructor as new (length: number) => A)(length);
  wider.set(array);
  return wider;
};

export const logSections = (log: EventLog): [string, Section][] => [
  ...NUMERIC.map((name): [string, Section] => [name, log[name]]),
  ['contextTexts', JSON.stringify(log.contextTexts)],
];

export const logFromSections = (sections: ReadonlyMap<string, Section>): EventLog =>
  ({
    ...Object.fromEntries(NUMERIC.map((name) => [name, sections.get(name)])),
    contextTexts: JSON.parse(sections.get('contextTexts') as string),
  }) as EventLog;
