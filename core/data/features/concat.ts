import type { FeatureColumn, FeatureRows } from '../../spi/index.ts';

/** Rows of several batches of one feature vocabulary below each other: an overlay behind the catalogue, chunks of a file. */
export const concatFeatures = (parts: readonly FeatureRows[]): FeatureRows => {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const columns = Object.keys(parts[0]?.columns ?? {}).map((name): [string, FeatureColumn] => [
    name,
    concatColumns(parts.map((part) => part.columns[name]!)),
  ]);
  return { rows, columns: Object.fromEntries(columns) };
};

const concatColumns = (parts: readonly FeatureColumn[]): FeatureColumn => {
  const first = parts[0]!;
  switch (first.kind) {
    case 'dense':
      return { ...first, values: join(parts.map((part) => (part as typeof first).values)) };
    case 'categorical':
      return { ...first, codes: join(parts.map((part) => (part as typeof first).codes)) };
    case 'text':
      return { kind: 'text', values: parts.flatMap((part) => (part as typeof first).values) };
    case 'bag': {
      const bags = parts as readonly (typeof first)[];
      const rows = bags.reduce((sum, bag) => sum + bag.offsets.length - 1, 0);
      const offsets = new Uint32Array(rows + 1);
      let row = 0;
      for (const bag of bags) {
        for (let r = 1; r < bag.offsets.length; r++, row++) {
          offsets[row + 1] = offsets[row]! + bag.offsets[r]! - bag.offsets[r - 1]!;
        }
      }
      return { ...first, offsets, codes: join(bags.map((bag) => bag.codes)) };
    }
  }
};

const join = <A extends Float32Array | Int32Array>(arrays: readonly A[]): A => {
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  const joined = new (arrays[0]!.constructor as new (length: number) => A)(length);
  let place = 0;
  for (const array of arrays) {
    joined.set(array, place);
    place += array.length;
  }
  return joined;
};
