/**
 * `npm run bench` lists the benchmarks, `npm run bench -- NAME [options]` runs one, `npm run bench -- table` prints
 * the results so far. RECOGRAPH_DATA is the folder of the public data sets.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { RuntimeKind } from 'recograph';
import type { Benchmark, Context, Figure } from './harness/benchmark.ts';
import { find, listed } from './harness/list.ts';
import { peerOf } from './harness/peer.ts';
import * as results from './harness/results.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    threads: { type: 'string', default: process.env.RECOGRAPH_THREADS ?? '2' },
    seeds: { type: 'string', default: '1,2,3' },
    runtime: { type: 'string' },
  },
});
const root = resolve(process.env.RECOGRAPH_DATA ?? fileURLToPath(new URL('../../shared/data', import.meta.url)));

const fail = (message: string): void => {
  console.error(message);
  process.exitCode = 2;
};

const list = async (): Promise<void> => {
  const all = await listed();
  const width = Math.max(...all.map(({ name }) => name.length));
  console.log('npm run bench -- NAME [--quick] [--threads N] [--seeds 1,2,3]; accuracy/NAME may be "accuracy NAME"\n');
  for (const { name, about } of all) console.log(`${name.padEnd(width)}  ${about}`);
};

const run = async (benchmark: Benchmark, args: readonly string[]): Promise<void> => {
  const missing = (benchmark.needs ?? []).filter((name) => !existsSync(join(root, name)));
  if (missing.length > 0) {
    const what = `${benchmark.name} needs ${missing.join(', ')} in ${root}.`;
    return fail(
      `${what} Set RECOGRAPH_DATA to the folder of the data sets; docs/benchmarks.md says where they come from.`,
    );
  }
  const threads = Number(options.threads);
  const figures: Figure[] = [];
  const notes: object[] = [];
  let runtime = 'none';
  let askedForPeer = false;
  const folder = mkdtempSync(join(tmpdir(), 'recograph-bench-'));
  const context: Context = {
    data: (...path) => join(root, ...path),
    get peer() {
      const peer = peerOf(root, threads);
      if (!peer && !askedForPeer)
        console.error("No peers' environment, ours alone: bench/peers/README.md says how to make it.");
      askedForPeer = true;
      return peer;
    },
    folder,
    threads,
    seeds: options.seeds.split(',').map(Number),
    quick: options.quick,
    args,
    ...(options.runtime && { on: options.runtime as RuntimeKind }),
    figure: (name, value, unit = '', peer) => figures.push({ name, value, unit, ...(peer ? { peer } : {}) }),
    note: (fields) => {
      notes.push(fields);
      console.error(JSON.stringify(fields));
    },
    runtime: (kind) => {
      runtime = kind;
    },
  };
  const before = loadavg()[0]!;
  const started = performance.now();
  try {
    await benchmark.run(context);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const result: results.Result = {
    name: benchmark.name,
    about: benchmark.about,
    command: `npm run bench -- ${process.argv.slice(2).join(' ')}`,
    date: new Date().toISOString(),
    commit: results.commit(),
    machine: results.machine(before, loadavg()[0]!),
    node: process.version,
    runtime,
    seconds: Math.round((performance.now() - started) / 100) / 10,
    peakRssMB: Math.round(process.resourceUsage().maxRSS / 1024),
    figures: results.figuresBesideAsked(figures, benchmark),
    notes,
  };
  console.log(`${benchmark.name}: ${benchmark.about}\n${results.tableText(results.rowsOf(result.figures))}`);
  if (!options.quick) console.error(results.writeResult(result));
};

const [command] = positionals;
if (command === undefined) await list();
else if (command === 'table') console.log(results.markdown(results.readResults()));
else {
  const benchmark = await find(positionals);
  if (benchmark) await run(benchmark, positionals.slice(command === 'accuracy' ? 2 : 1));
  else fail(`There is no benchmark "${positionals.join(' ')}". "npm run bench" lists them.`);
}
