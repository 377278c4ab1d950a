/**
 * Counts how often a 128-bit hash came before. Remembers 64 bits of each: eight bytes a distinct row, twice that while
 * the table is half full.
 */
export const createOccurrences = () => {
  let capacity = 1 << 12;
  let slots = new Uint32Array(capacity * 2);
  let used = 0;
  const repeats = new Map<bigint, number>();

  /** The slot that holds (a, b), or the empty one where it belongs. (0, 0) marks an empty slot. */
  const slotOf = (a: number, b: number): number => {
    let slot = a & (capacity - 1);
    while (slots[slot * 2] !== 0 || slots[slot * 2 + 1] !== 0) {
      if (slots[slot * 2] === a && slots[slot * 2 + 1] === b) break;
      slot = (slot + 1) & (capacity - 1);
    }
    return slot;
  };

  const put = (a: number, b: number, slot: number): void => {
    slots[slot * 2] = a;
    slots[slot * 2 + 1] = b;
  };

  const grow = (): void => {
    const old = slots;
    capacity *= 2;
    slots = new Uint32Array(capacity * 2);
    for (let k = 0; k < old.length; k += 2) {
      if (old[k] !== 0 || old[k + 1] !== 0) put(old[k]!, old[k + 1]!, slotOf(old[k]!, old[k + 1]!));
    }
  };

  return {
    /** 0 for the first of its kind, then 1, 2, ... */
    next: (a: number, b: number): number => {
      const second = b === 0 ? 1 : b;
      const slot = slotOf(a, second);
      if (slots[slot * 2 + 1] === 0) {
        put(a, second, slot);
        if (++used * 1.6 > capacity) grow();
        return 0;
      }
      const name = (BigInt(a) << 32n) | BigInt(second);
      const times = (repeats.get(name) ?? 0) + 1;
      repeats.set(name, times);
      return times;
    },
  };
};
