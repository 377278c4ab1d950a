import type { RecommendRequest } from '../serving/request.ts';
import type { Slate } from '../serving/slate.ts';
import type {
  BundleRecord,
  EventOutcome,
  EventRecord,
  ItemFilter,
  ItemRecord,
  RuntimeKind,
  UserRecord,
} from '../spi/index.ts';

export interface ImportOptions {
  readonly interactions?: string;
  readonly items?: string;
  readonly users?: string;
  readonly format?: string;
  /** fail (default): a malformed row stops the import with nothing written; skip: it goes to the reject file. */
  readonly onError?: 'fail' | 'skip';
  readonly signal?: AbortSignal;
  readonly report?: (progress: { rows: number; bytes: number; totalBytes: number }) => void;
}

export interface ImportReport {
  readonly imported: { readonly events: number; readonly items: number; readonly users: number };
  readonly rejected: number;
  /** The first 100. */
  readonly rejects: readonly { file: string; line: number; code: string; message: string }[];
  readonly rejectFile: string | null;
  readonly seconds: number;
  readonly peakRssBytes: number;
}

export interface TrainOptions {
  /** Fit only what this pipeline needs. */
  readonly pipeline?: string;
  /** Default true: activate the bundle when it is written. */
  readonly activate?: boolean;
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
  /** `seconds` is one fit, without reading or evaluating. */
  readonly models: Readonly<Record<string, { seconds: number; epochs: number; loss: number | null }>>;
  /** Target -> metric -> value of the pipeline as it was before the refit; empty without an `evaluation` section. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Of the evaluation protocol; null without an `evaluation` section. */
  readonly fingerprint: string | null;
}

export interface EvaluateOptions {
  /** Test this bundle on the events that are newer than its data. */
  readonly bundle?: string;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly report?: (progress: { target: string; users: number; total: number }) => void;
}

export interface EvaluateReport {
  readonly fingerprint: string;
  readonly protocol: Readonly<Record<string, unknown>>;
  readonly users: number;
  readonly seconds: number;
  readonly results: readonly {
    readonly target: string;
    readonly seconds: { readonly fit: number; readonly score: number };
    readonly metrics: Readonly<Record<string, number>>;
    readonly interval: Readonly<Record<string, readonly [number, number]>>;
    readonly folds?: readonly unknown[];
  }[];
  readonly warnings?: readonly string[];
}

export interface ScoredList {
  readonly bundle: string;
  readonly model: string;
  readonly items: readonly { readonly id: string; readonly rank: number; readonly score: number }[];
}

export interface BundleListing {
  readonly active: string | null;
  readonly bundles: readonly (Omit<BundleRecord, 'createdAt' | 'folder'> & { readonly createdAt: string })[];
}

/** One recommender: its config, its store, its active bundle. Close it to release files, workers and tensors. */
export interface Recommender {
  import(options?: ImportOptions): Promise<ImportReport>;
  train(options?: TrainOptions): Promise<TrainReport>;
  evaluate(options?: EvaluateOptions): Promise<EvaluateReport>;
  recommend(request: RecommendRequest): Promise<Slate>;
  similar(request: { item: string; n: number; filter?: ItemFilter }): Promise<ScoredList>;
  popular(request: { n: number; windowMs?: number; filter?: ItemFilter }): Promise<ScoredList>;
  recordEvents(events: readonly EventRecord[]): Promise<readonly EventOutcome[]>;
  upsertItems(items: readonly ItemRecord[]): Promise<number>;
  upsertUsers(users: readonly UserRecord[]): Promise<number>;
  deleteItems(ids: readonly string[]): Promise<number>;
  items(ids: readonly string[]): Promise<readonly (ItemRecord | undefined)[]>;
  userIds(): AsyncIterable<string>;
  bundles(): Promise<BundleListing>;
  activate(id: string, expected?: string | null): Promise<void>;
  /** Answers with the bundle that is active now. */
  rollback(): Promise<string>;
  close(): Promise<void>;
}
