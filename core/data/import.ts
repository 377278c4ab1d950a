import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  type BulkResult,
  type EventBatch,
  type ItemOwner,
  type ItemRecord,
  RecographError,
  type Store,
  type UserRecord,
} from '../spi/index.ts';
import { createEventBatcher } from './import/event-batcher.ts';
import { createRejects } from './import/rejects.ts';
import { createSpool, type Spool } from './import/spool.ts';
import { createTally } from './import/tally.ts';
import { type Bounds, createPlausibility } from './plausible.ts';
import type { InteractionRow, RowBatch, RowProblem } from './readers/batch.ts';
import {
  type CatalogueSpec,
  formatOf,
  hasMovielensItems,
  hasMovielensUsers,
  readInteractions,
  readItems,
  readUsers,
  type SourceSpec,
} from './readers/index.ts';
import { itemProblem, userProblem } from './records.ts';

/** What to import. A MovieLens folder given as interactions brings its movies and users along. */
export interface ImportSources {
  readonly interactions?: SourceSpec | undefined;
  readonly items?: CatalogueSpec | undefined;
  readonly users?: CatalogueSpec | undefined;
  /** The folder that relative paths start from; default: the working directory. */
  readonly base?: string | undefined;
}

export interface ImportProgress {
  readonly phase: 'reading' | 'writing';
  /** Rows of all kinds so far in this phase. */
  readonly rows: number;
  /** All rows, known once reading is done. */
  readonly total?: number;
}

export interface ImportOptions {
  /** fail: the first malformed row ends the import and nothing is written. skip: it goes to the reject file. */
  readonly onError?: 'fail' | 'skip';
  readonly signal?: AbortSignal;
  readonly report?: (progress: ImportProgress) => void;
  /** What bounds an event; default: nothing but its form. */
  readonly bounds?: Bounds;
  /** Who wins where a catalogue file and the API say different things; default: newest. */
  readonly owner?: ItemOwner;
  /** Milliseconds since the epoch, beside `bounds`. */
  readonly now?: number;
}

export interface ImportResult {
  /** New in the store; items and users first seen in events count too. */
  readonly imported: { readonly events: number; readonly items: number; readonly users: number };
  /** Events that were stored already. */
  readonly duplicates: number;
  readonly rejected: number;
  /** The first hundred. */
  readonly rejects: readonly RowProblem[];
  /** All of them, one JSON object a line; null where there are none. */
  readonly rejectFile: string | null;
  /** What of the data does not count as one may think. */
  readonly warnings: readonly string[];
  readonly seconds: number;
  readonly peakRssBytes: number;
}

type Batch =
  | { readonly kind: 'events'; readonly events: EventBatch }
  | { readonly kind: 'items'; readonly items: readonly ItemRecord[] }
  | { readonly kind: 'users'; readonly users: readonly UserRecord[] };

/**
 * Reads and checks everything first, into a spool file beside the database, and then writes it in one transaction:
 * other writers wait only for that, and a malformed file changes nothing.
 */
export const importData = async (
  store: Store,
  sources: ImportSources,
  options: ImportOptions = {},
): Promise<ImportResult> => {
  const started = performance.now();
  const folder = dirname(store.path);
  const given = [sources.interactions, sources.items, sources.users].find((source) => source !== undefined);
  if (!given) {
    throw new RecographError(
      'DATA_EMPTY',
      'there is nothing to import: give data.interactions, data.items or data.users.',
      {
        at: 'data',
      },
    );
  }
  const rejects = createRejects(join(folder, `rejects-${basename(given.path)}.jsonl`), options.onError ?? 'fail');
  const spool = await createSpool<Batch>(join(folder, `import-${randomUUID()}.spool`));
  try {
    const progress = createProgress(options);
    const tally = createTally(options.bounds?.feedback ?? {});
    await readEverything(sources, { spool, rejects, progress, tally, implausible: plausibilityOf(options) });
    const result = await writeEverything(store, spool, progress, {
      source: sourcesText(sources),
      ...(options.owner ? { owner: options.owner } : {}),
    });
    return {
      imported: { events: result.events, items: result.items, users: result.users },
      duplicates: result.duplicates,
      rejected: rejects.count,
      rejects: rejects.first,
      rejectFile: rejects.file,
      warnings: [
        ...tally.warnings(),
        ...keptWarnings(result.kept, options.owner),
        ...(await joinWarnings(store, options.bounds?.unlisted)),
      ],
      seconds: (performance.now() - started) / 1000,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    };
  } finally {
    await spool.close();
    await rejects.close();
  }
};

type Progress = ReturnType<typeof createProgress>;

const createProgress = ({ signal, report }: ImportOptions) => {
  let rows = 0;
  let total: number | undefined;
  let phase: ImportProgress['phase'] = 'reading';
  return {
    add: (more: number): void => {
      if (signal?.aborted) throw new RecographError('CANCELLED', 'the import was cancelled; nothing was written.');
      rows += more;
      report?.(total === undefined ? { phase, rows } : { phase, rows, total });
    },
    startWriting: (): void => {
      total = rows;
      rows = 0;
      phase = 'writing';
    },
  };
};

type Reject = (problems: readonly RowProblem[]) => Promise<void>;

interface Reading {
  readonly spool: Spool<Batch>;
  readonly rejects: ReturnType<typeof createRejects>;
  readonly progress: Progress;
  readonly tally: ReturnType<typeof createTally>;
  readonly implausible: (row: InteractionRow) => string | undefined;
}

const plausibilityOf = ({ bounds, now }: ImportOptions): Reading['implausible'] =>
  bounds && now !== undefined ? createPlausibility(bounds, now) : () => undefined;

const readEverything = async (sources: ImportSources, reading: Reading): Promise<void> => {
  const { spool, rejects, progress, tally, implausible } = reading;
  const reject = rejects.add;
  const { items, users, events } = withMovielens(sources);
  const base = sources.base ?? '.';
  if (items) {
    await readRecords(readItems(items, base), itemProblem, reject, progress, (rows) =>
      spool.add({ kind: 'items', items: rows }),
    );
  }
  if (users) {
    await readRecords(readUsers(users, base), userProblem, reject, progress, (rows) =>
      spool.add({ kind: 'users', users: rows }),
    );
  }
  if (!events) return;
  const batcher = createEventBatcher();
  const flush = () => spool.add({ kind: 'events', events: batcher.take() });
  for await (const batch of readInteractions(events, base)) {
    const problems: RowProblem[] = [];
    const leftOut: RowProblem[] = [];
    for (let k = 0; k < batch.rows.length; k++) {
      const row = batch.rows[k]!;
      const why = implausible(row);
      if (why !== undefined) {
        leftOut.push(problemAt(batch, k, why));
        continue;
      }
      const malformed = batcher.add(row);
      if (malformed) problems.push(problemAt(batch, k, malformed.message));
      else tally.add(row);
      if (batcher.isFull) await flush();
    }
    tally.leftOut(leftOut.length);
    await rejects.leaveOut(leftOut);
    await reject(merged(batch.problems, problems));
    progress.add(batch.rows.length);
  }
  if (batcher.size > 0) await flush();
};

const withMovielens = ({ interactions, items, users, base = '.' }: ImportSources) => {
  if (!interactions || formatOf(interactions, resolve(base, interactions.path)) !== 'movielens') {
    return { items, users, events: interactions };
  }
  const path = resolve(base, interactions.path);
  const folder: CatalogueSpec = { path, format: 'movielens' };
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return {
    items: items ?? (isFolder && hasMovielensItems(path) ? folder : undefined),
    users: users ?? (isFolder && hasMovielensUsers(path) ? folder : undefined),
    events: interactions,
  };
};

const readRecords = async <R>(
  batches: AsyncIterable<RowBatch<R>>,
  problemOf: (record: R) => string | undefined,
  reject: Reject,
  progress: Progress,
  add: (rows: readonly R[]) => Promise<void>,
): Promise<void> => {
  for await (const batch of batches) {
    const problems: RowProblem[] = [];
    const rows = batch.rows.filter((row, k) => {
      const message = problemOf(row);
      if (message !== undefined) problems.push(problemAt(batch, k, message));
      return message === undefined;
    });
    await reject(merged(batch.problems, problems));
    for (let from = 0; from < rows.length; from += 1000) await add(rows.slice(from, from + 1000));
    progress.add(batch.rows.length);
  }
};

const problemAt = (batch: RowBatch<unknown>, row: number, message: string): RowProblem => ({
  file: batch.file,
  line: batch.lines[row]!,
  code: 'DATA_INVALID',
  message,
});

const merged = (read: readonly RowProblem[], checked: readonly RowProblem[]): readonly RowProblem[] =>
  checked.length === 0 ? read : [...read, ...checked].sort((a, b) => a.line - b.line);

/** How many items that events name are not in the catalogue, where there is one. */
const joinWarnings = async (store: Store, unlisted: Bounds['unlisted']): Promise<string[]> => {
  const [{ items }, { count, ids }] = await Promise.all([store.counts(), store.unlisted(3)]);
  if (count === 0 || count === items) return [];
  const fate = unlisted === 'recommend' ? 'recommended without a title' : 'not recommended';
  return [
    `${count} of ${items} items are named by events and not in the catalogue (${ids.join(', ')}${count > ids.length ? ', ...' : ''}): they are ${fate}. Do both files write ids alike? data.unlisted says what becomes of them.`,
  ];
};

const sourcesText = ({ interactions, items, users }: ImportSources): string =>
  [interactions, items, users].flatMap((source) => (source ? [source.path] : [])).join(', ');

const keptWarnings = (kept: number, owner: ItemOwner = 'newest'): string[] =>
  kept === 0
    ? []
    : [
        `${kept} items of the file were left as they are: ${owner === 'api' ? 'the API wrote or deleted them' : 'they were deleted'}. data.items.owner says who wins (now: ${owner}).`,
      ];

const writeEverything = async (
  store: Store,
  spool: Spool<Batch>,
  progress: Progress,
  asked: { readonly source: string; readonly owner?: ItemOwner },
): Promise<BulkResult> => {
  progress.startWriting();
  const bulk = await store.bulkImport(asked);
  try {
    for await (const batch of spool.read()) {
      if (batch.kind === 'events') await bulk.events(batch.events);
      else if (batch.kind === 'items') await bulk.items(batch.items);
      else await bulk.users(batch.users);
      progress.add(batch.kind === 'events' ? batch.events.users.length : sizeOf(batch));
    }
  } catch (error) {
    await bulk.abort();
    throw error;
  }
  return bulk.commit();
};

const sizeOf = (batch: Exclude<Batch, { kind: 'events' }>): number =>
  batch.kind === 'items' ? batch.items.length : batch.users.length;
