import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime, type FeatureRows, type ItemExtractor, type Log, type OwnedRuntime } from 'recograph';
import { imageCnn } from 'recograph/plugins/image-cnn';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readImages } from '../../plugins/image-cnn/images.ts';
import { catalogue } from '../support/catalogue.ts';
import { picture } from '../support/pictures.ts';
import { fitOptions, noInputs } from '../support/tiny.ts';

let runtime: OwnedRuntime;
let folder: string;
const warnings: unknown[] = [];
const quiet = () => undefined;
const log = {
  debug: quiet,
  info: quiet,
  error: quiet,
  warn: (fields: unknown) => warnings.push(fields),
} as unknown as Log;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
  folder = await mkdtemp(join(tmpdir(), 'recograph-images-'));
  await mkdir(join(folder, 'posters'));
  const red = await sharp({
    create: { width: 6, height: 4, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 1 } },
  })
    .png()
    .toBuffer();
  await writeFile(join(folder, 'posters/red.png'), red);
  await writeFile(join(folder, 'secret.png'), red);
  await writeFile(join(folder, 'posters/broken.png'), 'no image');
  await symlink(join(folder, 'secret.png'), join(folder, 'posters/link.png'));
});
afterAll(async () => {
  runtime.dispose();
  await rm(folder, { recursive: true });
});

const named = (...values: (string | null)[]): FeatureRows => ({
  rows: values.length,
  columns: { image: { kind: 'text', values } },
});
const source = () => ({ field: 'image', folder: join(folder, 'posters'), width: 2, height: 2 });

it('reads files of the folder and data: URLs, resized, as -0.5 .. 0.5', async () => {
  const inputs = await readImages(named('red.png', await picture(0, 255, 0)), source(), log);
  const { grid } = inputs.feeds(Int32Array.of(0, 1)) as unknown as { grid: { data: Float32Array; shape: number[] } };
  expect(grid.shape).toEqual([2, 2, 2, 3]);
  expect(Array.from(grid.data.subarray(0, 3))).toEqual([0.5, -0.5, -0.5]);
  expect(Array.from(grid.data.subarray(12, 15))).toEqual([-0.5, 0.5, -0.5]);
});

it('never leaves its folder: not by .., an absolute path or a link; what cannot be read has no image', async () => {
  warnings.length = 0;
  const outside = ['../secret.png', join(folder, 'secret.png'), 'link.png', 'posters/../../secret.png'];
  const unreadable = ['broken.png', 'nowhere.png', 'https://example.com/red.png', 'data:image/png;base64,AAAA', '.'];
  const rows = named(...outside, ...unreadable, null);
  const inputs = await readImages(rows, source(), log);
  expect(Array.from({ length: rows.rows }, (_, row) => inputs.has(row))).toEqual(new Array(rows.rows).fill(false));
  expect(warnings).toEqual([{ field: 'image', failed: 9 }]);
});

it('tells colours apart where it is trained towards labels, in new pictures too', async () => {
  const shades = await Promise.all(
    Array.from({ length: 24 }, (_, k) => (k % 2 === 0 ? picture(200 + k, 20, k) : picture(k, 20, 200 + k))),
  );
  const { data, encode } = catalogue(
    shades.map((image, k) => ({ image, genre: k % 2 === 0 ? 'fire' : 'water' })),
    1,
    [],
    { genre: { kind: 'category', minCount: 1 } },
  );
  const config = {
    tags: 'genre',
    width: 8,
    height: 8,
    filters: [4, 8],
    dimensions: 2,
    epochs: 30,
    batchSize: 8,
    learningRate: 0.01,
    dropout: 0,
  };
  const component = imageCnn.create(imageCnn.schema.parse(config) as never, { runtime, log } as never);
  const fitted = (await component.fit(data, noInputs, fitOptions())) as ItemExtractor;
  const asked = encode(
    { image: await picture(240, 0, 0) },
    { image: await picture(250, 30, 10) },
    { image: await picture(0, 0, 240) },
  );
  const { data: vectors } = await fitted.extract(asked);
  const apart = (a: number, b: number) =>
    Math.hypot(vectors[2 * a]! - vectors[2 * b]!, vectors[2 * a + 1]! - vectors[2 * b + 1]!);
  expect(apart(0, 2)).toBeGreaterThan(3 * apart(0, 1));
  fitted.dispose?.();
});
