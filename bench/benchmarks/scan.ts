import asc from 'assemblyscript/asc';
import { createKernels, createRng } from 'recograph/math';
import type { Benchmark } from '../harness/benchmark.ts';
import { alternate, timed } from '../harness/measure.ts';

const ROWS = 1_000_000;
const WIDTH = 64;
const BYTES = ROWS * WIDTH * 4;

/** Reads every byte once, 128 at a time, and does nothing else with them. */
const READER = `
export function read(bytes: usize): i64 {
  let a = i64x2.splat(0), b = a, c = a, d = a;
  for (let at: usize = 0; at < bytes; at += 128) {
    a = v128.xor(a, v128.xor(v128.load(at), v128.load(at, 16)));
    b = v128.xor(b, v128.xor(v128.load(at, 32), v128.load(at, 48)));
    c = v128.xor(c, v128.xor(v128.load(at, 64), v128.load(at, 80)));
    d = v128.xor(d, v128.xor(v128.load(at, 96), v128.load(at, 112)));
  }
  return i64x2.extract_lane(v128.xor(v128.xor(a, b), v128.xor(c, d)), 0);
}`;

const createReader = async (): Promise<(bytes: number) => bigint> => {
  const files: Record<string, Uint8Array> = {};
  const { error, stderr } = await asc.main(
    ['reader.ts', '--outFile', 'reader.wasm', '--runtime', 'stub', '--enable', 'simd', '-O3', '--importMemory'],
    {
      readFile: (name) => (name === 'reader.ts' ? READER : null),
      writeFile: (name, contents) => {
        files[name] = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(stderr.toString(), { cause: error });
  const memory = new WebAssembly.Memory({ initial: BYTES / 65536 + 1 });
  const rng = createRng(2);
  const words = new Uint32Array(memory.buffer, 0, BYTES / 4);
  for (let k = 0; k < words.length; k++) words[k] = rng.int(2 ** 31);
  const module = await WebAssembly.compile(files['reader.wasm'] as BufferSource);
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return exports.read as (bytes: number) => bigint;
};

export default {
  name: 'scan',
  about: 'The exact 100 best of 1M items x 64 for one query on one thread, beside reading as many bytes.',
  asked: { 'top-100 of 1M x 64': { ratioAtMost: 1.5 } },
  run: async (context) => {
    const kernels = createKernels({ threads: 1 });
    const rng = createRng(1);
    const items = { rows: ROWS, columns: WIDTH, data: kernels.memory().floats(ROWS * WIDTH) };
    for (let k = 0; k < items.data.length; k++) items.data[k] = rng.next() - 0.5;
    const query = { rows: 1, columns: WIDTH, data: items.data.slice(0, WIDTH) };
    const limits = { exclude: { offsets: new Uint32Array(2), values: new Int32Array(0) } };
    const read = await createReader();
    const { best } = await alternate(
      context,
      41,
      { ours: 'scan', theirs: 'read' },
      {
        ours: async () => ({ ms: (await timed(() => kernels.topK(query, items, 100, limits))).seconds * 1000 }),
        theirs: async () => ({ ms: (await timed(() => read(BYTES))).seconds * 1000 }),
      },
    );
    // the best round: one that nothing else on the machine interrupted
    context.figure('top-100 of 1M x 64', best.ours.ms!, 'ms', { name: 'reading', value: best.theirs!.ms! });
    context.figure('read', BYTES / 1e6 / best.theirs!.ms!, 'GB/s');
    await kernels.dispose();
  },
} satisfies Benchmark;
