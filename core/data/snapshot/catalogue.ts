import type { ItemRecord, Store, UserRecord } from '../../spi/index.ts';
import type { Section } from './columnar-file.ts';

/** Known users or items, ascending by the store's key. */
export interface Catalogue<R extends { readonly id: string }> {
  readonly keys: Int32Array;
  readonly ids: readonly string[];
  /** Parsed when first asked for; it is most of a snapshot's text. */
  records(): readonly R[];
}

export const readCatalogue = async <R extends { readonly id: string }>(
  pages: AsyncIterable<{ keys: Int32Array; records: readonly R[] }>,
): Promise<Catalogue<R>> => {
  const keys: number[] = [];
  const records: R[] = [];
  for await (const page of pages) {
    for (const key of page.keys) keys.push(key);
    for (const record of page.records) records.push(withoutFate(record));
  }
  return { keys: Int32Array.from(keys), ids: records.map(({ id }) => id), records: () => records };
};

/** Adds the ids that events brought since; they have no record but their id. */
export const extendCatalogue = async <R extends { readonly id: string }>(
  catalogue: Catalogue<R>,
  store: Store,
  of: 'user' | 'item',
  after: number,
): Promise<Catalogue<R>> => {
  const more = await store.keys(of, after);
  if (more.ids.length === 0) return catalogue;
  const keys = new Int32Array(catalogue.keys.length + more.keys.length);
  keys.set(catalogue.keys);
  keys.set(more.keys, catalogue.keys.length);
  const bare = of === 'item' ? bareItem : bareUser;
  let records: readonly R[] | undefined;
  return {
    keys,
    ids: [...catalogue.ids, ...more.ids],
    records: () => {
      records ??= [...catalogue.records(), ...more.ids.map((id) => bare(id) as unknown as R)];
      return records;
    },
  };
};

const bareItem = (id: string): ItemRecord => ({
  id,
  title: null,
  categories: [],
  available: true,
  image: null,
  attributes: {},
  listed: false,
});

/** Whether items known from events alone are hidden is no fact of the data. */
const withoutFate = <R extends { readonly id: string }>(record: R): R =>
  'listed' in record && record.listed === false ? (bareItem(record.id) as unknown as R) : record;
const bareUser = (id: string): UserRecord => ({ id, attributes: {} });

export const catalogueSections = <R extends { readonly id: string }>(
  name: string,
  catalogue: Catalogue<R>,
): [string, Section][] => [
  [`${name}.keys`, catalogue.keys],
  [`${name}.ids`, JSON.stringify(catalogue.ids)],
  [`${name}.records`, JSON.stringify(catalogue.records())],
];

export const catalogueFromSections = <R extends { readonly id: string }>(
  name: string,
  sections: ReadonlyMap<string, Section>,
): Catalogue<R> => {
  const text = sections.get(`${name}.records`) as string;
  let records: readonly R[] | undefined;
  return {
    keys: sections.get(`${name}.keys`) as Int32Array,
    ids: JSON.parse(sections.get(`${name}.ids`) as string) as string[],
    records: () => {
      records ??= JSON.parse(text) as R[];
      return records;
    },
  };
};
