import type { Backend } from './backend.ts';
import { createEngine } from './engine.ts';
import type { LoadedBundle } from './loaded-bundle.ts';

/** Pipelines run in this thread: the quickest start, and no isolation from what components do. */
export const createInProcess = (load: (id: string) => Promise<LoadedBundle>, tensorBytes: () => number): Backend => {
  const engine = createEngine();
  let batchesInFlight = 0;
  let computeSeconds = 0;
  return {
    width: 2,
    load: async (id) => {
      const bundle = await load(id);
      engine.add(bundle);
      return bundle;
    },
    free: engine.free,
    run: async ({ bundle, pipeline, view, batch }) => {
      const since = performance.now();
      batchesInFlight++;
      try {
        return await engine.run({ bundle, version: view, front: () => view }, pipeline, batch);
      } finally {
        batchesInFlight--;
        computeSeconds += (performance.now() - since) / 1000;
      }
    },
    similar: ({ bundle, view, item, n, allow }) =>
      engine.similar({ bundle, version: view, front: () => view }, item, n, allow),
    stats: () => ({ workers: 0, ready: 0, restarts: 0, batchesInFlight, computeSeconds, tensorBytes: tensorBytes() }),
    ready: async () => {},
    dispose: async () => engine.dispose(),
  };
};
