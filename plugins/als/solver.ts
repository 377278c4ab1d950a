import type { Csr } from 'recograph';
import type { AlsConfig } from './index.ts';

/** What alternates: both sides' observations (explicit: relative to the mean) and the factors that they start from. */
export interface AlsProblem {
  readonly config: AlsConfig;
  readonly byUser: Csr;
  readonly byItem: Csr;
  /** Length of a row in `users` and `items`: the factors, then zeros. */
  readonly width: number;
  /** [rows x width], in shared memory; a solver's start, and what `pull` brings up to date. */
  readonly users: Float32Array;
  readonly items: Float32Array;
  readonly signal: AbortSignal;
}

/** Where the factors live while they are learned. */
export interface AlsSolver {
  /** Solves the items given the users, then the users given the items; the objective between the two. */
  epoch(): Promise<number>;
  pull(): Promise<void>;
  dispose(): void;
}
