import type { ImportProgress, ImportResult } from '../data/index.ts';
import type { EvaluationProgress, EvaluationReport } from '../evaluation/index.ts';
import type { Components } from '../registry/components.ts';
import type { Config } from '../registry/sections/index.ts';
import type { RecommendRequest } from '../serving/request.ts';
import type { RecommendService } from '../serving/service.ts';
import type { ScoredList, Slate } from '../serving/slate.ts';
import type {
  BundleRecord,
  EventOutcome,
  EventRecord,
  EventSelection,
  ItemFilter,
  ItemRecord,
  RuntimeKind,
  Store,
  UserRecord,
} from '../spi/index.ts';
import type { BackupReport } from './backup.ts';
import type { DiskUsage } from './disk-usage.ts';
import type { Jobs } from './jobs/jobs.ts';

export interface ImportOptions {
  readonly interactions?: string;
  readonly items?: string;
  readonly users?: string;
  readonly format?: string;
  /** fail (default): a malformed row stops the import with nothing written; skip: it goes to the reject file. */
  readonly onError?: 'fail' | 'skip';
  readonly signal?: AbortSignal;
  readonly report?: (progress: ImportProgress) => void;
}

export interface TrainOptions {
  /** Fit only what this pipeline needs. */
  readonly pipeline?: string;
  /**
   * Activate the bundle when it is written: always, never, or when its metrics are not worse. Default: unless another
   * one is active and this one is worth nothing; see `mayActivate`.
   */
  readonly activate?: boolean | 'if-not-worse';
  readonly signal?: AbortSignal;
  readonly report?: (progress: {
    component: string;
    epoch: number;
    epochs: number;
    loss?: number;
    metric?: number;
  }) => void;
}

export interface TrainReport {
  readonly bundle: string;
  readonly active: boolean;
  readonly runtime: { readonly kind: RuntimeKind; readonly device: string };
  readonly seconds: number;
  readonly peakRssBytes: number;
  /** `seconds` is one fit, without reading or evaluating; `chosen` is what 'auto' in its config came to. */
  readonly models: Readonly<
    Record<string, { seconds: number; epochs: number; loss: number | null; chosen: Readonly<Record<string, number>> }>
  >;
  /** Target -> metric -> value of the pipeline as it was before the refit; empty without an `evaluation` section. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  /** Target -> metric -> why the target has no figure of it. */
  readonly why: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What the figures do not say by themselves; empty when all is well. */
  readonly warnings: readonly string[];
  /** Of the evaluation protocol; null without an `evaluation` section. */
  readonly fingerprint: string | null;
}

export interface EvaluateOptions {
  /** Test this bundle on the events that are newer than its data. */
  readonly bundle?: string;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly report?: (progress: EvaluationProgress) => void;
}

export interface BundleListing {
  readonly active: string | null;
  readonly bundles: readonly (Omit<BundleRecord, 'createdAt' | 'folder'> & { readonly createdAt: string })[];
}

/** One recommender: its config, its store, its active bundle. Close it to release files, threads and tensors. */
export interface Recommender {
  readonly service: RecommendService;
  /** Training, evaluation and import in a process of their own; in this one where the config is an object. */
  readonly jobs: Jobs;
  readonly store: Store;
  readonly config: Config;
  readonly components: Components;
  import(options?: ImportOptions): Promise<ImportResult>;
  train(options?: TrainOptions): Promise<TrainReport>;
  evaluate(options?: EvaluateOptions): Promise<EvaluationReport>;
  recommend(request: RecommendRequest): Promise<Slate>;
  similar(request: { item: string; n: number; filter?: ItemFilter }): Promise<ScoredList>;
  recordEvents(events: readonly EventRecord[]): Promise<readonly EventOutcome[]>;
  upsertItems(items: readonly ItemRecord[]): Promise<number>;
  upsertUsers(users: readonly UserRecord[]): Promise<number>;
  deleteItems(ids: readonly string[]): Promise<number>;
  items(ids: readonly string[]): Promise<readonly (ItemRecord | undefined)[]>;
  userIds(): AsyncIterable<string>;
  /** Types of stored events that weigh nothing, for `data.feedback` does not name them. */
  unweighed(): Promise<readonly string[]>;
  bundles(): Promise<BundleListing>;
  diskUsage(): Promise<DiskUsage>;
  /** Copies database and bundles into a new folder, as they are at one moment, and checks the copy. */
  backup(out: string): Promise<BackupReport>;
  /** How many events it deleted, or would with `dryRun`. Histories forget them at once, models at the next training. */
  deleteEvents(selection: EventSelection, options?: { readonly dryRun?: boolean }): Promise<number>;
  activate(id: string, expected?: string | null): Promise<void>;
  /** Answers with the bundle that is active now. */
  rollback(): Promise<string>;
  close(): Promise<void>;
}
