import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import {
  createRuntime,
  describeRuntimes,
  doctorRuntime,
  type OwnedRuntime,
  removeRuntime,
} from '../../../core/runtime/index.ts';
import { command } from '../../../core/runtime/install/command.ts';

const open: OwnedRuntime[] = [];
const start = async (...args: Parameters<typeof createRuntime>): Promise<OwnedRuntime> => {
  const runtime = await createRuntime(...args);
  open.push(runtime);
  return runtime;
};
afterEach(() => {
  for (const runtime of open.splice(0)) runtime.dispose();
});

it('is one in a process: shared by kind, refused for another until it is disposed', async () => {
  const [first, second] = await Promise.all([start('wasm'), start('wasm')]);
  expect(second.tf).toBe(first.tf);
  await expect(createRuntime('cpu')).rejects.toMatchObject({ code: 'RUNTIME_UNAVAILABLE' });
  expect((await start('auto')).kind).toBe('wasm');
  for (const runtime of open.splice(0)) runtime.dispose();
  expect((await start('cpu')).kind).toBe('cpu');
});

it('starts again after it was disposed', async () => {
  for (let round = 0; round < 2; round++) {
    const runtime = await createRuntime('wasm');
    const { tf } = runtime;
    const product = runtime.scope(() => tf.matMul(tf.tensor2d([1, 2], [1, 2]), tf.tensor2d([3, 4], [2, 1])));
    expect([...(await product.data())]).toEqual([11]);
    product.dispose();
    runtime.dispose();
  }
});

it('frees what a scope makes, but what it returns', async () => {
  const runtime = await start('wasm');
  const { tf } = runtime;
  const before = runtime.describe();
  const kept = runtime.scope(() => tf.add(tf.ones([8]), tf.ones([8])));
  expect(runtime.describe().tensors).toBe(before.tensors + 1);
  kept.dispose();
  expect(runtime.describe()).toEqual(before);
});

it.each(describeRuntimes().flatMap(({ kind, installed }) => (installed ? [kind] : [])))(
  'differentiates a split into one piece: %s',
  async (kind) => {
    const { tf } = await start(kind);
    const gradient = tf.grad((x) => tf.sum(tf.square(tf.split(x, 1, 1)[0]!)))(tf.tensor2d([1, -2], [1, 2]));
    expect([...(await gradient.data())]).toEqual([2, -4]);
    gradient.dispose();
  },
);

it("says nothing on the console and leaves the host's error handling alone", async () => {
  const script = `
    import { createRuntime } from './core/runtime/index.ts';
    for (const kind of ['wasm', 'cpu']) {
      const runtime = await createRuntime(kind);
      runtime.tf.add(1, 2).dispose();
      runtime.dispose();
    }
    console.log(process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection'));`;
  const args = ['--conditions=@recograph/source', '--import', 'tsx', '--input-type=module', '-e', script];
  expect((await command(process.execPath, args, { cwd: process.cwd() })).trim()).toBe('0');
});

it('names what a runtime lacks and the command that brings it', async () => {
  const reports = new Map(describeRuntimes().map((report) => [report.kind, report]));
  expect([...reports.keys()]).toEqual(['tensorflow', 'webgpu', 'wasm', 'cpu']);
  for (const kind of ['tensorflow', 'webgpu'] as const) {
    const report = reports.get(kind)!;
    if (report.installed) continue;
    expect(report.fix).toContain('install');
    await expect(createRuntime(kind)).rejects.toMatchObject({
      code: 'RUNTIME_UNAVAILABLE',
      message: expect.stringContaining('install') as string,
    });
  }
});

it('lets doctor try the active runtime', async () => {
  const checks = await doctorRuntime(await start('wasm'));
  expect(checks[0]).toMatchObject({ name: 'runtime wasm', status: 'pass', fix: null });
  expect(checks.map(({ name }) => name)).toContain('tensorflow-cuda');
});

it('removes no folder that it did not make', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'recograph-'));
  await writeFile(join(folder, 'mine.txt'), 'x');
  await expect(removeRuntime(folder)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(await removeRuntime(join(folder, 'absent'))).toBe(false);
});
