import type { PipelineResult, RequestBatch } from '../pipeline/index.ts';
import { type Bitmap, RecographError } from '../spi/index.ts';
import type { SimilarAnswer } from './backend.ts';
import type { FrontView } from './front.ts';
import type { LoadedBundle } from './loaded-bundle.ts';
import { similarItems } from './similar.ts';
import type { BundleView } from './view.ts';

/** Runs pipelines of loaded bundles in this thread. */
export interface Engine {
  add(bundle: LoadedBundle): void;
  /** The bundle is let go of when nothing runs on it any more. */
  free(id: string): void;
  has(id: string): boolean;
  /** `front` gives the bundle's view of now; it is asked for at once, and only where the version is a new one. */
  run(
    at: { bundle: string; version: unknown; front(bundle: LoadedBundle): FrontView },
    pipeline: string,
    batch: RequestBatch,
  ): Promise<PipelineResult>;
  similar(
    at: { bundle: string; version: unknown; front(bundle: LoadedBundle): FrontView },
    item: number,
    n: number,
    allow: Bitmap | undefined,
  ): Promise<SimilarAnswer>;
  dispose(): void;
}

interface Entry {
  readonly bundle: LoadedBundle;
  version: unknown;
  view: Promise<BundleView> | undefined;
  running: number;
  freed: boolean;
}

export const createEngine = (): Engine => {
  const entries = new Map<string, Entry>();
  const free = (id: string): void => {
    const entry = entries.get(id);
    if (!entry) return;
    entries.delete(id);
    entry.freed = true;
    if (entry.running === 0) entry.bundle.dispose();
  };
  const using = async <T>(
    { bundle: id, version, front }: Parameters<Engine['run']>[0],
    work: (bundle: LoadedBundle, view: BundleView) => Promise<T>,
  ): Promise<T> => {
    const entry = entries.get(id);
    if (!entry) throw new RecographError('WORKER_FAILED', `Bundle ${id} is not loaded where it was asked for.`);
    if (entry.version !== version || !entry.view) {
      entry.version = version;
      entry.view = entry.bundle.viewOver(front(entry.bundle));
    }
    entry.running++;
    try {
      return await work(entry.bundle, await entry.view);
    } finally {
      entry.running--;
      if (entry.freed && entry.running === 0) entry.bundle.dispose();
    }
  };
  return {
    add: (bundle) => {
      const { id } = bundle.manifest;
      free(id);
      entries.set(id, { bundle, version: undefined, view: undefined, running: 0, freed: false });
    },
    free,
    has: (id) => entries.has(id),
    run: (at, pipeline, batch) => using(at, (_, view) => view.pipelines[pipeline]!.run(batch)),
    similar: (at, item, n, allow) => using(at, (bundle, view) => similarItems({ bundle, view }, item, n, allow)),
    dispose: () => {
      for (const id of [...entries.keys()]) free(id);
    },
  };
};
