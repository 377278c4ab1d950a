import { createRecommender } from 'recograph';
import type { Benchmark } from '../harness/benchmark.ts';
import { heavyProject, heavyReads, ITEMS, refusedReads } from '../serve/heavy-reads.ts';
import { probing } from '../serve/probe.ts';
import { ALL_CORES, build, startServer } from '../serve/start.ts';

const CLIENTS = 20;

const post = async (url: string, body: string): Promise<string> =>
  (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text();

export default {
  name: 'heavy-reads',
  about: `The heaviest reads within the limits over ${ITEMS.toLocaleString('en')} items: CPU of the server for one, and the worst /health answer while ${CLIENTS} clients send them without a pause.`,
  asked: { 'worst CPU of a read': { atMost: 1000 }, 'worst /health': { atMost: 100 } },
  run: async (context) => {
    build();
    const config = heavyProject(context.folder);
    const trainer = await createRecommender(config);
    await trainer.train();
    await trainer.close();
    const server = await startServer(config, { cores: ALL_CORES });
    const cpuOf = async (body: string): Promise<{ ms: number; answer: string }> => {
      const { cpu: before } = await server.figures();
      const answer = await post(server.url, body);
      const { cpu: after } = await server.figures();
      return { ms: (after.user + after.system - before.user - before.system) / 1000, answer: answer.slice(0, 120) };
    };
    let worst = 0;
    const all = [
      ...Object.entries(heavyReads),
      ...Object.entries(refusedReads).map(([name, body]) => [name, () => body] as const),
    ];
    for (const [name, body] of all) {
      for (let round = 0; round < (context.quick ? 1 : 3); round++) {
        const { ms, answer } = await cpuOf(body());
        context.note({ name, cpuMs: Math.round(ms), answer });
        worst = Math.max(worst, ms);
      }
    }
    context.figure('worst CPU of a read', +worst.toFixed(1), 'ms');

    /** The times of /health while clients send these reads one after another. */
    const beside = async (reads: readonly (readonly [string, () => string])[], seconds: number): Promise<number[]> => {
      const until = performance.now() + 1000 * seconds;
      const probe = probing(server.url.replace('/graphql', '/health'));
      let answered = 0;
      const clients = Array.from({ length: CLIENTS }, async (_, client) => {
        for (let k = client; performance.now() < until; k++, answered++) {
          await post(server.url, reads[k % reads.length]![1]());
        }
      });
      await Promise.all(clients);
      const waits = await probe.stop();
      const at = (share: number): number => Math.round(waits[Math.floor(share * (waits.length - 1))]!);
      const names = reads.length === 1 ? reads[0]![0] : 'all';
      context.note({ name: names, answered, probes: waits.length, p50: at(0.5), p99: at(0.99), worst: at(1) });
      return waits;
    };
    for (const read of all) await beside([read], context.quick ? 2 : 5);
    const waits = await beside(all, context.quick ? 5 : 30);
    context.note({ rss: (await server.figures()).rss });
    context.figure('worst /health', +waits.at(-1)!.toFixed(1), 'ms');
    await server.stop();
  },
} satisfies Benchmark;
