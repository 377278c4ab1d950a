import type { Csr } from 'recograph';

/** A hash of each row's columns, never 0; 0 = an empty row. FNV-1a over whole numbers. */
export const printRows = ({ rows, offsets, indices }: Csr): Uint32Array => {
  const prints = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    if (offsets[row] === offsets[row + 1]) continue;
    let hash = 0x811c9dc5;
    for (let k = offsets[row]!; k < offsets[row + 1]!; k++) hash = Math.imul(hash ^ indices[k]!, 0x01000193);
    prints[row] = hash >>> 0 || 1;
  }
  return prints;
};
