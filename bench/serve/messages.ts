export type ToServer =
  | { readonly ask: 'figures' }
  | { readonly ask: 'train' | 'import' }
  | { readonly ask: 'activate'; readonly bundle: string };

export interface ServerFigures {
  readonly batches: number;
  readonly batched: number;
  readonly fallbacks: Readonly<Record<string, number>>;
  readonly seconds: Readonly<Record<string, number>>;
  readonly restarts: number;
  readonly rss: number;
  readonly cpu: NodeJS.CpuUsage;
}

export type FromServer =
  | { readonly url: string }
  | { readonly figures: ServerFigures }
  | { readonly done: string }
  | { readonly failed: string };
