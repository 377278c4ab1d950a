import type { Dataset } from './dataset.ts';
import type { FittedExtractor } from './extractor.ts';
import type { FittedModel } from './model.ts';
import type { ComponentState } from './state.ts';

/** A seeded generator; equal seeds give equal streams on every platform. */
export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  int(bound: number): number;
  /** Standard normal. */
  normal(): number;
  /** An independent stream named by `label`; does not advance this one. */
  fork(label: string): Rng;
  /** Continues a stream exactly: `restore(snapshot())` draws what this one would have drawn. */
  snapshot(): readonly number[];
  restore(snapshot: readonly number[]): Rng;
}

export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  /** Training loss of this epoch; absent where the method has none. */
  readonly loss?: number;
  /** The validation metric of this epoch, larger is better. */
  readonly metric?: number;
  /** Share of the whole fit that is done, 0 .. 1: what a rate and the time left are computed from. */
  readonly fraction?: number;
  /** What 'auto' in the config came to on this data, by key; the last report's stands in the training's result. */
  readonly chosen?: Readonly<Record<string, number>>;
}

/** Saves and loads a fit in progress; a resumed fit gives the identical result. */
export interface Checkpoint {
  load(): Promise<ComponentState | undefined>;
  save(state: ComponentState): Promise<void>;
}

export interface FitOptions {
  readonly rng: Rng;
  /** Aborted = throw RecographError CANCELLED within one batch. `throwIfCancelled(signal)` does it. */
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
  /** Held-out events for early stopping; never the test part. */
  readonly validation?: Dataset;
  readonly checkpoint?: Checkpoint;
}

/** A model of the config that can be fitted again, on other data; it reaches what its own config refers to. */
export interface Trainer {
  fit(data: Dataset, options: FitOptions): Promise<FittedModel>;
  restore(state: ComponentState): Promise<FittedModel> | FittedModel;
}

/** The fitted components that a component's config refers to, by the names used there. */
export interface Inputs {
  model(name: string): FittedModel;
  /** For a component that fits the model of that name itself; who asked disposes of what is fitted. */
  trainer(name: string): Trainer;
  feature(name: string): FittedExtractor;
  /** What a `vectorsRef` names; `'subject' in it` tells an extractor from a model with item vectors. */
  vectors(name: string): FittedExtractor | FittedModel;
}
