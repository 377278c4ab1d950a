import { noHistories } from '../data/index.ts';
import { type PipelineResult, type RequestBatch, requestsOf } from '../pipeline/index.ts';
import { type Bitmap, type QueryBatch, RecographError } from '../spi/index.ts';
import type { SimilarAnswer } from './backend.ts';
import type { FrontView } from './front.ts';
import type { LoadedBundle } from './loaded-bundle.ts';
import { similarItems } from './similar.ts';
import type { BundleView } from './view.ts';

/** A bundle over one version of the catalogue. `front` gives its view; it is asked for at once, and only where the version is a new one. */
interface Place {
  readonly bundle: string;
  readonly version: unknown;
  front(bundle: LoadedBundle): FrontView;
}

/** Runs pipelines of loaded bundles in this thread. */
export interface Engine {
  add(bundle: LoadedBundle): void;
  /** Lays out the bundle's view and runs its pipelines once, so that the first who asks does not wait for that. */
  warmUp(at: Place): Promise<void>;
  /** The bundle is let go of when nothing runs on it any more. */
  free(id: string): void;
  has(id: string): boolean;
  run(at: Place, pipeline: string, batch: RequestBatch): Promise<PipelineResult>;
  similar(at: Place, item: number, n: number, allow: Bitmap | undefined): Promise<SimilarAnswer>;
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
    { bundle: id, version, front }: Place,
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
    warmUp: (at) =>
      using(at, async (bundle, { pipelines }) => {
        for (const pipeline of Object.values(pipelines)) await pipeline.run(sampleOf(bundle)).catch(() => undefined);
      }),
    free,
    has: (id) => entries.has(id),
    run: (at, pipeline, batch) => using(at, (_, view) => view.pipelines[pipeline]!.run(batch)),
    similar: (at, item, n, allow) => using(at, (bundle, view) => similarItems({ bundle, view }, item, n, allow)),
    dispose: () => {
      for (const id of [...entries.keys()]) free(id);
    },
  };
};

/** The first user, and somebody of whom nothing is known. */
const sampleOf = ({ encoders }: LoadedBundle): RequestBatch => {
  const size = 2;
  const queries: QueryBatch = {
    size,
    users: Int32Array.of(0, -1),
    seeds: new Uint32Array(size),
    histories: noHistories(size),
    userFeatures: encoders.users(Array(size).fill(undefined)),
    context: encoders.contexts(Array(size).fill({})),
    now: new Float64Array(size),
    extra: {},
  };
  return requestsOf(queries, { n: 10 });
};
