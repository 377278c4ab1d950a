import type { Column } from './columns.ts';

export type Format = 'csv' | 'tsv' | 'jsonl' | 'parquet' | 'movielens' | 'user-items';

/** A file of interactions and what its columns mean: the config's `data.interactions`. */
export interface SourceSpec {
  readonly path: string;
  /** Default: by the ending of the path; a folder is movielens. */
  readonly format?: Format | undefined;
  readonly columns?:
    | {
        readonly user?: Column | undefined;
        readonly item?: Column | undefined;
        readonly value?: Column | undefined;
        readonly time?: Column | undefined;
        readonly type?: Column | undefined;
        readonly context?: readonly Column[] | undefined;
      }
    | undefined;
}

/** A file of items or users: the config's `data.items` and `data.users`. */
export interface CatalogueSpec {
  readonly path: string;
  readonly format?: Exclude<Format, 'user-items'> | undefined;
  readonly columns?:
    | {
        readonly id?: Column | undefined;
        readonly title?: Column | undefined;
        readonly categories?: Column | undefined;
        readonly available?: Column | undefined;
        readonly image?: Column | undefined;
      }
    | undefined;
}

export type InteractionColumns = NonNullable<SourceSpec['columns']>;
export type CatalogueColumns = NonNullable<CatalogueSpec['columns']>;
