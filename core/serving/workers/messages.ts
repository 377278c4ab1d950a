import type { RequestBatch } from '../../pipeline/index.ts';
import type { Bitmap, SharedMemory } from '../../spi/index.ts';
import type { TensorFiles } from '../../training/bundle-files.ts';
import type { CatalogueChange } from '../catalogue-log.ts';
import type { PackedResult } from './packing.ts';

/** What stands in every task: which bundle, over which version of the catalogue, and the main thread's time, ms. */
interface Task {
  readonly task: number;
  readonly bundle: string;
  readonly catalogue: number;
  readonly time: number;
}

/** What the threads that serve a bundle share. */
export interface BundleMemory {
  readonly id: number;
  readonly shared: SharedMemory;
  /** Absent = the thread that gets this first reads them. */
  readonly files?: TensorFiles;
}

export type ToWorker =
  /** The catalogue's next steps; after them it is at `version`. */
  | {
      readonly type: 'catalogue';
      readonly version: number;
      /** Forget what was there before. */
      readonly anew: boolean;
      readonly changes: readonly CatalogueChange[];
    }
  | {
      readonly type: 'load';
      readonly bundle: string;
      readonly folder: string;
      readonly memory: BundleMemory;
    }
  | { readonly type: 'free'; readonly bundle: string }
  | (Task & { readonly type: 'run'; readonly pipeline: string; readonly batch: RequestBatch })
  | (Task & {
      readonly type: 'similar';
      readonly item: number;
      readonly n: number;
      readonly allow: Bitmap | undefined;
    });

export type FromWorker =
  | { readonly type: 'ready' }
  /** The bundle's tensors lie in its memory. */
  | { readonly type: 'placed'; readonly memory: number; readonly files: TensorFiles }
  | { readonly type: 'loaded'; readonly bundle: string }
  /** Nothing of this thread uses that memory any more. */
  | { readonly type: 'left'; readonly memory: number }
  | { readonly type: 'load-failed'; readonly bundle: string; readonly code: string; readonly message: string }
  | { readonly type: 'answer'; readonly task: number; readonly result: PackedResult; readonly seconds: number }
  | {
      readonly type: 'similar';
      readonly task: number;
      readonly model: string;
      readonly items: Int32Array;
      readonly scores: Float32Array;
    }
  | { readonly type: 'failed'; readonly task: number; readonly code: string; readonly message: string }
  /** Memory of this thread alone, beyond what it held after its last bundle was loaded; and all that its tensors hold. */
  | { readonly type: 'memory'; readonly grownBytes: number; readonly tensorBytes: number }
  | {
      readonly type: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly fields: Readonly<Record<string, unknown>>;
      readonly message: string;
    };

/** What a serving worker is started with. */
export interface WorkerStart {
  /** The config's path; the worker loads it and its plugins itself. */
  readonly config: string;
}
