import type { PipelineResult, RequestBatch } from '../pipeline/index.ts';
import type { Bitmap, ItemList } from '../spi/index.ts';
import type { BundleFront, FrontView } from './front.ts';

/** One batch for one pipeline of one bundle, encoded over `view`. */
export interface BatchTask {
  readonly bundle: string;
  readonly pipeline: string;
  readonly view: FrontView;
  readonly batch: RequestBatch;
  /** The longest deadline among its requests, ms. */
  readonly deadlineMs: number;
}

export interface SimilarTask {
  readonly bundle: string;
  readonly view: FrontView;
  readonly item: number;
  readonly n: number;
  readonly allow: Bitmap | undefined;
}

export interface SimilarAnswer {
  readonly model: string;
  readonly list: ItemList;
}

export interface BackendStats {
  /** Threads that should serve, and those that do; 0 = pipelines run in this process. */
  readonly workers: number;
  readonly ready: number;
  readonly restarts: number;
  readonly batchesInFlight: number;
  /** Time spent computing batches where they ran, all together. */
  readonly computeSeconds: number;
  /** Held by tensors of the runtimes that serve, all together; 0 where no component asks for a runtime. */
  readonly tensorBytes: number;
}

/**
 * Where pipelines run: in this thread or in worker threads. `run` and `similar` take their place in the order of the
 * calls at once: `view` must be the newest of its bundle then.
 */
export interface Backend {
  /** How many batches of one key are worth having under way. */
  readonly width: number;
  /**
   * Makes a bundle ready wherever pipelines run; its front may share parts with `like`, which is loaded.
   * Throws UNKNOWN_BUNDLE, BUNDLE_INVALID, WORKER_FAILED.
   */
  load(id: string, like?: BundleFront): Promise<BundleFront>;
  free(id: string): void;
  /** Throws WORKER_FAILED, or what the bundle could not be asked for. */
  run(task: BatchTask): Promise<PipelineResult>;
  similar(task: SimilarTask): Promise<SimilarAnswer>;
  stats(): BackendStats;
  /** Resolves when all threads serve. */
  ready(): Promise<void>;
  dispose(): Promise<void>;
}
