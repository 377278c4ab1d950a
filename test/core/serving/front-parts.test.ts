import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FrontParts, readFrontParts } from '../../../core/serving/front-parts.ts';
import type { BundleContents } from '../../../core/training/bundle.ts';
import { openBundle, writeBundle } from '../../../core/training/bundle-files.ts';
import { fitEncoders } from '../../../core/training/encoders.ts';
import { bundleManifest } from '../../support/bundle-manifest.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'recograph-front-'));
});
afterEach(() => rm(parent, { recursive: true }));

const contents: BundleContents = {
  manifest: bundleManifest,
  users: ['ann', 'bob'],
  items: ['alien', 'brazil'],
  typeNames: ['rating'],
  config: { seed: 1 },
  features: fitEncoders([], [], [], { features: { items: {}, users: {}, context: {} } } as never).toJson(),
  fallback: { home: [1, 0] },
  states: {},
};

const write = async (name: string, changes: Partial<BundleContents> = {}): Promise<string> => {
  const folder = join(parent, name);
  await writeBundle(folder, { ...contents, ...changes });
  return folder;
};
const read = async (folder: string, like?: FrontParts): Promise<FrontParts> =>
  readFrontParts(await openBundle(folder), (config) => ({ parsed: config }) as never, like);

describe("a bundle's front, read beside the one that serves", () => {
  it('shares what has not changed and reads what has', async () => {
    const before = await read(await write('b1'));
    const after = await read(await write('b2', { users: ['ann', 'bob', 'cai'] }), before);
    expect(after.users.index('cai')).toBe(2);
    expect(before.users.index('cai')).toBe(-1);
    for (const part of ['config', 'items', 'types', 'encoders', 'fallback'] as const) {
      expect(after[part]).toBe(before[part]);
    }
    expect(after.manifest).not.toBe(before.manifest);
  });

  it('is refused when a file that it reads is damaged; what it shares is not read again', async () => {
    const before = await read(await write('b1'));
    const folder = await write('b2');
    const path = join(folder, 'items.json');
    const bytes = await readFile(path);
    bytes[3]! ^= 1;
    await writeFile(path, bytes);
    await expect(read(folder)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
    expect((await read(folder, before)).items).toBe(before.items);
  });
});
