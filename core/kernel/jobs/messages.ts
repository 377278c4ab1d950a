import type { Json } from '../../spi/index.ts';

/** What a job is asked to do, as it travels to its process. */
export type JobTask =
  | { readonly kind: 'train'; readonly pipeline?: string; readonly automatic?: boolean }
  | { readonly kind: 'evaluate'; readonly bundle?: string }
  | { readonly kind: 'import' };

export interface JobProgress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly loss?: number;
}

export type ToJob =
  | { readonly type: 'start'; readonly config: string; readonly task: JobTask }
  | { readonly type: 'cancel' };

export type FromJob =
  | { readonly type: 'progress'; readonly progress: JobProgress }
  | { readonly type: 'done'; readonly result: Json }
  | { readonly type: 'failed'; readonly code: string; readonly message: string };

/** To and from the process that starts the processes of jobs; it passes on what they and the server tell each other. */
export type ToLauncher =
  | { readonly type: 'launch'; readonly job: number }
  | { readonly type: 'tell'; readonly job: number; readonly told: ToJob }
  | { readonly type: 'kill'; readonly job: number };

export type FromLauncher =
  | { readonly type: 'said'; readonly job: number; readonly said: FromJob }
  | { readonly type: 'ended'; readonly job: number; readonly how: string };
