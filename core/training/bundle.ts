import type { ComponentState, Json, Kind } from '../spi/index.ts';

/** Raised whenever a reader of the former layout could misread the new one. */
export const BUNDLE_FORMAT = 3;

export interface BundleComponent {
  readonly kind: Kind | 'pipeline';
  readonly name: string;
  readonly type: string;
  /** Fitted on the past alone because its vectors feed a learned ranker. */
  readonly frozen: boolean;
}

/** What `manifest.json` says: enough to list, compare and check a bundle without loading it. */
export interface BundleManifest {
  readonly format: number;
  readonly id: string;
  readonly createdAt: number;
  readonly configHash: string;
  readonly dataFingerprint: string;
  /** The store's newest event id that the bundle has seen; `evaluate --bundle` tests newer events alone. */
  readonly lastEventId: number;
  readonly versions: { readonly recograph: string; readonly node: string };
  readonly runtime: { readonly kind: string; readonly device: string };
  readonly metrics: Json;
  readonly components: readonly BundleComponent[];
  /** File name -> bytes and SHA-256. */
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

/** Everything one training run produced, in memory. */
export interface BundleContents {
  readonly manifest: Omit<BundleManifest, 'format' | 'files'>;
  readonly users: readonly string[];
  readonly items: readonly string[];
  /** Event types by their code. */
  readonly typeNames: readonly string[];
  /** The config it was trained by, as written: what restores it even when the config has changed since. */
  readonly config: Json;
  /** The feature vocabulary, as its own `toJson` gives it. */
  readonly features: Json;
  /**
   * `KIND.NAME` -> what was learned; besides `catalogue`, the encoded features of the vocabulary's items, and
   * `vectors.NAME`, what the item extractors gave for them, and `index.MODEL`, a graph over a large catalogue's vectors.
   */
  readonly states: Readonly<Record<string, ComponentState>>;
  /** Pipeline -> item indices, best first: what answers when nothing else can. */
  readonly fallback: Readonly<Record<string, readonly number[]>>;
}
