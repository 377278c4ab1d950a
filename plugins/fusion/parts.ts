import { type FeatureRows, type Inputs, type ItemExtractor, type Matrix, RecographError } from 'recograph';
import type { ItemInputs } from 'recograph/nn';

/** The extractors that are fused. Throws CONFIG_INVALID for what does not work from an item's features alone. */
export const partsOf = (names: readonly string[], inputs: Inputs): ItemExtractor[] =>
  names.map((name) => {
    const part = inputs.vectors(name);
    if ('subject' in part && part.subject === 'item') return part;
    throw new RecographError(
      'CONFIG_INVALID',
      `fusion puts features of items together; "${name}" is none. Name features such as content, text-cnn or image-cnn.`,
      { at: 'of' },
    );
  });

/** What brings a part's vectors to a mean square of 1. */
export const scaleOf = ({ data }: Matrix): number => {
  let [sum, count] = [0, 0];
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    sum += value * value;
    count++;
  }
  return sum > 0 ? Math.sqrt(count / sum) : 1;
};

/** `part0`, `part1`, ...: scaled vectors, zeros where there is none; `present` [rows x parts]: 1 where there is one. */
export const fusionInputs = (vectors: readonly Matrix[], scales: readonly number[], rows: number): ItemInputs => {
  const has = (part: number, row: number): boolean =>
    Number.isFinite(vectors[part]!.data[row * vectors[part]!.columns]!);
  return {
    rows,
    has: (row) => vectors.some((_, part) => has(part, row)),
    feeds: (asked) => {
      const present = new Float32Array(asked.length * vectors.length);
      const feeds = vectors.map(({ columns, data }, part) => {
        const own = new Float32Array(asked.length * columns);
        asked.forEach((row, r) => {
          if (!has(part, row)) return;
          present[r * vectors.length + part] = 1;
          for (let c = 0; c < columns; c++) own[r * columns + c] = data[row * columns + c]! * scales[part]!;
        });
        return [`part${part}`, { data: own, shape: [asked.length, columns] }] as const;
      });
      return { ...Object.fromEntries(feeds), present: { data: present, shape: [asked.length, vectors.length] } };
    },
  };
};

export const extractParts = (parts: readonly ItemExtractor[], items: FeatureRows): Promise<Matrix[]> =>
  Promise.all(parts.map((part) => part.extract(items)));
