import type { ItemFilter, Json, Stage } from 'recograph';

export interface AttributeFilterConfig {
  readonly conditions: readonly {
    readonly field: string;
    readonly eq?: Json | undefined;
    readonly in?: readonly Json[] | undefined;
    readonly min?: number | undefined;
    readonly max?: number | undefined;
  }[];
  readonly keep: 'matching' | 'others';
}

/** The catalogue evaluates the conditions once over the attributes as the host wrote them; here one bit is read. */
export const createAttributeFilter = ({ conditions, keep }: AttributeFilterConfig): Stage => {
  const filter: ItemFilter = {
    available: null,
    attributes: conditions.map(({ field, ...rules }) => ({
      name: field,
      ...(rules.eq === undefined ? {} : { eq: rules.eq }),
      ...(rules.in === undefined ? {} : { in: rules.in }),
      ...(rules.min === undefined ? {} : { min: rules.min }),
      ...(rules.max === undefined ? {} : { max: rules.max }),
    })),
  };
  const wanted = keep === 'matching' ? 1 : 0;
  return {
    rule: { filter, keep },
    run: (lists, context) => {
      const { size, words } = context.matching(filter);
      const bit = (item: number): number => (item < size ? (words[item >> 5]! >>> (item & 31)) & 1 : 0);
      return lists.map(({ items, scores }) => {
        const places = Int32Array.from(items.keys()).filter((k) => bit(items[k]!) === wanted);
        return { items: places.map((k) => items[k]!), scores: Float32Array.from(places, (k) => scores[k]!) };
      });
    },
  };
};
