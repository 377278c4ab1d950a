// @ts-expect-error: it comes without types
import autocannon from 'autocannon';
import type { Server } from './start.ts';

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
  /** Requests a second of all connections together; without it each connection asks again when it is answered. */
  readonly rate?: number;
}

export interface Loaded {
  readonly perSecond: number;
  readonly total: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers that did not come, came with a status other than 200, or hold an error or a failure. */
  readonly errors: number;
  /** Of the server, ms a request. */
  readonly cpuMs: number;
  /** Requests that went through a pipeline together. */
  readonly batch: number;
}

/** Puts a server under load and counts both sides. */
export const load = async (server: Server, body: Bodies, { connections, seconds, rate }: Load): Promise<Loaded> => {
  const before = await server.figures();
  let wrong = 0;
  const run = autocannon({
    url: server.url,
    connections,
    duration: seconds,
    ...(rate === undefined ? {} : { overallRate: rate }),
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request: object) => ({ ...request, body: body() }),
        onResponse: (_status: number, text: string) => {
          if (text.includes('"errors"') || text.includes('"message"')) wrong++;
        },
      },
    ],
  });
  const result = await run;
  const after = await server.figures();
  const cpu = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  return {
    perSecond: result.requests.total / result.duration,
    total: result.requests.total,
    p50: result.latency.p50,
    p99: result.latency.p99,
    errors: result.errors + result.non2xx + wrong,
    cpuMs: +(cpu / 1000 / result.requests.total).toFixed(3),
    batch: +((after.batched - before.batched) / Math.max(1, after.batches - before.batches)).toFixed(1),
  };
};
