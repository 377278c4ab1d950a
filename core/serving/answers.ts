import type { PipelineResult } from '../pipeline/index.ts';
import { RecographError } from '../spi/index.ts';
import type { Backend } from './backend.ts';
import { createBatcher } from './batcher.ts';
import { type Call, excludedFrom, gatheredOf, sessionHistory } from './call.ts';
import { encodeRequests } from './encode.ts';
import { fallbackItems } from './fallback-list.ts';
import type { Figures } from './figures.ts';
import type { FrontView } from './front.ts';
import type { KeptStates } from './kept-states.ts';
import type { Slate } from './slate.ts';
import type { Turns } from './turns.ts';
import { type KnownUser, knownUser, type UserCache } from './user-cache.ts';

/** What a pipeline said about one request. */
export type Answer = Pick<Slate, 'servedBy' | 'degraded' | 'items'>;

/** Answers calls in micro-batches of one pipeline and bundle. */
export interface Answers {
  /** The batch's answer or, where it fails or is late, the fallback list. Never throws. */
  inTime(call: Call): Promise<Answer>;
  /** Calls that are in no batch yet. */
  waiting(): number;
}

interface AnswersParts {
  readonly users: UserCache;
  readonly backend: Backend;
  readonly kept: KeptStates;
  readonly figures: Figures;
  readonly maxBatch: number;
  readonly turns: Turns;
}

export const createAnswers = ({ users, backend, kept, figures, maxBatch, turns }: AnswersParts): Answers => {
  const gather = async (calls: readonly Call[]): Promise<readonly KnownUser[]> => {
    const named = calls.filter(({ request }) => 'user' in request.target);
    const found = await users.get(named.map(({ request }) => (request.target as { user: string }).user));
    for (const [k, call] of named.entries()) call.user = found[k]!;
    return calls.map((call) => {
      call.user ??= knownUser(undefined, sessionHistory(call));
      return call.user;
    });
  };

  const run = async (calls: readonly Call[]): Promise<Answer[]> => {
    const { served, pipeline } = calls[0]!;
    const timer = figures.batch(calls.length);
    const [known, extra] = await Promise.all([gather(calls), kept.read(served.bundle.keeps[pipeline] ?? [])]);
    timer('gather');
    const view = served.view();
    const gathered = calls.map((call, k) => gatheredOf(call, known[k]!, view));
    const batch = encodeRequests(gathered, view.space, extra);
    timer('encode');
    const bundle = served.bundle.manifest.id;
    const deadlineMs = Math.max(...calls.map((call) => call.deadlineMs));
    const result = await backend.run({ bundle, pipeline, view, batch, deadlineMs });
    timer('run');
    return answersOf(view, result);
  };

  const batcher = createBatcher<Call, Answer>((_, calls) => run(calls), {
    maxBatch,
    width: backend.width,
    abandoned: ({ settled }) => settled,
  });

  const instead = (call: Call, code: string, message: string): Answer => {
    figures.fallback(code);
    const { request, served, pipeline, user } = call;
    const view = served.view();
    const known = user ?? knownUser(undefined, sessionHistory(call));
    const excludeSeen = request.excludeSeen ?? served.bundle.config.pipelines[pipeline]!.excludeSeen;
    const items = fallbackItems(served.bundle, view, pipeline, {
      n: request.n,
      filter: request.filter,
      excludeItems: excludedFrom(request, known, view),
      seen: excludeSeen ? known.history.map(({ item }) => item) : [],
    });
    return {
      servedBy: 'FALLBACK',
      degraded: [{ stage: `pipelines.${pipeline}`, code, message }],
      items: items.map((item, k) => ({ id: view.itemId(item), rank: k + 1, score: -k, sources: [] })),
    };
  };

  /** Asks the whole catalogue what fits a filter before the call meets others, so that they do not wait for it. */
  const submit = async (call: Call): Promise<Answer> => {
    const { served, pipeline, request } = call;
    if (request.filter) await turns.run(served.view().matching.steps(request.filter), () => call.settled);
    return batcher.submit(`${served.bundle.manifest.id}\n${pipeline}`, call);
  };

  return {
    waiting: batcher.waiting,
    inTime: (call) =>
      new Promise((resolve) => {
        const settle = (answer: Answer): void => {
          if (call.settled) return;
          call.settled = true;
          clearTimeout(timer);
          resolve(answer);
        };
        const timer = setTimeout(() => {
          const message = `The pipeline had not answered after ${call.deadlineMs} ms; this is the fallback list.`;
          settle(instead(call, 'DEADLINE_EXCEEDED', message));
        }, call.deadlineMs);
        submit(call).then(settle, (error) => {
          const code = error instanceof RecographError ? error.code : 'INTERNAL';
          const message = error instanceof Error ? error.message : String(error);
          if (!call.settled) settle(instead(call, code, message));
        });
      }),
  };
};

const answersOf = (view: FrontView, { lists, sources, sourceNames, servedBy, failures }: PipelineResult): Answer[] => {
  const named = new Map<number, readonly string[]>();
  const namesOf = (mask: number): readonly string[] => {
    let names = named.get(mask);
    if (!names) {
      names = sourceNames.filter((_, s) => (mask >>> s) & 1);
      named.set(mask, names);
    }
    return names;
  };
  return lists.map(({ items, scores }, q) => ({
    servedBy: servedBy[q]!,
    degraded: failures[q]!,
    items: Array.from(items, (item, k) => ({
      id: view.itemId(item),
      rank: k + 1,
      score: scores[k]!,
      sources: namesOf(sources[q]![k]!),
    })),
  }));
};
