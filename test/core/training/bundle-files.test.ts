import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKernels } from '../../../core/math/index.ts';
import type { BundleContents } from '../../../core/training/bundle.ts';
import {
  openBundle,
  readBundle,
  readTensorFiles,
  removeUnfinishedBundles,
  writeBundle,
} from '../../../core/training/bundle-files.ts';
import { thisOwner } from '../../../core/training/owner.ts';
import { bundleManifest } from '../../support/bundle-manifest.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'recograph-bundle-'));
});
afterEach(() => rm(parent, { recursive: true }));

const contents = (): BundleContents => ({
  manifest: {
    ...bundleManifest,
    metrics: { 'pipelines.home': { 'ndcg@10': 0.5 } },
    components: [{ kind: 'model', name: 'taste', type: 'als', frozen: false }],
  },
  users: ['ann', '__proto__', 'emoji 🎬'],
  items: ['a\0b', '../x'],
  typeNames: ['rating'],
  config: { seed: 1 },
  features: { columns: {} },
  fallback: { home: [1, 0] },
  states: {
    'model.taste': {
      json: { mean: 3 },
      tensors: {
        factors: { shape: [2, 2], data: Float32Array.of(1, 2, 3, Number.NaN) },
        times: { shape: [1], data: Float64Array.of(1e15) },
        flags: { shape: [3], data: Uint8Array.of(1, 0, 1) },
      },
    },
    'feature.a/b': { json: null, tensors: {} },
  },
});

describe('a bundle on disk', () => {
  it('gives every reader views on tensors that were read once into shared memory', async () => {
    const folder = join(parent, 'b1');
    await writeBundle(folder, contents());
    const kernels = createKernels({ threads: 1 });
    const files = await readTensorFiles(folder, kernels.memory().bytes);
    const bundle = await openBundle(folder);
    const [one, two] = [await bundle.states(files), await bundle.states(files)];
    const { data } = one['model.taste']!.tensors.factors!;
    expect(one).toEqual(contents().states);
    expect(kernels.memory().share(data)).toBe(data);
    expect(two['model.taste']!.tensors.factors!.data.byteOffset).toBe(data.byteOffset);
    await kernels.dispose();
  });

  it('that is damaged, in its tensors or elsewhere, is not read into shared memory', async () => {
    const folder = join(parent, 'b1');
    await writeBundle(folder, contents());
    const path = join(folder, 'component-model.taste.safetensors');
    const whole = await readFile(path);
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 1]! ^= 1;
    for (const damage of [flipped, whole.subarray(1), Buffer.concat([whole, Buffer.of(0)])]) {
      await writeFile(path, damage);
      const reading = readTensorFiles(folder, (length) => new Uint8Array(length));
      await expect(reading).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
    }
    await writeFile(path, whole);
    await truncate(join(folder, 'users.json'), 3);
    const reading = readTensorFiles(folder, (length) => new Uint8Array(length));
    await expect(reading).rejects.toMatchObject({ code: 'BUNDLE_INVALID', at: join(folder, 'users.json') });
  });

  it('reads back as it was written', async () => {
    const folder = join(parent, 'b1');
    await writeBundle(folder, contents());
    const read = await readBundle(folder);
    const { manifest, ...rest } = contents();
    expect(read).toMatchObject(rest);
    expect(read.manifest).toMatchObject(manifest);
  });

  it('is refused when any file of it is truncated, changed by one bit or missing', async () => {
    const folder = join(parent, 'b1');
    await writeBundle(folder, contents());
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const original = await readFile(path);
      const flipped = Buffer.from(original);
      flipped[flipped.length >> 1]! ^= 1;
      await writeFile(path, flipped);
      await expect(readBundle(folder), `${name} flipped`).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
      await writeFile(path, original);
      await truncate(path, original.length - 1);
      await expect(readBundle(folder), `${name} truncated`).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
      await rm(path);
      await expect(readBundle(folder), `${name} missing`).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
      await writeFile(path, original);
    }
    await expect(readBundle(folder)).resolves.toBeDefined();
  });

  it('of another format version is refused with what to do', async () => {
    const folder = join(parent, 'b1');
    await writeBundle(folder, contents());
    const path = join(folder, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8'));
    const text = JSON.stringify({ ...manifest, format: 99 });
    await writeFile(path, text);
    const { createHash } = await import('node:crypto');
    await writeFile(join(folder, 'manifest.sha256'), createHash('sha256').update(text).digest('hex'));
    await expect(readBundle(folder)).rejects.toThrow(/has format 99; this release reads 3\. Train again/);
  });

  it('leaves nothing behind when writing fails, and what a killed run left is removed', async () => {
    await writeFile(join(parent, 'b2'), 'a file in the way');
    await expect(writeBundle(join(parent, 'b2'), contents())).rejects.toThrow();
    expect(await readdir(parent)).toEqual(['b2']);
    await writeBundle(join(parent, `.writing-${thisOwner().replace(/\d+$/, '1')}-b3`), contents());
    await removeUnfinishedBundles(parent, Date.now());
    expect(await readdir(parent)).toEqual(['b2']);
  });
});
