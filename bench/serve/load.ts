// @ts-expect-error: it comes without types
import autocannon from 'autocannon';
import type { Server } from './start.ts';
import { steady } from './steady.ts';

const USERS = 610;
const RECOMMEND = `query($user: ID!) { recommend(input: { target: { user: $user } }, first: 10) {
  ... on RecommendationConnection { recommendationId servedBy edges { rank score node { itemId title } } }
  ... on Failure { message } } }`;
const RECORD = `mutation($events: [EventInput!]!) { recordEvents(input: { events: $events }) {
  ... on RecordEventsPayload { accepted rejected { message } } ... on Failure { message } } }`;

/** Makes the body of the next request. */
export type Bodies = () => string;

let turn = 0;
const next = (): number => turn++;

/** Ten items with titles, for one user after another. */
export const recommending: Bodies = () =>
  JSON.stringify({ query: RECOMMEND, variables: { user: String((next() % USERS) + 1) } });

/** So many events of users old and new, each with a key of its own. */
export const recording =
  (count: number): Bodies =>
  () => {
    const events = Array.from({ length: count }, () => {
      const k = next();
      return { user: `b${k % 5000}`, item: String((k % 190) + 1), type: 'click', key: `${process.pid}-${k}` };
    });
    return JSON.stringify({ query: RECORD, variables: { events } });
  };

export interface Load {
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second, at even distances; without it each connection asks again when it is answered. */
  readonly rate?: number;
}

interface Run {
  readonly perSecond: number;
  readonly total: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers that did not come, came with a status other than 200, or hold an error or a failure. */
  readonly errors: number;
  /** The first answer that was wrong. */
  readonly firstWrong?: string;
}

export interface Loaded extends Run {
  /** Of the server, ms a request. */
  readonly cpuMs: number;
  /** Requests that went through a pipeline together. */
  readonly batch: number;
}

/** Tells wrong answers, and keeps the first. */
const createJudge = () => {
  let firstWrong: string | undefined;
  return {
    isWrong: (text: string): boolean => {
      const wrong = text.includes('"errors"') || text.includes('"message"');
      if (wrong) firstWrong ??= text.slice(0, 300);
      return wrong;
    },
    first: () => (firstWrong === undefined ? {} : { firstWrong }),
  };
};

/** Each connection asks again when it is answered. */
const saturate = async (url: string, body: Bodies, { connections, seconds }: Load): Promise<Run> => {
  let wrong = 0;
  const judge = createJudge();
  const { requests, latency, duration, errors, non2xx } = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request: object) => ({ ...request, body: body() }),
        onResponse: (_status: number, text: string) => {
          if (judge.isWrong(text)) wrong++;
        },
      },
    ],
  });
  const { total } = requests;
  const failed = errors + non2xx + wrong;
  return { perSecond: total / duration, total, p50: latency.p50, p99: latency.p99, errors: failed, ...judge.first() };
};

const atRate = async (url: string, body: Bodies, load: Load & { rate: number }): Promise<Run> => {
  const judge = createJudge();
  const { latencies, errors } = await steady(url, body, { ...load, wrong: judge.isWrong });
  const total = latencies.length;
  const at = (share: number): number => Math.round(10 * latencies[Math.floor(share * total)]!) / 10;
  return { perSecond: total / load.seconds, total, p50: at(0.5), p99: at(0.99), errors, ...judge.first() };
};

/** Puts a server under load and counts both sides. */
export const load = async (server: Server, body: Bodies, asked: Load): Promise<Loaded> => {
  const before = await server.figures();
  const { rate } = asked;
  const run = await (rate === undefined
    ? saturate(server.url, body, asked)
    : atRate(server.url, body, { ...asked, rate }));
  const after = await server.figures();
  const cpu = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  return {
    ...run,
    cpuMs: +(cpu / 1000 / run.total).toFixed(3),
    batch: +((after.batched - before.batched) / Math.max(1, after.batches - before.batches)).toFixed(1),
  };
};
