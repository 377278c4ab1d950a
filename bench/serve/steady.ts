import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bodies } from './load.ts';

/** Ms from sending to the end of the answer, ascending; of what was answered. */
export interface Answered {
  readonly latencies: readonly number[];
  /** No answer, a status other than 200, or a wrong text. */
  readonly errors: number;
}

export interface Stream {
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second. */
  readonly rate: number;
  wrong(text: string): boolean;
}

/** Sends at even distances, whether or not what was sent before is answered. */
export const steady = async (url: string, body: Bodies, stream: Stream): Promise<Answered> => {
  const { connections, seconds, rate, wrong } = stream;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latencies: number[] = [];
  let errors = 0;
  const ask = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const since = performance.now();
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      const failed = (): void => {
        errors++;
        resolve();
      };
      const sent = request(url, { method: 'POST', agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', failed);
        response.on('end', () => {
          latencies.push(performance.now() - since);
          if (response.statusCode !== 200 || wrong(Buffer.concat(chunks).toString())) errors++;
          resolve();
        });
      });
      sent.on('error', failed);
      sent.end(text);
    });
  const start = performance.now();
  const asked: Promise<void>[] = [];
  for (let k = 0; k < rate * seconds; k++) {
    const due = start + (1000 * k) / rate;
    if (due > performance.now()) await sleep(due - performance.now());
    asked.push(ask(body()));
  }
  await Promise.all(asked);
  agent.destroy();
  return { latencies: latencies.sort((a, b) => a - b), errors };
};
