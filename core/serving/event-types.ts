/** A bundle's event types by their codes. */
export interface EventTypes {
  readonly names: readonly string[];
  /** A type's place in `names`; their number for one that came later. */
  code(type: string): number;
}

export const createEventTypes = (names: readonly string[]): EventTypes => {
  const codes = new Map(names.map((name, code) => [name, code]));
  return { names, code: (type) => codes.get(type) ?? names.length };
};
