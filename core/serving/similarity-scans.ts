import { type Similarity, type SimilarityScan, similarityScan } from '../math/index.ts';
import type { Kernels, Matrix } from '../spi/index.ts';

/** A scan for each name, over the vectors that it was last asked for with. */
export interface SimilarityScans {
  /** Ask it at once: when other vectors come for the name, it is disposed of. */
  of(name: string, vectors: Matrix): SimilarityScan;
  dispose(): void;
}

export const createSimilarityScans = (kernels: Kernels, kind: Similarity): SimilarityScans => {
  const scans = new Map<string, { readonly over: Float32Array; readonly scan: SimilarityScan }>();
  return {
    of: (name, vectors) => {
      const known = scans.get(name);
      if (known?.over === vectors.data) return known.scan;
      known?.scan.dispose();
      const scan = similarityScan(kernels, kind, vectors);
      scans.set(name, { over: vectors.data, scan });
      return scan;
    },
    dispose: () => {
      for (const { scan } of scans.values()) scan.dispose();
      scans.clear();
    },
  };
};
