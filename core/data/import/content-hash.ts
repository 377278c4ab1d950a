/**
 * MurmurHash3 x86_128 (Appleby 2011) over the first `length` words, seed 0; `length` is a multiple of 4.
 * Fast rather than secret: it tells rows of a file apart, it does not keep an attacker from colliding.
 */
export const hashWords = (words: Uint32Array, length: number, out: Uint32Array, outAt: number): void => {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  for (let k = 0; k < length; k += 4) {
    h1 ^= Math.imul(rotate(Math.imul(words[k]!, C1), 15), C2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(words[k + 1]!, C2), 16), C3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(words[k + 2]!, C3), 17), C4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(words[k + 3]!, C4), 18), C1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  const bytes = length * 4;
  h1 ^= bytes;
  h2 ^= bytes;
  h3 ^= bytes;
  h4 ^= bytes;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = avalanche(h1);
  h2 = avalanche(h2);
  h3 = avalanche(h3);
  h4 = avalanche(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  out[outAt] = h1;
  out[outAt + 1] = h2 + h1;
  out[outAt + 2] = h3 + h1;
  out[outAt + 3] = h4 + h1;
};

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

const avalanche = (h: number): number => {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
};

let scratch = new Uint32Array(256);

/** Hash of a text's length and UTF-16 code units. */
export const hashText = (text: string, out: Uint32Array, outAt: number): void => {
  const words = 1 + ((text.length + 1) >> 1);
  const length = (words + 3) & ~3;
  if (length > scratch.length) scratch = new Uint32Array(length * 2);
  scratch[0] = text.length;
  for (let k = 0, at = 1; k < text.length; k += 2, at++) {
    scratch[at] = text.charCodeAt(k) | (k + 1 < text.length ? text.charCodeAt(k + 1) << 16 : 0);
  }
  scratch.fill(0, words, length);
  hashWords(scratch, length, out, outAt);
};
