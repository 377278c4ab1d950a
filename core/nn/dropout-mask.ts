/**
 * The draws of dropout, alike on every runtime: four streams of xorshift32 (Marsaglia 2003) take turns, each begun at
 * MurmurHash3's finalizer of the seed. Where the runtime has no kernel of ours that draws, the mask is made here.
 */
const STREAM_OFFSETS = [0, 0x632be5ab, 0x4cf5ad43, 0x2545f491] as const;

/** Calls draw the next number of each stream; what is not below `bound` of 2^32 is kept. */
const streamsOf = (seed: number, rate: number) => {
  const state = Int32Array.from(STREAM_OFFSETS, (offset) => hash(seed + offset));
  const bound = Math.floor(Math.fround(rate) * 4294967296);
  const step = (): void => {
    for (let lane = 0; lane < 4; lane++) {
      let s = state[lane]!;
      s ^= s << 13;
      s ^= s >>> 17;
      state[lane] = s ^ (s << 5);
    }
  };
  return { step, kept: (lane: number): boolean => state[lane]! >>> 0 >= bound };
};

const hash = (x: number): number => {
  let h = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 1;
};

/** 1 / (1 - rate) with probability 1 - rate, else 0, `size` times. `seed`: 0 .. 2^31 - 1. */
export const dropoutMask = (size: number, seed: number, rate: number): Float32Array => {
  const mask = new Float32Array(size);
  const streams = streamsOf(seed, rate);
  const keep = 1 / (1 - rate);
  const whole = size & ~3;
  for (let k = 0; k < whole; k += 4) {
    streams.step();
    for (let lane = 0; lane < 4; lane++) mask[k + lane] = streams.kept(lane) ? keep : 0;
  }
  for (let k = whole; k < size; k++) {
    streams.step();
    mask[k] = streams.kept(0) ? keep : 0;
  }
  return mask;
};

/**
 * The same for the weights of causal attention, one mask a head, [queries x length]: query j stands at place
 * `places[j]` of rows of `length`, at `positions` of its sequence (-1 = padding), and draws for what it sees alone.
 */
export const attentionDropoutMasks = (
  positions: Int32Array,
  places: ArrayLike<number>,
  length: number,
  heads: number,
  seed: number,
  rate: number,
): Float32Array[] => {
  const masks = Array.from({ length: heads }, () => new Float32Array(places.length * length));
  const streams = streamsOf(seed, rate);
  const keep = 1 / (1 - rate);
  for (let j = 0; j < places.length; j++) {
    const position = positions[places[j]!]!;
    const first = j * length + (places[j]! % length) - position;
    for (const mask of position < 0 ? [] : masks) {
      for (let s = 0; s <= position; s += 4) {
        streams.step();
        const end = Math.min(4, position - s + 1);
        for (let lane = 0; lane < end; lane++) mask[first + s + lane] = streams.kept(lane) ? keep : 0;
      }
    }
  }
  return masks;
};
